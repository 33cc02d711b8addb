//! Searches for roles that would help, and for the accounts that may assign them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use uuid::Uuid;

use crate::access::{Context, Explanation, Named, Snapshot, Subject, Target};
use crate::catalog::AdminAction;
use crate::governance::action::action::Action;
use crate::governance::action::id_source::IdSource;
use crate::governance::error::{ActionError, PlanError};
use crate::governance::propose::propose;
use crate::governance::proposer::Proposer;
use crate::governance::reach::names::NameTable;
use crate::governance::reach::view::View;
use crate::governance::remedy::helpful_role::HelpfulRole;
use crate::governance::remedy::remedy::Remedy;
use crate::id::{AssignmentId, SubAccountId};
use crate::model::link::Relation;
use crate::model::{ChangeSet, Condition, Effect, LoginMethod, Organization, RoleRef, Scope};
use crate::permission::{Bits, Permissions};

/// Searches for a remedy of the deny that `explanation` explains.
pub(super) fn search<P: Permissions>(
    snapshot: &Snapshot<P>,
    context: &Context,
    permissions: P,
    explanation: &Explanation,
) -> Remedy {
    let organization = snapshot.organization();
    // A revision cannot be dated before the previous one.
    let time = explanation.at.max(organization.time());
    let mut remedy = Remedy::of(explanation, time);
    let Some(scope) = explanation.scope.as_ref().map(|scope| scope.id) else { return remedy };
    if remedy.is_allowed || !remedy.obstacles.is_empty() {
        return remedy;
    }
    let vocabulary = snapshot.catalog().core().vocabulary();
    let search = Search {
        snapshot,
        context: context.clone().at(explanation.at),
        permissions,
        sub_account: explanation.sub_account,
        scope,
        is_owned: explanation.is_owned,
        missing: vocabulary.bits(&remedy.missing),
        time,
    };
    let mut helpful = search.candidate_roles().into_iter();
    let roles = helpful.by_ref().filter_map(|candidate| search.helps(candidate));
    let roles: Vec<_> = roles.take(Remedy::ROLES).collect();
    remedy.has_more_roles = helpful.any(|candidate| search.helps(candidate).is_some());
    let session = session(&organization.profile().security.conditions);
    let candidates = session.as_ref().map_or_else(Vec::new, |it| search.candidates(it));
    remedy.roles = roles
        .into_iter()
        .map(|(role, is_only_on_own)| {
            let may_assign = |id: &SubAccountId| {
                session.as_ref().is_some_and(|it| search.may_assign(it, *id, &role))
            };
            let judged = candidates.iter().take(Remedy::CANDIDATES).copied();
            let assigners = judged.filter(may_assign).collect();
            let named = Named::role(organization, snapshot.catalog().core(), &role);
            let has_more_candidates = candidates.len() > Remedy::CANDIDATES;
            HelpfulRole { role: named, is_only_on_own, assigners, has_more_candidates }
        })
        .collect();
    remedy
}

/// The state of one search.
struct Search<'a, P> {
    snapshot: &'a Snapshot<P>,
    /// The context of the deny, at its instant.
    context: Context,
    permissions: P,
    sub_account: SubAccountId,
    scope: Scope,
    is_owned: Option<bool>,
    missing: Bits,
    /// The instant at which a role would be assigned.
    time: Timestamp,
}

/// A role that holds all missing permissions, and whether it holds some of them only on owned
/// objects.
type CandidateRole = (RoleRef, bool);

impl<P: Permissions> Search<'_, P> {
    /// The roles that hold all missing permissions, those with the fewest permissions first.
    fn candidate_roles(&self) -> Vec<CandidateRole> {
        let (organization, catalog) =
            (self.snapshot.organization(), self.snapshot.catalog().core());
        let names = NameTable::new(catalog.vocabulary());
        let view = View::new(organization, catalog, &names);
        let kind = self.scope.kind().into();
        let system = catalog.document().roles.iter().map(|it| (&it.name, it.assignable));
        let system = system.map(|(name, kinds)| (RoleRef::System(name.clone()), kinds));
        let custom = organization.roles().values();
        let custom = custom.map(|it| (RoleRef::Custom(it.id), it.assignable));
        let assignable = system.chain(custom).filter(|(_, kinds)| kinds.contains(kind));
        let mut found: Vec<(usize, CandidateRole)> = assignable
            .filter_map(|(role, _)| {
                let parts = view.role(&role).parts;
                let both = parts.both().known;
                let is_only_on_own = !parts.any.known.holds(self.missing);
                let counts = !is_only_on_own || self.is_owned != Some(false);
                let holds = counts && both.holds(self.missing);
                holds.then(|| (both.iter().count(), (role, is_only_on_own)))
            })
            .collect();
        found.sort_by_key(|(size, _)| *size);
        found.into_iter().map(|(_, candidate)| candidate).collect()
    }

    /// Returns the candidate if assigning it makes the request allowed.
    fn helps(&self, (role, is_only_on_own): CandidateRole) -> Option<CandidateRole> {
        let (_, after) = self.assign(&Proposer::Host, &Context::new(), &role).ok()?;
        let after = self.snapshot.next(after);
        let ask = |context: &Context| {
            after.check_in(context, self.sub_account, self.permissions, self.scope).is_allow()
        };
        let helps = match self.is_owned {
            // The ownership is unknown, so the role is tried on an owned object.
            None if is_only_on_own => ask(&self.context.clone().ownership(true)),
            _ => ask(&self.context),
        };
        helps.then_some((role, is_only_on_own))
    }

    /// The accounts that may administer assignments at the scope in a session: first those with
    /// assignments at the scope itself, then those further up. At most one more than are checked.
    fn candidates(&self, session: &Context) -> Vec<SubAccountId> {
        let organization = self.snapshot.organization();
        let (required, is_known) = self.snapshot.catalog().core().required(AdminAction::Assign);
        if !is_known || required.is_empty() {
            return Vec::new();
        }
        let session = session.clone().at(self.time);
        let mut seen = BTreeSet::new();
        organization
            .self_and_ancestors(self.scope)
            .flat_map(|scope| organization.assignments_by(scope, Relation::At))
            .filter(|made| made.effect == Effect::Allow)
            .flat_map(|made| self.snapshot.assignees(made.assignee))
            .filter(|id| seen.insert(*id))
            .filter(|id| self.snapshot.check_bits(&session, *id, required, self.scope).is_ok())
            .take(Remedy::CANDIDATES + 1)
            .collect()
    }

    fn may_assign(&self, session: &Context, id: SubAccountId, role: &RoleRef) -> bool {
        self.assign(&Proposer::SubAccount(id), session, role).is_ok()
    }

    /// Drafts and checks the assignment of a role.
    fn assign(
        &self,
        proposer: &Proposer<'_, P>,
        session: &Context,
        role: &RoleRef,
    ) -> Result<(ChangeSet, Organization), PlanError> {
        let actions = [Action::assign(self.sub_account, role.clone(), self.scope)];
        let mut ids = UnusedIds::new(self.snapshot.organization());
        propose(self.snapshot, proposer, session, &actions, self.time, &mut ids)
    }
}

/// A session that meets a security policy and says nothing else; `None` if no session can meet it.
fn session(policy: &[Condition]) -> Option<Context> {
    let mut session = Context::new();
    let (mut addresses, mut methods) = (Vec::<IpAddr>::new(), BTreeSet::<LoginMethod>::new());
    for condition in policy {
        match condition {
            Condition::Mfa => session = session.mfa(true),
            Condition::Network(networks) => {
                let networks = Vec::<IpNet>::from(networks.clone());
                addresses.extend(networks.iter().map(IpNet::network));
            }
            Condition::LoginMethod(some) => methods.extend(BTreeSet::from(some.clone())),
        }
    }
    // Two networks are nested or disjoint, so an address in all of them is the first address of one
    // of them.
    let in_all = |address: &IpAddr| {
        policy.iter().all(|condition| match condition {
            Condition::Network(networks) => networks.contain(*address),
            Condition::Mfa | Condition::LoginMethod(_) => true,
        })
    };
    let of_all = |method: &LoginMethod| {
        policy.iter().all(|condition| match condition {
            Condition::LoginMethod(methods) => methods.contain(method),
            Condition::Mfa | Condition::Network(_) => true,
        })
    };
    if !addresses.is_empty() {
        session = session.network(addresses.into_iter().find(in_all)?);
    }
    if !methods.is_empty() {
        session = session.login_method(methods.into_iter().find(of_all)?);
    }
    Some(session)
}

/// Ids that the organization never used, for a change that is never committed.
struct UnusedIds<'a> {
    organization: &'a Organization,
    next: u128,
}

impl<'a> UnusedIds<'a> {
    const fn new(organization: &'a Organization) -> Self {
        // Random ids are nowhere near the maximum.
        Self { organization, next: u128::MAX }
    }
}

impl IdSource for UnusedIds<'_> {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        while self.organization.has_used(AssignmentId::from_u128(self.next)) {
            self.next = self.next.wrapping_sub(1);
        }
        let id = Uuid::from_u128(self.next);
        self.next = self.next.wrapping_sub(1);
        Ok(id)
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        // No row with this salt is stored.
        Ok([0; 32])
    }
}

impl<P: Permissions> Snapshot<P> {
    /// What would help where [`check`](Self::check) denies, and who may do it.
    ///
    /// A role is listed only if the check allows once the host has assigned it at the scope. So it
    /// may be assigned at that kind of scope, breaks no invariant, and no limit or deny blocks it.
    /// An account is listed only if its plan to assign the role would be accepted now, in a session
    /// that meets the security policy of the organization and of which nothing else is known.
    ///
    /// Not for the hot path: drafts and checks one change for each role, and one more for each of
    /// at most [`Remedy::CANDIDATES`] sub-accounts and each of at most [`Remedy::ROLES`] roles.
    pub fn remedy(
        &self,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Remedy {
        self.remedy_in(&Context::new(), sub_account, permissions, target)
    }

    /// What would help where [`check_in`](Self::check_in) denies, and who may do it.
    pub fn remedy_in(
        &self,
        context: &Context,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Remedy {
        let target = target.into();
        let explanation = self.explain_in(context, sub_account, permissions, target);
        search(self, context, permissions, &explanation)
    }
}

impl<P: Permissions> Subject<'_, P> {
    /// What would help where [`check`](Self::check) denies, as [`Snapshot::remedy`] does.
    pub fn remedy(&self, permissions: P, target: impl Into<Target>) -> Remedy {
        self.snapshot().remedy_in(self.context(), self.id(), permissions, target)
    }
}
