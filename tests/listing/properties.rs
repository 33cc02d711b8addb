//! Listings of random organizations against the checks, one by one.

use proptest::prelude::*;
use tenantry::access::{Context, Listed, Ownership, Snapshot, Subject, Target};
use tenantry::catalog::AdminAction;
use tenantry::model::{Kind, Scope, ScopeKinds};
use tenantry::{ResourceId, SubAccountId, WorkspaceId};

use crate::common::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// What a check says of one place, as a listing marks it.
fn marked<T>(
    subject: &Subject<'_, Permission>,
    context: &Context,
    permissions: Permission,
    (id, target): (T, Target),
    is_owned: bool,
) -> Option<Listed<T>> {
    if subject.can(permissions, target) {
        return Some(Listed::All(id));
    }
    let is_unsaid = *context == context.clone().ownership(Ownership::Unsaid);
    let if_owned = is_unsaid && !is_owned && subject.owning(true).can(permissions, target);
    if_owned.then_some(Listed::Own(id))
}

/// Those of what is marked that need no ownership.
fn all<T>(marked: Vec<Listed<T>>) -> Vec<T> {
    let all = marked.into_iter().filter_map(|it| match it {
        Listed::All(id) => Some(id),
        Listed::Own(_) => None,
    });
    all.collect()
}

fn is_owned(world: &World, target: Target) -> bool {
    match target {
        Target::Scope(Scope::Resource(id)) => {
            world.organization.resources().get(&id).is_some_and(|it| it.owner.is_some())
        }
        _ => false,
    }
}

/// Every place of a subject's listings, and what of it a listing is to show.
fn expected_workspaces(
    world: &World,
    subject: &Subject<'_, Permission>,
    context: &Context,
    permissions: Permission,
) -> Vec<Listed<WorkspaceId>> {
    let ids = world.organization.workspaces().keys();
    ids.filter_map(|id| marked(subject, context, permissions, (*id, (*id).into()), false)).collect()
}

fn expected_resources(
    world: &World,
    subject: &Subject<'_, Permission>,
    context: &Context,
    kind: &str,
    permissions: Permission,
) -> Vec<Listed<ResourceId>> {
    let kind = Kind::new(kind).unwrap();
    let of_kind = world.organization.resources().values().filter(|it| it.kind == kind);
    let marks = of_kind.filter_map(|it| {
        let place = (it.id, it.id.into());
        marked(subject, context, permissions, place, it.owner.is_some())
    });
    marks.collect()
}

fn expected_sub_accounts(
    world: &World,
    snapshot: &Snapshot<Permission>,
    context: &Context,
    permissions: Permission,
    target: Target,
) -> Vec<Listed<SubAccountId>> {
    let is_owned = is_owned(world, target);
    let marks = world.organization.sub_accounts().keys().filter_map(|id| {
        let subject = snapshot.subject(*id).in_context(context.clone());
        marked(&subject, context, permissions, (*id, target), is_owned)
    });
    marks.collect()
}

fn targets(world: &World) -> Vec<Target> {
    world.scopes().into_iter().map(Target::from).chain(world.detours()).collect()
}

fn salted() -> impl Strategy<Value = Ids> {
    prop_oneof![Just(Ids::default()), (1_u64..).prop_map(|salt| Ids { salt })]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn incident_01_where_a_sub_account_may_is_exactly_where_the_check_allows(
        blueprint in blueprint(),
        ids in salted(),
        contexts in contexts(),
    ) {
        let world = World::build(VISITED, blueprint, ids, 0);
        let snapshot = world.snapshot(catalog());
        let mut turns = contexts.iter().cycle();
        for who in world.sub_accounts().into_iter().chain([NOBODY]) {
            for permissions in requests() {
                let context = turns.next().unwrap();
                let subject = snapshot.subject(who).in_context(context.clone());
                let expected = expected_workspaces(&world, &subject, context, permissions);
                let listed: Vec<_> = subject.workspaces_with(permissions).including_own().collect();
                prop_assert_eq!(&listed, &expected, "{:?} {:?} {:?}", who, permissions, context);
                let listed: Vec<_> = subject.workspaces_with(permissions).collect();
                prop_assert_eq!(listed, all(expected));
                for kind in KINDS {
                    let expected =
                        expected_resources(&world, &subject, context, kind, permissions);
                    let listing = || subject.resources_with(kind, permissions);
                    let listed: Vec<_> = listing().including_own().collect();
                    prop_assert_eq!(&listed, &expected, "{:?} {:?} {:?}", who, permissions, context);
                    prop_assert_eq!(listing().collect::<Vec<_>>(), all(expected));
                }
                prop_assert_eq!(subject.resources_with("nothing", permissions).next(), None);
                prop_assert_eq!(subject.resources_with("", permissions).next(), None);
            }
        }
    }

    #[test]
    fn incident_01_who_may_is_exactly_for_whom_the_check_allows(
        blueprint in blueprint(),
        ids in salted(),
        contexts in contexts(),
    ) {
        let world = World::build(VISITED, blueprint, ids, 0);
        let snapshot = world.snapshot(catalog());
        let mut turns = contexts.iter().cycle();
        for target in targets(&world) {
            for permissions in requests() {
                let context = turns.next().unwrap();
                let expected =
                    expected_sub_accounts(&world, &snapshot, context, permissions, target);
                let listing = || snapshot.sub_accounts_with_in(context, permissions, target);
                let listed: Vec<_> = listing().including_own().collect();
                prop_assert_eq!(&listed, &expected, "{:?} {:?} {:?}", target, permissions, context);
                prop_assert_eq!(listing().collect::<Vec<_>>(), all(expected));
            }
        }
    }

    #[test]
    fn d11_administrators_are_those_who_may_take_an_administrative_action(
        blueprint in blueprint(),
        contexts in contexts(),
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog());
        let mut turns = contexts.iter().cycle();
        for scope in world.scopes() {
            let context = turns.next().unwrap();
            let is_there = |action: &&AdminAction| {
                action.kinds().contains(ScopeKinds::from(scope.kind()))
            };
            let may_administer = |who: &SubAccountId| {
                AdminAction::ALL.iter().filter(is_there).any(|action| {
                    let required = catalog().requirement(*action).unwrap();
                    snapshot.check_in(context, *who, required, scope).is_allow()
                })
            };
            let ids = world.organization.sub_accounts().keys().copied();
            let expected: Vec<_> = ids.filter(may_administer).collect();
            let listed: Vec<_> = snapshot.administrators(context, scope).collect();
            prop_assert_eq!(listed, expected, "{:?} {:?}", scope, context);
        }
    }

    #[test]
    fn d11_own_permissions_are_those_that_only_ownership_is_missing_for(
        blueprint in blueprint(),
        contexts in contexts(),
        catalog in prop_oneof![Just(catalog()), Just(newer_catalog())],
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog);
        let mut turns = contexts.iter().cycle();
        for who in world.sub_accounts() {
            for target in targets(&world) {
                let context = turns.next().unwrap();
                let subject = snapshot.subject(who).in_context(context.clone());
                let only_own = |permission: &Permission| {
                    let is_owned = is_owned(&world, target);
                    let mark = marked(&subject, context, *permission, ((), target), is_owned);
                    mark == Some(Listed::Own(()))
                };
                let expected: Permission = catalog.permissions().iter().filter(only_own).collect();
                prop_assert_eq!(subject.own_permissions(target), expected);
            }
        }
    }

    #[test]
    fn d11_a_filter_leaves_what_the_check_allows_in_the_order_of_the_host(
        blueprint in blueprint(),
        context in context(),
        order in 1_u64..,
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog());
        let mut keys: Vec<String> = (0..9).map(|it| format!("resource-{it}")).collect();
        shuffle(&mut keys, order);
        for who in world.sub_accounts() {
            let subject = snapshot.subject(who).in_context(context.clone());
            let found = |key: &String| snapshot.resource(KINDS[0], key);
            let can = |key: &&String| subject.can(Permission::VIEW, found(key));
            let expected: Vec<&String> = keys.iter().filter(can).collect();
            let left = subject.filter(Permission::VIEW, &keys, |key| found(key));
            prop_assert_eq!(left.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn d11_pages_of_every_size_are_the_listing(
        blueprint in blueprint(),
        ids in salted(),
        context in timeless(),
    ) {
        let world = World::build(VISITED, blueprint, ids, 0);
        let snapshot = world.snapshot(catalog());
        for permissions in [Permission::VIEW, Permission::EXPORT] {
            for scope in world.scopes() {
                let listing = || snapshot.sub_accounts_with_in(&context, permissions, scope).including_own();
                let whole: Vec<_> = listing().collect();
                for size in 1..=whole.len() + 2 {
                    let mut paged = Vec::new();
                    let mut cursor = None;
                    loop {
                        let page = listing().page(size, cursor.as_ref()).unwrap();
                        prop_assert!(page.items.len() <= size);
                        prop_assert!(page.items.len() == size || page.next.is_none());
                        paged.extend(page.items);
                        let Some(next) = page.next else { break };
                        // As it comes back from whoever was shown the page.
                        cursor = Some(next.to_string().parse().unwrap());
                    }
                    prop_assert_eq!(&paged, &whole, "{} at {:?}", size, scope);
                }
            }
        }
    }
}
