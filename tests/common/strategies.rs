//! Strategies that draw blueprints with every feature on.
//!
//! Weights are set so that about a quarter of all answers are allows and every reason for a deny comes up: random noise
//! alone would be denied everywhere for the same few reasons.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use tenantry::model::{
    Condition, Effect, LoginMethods, Networks, OrganizationStatus, Reach, Status, SubAccountKind,
    Validity,
};
use tenantry::text::Label;
use tenantry::{PermissionName, PermissionNames};

use super::application::{PERMISSION_NAMES, ROLE_NAMES};
use super::blueprint::{
    Area, AssignmentPlan, Blueprint, ConsentPlan, Place, ResourcePlan, RolePlan, RoleUse,
    SubAccountPlan, What, Whom, WorkspacePlan,
};
use super::requests::{MOMENTS, moment};
use super::world::{HOME, STRANGER, VISITED};

/// How many of each kind an organization has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) workspaces: usize,
    pub(crate) resources: usize,
    pub(crate) sub_accounts: usize,
    pub(crate) teams: usize,
    pub(crate) roles: usize,
}

impl Sizes {
    pub(crate) fn of(blueprint: &Blueprint) -> Self {
        Self {
            workspaces: blueprint.workspaces.len(),
            resources: blueprint.resources.len(),
            sub_accounts: blueprint.sub_accounts.len(),
            teams: blueprint.teams.len(),
            roles: blueprint.roles.len(),
        }
    }
}

/// A small organization with everything in it.
pub(crate) fn blueprint() -> impl Strategy<Value = Blueprint> {
    (1..=4_usize, 0..=4_usize, 2..=6_usize, 0..=3_usize, 0..=3_usize)
        .prop_map(|(workspaces, resources, sub_accounts, teams, roles)| Sizes {
            workspaces,
            resources,
            sub_accounts,
            teams,
            roles,
        })
        .prop_flat_map(organization)
}

fn organization(sizes: Sizes) -> impl Strategy<Value = Blueprint> {
    let status = prop_oneof![
        60 => Just(OrganizationStatus::Active),
        1 => Just(OrganizationStatus::Suspended),
        1 => Just(OrganizationStatus::Closed),
    ];
    let policy = prop_oneof![7 => Just(Vec::new()), 1 => vec(condition(), 1..=2)];
    let profile = (status, limit(), policy, labels());
    let scopes = (
        vec(workspace(), sizes.workspaces),
        (0..sizes.resources).map(|earlier| resource(sizes, earlier)).collect::<Vec<_>>(),
    );
    let people = (
        vec(sub_account(), sizes.sub_accounts),
        (0..sizes.teams).map(parent_team).collect::<Vec<_>>(),
        vec((0..sizes.sub_accounts, 0..sizes.teams.max(1)), 0..=2 * sizes.teams),
    );
    let rights = (
        (0..sizes.roles).map(role).collect::<Vec<_>>(),
        (0..sizes.sub_accounts).map(|it| weighted(0.6, everyday(it, sizes))).collect::<Vec<_>>(),
        vec(assignment(sizes), 0..=20),
        vec(by_membership(sizes), 0..=2),
        vec(consent(sizes), 0..=4),
    );
    (profile, scopes, people, rights).prop_map(|(profile, scopes, people, rights)| {
        let (mut sub_accounts, teams, memberships) = people;
        make_owners_members(&mut sub_accounts);
        Blueprint {
            status: profile.0,
            ceiling: profile.1,
            policy: profile.2,
            labels: profile.3,
            workspaces: scopes.0,
            resources: scopes.1,
            sub_accounts,
            teams,
            memberships: memberships.into_iter().collect(),
            roles: rights.0,
            assignments: rights
                .1
                .into_iter()
                .flatten()
                .chain(rights.2)
                .chain(rights.3.into_iter().flatten())
                .collect(),
            consents: rights.4,
        }
    })
}

/// The first sub-account is a member, and every service belongs to one of the members.
fn make_owners_members(sub_accounts: &mut [SubAccountPlan]) {
    sub_accounts[0].kind = SubAccountKind::Member;
    let is_member = |of: &SubAccountPlan| of.kind == SubAccountKind::Member;
    let members: Vec<usize> =
        (0..sub_accounts.len()).filter(|position| is_member(&sub_accounts[*position])).collect();
    for sub_account in sub_accounts {
        sub_account.owner = members[sub_account.owner % members.len()];
    }
}

/// Permissions by name, most of them.
pub(crate) fn names() -> impl Strategy<Value = PermissionNames> {
    prop_oneof![1 => Just(PermissionNames::Full), 4 => many()]
}

/// A few permissions by name, one at least.
pub(crate) fn some_names() -> impl Strategy<Value = PermissionNames> {
    let one = select(PERMISSION_NAMES.to_vec()).prop_map(|name| named([name]));
    prop_oneof![
        1 => Just(PermissionNames::Full),
        12 => (one, few()).prop_map(|(one, others)| one.iter().chain(others.iter()).cloned().collect()),
    ]
}

/// Seven of eight names.
fn many() -> impl Strategy<Value = PermissionNames> {
    any::<[u16; 3]>().prop_map(|[one, other, third]| of_pattern(one | other | third))
}

/// One name of eight, or none.
fn few() -> impl Strategy<Value = PermissionNames> {
    any::<[u16; 3]>().prop_map(|[one, other, third]| of_pattern(one & other & third))
}

fn of_pattern(pattern: u16) -> PermissionNames {
    let is_in = |position: usize| pattern >> position & 1 == 1;
    named((0..PERMISSION_NAMES.len()).filter(|it| is_in(*it)).map(|it| PERMISSION_NAMES[it]))
}

fn named(names: impl IntoIterator<Item = &'static str>) -> PermissionNames {
    names.into_iter().map(|name| PermissionName::new(name).unwrap()).collect()
}

/// A limit that is mostly absent and mostly wide.
fn limit() -> impl Strategy<Value = Option<PermissionNames>> {
    weighted(0.2, names())
}

fn labels() -> impl Strategy<Value = BTreeSet<Label>> {
    prop_oneof![
        2 => Just(BTreeSet::new()),
        1 => vec(label(), 1..=2).prop_map(|labels| labels.into_iter().collect()),
    ]
}

fn label() -> impl Strategy<Value = Label> {
    select(vec!["internal", "vip"]).prop_map(|label| Label::new(label).unwrap())
}

fn area() -> impl Strategy<Value = Area> {
    let inherits = prop_oneof![
        5 => Just(PermissionNames::Full),
        2 => names(),
        1 => some_names(),
    ];
    (inherits, limit(), labels(), any::<bool>()).prop_map(|(inherits, ceiling, labels, has_key)| {
        Area { inherits, ceiling, labels, has_key }
    })
}

fn workspace() -> impl Strategy<Value = WorkspacePlan> {
    (area(), proptest::bool::weighted(0.1))
        .prop_map(|(area, is_archived)| WorkspacePlan { area, is_archived })
}

fn resource(sizes: Sizes, earlier: usize) -> impl Strategy<Value = ResourcePlan> {
    let parent = (0..sizes.workspaces + earlier).prop_map(move |number| {
        number.checked_sub(sizes.workspaces).map_or(Place::Workspace(number), Place::Resource)
    });
    (parent, weighted(0.7, 0..sizes.sub_accounts), area())
        .prop_map(|(parent, owner, area)| ResourcePlan { parent, owner, area })
}

fn sub_account() -> impl Strategy<Value = SubAccountPlan> {
    let kind = prop_oneof![
        4 => Just(SubAccountKind::Member),
        1 => Just(SubAccountKind::Guest),
        2 => Just(SubAccountKind::Service),
    ];
    let status = prop_oneof![
        60 => Just(Status::Active),
        1 => Just(Status::Invited),
        1 => Just(Status::Suspended),
        1 => Just(Status::Left),
        1 => Just(Status::Removed),
    ];
    let ends = weighted(0.1, 1..MOMENTS);
    (kind, 0..6_usize, status, proptest::bool::weighted(0.03), ends, weighted(0.2, names()))
        .prop_map(|(kind, owner, status, is_flagged, ends, boundary)| {
            // A guest has an end, whatever was drawn.
            let ends = if kind == SubAccountKind::Guest { ends.or(Some(3)) } else { ends };
            let ends = ends.map(moment);
            SubAccountPlan { kind, owner, status, is_flagged, ends, boundary }
        })
}

fn parent_team(earlier: usize) -> BoxedStrategy<Option<usize>> {
    if earlier == 0 { Just(None).boxed() } else { weighted(0.7, 0..earlier).boxed() }
}

fn role(earlier: usize) -> impl Strategy<Value = RolePlan> {
    (few(), few(), vec(role_use(earlier), 0..=2)).prop_map(|(any, own, includes)| RolePlan {
        any,
        own,
        includes,
    })
}

fn role_use(custom: usize) -> BoxedStrategy<RoleUse> {
    let system = select(ROLE_NAMES.to_vec()).prop_map(RoleUse::System);
    if custom == 0 {
        system.boxed()
    } else {
        prop_oneof![1 => system, 1 => (0..custom).prop_map(RoleUse::Custom)].boxed()
    }
}

/// A scope.
pub(crate) fn place(sizes: Sizes) -> impl Strategy<Value = Place> {
    prop_oneof![1 => Just(Place::Root), 2 => below_root(sizes)]
}

fn below_root(sizes: Sizes) -> BoxedStrategy<Place> {
    let workspace = (0..sizes.workspaces).prop_map(Place::Workspace);
    if sizes.resources == 0 {
        workspace.boxed()
    } else {
        prop_oneof![workspace, (0..sizes.resources).prop_map(Place::Resource)].boxed()
    }
}

fn whom(sizes: Sizes) -> BoxedStrategy<Whom> {
    let others = prop_oneof![
        7 => (0..sizes.sub_accounts).prop_map(Whom::SubAccount),
        1 => Just(Whom::MembersOf(Place::Root)),
        2 => place(sizes).prop_map(Whom::MembersOf),
    ];
    if sizes.teams == 0 {
        others.boxed()
    } else {
        prop_oneof![3 => others, 1 => (0..sizes.teams).prop_map(Whom::Team)].boxed()
    }
}

/// What an allow grants: mostly much.
fn much(sizes: Sizes) -> impl Strategy<Value = What> {
    prop_oneof![
        4 => role_use(sizes.roles).prop_map(What::Role),
        2 => (names(), few()).prop_map(|(any, own)| What::Permissions { any, own }),
        1 => (few(), names()).prop_map(|(any, own)| What::Permissions { any, own }),
    ]
}

/// What a deny takes: mostly little.
fn little(sizes: Sizes) -> impl Strategy<Value = What> {
    prop_oneof![
        1 => role_use(sizes.roles).prop_map(What::Role),
        3 => few_permissions(),
        2 => (few(), some_names()).prop_map(|(any, own)| What::Permissions { any, own }),
    ]
}

/// A permission or two.
fn few_permissions() -> impl Strategy<Value = What> {
    some_names().prop_map(|any| What::Permissions { any, own: PermissionNames::none() })
}

fn reach() -> impl Strategy<Value = Reach> {
    prop_oneof![
        6 => Just(Reach::Subtree),
        1 => Just(Reach::Here),
        2 => label().prop_map(Reach::Labelled),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let networks = ["10.1.0.0/16", "2001:db8::/32"].map(|network| network.parse().unwrap());
    let method = |names: &[&str]| {
        let methods = names.iter().map(|name| name.parse().unwrap());
        Condition::LoginMethod(LoginMethods::new(methods).unwrap())
    };
    select(vec![
        Condition::Network(Networks::new(networks).unwrap()),
        Condition::Mfa,
        method(&["saml"]),
        method(&["passkey", "password"]),
    ])
}

/// No condition, or some that must hold together.
pub(crate) fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    prop_oneof![5 => Just(Vec::new()), 2 => vec(condition(), 1), 1 => vec(condition(), 2..=3)]
}

/// Always, or a window between two moments, open on one side or on none.
fn validity() -> impl Strategy<Value = Validity> {
    prop_oneof![3 => Just(Validity::ALWAYS), 2 => windowed()]
}

/// A window that starts or ends.
pub(crate) fn windowed() -> impl Strategy<Value = Validity> {
    (0..MOMENTS - 1, 1..MOMENTS, 0..3).prop_map(|(starts, lasts, open)| {
        let ends = moment((starts + lasts).min(MOMENTS - 1));
        match open {
            0 => Validity::from(moment(starts)),
            1 => Validity::until(ends),
            _ => Validity::between(moment(starts), ends).unwrap(),
        }
    })
}

/// An assignment of any kind in an organization of these sizes.
pub(crate) fn assignment(sizes: Sizes) -> impl Strategy<Value = AssignmentPlan> {
    made_of(
        sizes,
        prop_oneof![
            5 => (Just(Effect::Allow), much(sizes)),
            1 => (Just(Effect::Deny), little(sizes)),
        ],
    )
}

/// A deny of any kind.
pub(crate) fn deny(sizes: Sizes) -> impl Strategy<Value = AssignmentPlan> {
    made_of(sizes, (Just(Effect::Deny), little(sizes)))
}

/// An allow that always acts, in its own right.
pub(crate) fn plain_allow(sizes: Sizes) -> impl Strategy<Value = AssignmentPlan> {
    made_of(sizes, (Just(Effect::Allow), much(sizes))).prop_map(|plan| AssignmentPlan {
        validity: Validity::ALWAYS,
        conditions: Vec::new(),
        delegator: None,
        ..plan
    })
}

fn made_of(
    sizes: Sizes,
    grants: impl Strategy<Value = (Effect, What)>,
) -> impl Strategy<Value = AssignmentPlan> {
    let says = (whom(sizes), grants, place(sizes), reach());
    let when = (validity(), conditions(), weighted(0.15, 0..sizes.sub_accounts), any::<bool>());
    (says, when).prop_map(|((whom, (effect, what), place, reach), when)| {
        let (validity, conditions, delegator, has_reason) = when;
        AssignmentPlan {
            whom,
            what: something(what),
            place,
            effect,
            reach,
            validity,
            conditions,
            delegator: delegator.filter(|_| effect == Effect::Allow),
            has_reason,
        }
    })
}

/// What somebody works with every day: a role, always and unconditionally.
fn everyday(sub_account: usize, sizes: Sizes) -> impl Strategy<Value = AssignmentPlan> {
    let role = select(vec!["owner", "administrator", "agent", "agent"]);
    let place = prop_oneof![2 => Just(Place::Root), 1 => place(sizes)];
    (role, place).prop_map(move |(role, place)| AssignmentPlan {
        whom: Whom::SubAccount(sub_account),
        what: What::Role(RoleUse::System(role)),
        place,
        effect: Effect::Allow,
        reach: Reach::Subtree,
        validity: Validity::ALWAYS,
        conditions: Vec::new(),
        delegator: None,
        has_reason: false,
    })
}

/// Two assignments that meet: one that makes somebody a member of a scope, and one to the members of that scope.
fn by_membership(sizes: Sizes) -> impl Strategy<Value = [AssignmentPlan; 2]> {
    let window = || prop_oneof![1 => validity(), 1 => windowed()];
    let membership = made_of(sizes, (Just(Effect::Allow), few_permissions()));
    let times = (window(), window());
    (membership, assignment(sizes), below_root(sizes), times).prop_map(
        |(membership, to_members, place, times)| {
            let whom = match membership.whom {
                Whom::MembersOf(_) => Whom::SubAccount(0),
                named => named,
            };
            let membership = AssignmentPlan { whom, place, validity: times.0, ..membership };
            let to_members =
                AssignmentPlan { whom: Whom::MembersOf(place), validity: times.1, ..to_members };
            [membership, to_members]
        },
    )
}

/// An organization refuses an assignment of nothing.
fn something(what: What) -> What {
    match what {
        What::Permissions { any, own } if any.is_empty() && own.is_empty() => {
            What::Role(RoleUse::System("reader"))
        }
        what => what,
    }
}

fn consent(sizes: Sizes) -> impl Strategy<Value = ConsentPlan> {
    let operators = prop_oneof![6 => Just(HOME), 1 => Just(VISITED), 1 => Just(STRANGER)];
    let window = (weighted(0.3, 0..MOMENTS - 1), 2..=MOMENTS);
    let place = prop_oneof![1 => Just(Place::Root), 1 => place(sizes)];
    (operators, place, names(), window).prop_map(|(operators, place, mask, window)| {
        let (starts, lasts) = window;
        let ends = (starts.unwrap_or(0) + lasts).min(MOMENTS - 1);
        ConsentPlan { operators, place, mask, starts: starts.map(moment), ends: moment(ends) }
    })
}
