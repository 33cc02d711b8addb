//! The rules D1 to D13 on one sub-account at one scope.

use jiff::Timestamp;

use crate::access::context::{Context, Truth};
use crate::access::decision::Reason;
use crate::access::target::Target;
use crate::catalog::{CatalogCore, Parts};
use crate::id::SubAccountId;
use crate::model::{
    Assignment, Condition, Effect, Organization, OrganizationStatus, Scope, Status, SubAccount,
    SubAccountKind,
};
use crate::permission::Bits;

/// The rules over one organization under one catalog, at one instant.
#[derive(Debug)]
pub(in crate::access) struct Rules<'a> {
    pub(in crate::access) organization: &'a Organization,
    pub(in crate::access) catalog: &'a CatalogCore,
    pub(in crate::access) now: Timestamp,
}

/// One sub-account at one scope in one context.
#[derive(Debug, Clone, Copy)]
pub(in crate::access) struct ReferenceQuestion<'a> {
    pub(in crate::access) sub_account: &'a SubAccount,
    pub(in crate::access) scope: Scope,
    pub(in crate::access) context: &'a Context,
    pub(in crate::access) now: Timestamp,
    /// Whether the answer bounds another sub-account (D13): conditions count as met then.
    pub(in crate::access) is_bound: bool,
    /// Whether permissions that were delegated to the sub-account count.
    pub(in crate::access) with_delegations: bool,
}

impl<'a> ReferenceQuestion<'a> {
    /// A question that is asked for the sub-account itself, with everything that it has.
    pub(in crate::access) const fn new(
        sub_account: &'a SubAccount,
        scope: Scope,
        context: &'a Context,
        now: Timestamp,
    ) -> Self {
        Self { sub_account, scope, context, now, is_bound: false, with_delegations: true }
    }
}

/// How an assignment reaches a sub-account: directly or by team, or by an allow that makes it a
/// member of a scope.
#[derive(Debug, Clone, Copy)]
pub(in crate::access) struct ReferencePath<'a> {
    pub(in crate::access) assignment: &'a Assignment,
    pub(in crate::access) membership: Option<&'a Assignment>,
}

/// Whether the sub-account owns the object (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum ReferenceOwned {
    Yes,
    No,
    Unknown,
}

impl Rules<'_> {
    pub(in crate::access) fn decide(
        &self,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
    ) -> Result<(), Reason> {
        let now = context.time().unwrap_or(self.now);
        self.check_well_formed(need)?;
        let sub_account =
            self.organization.sub_accounts().get(&sub_account).ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        self.check_organization_active()?;
        Self::check_active(sub_account, now)?;
        self.check_security_policy(sub_account.kind, context)?;
        let question = ReferenceQuestion::new(sub_account, scope, context, now);
        let before = self.before_prerequisites(&question);
        let effective = self.without_unmet_prerequisites(before);
        let Some(missing) = first(need.difference(effective)) else { return Ok(()) };
        if before.holds(missing) {
            return Err(Reason::PrerequisiteMissing);
        }
        Err(self.deny_reason(&question, missing))
    }

    /// D9: a request for no permission, or for a bit that the catalog does not name, is denied.
    pub(in crate::access) fn check_well_formed(&self, need: Bits) -> Result<(), Reason> {
        if need.is_empty() {
            return Err(Reason::NothingRequested);
        }
        if !self.catalog.vocabulary().declared().holds(need) {
            return Err(Reason::UnknownPermission);
        }
        Ok(())
    }

    /// D1: an unknown target is denied; nothing falls back to a parent.
    pub(in crate::access) fn resolve(&self, target: Target) -> Result<Scope, Reason> {
        match target {
            Target::UnknownKey => Err(Reason::UnknownKey),
            Target::Organization(id) if id == self.organization.id() => Ok(Scope::Organization),
            Target::Scope(scope) if self.organization.contains(scope) => Ok(scope),
            Target::Organization(_) | Target::Scope(_) => Err(Reason::UnknownScope),
        }
    }

    /// D2: in an Active organization ...
    pub(in crate::access) fn check_organization_active(&self) -> Result<(), Reason> {
        match self.organization.profile().status {
            OrganizationStatus::Active => Ok(()),
            OrganizationStatus::Suspended | OrganizationStatus::Closed => {
                Err(Reason::OrganizationInactive)
            }
        }
    }

    /// D2: ... only an Active, unflagged sub-account before its own end ...
    pub(in crate::access) fn check_active(
        sub_account: &SubAccount,
        now: Timestamp,
    ) -> Result<(), Reason> {
        match sub_account.status {
            Status::Active => {}
            Status::Invited => return Err(Reason::Invited),
            Status::Suspended => return Err(Reason::Suspended),
            Status::Left => return Err(Reason::Left),
            Status::Removed => return Err(Reason::Removed),
        }
        if sub_account.credential_reset_required {
            return Err(Reason::CredentialResetRequired);
        }
        if sub_account.ends.is_some_and(|ends| ends <= now) {
            return Err(Reason::Ended);
        }
        Ok(())
    }

    /// D2: ... whose security policy the context meets (services: its network part).
    pub(super) fn check_security_policy(
        &self,
        kind: SubAccountKind,
        context: &Context,
    ) -> Result<(), Reason> {
        match context.meets_all(self.security_policy(kind)) {
            Truth::True => Ok(()),
            Truth::False => Err(Reason::SecurityPolicyUnmet),
            Truth::Unknown => Err(Reason::SecurityPolicyUnknown),
        }
    }

    /// D2: the conditions of the security policy that concern a kind of sub-account.
    pub(in crate::access) fn security_policy(
        &self,
        kind: SubAccountKind,
    ) -> impl Iterator<Item = &Condition> {
        let concerns = move |condition: &&Condition| {
            kind != SubAccountKind::Service || matches!(condition, Condition::Network(_))
        };
        self.organization.profile().security.conditions.iter().filter(concerns)
    }

    pub(in crate::access) fn boundary(&self, sub_account: &SubAccount) -> Bits {
        match &sub_account.boundary {
            Some(boundary) => self.catalog.vocabulary().bits(boundary),
            None => self.catalog.vocabulary().universe(),
        }
    }

    /// D3, D4, D7, D8, D13: the permissions that one path grants at the scope.
    fn granted_by(&self, path: ReferencePath<'_>, question: &ReferenceQuestion<'_>) -> Parts {
        let assignment = path.assignment;
        let acts = self.reaches(assignment, question.scope)
            && Self::check_validity(path, question.now).is_ok()
            && Self::conditions(path, question) == Truth::True;
        if !acts {
            return Parts::default();
        }
        self.parts(&assignment.grant)
            .intersection(self.flow(assignment.scope, question.scope))
            .intersection(self.delegated(assignment, question))
    }

    /// D13: the permissions that a delegation can pass on at most: those that the delegator has
    /// there without delegations to itself.
    pub(in crate::access) fn delegated(
        &self,
        assignment: &Assignment,
        question: &ReferenceQuestion<'_>,
    ) -> Bits {
        match assignment.delegator {
            None => self.catalog.vocabulary().universe(),
            Some(_) if !question.with_delegations => Bits::NONE,
            Some(delegator) => {
                self.bound(delegator, &ReferenceQuestion { with_delegations: false, ..*question })
            }
        }
    }

    /// D13: the permissions that another sub-account has at the scope now, with its conditions
    /// counted as met.
    fn bound(&self, bounding: SubAccountId, question: &ReferenceQuestion<'_>) -> Bits {
        let Some(sub_account) = self.organization.sub_accounts().get(&bounding) else {
            return Bits::NONE;
        };
        if Self::check_active(sub_account, question.now).is_err() {
            return Bits::NONE;
        }
        let bounding = ReferenceQuestion { sub_account, is_bound: true, ..*question };
        self.without_unmet_prerequisites(self.before_prerequisites(&bounding))
    }

    /// D13: a service has at most the permissions that its owner, an active member, has at the
    /// scope now.
    pub(in crate::access) fn service_bound(&self, question: &ReferenceQuestion<'_>) -> Bits {
        if question.sub_account.kind != SubAccountKind::Service {
            return self.catalog.vocabulary().universe();
        }
        let owner = question.sub_account.owner;
        let owner = owner.and_then(|owner| self.organization.sub_accounts().get(&owner));
        match owner {
            Some(owner) if owner.kind == SubAccountKind::Member => self.bound(owner.id, question),
            _ => Bits::NONE,
        }
    }

    /// D4: `A(x)`, by part.
    fn allows(&self, question: &ReferenceQuestion<'_>) -> Parts {
        let assignments = self.organization.assignments().values();
        assignments
            .filter(|assignment| assignment.effect == Effect::Allow)
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .map(|path| self.granted_by(path, question))
            .fold(Parts::default(), Parts::union)
    }

    /// D4: `D(x)`, by part. D8: a deny acts unless its conditions are false. D4: masks never stop a
    /// deny.
    fn denies(&self, question: &ReferenceQuestion<'_>) -> Parts {
        let assignments = self.organization.assignments().values();
        assignments
            .filter(|assignment| assignment.effect == Effect::Deny)
            .filter(|assignment| self.reaches(assignment, question.scope))
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .filter(|path| Self::check_validity(*path, question.now).is_ok())
            .filter(|path| Self::conditions(*path, question) != Truth::False)
            .map(|path| self.takes(&path.assignment.grant))
            .fold(Parts::default(), Parts::union)
    }

    /// D5: `((A.any | A.own if owned) - (D.any | D.own unless not owned)) & C & boundary`, limited
    /// by D2 and D13.
    pub(super) fn before_prerequisites(&self, question: &ReferenceQuestion<'_>) -> Bits {
        let owned = self.owned(question.sub_account.id, question.scope, question.context);
        granted(self.allows(question), owned)
            .difference(denied(self.denies(question), owned))
            .intersection(self.ceiling(question.scope))
            .intersection(self.boundary(question.sub_account))
            .intersection(self.left_by_archiving(question.scope))
            .intersection(self.service_bound(question))
    }

    /// D10, applied last: a permission whose prerequisites are not effective is not effective.
    pub(in crate::access) fn without_unmet_prerequisites(&self, mut effective: Bits) -> Bits {
        loop {
            let met = |bit: &Bits| self.catalog.has_needs(*bit, effective);
            let kept = effective.iter().filter(met).fold(Bits::NONE, Bits::union);
            if kept == effective {
                return kept;
            }
            effective = kept;
        }
    }

    /// Why a permission is missing before prerequisites.
    fn deny_reason(&self, question: &ReferenceQuestion<'_>, bit: Bits) -> Reason {
        if !self.left_by_archiving(question.scope).holds(bit) {
            return Reason::Archived;
        }
        let owned = self.owned(question.sub_account.id, question.scope, question.context);
        if granted(self.allows(question), owned).holds(bit) {
            return if denied(self.denies(question), owned).holds(bit) {
                Reason::Denied
            } else if !self.ceiling(question.scope).holds(bit) {
                Reason::Ceiling
            } else if !self.boundary(question.sub_account).holds(bit) {
                Reason::Boundary
            } else {
                Reason::ServiceOwnerLacks
            };
        }
        self.organization
            .assignments()
            .values()
            .filter(|assignment| assignment.effect == Effect::Allow)
            .filter(|assignment| self.parts(&assignment.grant).both().holds(bit))
            .filter(|assignment| self.chain(question.scope).contains(&assignment.scope))
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .map(|path| self.failure_of(path, question, bit, owned))
            .max()
            .unwrap_or(Reason::NotGranted)
    }

    /// Why a path that holds `bit` does not grant it.
    fn failure_of(
        &self,
        path: ReferencePath<'_>,
        question: &ReferenceQuestion<'_>,
        bit: Bits,
        owned: ReferenceOwned,
    ) -> Reason {
        let assignment = path.assignment;
        if !self.reaches(assignment, question.scope) {
            return Reason::OutOfReach;
        }
        if let Err(reason) = Self::check_validity(path, question.now) {
            return reason;
        }
        match Self::conditions(path, question) {
            Truth::True => {}
            Truth::False => return Reason::ConditionUnmet,
            Truth::Unknown => return Reason::ConditionUnknown,
        }
        if !self.flow(assignment.scope, question.scope).holds(bit) {
            return Reason::Masked;
        }
        if !self.delegated(assignment, question).holds(bit) {
            return Reason::DelegatorLacks;
        }
        match owned {
            ReferenceOwned::Unknown => Reason::OwnershipUnknown,
            ReferenceOwned::Yes | ReferenceOwned::No => Reason::NotOwned,
        }
    }
}

/// D5, D6: `A.any | A.own if owned`; unknown ownership never allows.
fn granted(allows: Parts, owned: ReferenceOwned) -> Bits {
    if owned == ReferenceOwned::Yes { allows.both() } else { allows.any }
}

/// D5, D6: `D.any | D.own unless not owned`; unknown ownership never lifts a deny.
pub(in crate::access) fn denied(denies: Parts, owned: ReferenceOwned) -> Bits {
    if owned == ReferenceOwned::No { denies.any } else { denies.both() }
}

pub(in crate::access) fn first(bits: Bits) -> Option<Bits> {
    bits.iter().next()
}
