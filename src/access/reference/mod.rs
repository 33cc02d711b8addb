//! The reference evaluator: the rules D1 to D13 as plainly as they can be written, reading every assignment each time.
//!
//! It is the specification in executable form, not a way to serve requests. It uses nothing of the compiled side, so
//! that the two cannot be wrong in the same way.

mod operator;
mod paths;
mod scopes;

use jiff::Timestamp;

use crate::access::context::{Context, Truth};
use crate::access::decision::{Decision, Reason};
use crate::access::target::Target;
use crate::catalog::{Catalog, CatalogCore, Parts};
use crate::id::SubAccountId;
use crate::model::{
    Assignment, Condition, Effect, Organization, OrganizationStatus, Scope, Status, SubAccount,
    SubAccountKind,
};
use crate::permission::{Bits, Permissions};

/// The naive evaluator of one organization under one catalog, at one instant. Every question costs **O(n)** in the
/// assignments.
#[derive(Debug)]
pub struct Reference<'a, P> {
    catalog: &'a Catalog<P>,
    rules: Rules<'a>,
}

impl<'a, P: Permissions> Reference<'a, P> {
    /// Reads `organization` as `catalog` understands it; `now` is the time of every question that names none.
    pub fn new(organization: &'a Organization, catalog: &'a Catalog<P>, now: Timestamp) -> Self {
        Self { catalog, rules: Rules { organization, catalog: catalog.core(), now } }
    }

    /// May `sub_account` do all of `permissions` at `target`, in `context`?
    pub fn check(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
        context: &Context,
    ) -> Decision {
        let need = Bits::of(permissions);
        self.rules.decide(sub_account, need, target.into(), context).into()
    }

    /// Every permission that `sub_account` has at `target`, in `context`.
    pub fn permissions(
        &self,
        sub_account: SubAccountId,
        target: impl Into<Target>,
        context: &Context,
    ) -> P {
        let target = target.into();
        let may = |bit: &Bits| self.rules.decide(sub_account, *bit, target, context).is_ok();
        let declared = self.catalog.core().vocabulary().declared();
        declared.iter().filter(may).fold(Bits::NONE, Bits::union).to()
    }

    /// May `operator`, a sub-account of the organization of `home`, do all of `permissions` at `target` here (D12)?
    pub fn check_operator(
        &self,
        home: &Self,
        operator: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
        context: &Context,
    ) -> Decision {
        let need = Bits::of(permissions);
        self.rules.decide_operator(&home.rules, operator, need, target.into(), context).into()
    }
}

#[derive(Debug)]
pub(super) struct Rules<'a> {
    pub(super) organization: &'a Organization,
    pub(super) catalog: &'a CatalogCore,
    pub(super) now: Timestamp,
}

/// One sub-account at one scope in one context.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) sub_account: &'a SubAccount,
    pub(super) scope: Scope,
    pub(super) context: &'a Context,
    pub(super) now: Timestamp,
    /// Whether this is the bounding side of D13: conditions count as met.
    pub(super) bounding: bool,
    /// Whether what was passed on to the sub-account counts.
    pub(super) delegations: bool,
}

/// How an assignment comes to contain a sub-account: directly or by team, or by an allow that makes it a member of a
/// scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    pub(super) assignment: &'a Assignment,
    pub(super) membership: Option<&'a Assignment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owned {
    Yes,
    No,
    Unknown,
}

impl Rules<'_> {
    fn decide(
        &self,
        sub_account: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
    ) -> Result<(), Reason> {
        let now = context.time().unwrap_or(self.now);
        self.well_formed(need)?;
        let sub_account =
            self.organization.sub_accounts().get(&sub_account).ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        self.organization_is_active()?;
        Self::may_act(sub_account, now)?;
        self.meets_security_policy(sub_account.kind, context)?;
        let question =
            Question { sub_account, scope, context, now, bounding: false, delegations: true };
        let before = self.before_prerequisites(&question);
        let effective = self.with_prerequisites(before);
        let Some(missing) = first(need.difference(effective)) else { return Ok(()) };
        if before.holds(missing) {
            return Err(Reason::PrerequisiteMissing);
        }
        Err(self.miss(&question, missing))
    }

    /// D9: a request for none, or for a bit that the catalog does not name, is Deny.
    pub(super) fn well_formed(&self, need: Bits) -> Result<(), Reason> {
        if need.is_empty() {
            return Err(Reason::NothingRequested);
        }
        if !self.catalog.vocabulary().declared().holds(need) {
            return Err(Reason::UnknownPermission);
        }
        Ok(())
    }

    /// D1: unknown is Deny; nothing falls back to a parent.
    pub(super) fn resolve(&self, target: Target) -> Result<Scope, Reason> {
        match target {
            Target::UnknownKey => Err(Reason::UnknownKey),
            Target::Organization(id) if id == self.organization.id() => Ok(Scope::Organization),
            Target::Scope(scope) if self.organization.contains(scope) => Ok(scope),
            Target::Organization(_) | Target::Scope(_) => Err(Reason::UnknownScope),
        }
    }

    /// D2: in an Active organization ...
    pub(super) fn organization_is_active(&self) -> Result<(), Reason> {
        match self.organization.profile().status {
            OrganizationStatus::Active => Ok(()),
            OrganizationStatus::Suspended | OrganizationStatus::Closed => {
                Err(Reason::OrganizationInactive)
            }
        }
    }

    /// D2: ... only an Active, unflagged sub-account before its own end ...
    pub(super) fn may_act(sub_account: &SubAccount, now: Timestamp) -> Result<(), Reason> {
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
    fn meets_security_policy(&self, kind: SubAccountKind, context: &Context) -> Result<(), Reason> {
        match context.meets_all(self.security_policy(kind)) {
            Truth::True => Ok(()),
            Truth::False => Err(Reason::SecurityPolicyUnmet),
            Truth::Unknown => Err(Reason::SecurityPolicyUnknown),
        }
    }

    /// D2: the conditions of the security policy that concern a kind of sub-account.
    pub(super) fn security_policy(&self, kind: SubAccountKind) -> impl Iterator<Item = &Condition> {
        let concerns = move |condition: &&Condition| {
            kind != SubAccountKind::Service || matches!(condition, Condition::Network(_))
        };
        self.organization.profile().security.conditions.iter().filter(concerns)
    }

    pub(super) fn boundary(&self, sub_account: &SubAccount) -> Bits {
        match &sub_account.boundary {
            Some(boundary) => self.catalog.vocabulary().bits(boundary),
            None => self.catalog.vocabulary().universe(),
        }
    }

    /// D3, D4, D7, D8, D13: what one path gives at the scope, or the step at which it fails for `bit`.
    fn gives(&self, path: Path<'_>, question: &Question<'_>) -> Parts {
        let assignment = path.assignment;
        let acts = self.reaches(assignment, question.scope)
            && Self::in_time(path, question.now).is_ok()
            && Self::conditions(path, question) == Truth::True;
        if !acts {
            return Parts::default();
        }
        self.parts(&assignment.grant)
            .intersection(self.flow(assignment.scope, question.scope))
            .intersection(self.delegated(assignment, question))
    }

    /// D13: a delegation gives at most what the delegator has there otherwise than by delegation.
    pub(super) fn delegated(&self, assignment: &Assignment, question: &Question<'_>) -> Bits {
        match assignment.delegator {
            None => self.catalog.vocabulary().universe(),
            Some(_) if !question.delegations => Bits::NONE,
            Some(delegator) => self.bound(delegator, &Question { delegations: false, ..*question }),
        }
    }

    /// D13: what another sub-account has at the scope now, its conditions counted as met.
    fn bound(&self, bounding: SubAccountId, question: &Question<'_>) -> Bits {
        let Some(sub_account) = self.organization.sub_accounts().get(&bounding) else {
            return Bits::NONE;
        };
        if Self::may_act(sub_account, question.now).is_err() {
            return Bits::NONE;
        }
        let bounding = Question { sub_account, bounding: true, ..*question };
        self.with_prerequisites(self.before_prerequisites(&bounding))
    }

    /// D13: a service has at most what its owner, an Active Member, has at x now.
    pub(super) fn service_bound(&self, question: &Question<'_>) -> Bits {
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
    fn allows(&self, question: &Question<'_>) -> Parts {
        let assignments = self.organization.assignments().values();
        assignments
            .filter(|assignment| assignment.effect == Effect::Allow)
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .map(|path| self.gives(path, question))
            .fold(Parts::default(), Parts::union)
    }

    /// D4: `D(x)`, by part. D8: a deny acts unless its conditions are false. D4: masks never stop a deny.
    fn denies(&self, question: &Question<'_>) -> Parts {
        let assignments = self.organization.assignments().values();
        assignments
            .filter(|assignment| assignment.effect == Effect::Deny)
            .filter(|assignment| self.reaches(assignment, question.scope))
            .flat_map(|assignment| self.paths(assignment, question.sub_account.id))
            .filter(|path| Self::in_time(*path, question.now).is_ok())
            .filter(|path| Self::conditions(*path, question) != Truth::False)
            .map(|path| self.takes(&path.assignment.grant))
            .fold(Parts::default(), Parts::union)
    }

    /// D5: `((A.any | A.own if owned) - (D.any | D.own unless not owned)) & C & boundary`, D2 and D13 applied.
    fn before_prerequisites(&self, question: &Question<'_>) -> Bits {
        let owned = self.owned(question.sub_account.id, question.scope, question.context);
        granted(self.allows(question), owned)
            .difference(denied(self.denies(question), owned))
            .intersection(self.ceiling(question.scope))
            .intersection(self.boundary(question.sub_account))
            .intersection(self.left_by_archiving(question.scope))
            .intersection(self.service_bound(question))
    }

    /// D10: last of all, a permission whose prerequisites are not effective is not effective.
    pub(super) fn with_prerequisites(&self, mut effective: Bits) -> Bits {
        loop {
            let met = |bit: &Bits| self.catalog.has_needs(*bit, effective);
            let kept = effective.iter().filter(met).fold(Bits::NONE, Bits::union);
            if kept == effective {
                return kept;
            }
            effective = kept;
        }
    }

    /// The reason why one permission, asked for and not there before prerequisites, is missing.
    fn miss(&self, question: &Question<'_>, bit: Bits) -> Reason {
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
            .map(|path| self.fails_at(path, question, bit, owned))
            .max()
            .unwrap_or(Reason::NotGranted)
    }

    /// The step at which a path that could have granted `bit` fails.
    fn fails_at(&self, path: Path<'_>, question: &Question<'_>, bit: Bits, owned: Owned) -> Reason {
        let assignment = path.assignment;
        if !self.reaches(assignment, question.scope) {
            return Reason::OutOfReach;
        }
        if let Err(reason) = Self::in_time(path, question.now) {
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
            Owned::Unknown => Reason::OwnershipUnknown,
            Owned::Yes | Owned::No => Reason::NotOwned,
        }
    }
}

/// D5, D6: `A.any | A.own if owned`; unknown helps no allow.
fn granted(allows: Parts, owned: Owned) -> Bits {
    if owned == Owned::Yes { allows.both() } else { allows.any }
}

/// D5, D6: `D.any | D.own unless not owned`; unknown lifts no deny.
fn denied(denies: Parts, owned: Owned) -> Bits {
    if owned == Owned::No { denies.any } else { denies.both() }
}

fn first(bits: Bits) -> Option<Bits> {
    bits.iter().next()
}
