//! I2: duties that are kept apart do not meet in one hand. I5: guardrails of the catalog. I6: both are judged on what
//! could ever be held, and what is broken already stops only what makes it worse.

use tenantry::catalog::{CatalogBuilder, DutyDefinition, Limits, Separation};
use tenantry::model::{Assignee, Condition, Resource};
use tenantry::{Action, NewRole, SubAccountKind, Violation, governance};

use crate::setup::*;

fn separated(separation: Separation) -> House {
    let duties = [
        DutyDefinition::Role(BILLING),
        DutyDefinition::Permissions(Permission::EXPORT),
        DutyDefinition::Permissions(Permission::TEAMS | Permission::PEOPLE),
    ];
    House::of(builder().separate("four eyes", 2, separation, duties))
}

#[test]
fn i2_two_duties_do_not_meet_in_one_hand() {
    let house = separated(Separation::Anywhere);
    let wu = house.with_role("wu", BILLING, ROOT);
    let by = house.by(house.lin);
    house.refuses("I2", &by, [Action::assign(wu, EXPORTER, house.inbox)]);
    house.refuses("I2", &house.host(), [Action::assign(wu, EXPORTER, house.support)]);
    // Half a duty is none.
    house.accepts(&by, [house.bare(wu, Permission::PEOPLE, ROOT).here()]);
    house.refuses("I2", &by, [house.bare(wu, Permission::TEAMS, ROOT)]);
    house.accepts(&by, [house.bare(wu, Permission::TEAMS, house.support)]);
}

#[test]
fn i2_at_one_scope_they_meet_only_where_they_meet() {
    let duties = [
        DutyDefinition::Permissions(Permission::BILL),
        DutyDefinition::Permissions(Permission::EXPORT),
    ];
    let house = House::of(builder().separate("eyes", 2, Separation::AtOneScope, duties));
    let wu = house.member("wu");
    house.host().grant(wu, Permission::BILL, house.support).unwrap();
    let by = house.by(house.lin);
    house.refuses("I2", &by, [Action::assign(wu, EXPORTER, ROOT)]);
    house.refuses("I2", &by, [Action::assign(wu, EXPORTER, house.inbox)]);
    house.accepts(&by, [Action::assign(wu, EXPORTER, house.sales)]);
    let into = house.sales.into();
    house.host().grant(wu, Permission::BILL, house.inbox).unwrap();
    house.refuses("I2", &by, [Action::MoveResource(house.inbox, into)]);
}

fn at_one_scope() -> House {
    let duties = [DutyDefinition::Role(AGENT), DutyDefinition::Role(EXPORTER)];
    House::of(builder().separate("eyes", 2, Separation::AtOneScope, duties))
}

#[test]
fn i2_at_one_scope_they_meet_in_all_accounts_of_one_hand() {
    let house = at_one_scope();
    let wu = house.with_role("wu", AGENT, ROOT);
    let bot = house.service(wu);
    // What wu has everywhere, it has where its service would have the other.
    house.refuses("I2", &house.by(house.lin), [Action::assign(bot, EXPORTER, house.support)]);
    house.refuses("I2", &house.host(), [Action::assign(bot, EXPORTER, house.inbox)]);
    let house = at_one_scope();
    let wu = house.with_role("wu", AGENT, house.sales);
    let (bot, other) = (house.service(wu), house.service(wu));
    let by = house.by(house.lin);
    house.accepts(&by, [Action::assign(bot, EXPORTER, house.support)]);
    house.refuses("I2", &by, [Action::assign(wu, AGENT, ROOT)]);
    house.refuses("I2", &by, [Action::assign(wu, AGENT, house.inbox)]);
    house.refuses("I2", &by, [Action::assign(other, AGENT, house.support)]);
    house.refuses(
        "I2",
        &by,
        [
            Action::MoveResource(house.inbox, house.sales.into()),
            Action::assign(bot, EXPORTER, house.inbox),
        ],
    );
    house.accepts(&by, [Action::assign(wu, EXPORTER, house.support)]);
    // Nor does a service come with what its new owner must not have beside it.
    let bo = house.with_role("bo", AGENT, house.support);
    house.refuses("I2", &by, [Action::SetServiceOwner(bot, bo)]);
}

#[test]
fn i6_what_meets_in_one_hand_already_stops_only_what_makes_it_worse() {
    let store = tenantry::store::MemoryStore::new();
    let plain = builder().build().unwrap();
    let before = tenantry::Directory::with_store(plain, store.clone());
    let founded = before.create_organization("Acme", &login("lin")).unwrap();
    let host = before.system("test").administer(founded.organization);
    let (support, sales) =
        (host.create_workspace("Support").unwrap(), host.create_workspace("Sales").unwrap());
    let wu = host.create_member(&login("wu")).unwrap();
    let bot = host.create_service(wu).unwrap();
    host.assign(wu, AGENT, ROOT).unwrap();
    let held = host.assign(bot, EXPORTER, support).unwrap();
    // The next release keeps the two apart.
    let duties = [DutyDefinition::Role(AGENT), DutyDefinition::Role(EXPORTER)];
    let apart = builder().edition(1).separate("eyes", 2, Separation::AtOneScope, duties);
    let apart = apart.build().unwrap();
    let after = tenantry::Directory::with_store(apart, store);
    let host = after.system("test").administer(founded.organization);
    // In support the two meet as they did, whichever account has which; a scope below is no new
    // place.
    host.assign(wu, EXPORTER, support).unwrap();
    let inbox = host.create_resource(&tenantry::NewResource::new("inbox", support)).unwrap();
    host.set_inheritance(inbox, Some(AGENTS)).unwrap();
    by_rule("I2", host.assign(bot, EXPORTER, sales));
    by_rule("I2", host.assign(wu, EXPORTER, sales));
    host.revoke(held).unwrap();
    let snapshot = after.snapshot(founded.organization).unwrap();
    let standing = governance::violations(&snapshot, at(1_000));
    let [Violation::DutiesMeet { sub_account, .. }] = standing.as_slice() else {
        panic!("{standing:?}")
    };
    assert_eq!(*sub_account, wu);
}

#[test]
fn i6_a_place_that_comes_or_goes_is_held_against_where_it_was_asked_about_before() {
    let store = tenantry::store::MemoryStore::new();
    let plain = builder().build().unwrap();
    let before = tenantry::Directory::with_store(plain, store.clone());
    let founded = before.create_organization("Acme", &login("lin")).unwrap();
    let host = before.system("test").administer(founded.organization);
    let support = host.create_workspace("Support").unwrap();
    let wu = host.create_member(&login("wu")).unwrap();
    host.grant(wu, Permission::BILL | Permission::EXPORT, ROOT).unwrap();
    let duties = [Permission::BILL, Permission::EXPORT].map(DutyDefinition::Permissions);
    let apart = builder().edition(1).separate("eyes", 2, Separation::AtOneScope, duties);
    let apart = apart.build().unwrap();
    let after = tenantry::Directory::with_store(apart, store);
    let host = after.system("test").administer(founded.organization);
    let inside = |number, lets_in: Permission| {
        let kind = "inbox".parse().unwrap();
        let inherits = after.catalog().names(lets_in).unwrap();
        let id = tenantry::ResourceId::from_u128(number);
        Action::CreateResource(Resource { inherits, ..Resource::new(id, kind, support) })
    };
    // What meets above meets there as well; where only one of the two comes in, none is added by
    // its going.
    host.perform([inside(1, Permission::all())]).unwrap();
    host.perform([inside(2, Permission::BILL | Permission::EXPORT)]).unwrap();
    host.perform([inside(3, Permission::BILL)]).unwrap();
    for number in [3, 2, 1] {
        host.perform([Action::DeleteResource(tenantry::ResourceId::from_u128(number))]).unwrap();
    }
    host.perform([inside(4, Permission::EXPORT)]).unwrap();
    by_rule("I2", host.grant(wu, Permission::BILL, tenantry::ResourceId::from_u128(4)));
}

#[test]
fn i2_duties_are_found_by_teams_roles_members_and_time() {
    let house = separated(Separation::Anywhere);
    let wu = house.with_role("wu", BILLING, ROOT);
    let by = house.by(house.lin);
    let team = house.team("export", None);
    house.accepts(&by, [Action::assign(team, EXPORTER, house.support)]);
    house.refuses("I2", &by, [in_team(wu, team)]);
    let role = house.host().create_role(&NewRole::new("Role", Permission::VIEW)).unwrap();
    house.give(wu, role, house.support);
    let edit = by.role(role, &NewRole::new("Role", Permission::EXPORT)).unwrap();
    house.refuses("I2", &by, [Action::ReplaceRole(edit)]);
    let export = |to: Assignee| house.bare(to, Permission::EXPORT, house.sales);
    house.refuses("I2", &by, [export(Assignee::MembersOf(house.support.into()))]);
    house.refuses("I2", &by, [export(wu.into()).starts(at(9_000))]);
    house.refuses("I2", &by, [export(wu.into()).when(Condition::Mfa)]);
    // What has ended is over.
    house.accepts(&by, [export(wu.into()).ends(at(900))]);
}

#[test]
fn i2_a_service_counts_with_its_owner() {
    let house = separated(Separation::Anywhere);
    let wu = house.with_role("wu", BILLING, ROOT);
    let bo = house.with_role("bo", EXPORTER, ROOT);
    let bot = house.service(bo);
    house.give(bot, EXPORTER, house.support);
    let by = house.by(house.lin);
    house.accepts(&by, [Action::SetServiceOwner(bot, bo)]);
    let other = house.service(bo);
    house.refuses("I2", &by, [Action::assign(other, BILLING, ROOT)]);
    // Wu would have the one, and the service only what wu has: nothing to export.
    house.accepts(&by, [Action::SetServiceOwner(bot, wu)]);
}

#[test]
fn i2_owners_are_exempt_and_who_was_one_is_not() {
    let house = separated(Separation::Anywhere);
    let second = house.with_role("second", OWNER, ROOT);
    let by = house.by(house.lin);
    house.accepts(&by, [Action::assign(second, BILLING, ROOT)]);
    house.accepts(&by, [Action::assign(second, EXPORTER, ROOT)]);
    // Being kept out for a while is no ceasing.
    house.accepts(&by, [Action::Suspend(second)]);
    house.accepts(&by, [Action::Reinstate(second)]);
    // Stepping down leaves two duties in one hand.
    let down = Action::StepDown { sub_account: second, scope: ROOT, into: None };
    house.refuses("I2", &house.by(second), [down]);
}

#[test]
fn i2_the_owners_role_for_the_members_of_a_workspace_exempts_none_of_them() {
    let house = separated(Separation::Anywhere);
    house.with_role("wu", AGENT, house.support);
    let members = Assignee::MembersOf(house.support.into());
    house.refuses("I2", &house.host(), [Action::assign(members, OWNER, ROOT)]);
}

#[test]
fn i2_who_is_away_is_authorized_still() {
    let house = separated(Separation::Anywhere);
    let wu = house.with_role("wu", BILLING, ROOT);
    house.host().suspend(wu).unwrap();
    let by = house.by(house.lin);
    house.refuses("I2", &by, [Action::assign(wu, EXPORTER, house.support)]);
}

fn guarded(catalog: CatalogBuilder<Permission>) -> House {
    let kinds = [SubAccountKind::Guest, SubAccountKind::Service];
    House::of(catalog.guardrail("no exports by strangers", kinds, Permission::EXPORT))
}

#[test]
fn i5_a_guest_never_holds_what_a_guardrail_names() {
    let house = guarded(builder());
    let gus = house.host().create_guest(&login("gus"), at(9_000)).unwrap();
    let by = house.by(house.lin);
    house.refuses("I5", &by, [Action::assign(gus, EXPORTER, house.inbox)]);
    house.refuses("I5", &house.host(), [Action::assign(gus, OWNER, ROOT)]);
    let export = house.bare(gus, Permission::EXPORT, house.support);
    house.refuses("I5", &by, [export.clone().starts(at(8_999))]);
    house.refuses("I5", &by, [export.clone().when(Condition::Mfa)]);
    // After its own end it holds nothing.
    house.accepts(&by, [export.starts(at(9_000))]);
    house.refuses("I5", &by, [Action::SetEnd(gus, Some(at(9_001)))]);
    house.accepts(&by, [Action::assign(gus, AGENT, house.support)]);
    house.refuses("I5", &by, [house.bare(Assignee::MembersOf(ROOT), Permission::EXPORT, ROOT)]);
}

#[test]
fn i5_a_guardrail_binds_whoever_becomes_its_kind() {
    let house = guarded(builder());
    let wu = house.with_role("wu", EXPORTER, house.support);
    let by = house.by(house.lin);
    let guest = [Action::SetEnd(wu, Some(at(9_000))), Action::SetKind(wu, SubAccountKind::Guest)];
    house.refuses("I5", &by, guest.clone());
    let none = Action::SetBoundary(wu, Some(house.names(AGENTS)));
    house.accepts(&by, guest.into_iter().chain([none]));
    house.refuses("I5", &by, [Action::SetBoundary(wu, None)]);
}

#[test]
fn i5_a_service_is_judged_within_its_owners_bound() {
    let house = guarded(builder());
    let wu = house.member("wu");
    let bot = house.service(wu);
    let by = house.by(house.lin);
    // The owner exports nothing, so the service never would; then the owner may not either.
    house.accepts(&by, [Action::assign(bot, EXPORTER, house.support)]);
    house.refuses("I5", &by, [Action::assign(wu, EXPORTER, house.support)]);
    house.accepts(&by, [Action::assign(wu, EXPORTER, house.sales)]);
}

#[test]
fn i5_the_organizations_ceiling_hides_nothing() {
    let house = guarded(builder());
    let all_but = house.names(Permission::all() - Permission::EXPORT);
    house.host().perform([Action::SetCeiling(ROOT, Some(all_but))]).unwrap();
    let gus = house.host().create_guest(&login("gus"), at(9_000)).unwrap();
    house.refuses("I5", &house.by(house.lin), [Action::assign(gus, EXPORTER, house.inbox)]);
    house.refuses("I5", &house.host(), [Action::assign(gus, EXPORTER, ROOT)]);
}

#[test]
fn i2_the_organizations_ceiling_hides_nothing() {
    let house = separated(Separation::Anywhere);
    let wu = house.with_role("wu", EXPORTER, ROOT);
    let agents = house.names(AGENTS);
    house.host().perform([Action::SetCeiling(ROOT, Some(agents))]).unwrap();
    house.host().grant(wu, Permission::PEOPLE, ROOT).unwrap();
    house.refuses("I2", &house.host(), [house.bare(wu, Permission::TEAMS, ROOT)]);
}

#[test]
fn i6_lifting_the_organizations_ceiling_is_never_refused_and_what_is_broken_is_listed() {
    let store = tenantry::store::MemoryStore::new();
    let plain = builder().build().unwrap();
    let before = tenantry::Directory::with_store(plain, store.clone());
    let founded = before.create_organization("Acme", &login("lin")).unwrap();
    let host = before.system("test").administer(founded.organization);
    host.set_ceiling(ROOT, Some(Permission::all() - Permission::EXPORT)).unwrap();
    let gus = host.create_guest(&login("gus"), tenantry::Timestamp::MAX).unwrap();
    host.assign(gus, EXPORTER, ROOT).unwrap();
    host.assign(gus, BILLING, ROOT).unwrap();
    let duties = [DutyDefinition::Role(BILLING), DutyDefinition::Permissions(Permission::EXPORT)];
    let next = builder()
        .edition(1)
        .guardrail("no", [SubAccountKind::Guest], Permission::EXPORT)
        .separate("eyes", 2, Separation::AtOneScope, duties)
        .limits(Limits { workspaces: Some(0), seats: Some(1), ..Limits::NONE })
        .build()
        .unwrap();
    let after = tenantry::Directory::with_store(next, store);
    let host = after.system("test").administer(founded.organization);
    let rules = || {
        let snapshot = after.snapshot(founded.organization).unwrap();
        let standing = governance::violations(&snapshot, at(1_000));
        standing.iter().map(Violation::rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(), ["I3", "I5", "I2"]);
    host.set_ceiling(ROOT, None).unwrap();
    assert_eq!(rules(), ["I3", "I5", "I2"]);
}

#[test]
fn i6_what_a_release_broke_stops_only_what_makes_it_worse() {
    let store = tenantry::store::MemoryStore::new();
    let plain = builder().build().unwrap();
    let before = tenantry::Directory::with_store(plain, store.clone());
    let founded = before.create_organization("Acme", &login("lin")).unwrap();
    let host = before.system("test").administer(founded.organization);
    let support = host.create_workspace("Support").unwrap();
    let far = tenantry::Timestamp::MAX;
    let gus = host.create_guest(&login("gus"), far).unwrap();
    let held = host.assign(gus, EXPORTER, support).unwrap();
    // The next release has a guardrail against what gus holds already.
    let guarded = builder().edition(1).guardrail("no", [SubAccountKind::Guest], Permission::EXPORT);
    let after = tenantry::Directory::with_store(guarded.build().unwrap(), store);
    let host = after.system("test").administer(founded.organization);
    host.assign(gus, AGENT, support).unwrap();
    host.create_workspace("Sales").unwrap();
    host.revoke(held).unwrap();
    by_rule("I5", host.assign(gus, EXPORTER, support));
}
