//! What becomes of an assignment, and what cuts off a permission.

use tenantry::access::{Context, Cut, Decision, ExplainedPath, Named, Part, PathOutcome, Reason};
use tenantry::model::{Condition, Effect, Scope, Status, WorkspaceStatus};

use crate::support::{
    AGENT, COLLEAGUE, OWNER, Permission, ROOT, World, allow, at, denial, own, stored,
    sub_account_id,
};
use crate::{explain, paths};

const EXPORT: Permission = Permission::EXPORT;

fn world() -> World {
    let world = World::with_chain();
    world.member("lin");
    world
}

/// The only path of EXPORT at a note, and why EXPORT is denied there.
#[track_caller]
fn only(world: &World, context: &Context) -> (ExplainedPath, Option<Reason>) {
    let explanation = explain(world, context, "lin", EXPORT, "note");
    let [path] = paths(&explanation, "EXPORT") else { panic!("{explanation}") };
    (path.clone(), explanation.decision.reason())
}

fn scope(named: &Named<Scope>) -> Scope {
    named.id
}

#[test]
fn an_allow_that_acts_grants() {
    let world = world();
    let id = world.allow("lin", EXPORT, "support");
    let (path, reason) = only(&world, &Context::new());
    assert_eq!((path.outcome.clone(), reason), (PathOutcome::Acts, None));
    assert_eq!((path.assignment, path.effect, path.part), (id, Effect::Allow, Part::Any));
    assert_eq!(scope(&path.scope), world.scope("support"));
    assert!(path.grants() && !path.denies() && path.roles.is_empty());
}

#[test]
fn what_does_not_reach_down_says_so_and_what_was_made_elsewhere_is_not_listed() {
    let world = world();
    world.workspace("sales");
    world.assign(allow("lin", EXPORT, "inbox").here());
    world.allow("lin", EXPORT, "sales");
    let (path, reason) = only(&world, &Context::new());
    assert_eq!((path.outcome, reason), (PathOutcome::OutOfReach, Some(Reason::OutOfReach)));
}

#[test]
fn a_window_says_when_it_opens_and_when_it_closed() {
    for (draft, outcome, reason) in [
        (
            allow("lin", EXPORT, ROOT).from(at(150)),
            PathOutcome::NotStarted(at(150)),
            Reason::NotYetValid,
        ),
        (
            allow("lin", EXPORT, ROOT).between(at(20), at(100)),
            PathOutcome::Ended(at(100)),
            Reason::Expired,
        ),
    ] {
        let world = world();
        world.assign(draft);
        let (path, why) = only(&world, &Context::new());
        assert_eq!((path.outcome, why), (outcome, Some(reason)));
    }
    let world = world();
    world.assign(allow("lin", EXPORT, ROOT).until(at(300)));
    assert_eq!(only(&world, &Context::new()).0.ends, Some(at(300)));
}

#[test]
fn the_window_of_a_membership_binds_and_is_named() {
    let world = world();
    world.assign(allow("lin", Permission::VIEW, "support").from(at(150)).here());
    world.assign(allow("members of support", EXPORT, "support").from(at(120)));
    assert_eq!(only(&world, &Context::new()).0.outcome, PathOutcome::NotStarted(at(150)));
    assert_eq!(only(&world, &Context::new().at(at(150))).0.outcome, PathOutcome::Acts);
}

#[test]
fn a_condition_is_shown_with_how_it_was_judged() {
    let world = world();
    world.assign(allow("lin", EXPORT, ROOT).on(Condition::Mfa));
    for (context, is_met, outcome) in [
        (Context::new(), None, PathOutcome::ConditionUnknown),
        (Context::new().mfa(false), Some(false), PathOutcome::ConditionUnmet),
        (Context::new().mfa(true), Some(true), PathOutcome::Acts),
    ] {
        let (path, _) = only(&world, &context);
        assert_eq!(path.outcome, outcome);
        assert_eq!(path.conditions[0].is_met, is_met);
        assert_eq!(path.conditions[0].condition, Condition::Mfa);
    }
}

#[test]
fn a_mask_is_named_by_the_first_scope_that_does_not_let_it_in() {
    let world = world();
    world.inherits("inbox", Permission::all() - EXPORT);
    world.inherits("note", Permission::VIEW);
    world.allow("lin", OWNER, ROOT);
    let (path, reason) = only(&world, &Context::new());
    let PathOutcome::Masked(masked) = path.outcome else { panic!("{path:?}") };
    assert_eq!((masked.id, reason), (world.scope("inbox"), Some(Reason::Masked)));
}

#[test]
fn a_delegator_who_lacks_it_is_named() {
    let world = world();
    world.member("wu");
    world.assign(allow("lin", EXPORT, "support").passed_on_by("wu"));
    let (path, reason) = only(&world, &Context::new());
    assert_eq!(path.outcome, PathOutcome::DelegatorLacks(sub_account_id("wu")));
    assert_eq!(
        (path.delegator, reason),
        (Some(sub_account_id("wu")), Some(Reason::DelegatorLacks))
    );
    world.allow("wu", EXPORT, "note");
    assert_eq!(only(&world, &Context::new()).0.outcome, PathOutcome::Acts);
}

#[test]
fn what_is_for_ones_own_says_whether_it_is() {
    let world = world();
    world.allow("lin", own(EXPORT), ROOT);
    for (context, outcome, is_owned) in [
        (Context::new(), PathOutcome::OwnershipUnknown, None),
        (Context::new().ownership(false), PathOutcome::NotOwned, Some(false)),
        (Context::new().ownership(true), PathOutcome::Acts, Some(true)),
    ] {
        let (path, _) = only(&world, &context);
        assert_eq!((path.part, path.outcome), (Part::Own, outcome));
        let explanation = explain(&world, &context, "lin", EXPORT, "note");
        assert_eq!(explanation.is_owned, is_owned);
    }
    world.register_owner("note", "lin");
    assert_eq!(only(&world, &Context::new()).0.outcome, PathOutcome::Acts);
}

#[test]
fn a_role_that_holds_it_in_both_parts_makes_two_paths() {
    let world = world();
    world.allow("lin", AGENT, ROOT);
    world.allow("lin", COLLEAGUE, ROOT);
    let explanation = explain(&world, &Context::new(), "lin", Permission::REPLY, "support");
    let parts: Vec<_> =
        paths(&explanation, "REPLY").iter().map(|path| (path.part, path.outcome.clone())).collect();
    assert_eq!(parts, [(Part::Any, PathOutcome::Acts), (Part::Own, PathOutcome::OwnershipUnknown)]);
}

#[test]
fn a_deny_acts_or_says_why_it_does_not() {
    let conditional = || denial("lin", EXPORT, ROOT).on(Condition::Mfa);
    for (draft, context, outcome) in [
        (denial("lin", EXPORT, "inbox"), Context::new(), PathOutcome::Acts),
        (denial("lin", EXPORT, "inbox").here(), Context::new(), PathOutcome::OutOfReach),
        (
            denial("lin", EXPORT, ROOT).from(at(150)),
            Context::new(),
            PathOutcome::NotStarted(at(150)),
        ),
        (denial("lin", EXPORT, ROOT).until(at(100)), Context::new(), PathOutcome::Ended(at(100))),
        (conditional(), Context::new(), PathOutcome::Acts),
        (conditional(), Context::new().mfa(true), PathOutcome::Acts),
        (conditional(), Context::new().mfa(false), PathOutcome::ConditionUnmet),
        (denial("lin", own(EXPORT), ROOT), Context::new(), PathOutcome::Acts),
        (denial("lin", own(EXPORT), ROOT), Context::new().ownership(true), PathOutcome::Acts),
        (denial("lin", own(EXPORT), ROOT), Context::new().ownership(false), PathOutcome::NotOwned),
    ] {
        let world = world();
        world.allow("lin", EXPORT, "note");
        let id = world.assign(draft);
        let explanation = explain(&world, &context, "lin", EXPORT, "note");
        let path = paths(&explanation, "EXPORT").iter().find(|path| path.assignment == id).unwrap();
        assert_eq!((path.effect, path.outcome.clone()), (Effect::Deny, outcome.clone()));
        let denied = (outcome == PathOutcome::Acts).then_some(Reason::Denied);
        assert_eq!(explanation.decision.reason(), denied);
        assert_eq!(path.denies(), denied.is_some());
    }
}

#[test]
fn masks_do_not_stop_a_deny_in_the_explanation_either() {
    let world = world();
    world.inherits("note", Permission::empty());
    world.allow("lin", EXPORT, "note");
    world.deny("lin", EXPORT, ROOT);
    let explanation = explain(&world, &Context::new(), "lin", EXPORT, "note");
    assert!(explanation.permission("EXPORT").unwrap().is_denied());
}

#[test]
fn every_ceiling_on_the_way_and_the_boundary_are_named() {
    let world = world();
    world.allow("lin", OWNER, "note");
    for place in [ROOT, "thread"] {
        world.ceiling(place, Permission::all() - EXPORT);
    }
    world.ceiling("inbox", EXPORT);
    world.boundary("lin", Permission::VIEW);
    let explanation = explain(&world, &Context::new(), "lin", EXPORT, "note");
    assert_eq!(explanation.decision, Decision::Deny(Reason::Ceiling));
    let cuts = &explanation.permission("EXPORT").unwrap().cuts;
    let [Cut::Ceiling(first), Cut::Ceiling(second), Cut::Boundary] = &cuts[..] else {
        panic!("{cuts:?}");
    };
    assert_eq!((first.id, second.id), (Scope::Organization, world.scope("thread")));
}

#[test]
fn an_archived_workspace_is_named_with_what_it_cuts() {
    let world = world();
    world.allow("lin", OWNER, ROOT);
    world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
    let explanation = explain(&world, &Context::new(), "lin", Permission::REPLY, "note");
    assert_eq!(explanation.decision, Decision::Deny(Reason::Archived));
    let [Cut::Archived(archived)] = &explanation.permission("REPLY").unwrap().cuts[..] else {
        panic!("{explanation}");
    };
    assert_eq!(archived.id, world.scope("support"));
    assert!(explanation.permission("VIEW").unwrap().is_effective());
}

#[test]
fn a_service_is_cut_by_what_its_owner_lacks() {
    let world = world();
    world.service("bot", "lin");
    world.allow("bot", EXPORT, ROOT);
    let cut = || {
        let explanation = explain(&world, &Context::new(), "bot", EXPORT, "note");
        (explanation.decision.reason(), explanation.permission("EXPORT").unwrap().cuts.clone())
    };
    let owner = Cut::ServiceOwner(Some(sub_account_id("lin")));
    assert_eq!(cut(), (Some(Reason::ServiceOwnerLacks), vec![owner.clone()]));
    world.allow("lin", EXPORT, "note");
    assert_eq!(cut(), (None, vec![]));
    world.status("lin", Status::Suspended);
    assert_eq!(cut(), (Some(Reason::ServiceOwnerLacks), vec![owner]));
}

#[test]
fn what_needs_something_is_not_missing_itself() {
    let world = world();
    world.allow("lin", Permission::CLOSE | Permission::REPLY, ROOT);
    let explanation = explain(&world, &Context::new(), "lin", Permission::CLOSE, "note");
    assert_eq!(explanation.decision, Decision::Deny(Reason::PrerequisiteMissing));
    assert_eq!(explanation.missing(), stored(Permission::VIEW));
    let reply = explanation.permission("REPLY").unwrap();
    assert!(!reply.is_asked_for && !reply.is_missing());
    assert_eq!(reply.needed_by[0].as_str(), "CLOSE");
    assert_eq!(reply.needs[0].as_str(), "VIEW");
    // Who lacks more lacks all of it.
    world.deny("lin", Permission::CLOSE, ROOT);
    let explanation = explain(&world, &Context::new(), "lin", Permission::CLOSE, "note");
    assert_eq!(explanation.missing(), stored(Permission::VIEW | Permission::CLOSE));
}
