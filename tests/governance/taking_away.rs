//! Taking away stays possible: no number of conditional grants keeps anybody from revoking,
//! denying, limiting and putting down, and none makes an owner anything less than an owner.

use tenantry::governance::{Impact, Refusal};
use tenantry::model::{Assignee, Condition, LoginMethods, SecurityPolicy};
use tenantry::{
    Action, AssignmentId, Departure, NewAssignment, PermissionNames, Scope, SubAccountId,
    SubAccountKind,
};

use crate::setup::*;

/// More conditions than can be told apart at one place.
const MANY: usize = 14;

fn method(number: usize) -> Condition {
    let method = format!("method {number}").parse().unwrap();
    Condition::LoginMethod(LoginMethods::new([method]).unwrap())
}

/// Gives somebody the same under each of many conditions.
fn give_under(
    house: &House,
    conditions: std::ops::Range<usize>,
    who: impl Into<Assignee> + Copy,
    permissions: Permission,
    scope: impl Into<Scope> + Copy,
) {
    let given = conditions.map(|it| house.bare(who, permissions, scope).when(method(it)).into());
    house.host().perform(given.collect::<Vec<Action>>()).unwrap();
}

/// Somebody who views Support under each of too many conditions.
fn intricate(house: &House) -> SubAccountId {
    let wu = house.member("wu");
    give_under(house, 0..MANY, wu, Permission::VIEW, house.support);
    wu
}

/// Something that was assigned to somebody.
fn one_of(house: &House, who: impl Into<Assignee>) -> AssignmentId {
    let (snapshot, who) = (house.snapshot(), who.into());
    let mut all = snapshot.organization().assignments().values();
    all.find(|it| it.assignee == who).unwrap().id
}

/// Everything that takes something from somebody, the ways that take all at the end.
fn takings(house: &House, who: SubAccountId) -> Vec<Vec<Action>> {
    let denied = house.bare(who, Permission::VIEW, house.support).denying();
    let at_times = denied.clone().ends(at(9_000)).when(method(0));
    vec![
        vec![Action::Revoke(one_of(house, who))],
        vec![denied.into()],
        vec![at_times.into()],
        vec![Action::SetBoundary(who, Some(house.names(Permission::REPLY)))],
        vec![Action::SetEnd(who, Some(at(8_000)))],
        vec![Action::SetCredentialResetRequired(who, true)],
        vec![Action::Suspend(who)],
        vec![Action::Remove(Departure::from(who))],
    ]
}

fn is_too_intricate(error: &tenantry::directory::CommitError) -> bool {
    matches!(error, tenantry::directory::CommitError::Refused(Refusal::TooComplex { .. }))
}

#[test]
fn g3_an_owner_takes_from_whoever_was_given_too_much_to_be_told_apart() {
    let house = House::new();
    let wu = intricate(&house);
    for taken in takings(&house, wu) {
        house.accepts(&house.by(house.lin), taken);
    }
}

#[test]
fn g3_whoever_certainly_reaches_it_takes_it_however_intricate_it_is() {
    let house = House::new();
    let wu = intricate(&house);
    give_under(&house, 0..MANY, wu, Permission::ASSIGN | Permission::SCOPES, house.support);
    let mei = house.with_role("mei", MANAGER, house.support);
    house.host().grant(mei, Permission::PEOPLE, ROOT).unwrap();
    for taken in takings(&house, wu) {
        house.accepts(&house.by(mei), taken);
    }
}

#[test]
fn g3_whoever_does_not_certainly_reach_it_is_told_so() {
    let house = House::new();
    let wu = intricate(&house);
    give_under(&house, 0..MANY, wu, Permission::ASSIGN | Permission::SCOPES, house.support);
    let hr = house.member("hr");
    house.host().grant(hr, Permission::PEOPLE | Permission::ASSIGN, ROOT).unwrap();
    // Reaches all of it with a second factor alone.
    let mei = house.member("mei");
    house.host().grant(mei, Permission::PEOPLE, ROOT).unwrap();
    let managing = NewAssignment::new(mei, MANAGER, house.support).when(Condition::Mfa);
    house.host().create_assignment(managing).unwrap();
    for (actor, session) in [(hr, tenantry::Context::new()), (mei, mfa())] {
        for taken in takings(&house, wu) {
            let refused = house.refuses("G3", &house.by_in(actor, &session), taken);
            assert!(!is_too_intricate(&refused), "{refused}");
        }
    }
}

#[test]
fn g3_what_is_too_intricate_to_be_told_from_an_owner_is_taken_for_one() {
    let house = House::new();
    // An owner by two windows that meet, and by nothing that acts always.
    let second = house.member("second");
    let owning = || NewAssignment::new(second, OWNER, ROOT);
    house.host().create_assignment(owning().ends(at(5_000))).unwrap();
    house.host().create_assignment(owning().starts(at(5_000))).unwrap();
    let chief = house.member("chief");
    house.host().grant(chief, Permission::all(), ROOT).unwrap();
    house.refuses("G3", &house.by(chief), [Action::Suspend(second)]);
    give_under(&house, 0..MANY, second, Permission::VIEW, ROOT);
    house.refuses("G3", &house.by(chief), [Action::Suspend(second)]);
    house.accepts(&house.by(house.lin), [Action::Suspend(second)]);
}

#[test]
fn g2_a_part_in_the_place_of_the_whole_is_no_gain_and_more_is() {
    let house = House::new();
    let wu = intricate(&house);
    let whole = house.bare(wu, AGENTS, house.support).ends(at(9_000));
    let whole = house.host().create_assignment(whole).unwrap();
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    let swapped = |part: NewAssignment| [Action::Revoke(whole), part.into()];
    let part = house.bare(wu, Permission::REPLY, house.support).ends(at(9_000));
    let longer = house.bare(wu, AGENTS, house.support);
    let other = house.bare(wu, Permission::ASSIGN, house.support).ends(at(9_000));
    for more in [longer, other] {
        let refused = house.refuses("G2", &by, swapped(more));
        assert!(is_too_intricate(&refused), "{refused}");
    }
    house.accepts(&by, swapped(part.here().when(Condition::Mfa).starts(at(2_000))));
}

#[test]
fn g2_what_sheds_a_deny_is_sampled() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let intricate = |name: &str| {
        let who = house.member(name);
        give_under(&house, 0..MANY, who, Permission::VIEW, house.support);
        who
    };
    let [wu, kim, bo] = ["wu", "kim", "bo"].map(intricate);
    let by = house.by(mei);
    let denied = house.bare(wu, Permission::REPLY, house.support).denying();
    let denied = house.host().create_assignment(denied).unwrap();
    let lifted = by.plan([Action::Revoke(denied)]).unwrap_err();
    assert!(is_too_intricate(&lifted), "{lifted}");
    // Whoever is a member of Support no more sheds what is denied to its members.
    let members = Assignee::MembersOf(house.support.into());
    let to_members = house.bare(members, Permission::EXPORT, house.inbox).denying();
    house.host().create_assignment(to_members).unwrap();
    let parted = by.plan([Action::Revoke(one_of(&house, kim))]).unwrap_err();
    assert!(is_too_intricate(&parted), "{parted}");
    // And so does who leaves a team that something is denied to.
    let team = house.team("team", None);
    house.host().add_to_team(bo, team).unwrap();
    house
        .host()
        .create_assignment(house.bare(team, Permission::REPLY, house.support).denying())
        .unwrap();
    let left = tenantry::model::Membership { sub_account: bo, team };
    house.host().grant(mei, Permission::TEAMS, ROOT).unwrap();
    let left = house.by(mei).plan([Action::RemoveFromTeam(left)]).unwrap_err();
    assert!(is_too_intricate(&left), "{left}");
}

#[test]
fn g2_an_owner_changes_anything_for_others_however_intricate_it_is() {
    let house = House::new();
    let wu = intricate(&house);
    let by = house.by(house.lin);
    let denied = house.bare(wu, Permission::REPLY, house.support).denying();
    let denied = house.host().create_assignment(denied).unwrap();
    house.accepts(&by, [Action::Revoke(denied)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [Action::Suspend(wu)]);
    house.accepts(&by, [Action::Reinstate(wu)]);
}

#[test]
fn g4_an_owner_makes_things_whatever_it_was_given_besides() {
    let house = House::new();
    give_under(&house, 0..MANY, house.lin, Permission::VIEW, ROOT);
    let admin = house.by(house.lin);
    let new = admin.create_workspace("New").unwrap();
    house.accepts(&admin, [Action::assign(house.lin, AGENT, new)]);
    // What is shut to owners is opened by what does nothing else, and not given to oneself.
    let shut = house.names(AGENTS);
    house.host().perform([Action::SetInheritance(new.into(), shut)]).unwrap();
    let raised = house.bare(house.lin, Permission::BILL, new);
    let refused = house.refuses("G2", &admin, [raised.clone()]);
    assert!(is_too_intricate(&refused), "{refused}");
    house.accepts(&admin, [Action::SetInheritance(new.into(), PermissionNames::Full)]);
    house.accepts(&admin, [raised]);
}

#[test]
fn i1_no_number_of_conditional_grants_makes_an_owner_none() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    for number in 0..MANY {
        // Each of them gains nobody anything, and so nobody is kept from making it.
        let given = house.bare(house.lin, Permission::VIEW, ROOT).when(method(number));
        let by = house.by(mei);
        match by.perform([given.clone()]) {
            Ok(_) => {}
            Err(error) if is_too_intricate(&error) => {
                house.host().create_assignment(given).unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }
    let policy = SecurityPolicy { conditions: vec![Condition::Mfa] };
    house.host().perform([Action::SetSecurityPolicy(policy)]).unwrap();
    let by = house.by_in(house.lin, &mfa());
    house.accepts(&by, [Action::SetSecurityPolicy(SecurityPolicy::default())]);
    let second = house.with_role("second", OWNER, ROOT);
    let by = house.by(house.lin);
    house.accepts(&by, [Action::Suspend(second)]);
    // It is the last one, and nobody else takes from it.
    let snapshot = house.snapshot();
    let mut all = snapshot.organization().assignments().values();
    let owning = all.find(|it| it.assignee == house.lin.into() && it.grant == OWNER).unwrap().id;
    house.refuses("I1", &by, [Action::Revoke(owning)]);
    house.refuses("I1", &house.host(), [Action::Revoke(owning)]);
    let chief = house.member("chief");
    house.host().grant(chief, Permission::all(), ROOT).unwrap();
    house.refuses("G3", &house.by(chief), [Action::Suspend(house.lin)]);
    house.accepts(&by, [Action::Revoke(one_of(&house, mei))]);
}

#[test]
fn i2_i5_taking_away_is_not_refused_for_what_cannot_be_told_apart() {
    use tenantry::catalog::{DutyDefinition, Separation};
    let duties = [Permission::EXPORT, Permission::BILL].map(DutyDefinition::Permissions);
    let catalog = builder().separate("eyes", 2, Separation::Anywhere, duties).guardrail(
        "guests export nothing",
        [SubAccountKind::Guest],
        Permission::EXPORT,
    );
    let house = House::of(catalog);
    let guest = house.host().create_guest(&login("guest"), at(9_000)).unwrap();
    let wu = house.member("wu");
    for who in [guest, wu] {
        // As many conditions as can be told apart; what is denied under more of them makes it too
        // many.
        give_under(&house, 0..10, who, Permission::VIEW, house.support);
        let denied = |number| {
            let denied = house.bare(who, Permission::REPLY, house.support).denying();
            Action::from(denied.when(method(number)))
        };
        let denied: Vec<Action> = (10..MANY).map(denied).collect();
        house.accepts(&house.by(house.lin), denied);
        house.accepts(&house.host(), [Action::Revoke(one_of(&house, who))]);
    }
}

#[test]
fn an_impact_that_cannot_be_listed_says_the_most_that_is_lost() {
    let house = House::new();
    let wu = intricate(&house);
    let plan = house.by(house.lin).plan([Action::Revoke(one_of(&house, wu))]).unwrap();
    let impact = plan.impact().clone();
    let support = Scope::from(house.support);
    let effects = impact.of(wu).iter().find(|it| it.scope == support).unwrap();
    assert!(effects.at_most);
    let [difference] = effects.differences.as_slice() else { panic!("{impact}") };
    assert!(difference.gained.is_empty() && difference.when.is_empty());
    assert_eq!(difference.lost.others, house.names(Permission::VIEW));
    let said = impact.to_string();
    assert!(said.contains("loses at most VIEW at workspace"), "{said}");
    let session = tenantry::Context::new();
    let after = house.directory.commit(plan).unwrap();
    let (gained, lost) = impact.at(after.organization(), wu, support, &session, at(1_000));
    assert!(gained.is_empty());
    assert_eq!(lost, house.names(Permission::VIEW));
    let written = serde_json::to_string(&impact).unwrap();
    assert_eq!(serde_json::from_str::<Impact>(&written).unwrap(), impact);
    // What can be listed is written as ever.
    let plain = house.by(house.lin).plan([Action::assign(wu, EXPORTER, house.sales)]).unwrap();
    assert!(!serde_json::to_string(plain.impact()).unwrap().contains("at_most"));
}
