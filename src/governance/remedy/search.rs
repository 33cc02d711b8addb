//! Searching for roles that would help, and for those who may assign them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use uuid::Uuid;

use crate::access::{Context, Explanation, Named, Snapshot};
use crate::catalog::AdminAction;
use crate::governance::names::Register;
use crate::governance::remedy::{HelpfulRole, Remedy};
use crate::governance::view::View;
use crate::governance::{Action, ActionError, Mint, PlanError, Proposer, propose};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::link::Relation;
use crate::model::{ChangeSet, Condition, Effect, LoginMethod, Organization, RoleRef, Scope};
use crate::permission::{Bits, Permissions};

/// Looks for what would help where `explanation` explains a deny.
pub(super) fn search<P: Permissions>(
    snapshot: &Snapshot<P>,
    context: &Context,
    permissions: P,
    explanation: &Explanation,
) -> Remedy {
    let organization = snapshot.organization();
    // An assignment cannot be made before what is there already.
    let time = explanation.at.max(organization.time());
    let mut remedy = Remedy::of(explanation, time);
    let Some(scope) = explanation.scope.as_ref().map(|scope| scope.id) else { return remedy };
    if remedy.is_allowed || !remedy.hindrances.is_empty() {
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

/// One search.
struct Search<'a, P> {
    snapshot: &'a Snapshot<P>,
    /// In which it was denied, at the instant at which it was.
    context: Context,
    permissions: P,
    sub_account: SubAccountId,
    scope: Scope,
    is_owned: Option<bool>,
    missing: Bits,
    /// When a role would be assigned.
    time: Timestamp,
}

/// A role that holds all that is missing, and whether it holds some of it only on what is owned.
type Candidate = (RoleRef, bool);

impl<P: Permissions> Search<'_, P> {
    /// The roles that hold all that is missing, those that give the fewest permissions first.
    fn candidate_roles(&self) -> Vec<Candidate> {
        let (organization, catalog) =
            (self.snapshot.organization(), self.snapshot.catalog().core());
        let register = Register::new(catalog.vocabulary());
        let view = View::new(organization, catalog, &register);
        let kind = self.scope.kind().into();
        let system = catalog.document().roles.iter().map(|it| (&it.name, it.assignable));
        let system = system.map(|(name, kinds)| (RoleRef::System(name.clone()), kinds));
        let custom = organization.roles().values();
        let custom = custom.map(|it| (RoleRef::Custom(it.id), it.assignable));
        let assignable = system.chain(custom).filter(|(_, kinds)| kinds.contains(kind));
        let mut found: Vec<(usize, Candidate)> = assignable
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

    /// The candidate, if the request would be allowed once it was assigned.
    fn helps(&self, (role, is_only_on_own): Candidate) -> Option<Candidate> {
        let (_, after) = self.assign(&Proposer::Host, &Context::new(), &role).ok()?;
        let after = self.snapshot.next(after);
        let ask = |context: &Context| {
            after.check_in(context, self.sub_account, self.permissions, self.scope).is_allow()
        };
        let helps = match self.is_owned {
            // Whether it is owned is not known, so it is asked about what is.
            None if is_only_on_own => ask(&self.context.clone().ownership(true)),
            _ => ask(&self.context),
        };
        helps.then_some((role, is_only_on_own))
    }

    /// Those who administer assignments at the scope, in a session: of the scope itself first, then further up. One more
    /// than are judged, if there are as many.
    fn candidates(&self, session: &Context) -> Vec<SubAccountId> {
        let organization = self.snapshot.organization();
        let (required, is_known) = self.snapshot.catalog().core().required(AdminAction::Assign);
        if !is_known || required.is_empty() {
            return Vec::new();
        }
        let session = session.clone().at(self.time);
        let mut seen = BTreeSet::new();
        organization
            .up(self.scope)
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

    /// What would come of assigning a role.
    fn assign(
        &self,
        proposer: &Proposer<'_, P>,
        session: &Context,
        role: &RoleRef,
    ) -> Result<(ChangeSet, Organization), PlanError> {
        let actions = [Action::assign(self.sub_account, role.clone(), self.scope)];
        let mut mint = Unused::new(self.snapshot.organization());
        propose(self.snapshot, proposer, session, &actions, self.time, &mut mint)
    }
}

/// A session that meets all of a security policy and of which nothing else is known; `None` if there can be none.
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
    // Of two networks one holds the other or they share nothing, so what they share starts where one of them does.
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

/// Mints ids that the organization never used, for a change that is never made.
struct Unused<'a> {
    organization: &'a Organization,
    next: u128,
}

impl<'a> Unused<'a> {
    const fn new(organization: &'a Organization) -> Self {
        // What is minted by chance is nowhere near.
        Self { organization, next: u128::MAX }
    }
}

impl Mint for Unused<'_> {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        while self.organization.has_used(AssignmentId::from_u128(self.next)) {
            self.next = self.next.wrapping_sub(1);
        }
        let id = Uuid::from_u128(self.next);
        self.next = self.next.wrapping_sub(1);
        Ok(id)
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        // Nothing is stored of what it would salt.
        Ok([0; 32])
    }
}
