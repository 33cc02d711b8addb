//! Variations of a blueprint that must not matter, or may only ever take away.

use proptest::prelude::*;
use tenantry::PermissionNames;
use tenantry::catalog::Catalog;
use tenantry::model::{Effect, Reach, Status, SubAccountKind, Validity};

use super::application::{Permission, catalog};
use super::blueprint::{
    Area, AssignmentPlan, Blueprint, Place, ResourcePlan, RolePlan, RoleUse, SubAccountPlan, What,
    Whom, WorkspacePlan,
};
use super::strategies::{Sizes, deny, names, place, some_names};

/// An allow of these permissions for everything at and below `place`, always.
pub(crate) fn plain(whom: Whom, place: Place, permissions: PermissionNames) -> AssignmentPlan {
    AssignmentPlan {
        whom,
        what: What::Permissions { any: permissions, own: PermissionNames::none() },
        place,
        effect: Effect::Allow,
        reach: Reach::Subtree,
        validity: Validity::ALWAYS,
        conditions: Vec::new(),
        delegator: None,
        has_reason: false,
    }
}

/// A member without an end or a boundary.
pub(crate) fn active_member() -> SubAccountPlan {
    SubAccountPlan {
        kind: SubAccountKind::Member,
        owner: 0,
        status: Status::Active,
        is_flagged: false,
        ends: None,
        boundary: None,
    }
}

/// Something that never grants.
#[derive(Debug, Clone)]
pub(crate) enum Limit {
    Deny(AssignmentPlan),
    Boundary(usize, PermissionNames),
    Ceiling(Place, PermissionNames),
    Mask(Place, PermissionNames),
    Archive(usize),
}

/// A limit for an organization of these sizes.
pub(crate) fn limit(sizes: Sizes) -> impl Strategy<Value = Limit> {
    let names = || prop_oneof![names(), some_names()];
    prop_oneof![
        3 => deny(sizes).prop_map(Limit::Deny),
        1 => (0..sizes.sub_accounts, names()).prop_map(|(who, most)| Limit::Boundary(who, most)),
        1 => (place(sizes), names()).prop_map(|(place, most)| Limit::Ceiling(place, most)),
        1 => (place(sizes), names()).prop_map(|(place, most)| Limit::Mask(place, most)),
        1 => (0..sizes.workspaces).prop_map(Limit::Archive),
    ]
}

impl Limit {
    /// Adds the limit to whatever limits there are.
    pub(crate) fn add_to(self, blueprint: &mut Blueprint) {
        match self {
            Self::Deny(deny) => blueprint.assignments.push(deny),
            Self::Boundary(who, most) => narrow(&mut blueprint.sub_accounts[who].boundary, &most),
            Self::Ceiling(place, most) => match area_mut(blueprint, place) {
                Some(area) => narrow(&mut area.ceiling, &most),
                None => narrow(&mut blueprint.ceiling, &most),
            },
            Self::Mask(place, most) => {
                if let Some(area) = area_mut(blueprint, place) {
                    area.inherits = both(&area.inherits, &most);
                }
            }
            Self::Archive(workspace) => blueprint.workspaces[workspace].is_archived = true,
        }
    }
}

fn area_mut(blueprint: &mut Blueprint, place: Place) -> Option<&mut Area> {
    match place {
        Place::Root => None,
        Place::Workspace(position) => Some(&mut blueprint.workspaces[position].area),
        Place::Resource(position) => Some(&mut blueprint.resources[position].area),
    }
}

fn narrow(limit: &mut Option<PermissionNames>, most: &PermissionNames) {
    *limit = Some(limit.as_ref().map_or_else(|| most.clone(), |limit| both(limit, most)));
}

/// What is in both sets, as this process understands them.
fn both(one: &PermissionNames, other: &PermissionNames) -> PermissionNames {
    let common = catalog().known(one).intersection(catalog().known(other));
    catalog().names(common).unwrap()
}

/// The permissions that a limit leaves.
pub(crate) fn left_by(limit: Option<&PermissionNames>) -> Permission {
    limit.map_or(catalog().permissions(), |limit| catalog().known(limit))
}

/// The permissions that the ceilings from the root to a place leave.
pub(crate) fn left_at(blueprint: &Blueprint, place: Place) -> Permission {
    let (above, ceiling) = match place {
        Place::Root => return left_by(blueprint.ceiling.as_ref()),
        Place::Workspace(position) => (Place::Root, &blueprint.workspaces[position].area.ceiling),
        Place::Resource(position) => {
            let resource = &blueprint.resources[position];
            (resource.parent, &resource.area.ceiling)
        }
    };
    left_at(blueprint, above).intersection(left_by(ceiling.as_ref()))
}

/// Whether a permission is among `others` or needs one of them, directly or through others.
pub(crate) fn depends_on(
    catalog: &Catalog<Permission>,
    permission: Permission,
    others: Permission,
) -> bool {
    let document = catalog.document();
    let needs = |one: Permission| -> Permission {
        document
            .permissions
            .iter()
            .filter(|it| catalog.permission(it.name.as_str()) == Some(one))
            .flat_map(|it| it.needs.iter().filter_map(|name| catalog.permission(name.as_str())))
            .collect()
    };
    permission.intersects(others)
        || needs(permission).iter().any(|needed| depends_on(catalog, needed, others))
}

/// Everything unconditional: no security policy, and no assignment asks for anything of a request.
pub(crate) fn without_conditions(blueprint: &mut Blueprint) {
    blueprint.policy.clear();
    for assignment in &mut blueprint.assignments {
        assignment.conditions.clear();
    }
}

/// Adds what nobody of the blueprint has to do with: strangers with rights in its scopes and teams, and scopes of
/// their own in which its people have rights.
pub(crate) fn add_strangers(blueprint: &mut Blueprint, drawn: Vec<AssignmentPlan>) {
    let area = || Area {
        inherits: PermissionNames::Full,
        ceiling: None,
        labels: blueprint.labels.clone(),
        has_key: true,
    };
    let workspaces = [area(), area()].map(|area| WorkspacePlan { area, is_archived: false });
    let theirs = Place::Workspace(blueprint.workspaces.len());
    let shared = Place::Workspace(blueprint.workspaces.len() + 1);
    let inbox = ResourcePlan { parent: shared, owner: Some(0), area: area() };
    let shared_inbox = Place::Resource(blueprint.resources.len());
    blueprint.workspaces.extend(workspaces);
    blueprint.resources.push(inbox);

    let stranger = blueprint.sub_accounts.len();
    let service =
        SubAccountPlan { kind: SubAccountKind::Service, owner: stranger, ..active_member() };
    blueprint.sub_accounts.extend([active_member(), service]);
    let team = blueprint.teams.len();
    blueprint.teams.push(team.checked_sub(1));
    blueprint.memberships.extend([(stranger, team), (stranger + 1, 0)]);
    let includes = vec![RoleUse::System("owner")];
    let none = PermissionNames::none;
    blueprint.roles.push(RolePlan { any: none(), own: none(), includes });

    let people = stranger;
    for (position, mut made) in drawn.into_iter().enumerate() {
        made.whom = match position % 5 {
            0 => Whom::SubAccount(stranger),
            1 => Whom::SubAccount(stranger + 1),
            2 => Whom::Team(team),
            3 => Whom::MembersOf(theirs),
            _ => {
                made.place = if position % 2 == 0 { shared } else { shared_inbox };
                Whom::SubAccount(position % people)
            }
        };
        blueprint.assignments.push(made);
    }
    blueprint.assignments.push(plain(Whom::Team(team), theirs, PermissionNames::Full));
}
