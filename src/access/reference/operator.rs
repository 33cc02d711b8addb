//! The reference evaluator on operators (D12).

use jiff::Timestamp;

use crate::access::context::{Context, Ownership, Truth};
use crate::access::decision::Reason;
use crate::access::reference::rules::{ReferenceOwned, ReferenceQuestion, Rules, denied, first};
use crate::access::target::Target;
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::model::{Assignee, Effect, Scope};
use crate::permission::Bits;

impl Rules<'_> {
    /// D12: an operator o at a scope x of organization T has
    /// `effective(o, home root) & consent.mask & C(x)`, through every `inherits` from the consent's
    /// scope to x, less T's denies to all members. D2 holds in both organizations.
    pub(super) fn decide_operator(
        &self,
        home: &Rules<'_>,
        operator: SubAccountId,
        need: Bits,
        target: Target,
        context: &Context,
    ) -> Result<(), Reason> {
        let now = context.time().unwrap_or(self.now);
        self.check_well_formed(need)?;
        let operator =
            home.organization.sub_accounts().get(&operator).ok_or(Reason::UnknownSubAccount)?;
        let scope = self.resolve(target)?;
        for side in [self, home] {
            side.check_organization_active()?;
            Self::check_active(operator, now)?;
            side.check_security_policy(operator.kind, context)?;
        }
        let chain = self.chain(scope);
        let consents: Vec<_> = self
            .organization
            .consents()
            .values()
            .filter(|consent| consent.operators == home.organization.id())
            .filter(|consent| consent.holds(now) && chain.contains(&consent.scope))
            .collect();
        if consents.is_empty() {
            return Err(Reason::NoConsent);
        }
        let at_home = ReferenceQuestion::new(operator, Scope::Organization, context, now);
        let has = home.without_unmet_prerequisites(home.before_prerequisites(&at_home));
        let has = self.catalog.translate(has, home.catalog);
        let known = |names| self.catalog.vocabulary().bits(names);
        let mask = consents.iter().map(|it| known(&it.mask)).fold(Bits::NONE, Bits::union);
        let let_in = consents
            .iter()
            .map(|it| known(&it.mask).intersection(self.flow(it.scope, scope)))
            .fold(Bits::NONE, Bits::union);
        let denies = self.denied_to_operators(scope, context, now);
        let ceiling = self.ceiling(scope);
        let left = self.left_by_archiving(scope);
        let before =
            has.intersection(let_in).difference(denies).intersection(ceiling).intersection(left);
        let effective = self.without_unmet_prerequisites(before);
        let Some(missing) = first(need.difference(effective)) else { return Ok(()) };
        Err(if before.holds(missing) {
            Reason::PrerequisiteMissing
        } else if !left.holds(missing) {
            Reason::Archived
        } else if !has.holds(missing) {
            Reason::OperatorLacks
        } else if !mask.holds(missing) {
            Reason::ConsentMask
        } else if !let_in.holds(missing) {
            Reason::Masked
        } else if denies.holds(missing) {
            Reason::Denied
        } else {
            Reason::Ceiling
        })
    }

    /// D12: T's denies to all members. A registered owner is a sub-account of T, so never the
    /// operator.
    pub(super) fn denied_to_operators(
        &self,
        scope: Scope,
        context: &Context,
        now: Timestamp,
    ) -> Bits {
        let registered = match scope {
            Scope::Resource(id) => self.organization.resources().get(&id).and_then(|it| it.owner),
            Scope::Organization | Scope::Workspace(_) => None,
        };
        let owned = match (context.claimed(), registered) {
            (Ownership::Owned, _) => ReferenceOwned::Yes,
            (Ownership::NotOwned, _) | (Ownership::Unsaid, Some(_)) => ReferenceOwned::No,
            (Ownership::Unsaid, None) => ReferenceOwned::Unknown,
        };
        let parts = self
            .organization
            .assignments()
            .values()
            .filter(|assignment| assignment.effect == Effect::Deny)
            .filter(|assignment| assignment.assignee == Assignee::MembersOf(Scope::Organization))
            .filter(|assignment| self.reaches(assignment, scope))
            .filter(|assignment| assignment.validity.holds(now))
            .filter(|assignment| context.meets_all(&assignment.conditions) != Truth::False)
            .map(|assignment| self.takes(&assignment.grant))
            .fold(Parts::default(), Parts::union);
        denied(parts, owned)
    }
}
