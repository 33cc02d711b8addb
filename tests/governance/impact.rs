//! The impact as a user reads, keeps and compares it.

use tenantry::governance::{Extent, Impact, LifecycleStep};
use tenantry::model::{Condition, Status};
use tenantry::{Action, Context, NewAssignment, PermissionNames, Scope};

use crate::setup::*;

#[test]
fn an_impact_says_who_gains_what_where_and_nothing_else() {
    let house = House::new();
    let wu = house.with_role("wu", COLLEAGUE, house.support);
    let bystander = house.with_role("bo", AGENT, house.support);
    let plan = house.by(house.lin).plan([Action::assign(wu, AGENT, house.support)]).unwrap();
    let impact = plan.impact();
    assert_eq!(impact.sub_accounts().collect::<Vec<_>>(), [wu]);
    assert!(impact.of(bystander).is_empty() && impact.steps().is_empty());
    let support = Scope::from(house.support);
    let here = impact.of(wu).iter().find(|it| it.scope == support && it.extent == Extent::Here);
    let [difference] = here.unwrap().differences.as_slice() else { panic!("{impact}") };
    // A colleague replies to what is its own; an agent to everything.
    assert_eq!(difference.gained.others, house.names(Permission::REPLY));
    assert_eq!(difference.gained.unsaid, house.names(Permission::REPLY));
    assert!(difference.gained.own.is_empty() && difference.lost.is_empty());
    assert!(difference.until.is_none() && difference.when.is_empty());
}

#[test]
fn an_impact_reads_as_a_few_lines() {
    let house = House::new();
    let wu = house.member("wu");
    let nights = NewAssignment::new(wu, EXPORTER, house.sales)
        .when(Condition::Mfa)
        .starts(at(2_000))
        .ends(at(3_000));
    let actions = [Action::assign(wu, AGENT, house.support), nights.into()];
    let text = house.by(house.lin).plan(actions).unwrap().impact().to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[0], format!("sub-account {wu}"));
    let gains = |what: &str, place: String, window: &str| {
        format!("  gains {what} at {place} and below{window}")
    };
    let support =
        gains("REPLY, VIEW", format!("workspace {}", house.support), ", from 1970-01-01T00:16:40Z");
    let sales = gains(
        "EXPORT",
        format!("workspace {}", house.sales),
        ", with a second factor, from 1970-01-01T00:33:20Z until 1970-01-01T00:50:00Z",
    );
    let mut said = [lines[1], lines[2]];
    said.sort_unstable();
    let mut expected = [support.as_str(), sales.as_str()];
    expected.sort_unstable();
    assert_eq!(said, expected);
}

#[test]
fn an_impact_survives_being_written_down() {
    let house = House::new();
    let wu = house.with_role("wu", COLLEAGUE, house.support);
    let timed = NewAssignment::new(wu, EXPORTER, ROOT).when(Condition::Mfa).ends(at(3_000));
    let actions = [timed.into(), Action::Suspend(wu)];
    let plan = house.by(house.lin).plan(actions).unwrap();
    let written = serde_json::to_string(plan.impact()).unwrap();
    assert_eq!(serde_json::from_str::<Impact>(&written).unwrap(), *plan.impact());
    let step =
        LifecycleStep::SubAccount { id: wu, from: Some(Status::Active), to: Status::Suspended };
    assert_eq!(plan.impact().steps(), [step]);
}

#[test]
fn the_impact_between_two_revisions_is_that_of_all_that_lies_between() {
    let house = House::new();
    let wu = house.member("wu");
    let before = house.snapshot();
    house.give(wu, AGENT, house.support);
    let export = house.give(wu, EXPORTER, house.support);
    house.host().revoke(export).unwrap();
    let after = house.snapshot();
    let between = |one: &tenantry::Snapshot<Permission>, other: &tenantry::Snapshot<Permission>| {
        let catalog = house.directory.catalog();
        Impact::between(one.organization(), other.organization(), catalog, at(1_000)).unwrap()
    };
    let there = between(&before, &after);
    let (gained, lost) =
        there.at(after.organization(), wu, house.inbox.into(), &Context::new(), at(1_000));
    assert_eq!((gained, lost), (house.names(AGENTS), PermissionNames::none()));
    let back = between(&after, &before);
    let (gained, lost) =
        back.at(before.organization(), wu, house.inbox.into(), &Context::new(), at(1_000));
    assert_eq!((gained, lost), (PermissionNames::none(), house.names(AGENTS)));
    assert!(between(&after, &after).is_empty());
}
