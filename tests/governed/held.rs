//! What somebody holds (R) and reaches, computed plainly: by asking the decision in an organization
//! that is made for the question.
//!
//! R is what a check allows in the organization in which the one who is asked about is active,
//! nothing is archived and no security policy stands. Reach is R in the organization in which every
//! assignment of a role that may assign others assigns these as well, on and on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use tenantry::access::{Context, Reference, Snapshot};
use tenantry::catalog::Catalog;
use tenantry::model::{
    Assignment, Change, ChangeSet, Effect, Grant, Organization, OrganizationStatus, Profile,
    Remove, RoleRef, Scope, SecurityPolicy, Status, SubAccount, Workspace, WorkspaceStatus,
};
use tenantry::{AssignmentId, Permissions, SubAccountId};

/// What a snapshot is made for: whether licences count, and for whom, if not for everybody active.
type Made = (bool, Option<SubAccountId>);

/// What everybody holds and reaches in one organization.
#[derive(Debug)]
pub(crate) struct Held<P> {
    pub(crate) organization: Organization,
    catalog: Catalog<P>,
    with_licences: Organization,
    made: RefCell<BTreeMap<Made, Snapshot<P>>>,
}

impl<P: Permissions> Held<P> {
    pub(crate) fn new(organization: &Organization, catalog: &Catalog<P>) -> Self {
        let organization = opened(organization);
        let with_licences = with_licences(&organization, catalog);
        let made = RefCell::default();
        Self { organization, catalog: catalog.clone(), with_licences, made }
    }

    /// What the sub-account may do at the scope: R at one time, in one context.
    pub(crate) fn permissions(&self, who: SubAccountId, scope: Scope, context: &Context) -> P {
        self.asked(false, who, scope, context)
    }

    /// What it may do there and what it could hand out.
    pub(crate) fn reach(&self, who: SubAccountId, scope: Scope, context: &Context) -> P {
        self.asked(true, who, scope, context)
    }

    /// As [`permissions`](Self::permissions), by the naive evaluator.
    pub(crate) fn by_reference(&self, who: SubAccountId, scope: Scope, context: &Context) -> P {
        let active = as_active(&self.organization, who);
        let now = self.organization.time();
        Reference::new(&active, &self.catalog, now).permissions(who, scope, context)
    }

    fn asked(&self, licences: bool, who: SubAccountId, scope: Scope, context: &Context) -> P {
        let row = self.organization.sub_accounts().get(&who);
        let stands = row.is_none_or(is_active);
        let key = (licences, (!stands).then_some(who));
        let mut made = self.made.borrow_mut();
        let snapshot = made.entry(key).or_insert_with(|| {
            let of = if licences { &self.with_licences } else { &self.organization };
            let of = if stands { of.clone() } else { as_active(of, who) };
            Snapshot::compile(of, &self.catalog)
        });
        snapshot.subject(who).in_context(context.clone()).permissions(scope)
    }
}

/// Whether a sub-account is active and unflagged.
pub(crate) fn is_active(it: &SubAccount) -> bool {
    it.status == Status::Active && !it.credential_reset_required
}

/// The organization with nothing archived, active and without a security policy.
fn opened(organization: &Organization) -> Organization {
    let security = SecurityPolicy::default();
    let status = OrganizationStatus::Active;
    let profile = Profile { status, security, ..organization.profile().clone() };
    let archived = organization.workspaces().values();
    let archived = archived.filter(|it| it.status == WorkspaceStatus::Archived);
    let active = |it: &Workspace| Workspace { status: WorkspaceStatus::Active, ..it.clone() };
    changed(organization, archived.map(|it| active(it).into()).chain([profile.into()]))
}

/// The organization with one sub-account made active.
fn as_active(organization: &Organization, who: SubAccountId) -> Organization {
    let Some(row) = organization.sub_accounts().get(&who) else { return organization.clone() };
    if is_active(row) {
        return organization.clone();
    }
    let invitations = organization.invitations().values().filter(|it| it.sub_account == who);
    let withdrawn = invitations.map(|it| Remove::Invitation(it.id).into());
    // Only what it holds is asked about as if it were active. What it passed on, to itself even, is
    // worth what it is.
    let is_its_own = |id: SubAccountId| {
        let owner = organization.sub_accounts().get(&id).and_then(|it| it.owner);
        id == who || owner == Some(who)
    };
    let passed_on = organization.assignments().values();
    let passed_on = passed_on.filter(|it| it.delegator.is_some_and(is_its_own));
    let withdrawn = withdrawn.chain(passed_on.map(|it| Remove::Assignment(it.id).into()));
    let status = Status::Active;
    let active = SubAccount { status, credential_reset_required: false, ..row.clone() };
    changed(organization, withdrawn.chain([Change::from(active)]))
}

fn changed(organization: &Organization, changes: impl Iterator<Item = Change>) -> Organization {
    let time = organization.time();
    let set = ChangeSet { time, changes: changes.collect(), personal: Vec::new() };
    organization.clone().with(&set).unwrap()
}

/// The organization in which whoever may assign roles has them.
pub(crate) fn with_licences<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
) -> Organization {
    let mut changes: Vec<Change> = Vec::new();
    for assignment in organization.assignments().values() {
        let Grant::Role(role) = &assignment.grant else { continue };
        if assignment.effect == Effect::Deny {
            continue;
        }
        let (any, own) = handed(organization, catalog, role);
        if any.is_empty() && own.is_empty() {
            continue;
        }
        let names = |permissions| catalog.names(permissions).unwrap();
        let grant = Grant::Permissions { any: names(any), own: names(own) };
        let id = AssignmentId::from_u128(!assignment.id.to_u128());
        changes.push(
            Assignment { id, reason: None, ..assignment.clone() }
                .with(|it| it.grant = grant)
                .into(),
        );
    }
    changed(organization, changes.into_iter())
}

/// The organization in which whoever may assign one of some roles has what these give and could
/// hand out, and no other licence counts.
pub(crate) fn with_licences_for<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    roles: &BTreeSet<RoleRef>,
) -> Organization {
    let mut changes: Vec<Change> = Vec::new();
    for assignment in organization.assignments().values() {
        let Grant::Role(role) = &assignment.grant else { continue };
        if assignment.effect == Effect::Deny {
            continue;
        }
        let licensed = assigns(organization, catalog, role);
        for (number, role) in licensed.iter().filter(|it| roles.contains(it)).enumerate() {
            let (any, own) = whole(organization, catalog, role);
            let names = |permissions| catalog.names(permissions).unwrap();
            let grant = Grant::Permissions { any: names(any), own: names(own) };
            let id = AssignmentId::from_u128(!(assignment.id.to_u128() ^ (number as u128) << 64));
            let twin = Assignment { id, reason: None, ..assignment.clone() };
            changes.push(twin.with(|it| it.grant = grant).into());
        }
    }
    changed(organization, changes.into_iter())
}

/// What a role gives, and what its holder could hand out, on and on.
pub(crate) fn whole<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    role: &RoleRef,
) -> (P, P) {
    let (mut any, mut own) = handed(organization, catalog, role);
    for included in included(organization, catalog, role) {
        let (also, also_own) = gives(organization, catalog, &included);
        (any, own) = (any.union(also), own.union(also_own));
    }
    (any, own)
}

/// What everything gives that the holder of a role may assign, and that its holder may assign in
/// turn.
fn handed<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    role: &RoleRef,
) -> (P, P) {
    let mut ahead = assigns(organization, catalog, role);
    let mut seen = BTreeSet::new();
    let (mut any, mut own) = (P::empty(), P::empty());
    while let Some(next) = ahead.pop() {
        if !seen.insert(next.clone()) {
            continue;
        }
        for included in included(organization, catalog, &next) {
            let (also, also_own) = gives(organization, catalog, &included);
            (any, own) = (any.union(also), own.union(also_own));
        }
        ahead.extend(assigns(organization, catalog, &next));
    }
    (any, own)
}

/// A role and everything that it includes.
pub(crate) fn included<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    role: &RoleRef,
) -> BTreeSet<RoleRef> {
    let (mut ahead, mut seen) = (vec![role.clone()], BTreeSet::new());
    while let Some(next) = ahead.pop() {
        if !seen.insert(next.clone()) {
            continue;
        }
        match &next {
            RoleRef::System(name) => {
                let document = catalog.document().roles.iter().find(|it| it.name == *name);
                let also = document.into_iter().flat_map(|it| &it.includes);
                ahead.extend(also.cloned().map(RoleRef::System));
            }
            RoleRef::Custom(id) => {
                let row = organization.roles().get(id);
                ahead.extend(row.into_iter().flat_map(|it| &it.includes).cloned());
            }
        }
    }
    seen
}

fn assigns<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    role: &RoleRef,
) -> Vec<RoleRef> {
    let mut found = Vec::new();
    for one in included(organization, catalog, role) {
        match &one {
            RoleRef::System(name) => {
                let document = catalog.document().roles.iter().find(|it| it.name == *name);
                let also = document.into_iter().flat_map(|it| &it.assigns);
                found.extend(also.cloned().map(RoleRef::System));
            }
            RoleRef::Custom(id) => {
                let row = organization.roles().get(id);
                found.extend(row.into_iter().flat_map(|it| &it.assigns).cloned());
            }
        }
    }
    found
}

/// What a role gives by itself.
fn gives<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    role: &RoleRef,
) -> (P, P) {
    match role {
        RoleRef::System(name) => (
            catalog.role_permissions(name.clone()).unwrap_or_else(P::empty),
            catalog.role_own_permissions(name.clone()).unwrap_or_else(P::empty),
        ),
        RoleRef::Custom(id) => match organization.roles().get(id) {
            Some(row) => (catalog.known(&row.any), catalog.known(&row.own)),
            None => (P::empty(), P::empty()),
        },
    }
}
