//! Full evaluation: the rules of the specification over compiled subjects and scopes.
//!
//! Evaluation only reads: it does no I/O, takes no lock and cannot fail. It reads the clock at most
//! once for each question, and only when a time limit can matter to the answer.

use std::borrow::Cow;

use crate::access::compiled::grants::SpecialGrant;
use crate::access::compiled::now::LazyNow;
use crate::access::compiled::organization::CompiledOrganization;
use crate::access::compiled::question::CompiledQuestion;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::compiled::word::Word;
use crate::access::context::{Context, Truth};
use crate::access::decision::Reason;
use crate::access::target::Target;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::model::{Effect, Scope, SubAccountKind};
use crate::permission::Bits;

impl CompiledOrganization {
    /// The effective permissions of a sub-account at a target.
    pub(in crate::access) fn effective(
        &self,
        id: SubAccountId,
        subject: Option<&CompiledSubject>,
        target: Target,
        context: &Context,
        now: &LazyNow<'_>,
    ) -> Result<Bits, Reason> {
        let subject = subject.ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        let question = self.question(id, subject, scope, context, now)?;
        Ok(self.without_unmet_prerequisites(self.before_prerequisites(&question)))
    }

    /// A sub-account, unpacked if only its packed form is stored.
    pub(in crate::access) fn subject(&self, id: SubAccountId) -> Option<Cow<'_, CompiledSubject>> {
        let packed = self.packed.subject(id);
        match packed.and_then(|packed| self.packed.unpack(packed, &self.catalog)) {
            Some(subject) => Some(Cow::Owned(subject)),
            None => self.unpacked.get(&id).map(Cow::Borrowed),
        }
    }

    /// D9: refuses an empty set, and bits that stand for no permission. Permissions that only
    /// another release can ask for are accepted.
    pub(in crate::access) fn check_need(&self, need: Bits) -> Result<(), Reason> {
        if need.is_empty() {
            return Err(Reason::NothingRequested);
        }
        if !self.catalog.vocabulary().universe().holds(need) {
            return Err(Reason::UnknownPermission);
        }
        Ok(())
    }

    /// D1.
    pub(in crate::access) fn resolve(&self, target: Target) -> Result<&CompiledScope, Reason> {
        self.scopes.get(&self.scope(target)?).ok_or(Reason::UnknownScope)
    }

    #[inline]
    pub(in crate::access) fn scope(&self, target: Target) -> Result<Scope, Reason> {
        match target {
            Target::Scope(scope) => Ok(scope),
            Target::Organization(id) if id == self.organization.id() => Ok(Scope::Organization),
            Target::Organization(_) => Err(Reason::UnknownScope),
            Target::UnknownKey => Err(Reason::UnknownKey),
        }
    }

    /// The question of a sub-account at a scope; refuses it if the organization is not open, the
    /// sub-account is not active or the session does not meet the security policy (D2).
    pub(in crate::access) fn question<'a>(
        &'a self,
        id: SubAccountId,
        subject: &'a CompiledSubject,
        scope: &'a CompiledScope,
        context: &'a Context,
        now: &'a LazyNow<'a>,
    ) -> Result<CompiledQuestion<'a>, Reason> {
        self.check_open()?;
        subject.check_active(now)?;
        self.check_policy(subject.kind, context)?;
        Ok(CompiledQuestion {
            id,
            subject,
            scope,
            context,
            now,
            is_bound: false,
            with_delegations: true,
        })
    }

    pub(in crate::access) fn check_open(&self) -> Result<(), Reason> {
        if self.is_open { Ok(()) } else { Err(Reason::OrganizationInactive) }
    }

    pub(in crate::access) fn check_policy(
        &self,
        kind: SubAccountKind,
        context: &Context,
    ) -> Result<(), Reason> {
        let policy = match kind {
            SubAccountKind::Service => &self.network_policy,
            SubAccountKind::Member | SubAccountKind::Guest => {
                &self.organization.profile().security.conditions
            }
        };
        match context.meets_all(policy) {
            Truth::True => Ok(()),
            Truth::False => Err(Reason::SecurityPolicyUnmet),
            Truth::Unknown => Err(Reason::SecurityPolicyUnknown),
        }
    }

    /// Whether the permissions [before prerequisites](Self::before_prerequisites) hold all of some
    /// bits; the error is those that the sub-account has. Stops early for a sub-account with plain
    /// grants only, which is nearly every one.
    pub(in crate::access) fn check_held(
        &self,
        question: &CompiledQuestion<'_>,
        all: Bits,
    ) -> Result<(), Bits> {
        let check = |has: Bits| if has.holds(all) { Ok(()) } else { Err(has) };
        let CompiledQuestion { subject, scope, .. } = *question;
        let is_plain = subject.grants.special.is_empty()
            && self.everyone.special.is_empty()
            && subject.kind != SubAccountKind::Service;
        if !is_plain {
            return check(self.before_prerequisites(question));
        }
        let limit = scope.ceiling.intersection(subject.boundary).intersection(scope.archive_mask);
        let owned = question.owned();
        let has = |allows: Parts| owned.granted(allows).intersection(limit);
        let mut allows = self.everyone.plain_at(scope);
        if has(allows).holds(all) {
            return Ok(());
        }
        // A grant at the organization comes first, suffices for many, and needs no look at the
        // path.
        if let Some((Scope::Organization, parts)) = subject.grants.plain.first() {
            allows = allows.union(parts.intersection(scope.flow_from_root));
            if has(allows).holds(all) {
                return Ok(());
            }
        }
        check(has(allows.union(subject.grants.plain_at(scope))))
    }

    /// D5, limited by archiving (D2) and by the owner of a service (D13).
    pub(in crate::access) fn before_prerequisites(&self, question: &CompiledQuestion<'_>) -> Bits {
        let owned = question.owned();
        let allows = owned.granted(self.allows(question));
        if allows.is_empty() {
            return Bits::NONE;
        }
        let rest = allows
            .difference(owned.denied(self.denies(question)))
            .intersection(question.scope.ceiling)
            .intersection(question.subject.boundary)
            .intersection(question.scope.archive_mask);
        if question.subject.kind == SubAccountKind::Service {
            rest.intersection(self.service_bound(question))
        } else {
            rest
        }
    }

    /// D4: the permissions that all allows grant at the scope.
    pub(in crate::access) fn allows(&self, question: &CompiledQuestion<'_>) -> Parts {
        let mut allows = Parts::default();
        for grants in [&question.subject.grants, &self.everyone] {
            allows = allows.union(grants.plain_at(question.scope));
            for grant in &*grants.special {
                if grant.effect == Effect::Allow {
                    allows = allows.union(self.granted_by(grant, question));
                }
            }
        }
        allows
    }

    /// D4: the permissions that all denies take at the scope. Masks never stop a deny.
    pub(in crate::access) fn denies(&self, question: &CompiledQuestion<'_>) -> Parts {
        [&question.subject.grants, &self.everyone]
            .into_iter()
            .map(|grants| {
                grants.denied_at(question.scope, question.now, |grant| {
                    question.meets_conditions(grant)
                })
            })
            .fold(Parts::default(), Parts::union)
    }

    fn granted_by(&self, grant: &SpecialGrant, question: &CompiledQuestion<'_>) -> Parts {
        match grant.step_to(question.scope) {
            Some(step)
                if grant.check_validity(question.now).is_ok()
                    && question.meets_conditions(grant) == Truth::True =>
            {
                let flowing = grant.parts.intersection(step.flow);
                match grant.delegator {
                    None => flowing,
                    Some(delegator) => flowing.intersection(self.delegated(delegator, question)),
                }
            }
            _ => Parts::default(),
        }
    }

    /// D13: the permissions that a delegator has at the scope without delegations to itself.
    pub(in crate::access) fn delegated(
        &self,
        delegator: SubAccountId,
        question: &CompiledQuestion<'_>,
    ) -> Bits {
        if question.with_delegations {
            self.bound(delegator, &CompiledQuestion { with_delegations: false, ..*question })
        } else {
            Bits::NONE
        }
    }

    /// D13: the permissions that the owner of a service has at the scope, if an active member.
    fn service_bound(&self, question: &CompiledQuestion<'_>) -> Bits {
        let owner = question.subject.owner.filter(|owner| {
            self.subject(*owner).is_some_and(|subject| subject.kind == SubAccountKind::Member)
        });
        owner.map_or(Bits::NONE, |owner| self.bound(owner, question))
    }

    /// D13: the permissions that another sub-account has at the scope now, with its conditions
    /// counted as met. Recurses at most three levels deep: a service, its owner by delegation, a
    /// delegating service, its owner.
    fn bound(&self, id: SubAccountId, question: &CompiledQuestion<'_>) -> Bits {
        match self.subject(id) {
            Some(subject) if subject.check_active(question.now).is_ok() => {
                let bound = CompiledQuestion { id, subject: &subject, is_bound: true, ..*question };
                self.without_unmet_prerequisites(self.before_prerequisites(&bound))
            }
            _ => Bits::NONE,
        }
    }

    /// D10: the permissions needed, with all their prerequisites. `None` if `need` is empty, or
    /// holds a bit that is no permission or cannot be granted here.
    pub(in crate::access) fn expand(&self, need: Bits) -> Option<Bits> {
        let is_permission = !need.is_empty() && self.catalog.vocabulary().universe().holds(need);
        let mut needs = is_permission.then_some(need)?.iter();
        needs.try_fold(need, |all, bit| Some(all.union(self.catalog.closure(bit)?)))
    }

    /// [`expand`](Self::expand) for permissions that this process can ask for. `None` also if the
    /// result does not fit into the word.
    #[inline]
    pub(in crate::access) fn expand_in<W: Word>(&self, need: W) -> Option<W> {
        let whole = |rest: W| {
            let whole = W::exactly(self.catalog.with_closure(rest.first()))?;
            (whole != W::NONE).then_some(whole)
        };
        let (mut all, mut rest) = (whole(need)?, need.rest());
        while rest != W::NONE {
            all = all | whole(rest)?;
            rest = rest.rest();
        }
        Some(all)
    }

    /// D10: removes every permission whose prerequisites are not in `bits`.
    pub(in crate::access) fn without_unmet_prerequisites(&self, bits: Bits) -> Bits {
        self.catalog.without_unmet_prerequisites(bits)
    }
}
