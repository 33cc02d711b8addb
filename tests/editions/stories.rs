//! What the release before may not allow any more, as soon as it has seen the revision.

use tenantry::model::Role;
use tenantry::model::record::RecordBody;
use tenantry::store::Store;
use tenantry::{Context, Decision, Name, NewAssignment, Reason, RoleId, Scope};

use crate::setup::{
    AGENT, AUDITOR, CLERK, First, Second, World, acme_root, first, first_builder, names, second,
    second_builder,
};

const DENIED: Decision = Decision::Deny(Reason::Denied);

#[test]
fn c2_a_deny_under_the_new_name_is_a_deny_under_the_old_one() {
    let world = World::new();
    let carol = world.member("carol");
    let grant =
        |who| NewAssignment::new(who, world.old.catalog().grant(First::R).unwrap(), acme_root());
    assert_eq!(world.old(world.lead, First::R), Decision::Allow);
    assert_eq!(world.lead_may(grant(carol)), Ok(()));

    let new = world.process(&second(2));
    new.system("test").administer(world.acme).deny(world.lead, Second::AN, acme_root()).unwrap();
    assert_eq!(world.old(world.lead, First::R), DENIED);
    assert_eq!(world.old(world.agent, First::R), Decision::Allow);
    // What the lead has no more it hands to nobody, in whatever words.
    assert_eq!(world.lead_may(grant(carol)), Err("G2"));
    assert_eq!(world.lead_may(NewAssignment::new(carol, AGENT, acme_root())), Err("G2"));
    let by_name = tenantry::Grant::any(names(&["AN"]));
    assert_eq!(world.lead_may(NewAssignment::new(carol, by_name, acme_root())), Err("G2"));
    let view = world.old.catalog().grant(First::VIEW).unwrap();
    assert_eq!(world.lead_may(NewAssignment::new(carol, view, acme_root())), Ok(()));
}

#[test]
fn c2_what_an_old_process_writes_it_writes_by_the_catalog_in_force() {
    let world = World::new();
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    world.old.refresh(world.acme).unwrap();
    let host = world.old.system("test");
    let host = host.administer(world.acme);
    let deny = host.deny(world.agent, First::R, acme_root()).unwrap();
    let role = host.create_role(&tenantry::NewRole::new("R", First::R | First::VIEW)).unwrap();
    let clone = host.clone_role(AGENT, "Agents").unwrap();
    host.set_boundary(world.lead, Some(First::R)).unwrap();

    let snapshot = new.refresh(world.acme).unwrap();
    let organization = snapshot.organization();
    let denied = &organization.assignments().get(&deny).unwrap().grant;
    assert_eq!(*denied, tenantry::Grant::any(names(&["AN"])));
    assert_eq!(organization.roles().get(&role).unwrap().any, names(&["AN", "VIEW"]));
    // A copy is a whole one, whatever of it this process knows.
    assert_eq!(organization.roles().get(&clone).unwrap().any, names(&["AN", "SEND", "VIEW"]));
    let boundary = organization.sub_accounts().get(&world.lead).unwrap().boundary.clone();
    assert_eq!(boundary, Some(names(&["AN"])));
    assert_eq!(snapshot.check(world.agent, Second::AN, acme_root()), DENIED);
    // All of it is recorded as decided under the catalog in force, which came once.
    let stored = world.store.load(world.acme).unwrap().unwrap();
    let bodies = stored.tail.records.iter().map(|it| RecordBody::decode(&it.bytes).unwrap());
    let (before, after): (Vec<_>, Vec<_>) =
        bodies.partition(|body| body.catalog == first(1).fingerprint());
    assert_eq!((before.len(), after.len()), (5, 5));
    assert!(after.iter().all(|body| body.catalog == second(2).fingerprint()));
    assert!(after[0].document.is_some() && after[0].changes.is_empty());
    assert!(after[1..].iter().all(|body| body.document.is_none()));
}

#[test]
fn c2_a_role_that_only_the_new_release_knows_is_denied_by_the_old_one() {
    let world = World::new();
    let new = world.process(&second(2));
    let host = new.system("test");
    let host = host.administer(world.acme);
    host.grant(world.agent, Second::EXPORT, acme_root()).unwrap();
    assert_eq!(world.old(world.agent, First::EXPORT), Decision::Allow);
    host.create_assignment(NewAssignment::new(world.agent, AUDITOR, acme_root()).denying())
        .unwrap();
    assert_eq!(world.old(world.agent, First::EXPORT), DENIED);
    assert_eq!(world.old(world.agent, First::VIEW), Decision::Allow);
}

#[test]
fn c2_a_role_with_more_in_the_new_release_is_handed_out_by_who_covers_all_of_it() {
    let world = World::new();
    let carol = world.member("carol");
    let agents = || NewAssignment::new(carol, AGENT, acme_root());
    assert_eq!(world.lead_may(agents()), Ok(()));
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    // Agents may SEND now, which the old process cannot even ask for.
    assert_eq!(world.lead_may(agents()), Err("G2"));
    let host = new.system("test");
    host.administer(world.acme).grant(world.lead, Second::SEND, acme_root()).unwrap();
    assert_eq!(world.lead_may(agents()), Ok(()));
}

#[test]
fn c2_nobody_is_put_into_a_team_whose_role_is_not_covered() {
    let world = World::new();
    let carol = world.member("carol");
    let new = world.process(&second(2));
    let host = new.system("test");
    let host = host.administer(world.acme);
    let team = host.create_team("Auditors").unwrap();
    let add = || {
        world.old.refresh(world.acme).unwrap();
        let lead = world.old.administer(world.acme, world.lead, &Context::new());
        lead.add_to_team(carol, team).map_err(|error| error.rule().unwrap())
    };
    host.assign(team, AUDITOR, acme_root()).unwrap();
    assert_eq!(add(), Err("G2"));
    let all = Second::EXPORT | Second::SEND;
    host.grant(world.lead, all, acme_root()).unwrap();
    assert_eq!(add(), Ok(()));
    assert_eq!(world.old(carol, First::EXPORT), Decision::Allow);
}

#[test]
fn c2_limits_of_the_new_release_bind_the_old_one() {
    let world = World::new();
    let new = world.process(&second_builder(2).needs(Second::VIEW, Second::SEND).build().unwrap());
    let host = new.system("test");
    let host = host.administer(world.acme);
    let support = host.create_workspace("Support").unwrap();
    // A prerequisite that the old process has no flag for.
    assert_eq!(world.old(world.agent, First::VIEW), Decision::Allow);
    assert_eq!(world.old(world.lead, First::VIEW), Decision::Deny(Reason::PrerequisiteMissing));
    let at = |who, permission, scope: Scope| {
        world.old.refresh(world.acme).unwrap().check(who, permission, scope)
    };
    host.set_inheritance(support, Some(Second::VIEW | Second::AN)).unwrap();
    let lacks = Decision::Deny(Reason::PrerequisiteMissing);
    assert_eq!(at(world.agent, First::VIEW, support.into()), lacks);
    assert_eq!(at(world.agent, First::R, support.into()), Decision::Allow);
    host.set_ceiling(support, Some(Second::VIEW | Second::SEND)).unwrap();
    assert_eq!(at(world.agent, First::R, support.into()), Decision::Deny(Reason::Ceiling));
    host.set_boundary(world.agent, Some(Second::all() - Second::AN)).unwrap();
    assert_eq!(world.old(world.agent, First::R), Decision::Deny(Reason::Boundary));
    // Listings and explanations go by the same.
    let snapshot = world.old.refresh(world.acme).unwrap();
    assert!(snapshot.sub_accounts_with(First::VIEW, support).eq([]));
    let explained = snapshot.explain(world.agent, First::VIEW, support).to_string();
    assert!(explained.contains("SEND"), "{explained}");
}

#[test]
fn c1_a_process_that_is_killed_and_starts_again_decides_as_before() {
    let world = World::new();
    let new = world.process(&second(2));
    new.system("test").administer(world.acme).deny(world.agent, Second::AN, acme_root()).unwrap();
    for checkpoint in [false, true] {
        if checkpoint {
            world.old.refresh(world.acme).unwrap();
            world.old.checkpoint(world.acme).unwrap();
            let through = new.snapshot(world.acme).unwrap().revision();
            new.archive(world.acme, through, |_| Ok::<(), std::convert::Infallible>(())).unwrap();
        }
        let again = world.restarted();
        let ask = |permission| again.check(world.acme, world.agent, permission, acme_root());
        assert_eq!(ask(First::R), DENIED, "{checkpoint}");
        assert_eq!(ask(First::VIEW), Decision::Allow, "{checkpoint}");
        let standing = again.catalog_in_force(world.acme).unwrap();
        assert_eq!(standing.fingerprint, second(2).fingerprint());
    }
}

#[test]
fn c3_the_way_back_is_the_old_content_under_a_higher_edition() {
    let world = World::new();
    let new = world.process(&second(2));
    let host = new.system("test");
    host.administer(world.acme).deny(world.agent, Second::AN, acme_root()).unwrap();
    let back = first_builder(3).formerly(First::R, "AN").build().unwrap();
    let back = world.process(&back);
    back.adopt_catalog(world.acme).unwrap();
    // Whatever was taken away meanwhile stays away, for all of them.
    assert_eq!(world.old(world.agent, First::R), DENIED);
    let snapshot = back.snapshot(world.acme).unwrap();
    assert_eq!(snapshot.check(world.agent, First::R, acme_root()), DENIED);
    let snapshot = new.refresh(world.acme).unwrap();
    assert_eq!(snapshot.check(world.agent, Second::AN, acme_root()), DENIED);
    // Agents have no SEND any more, and nobody asks for what the catalog in force does not have.
    let unknown = Decision::Deny(Reason::UnknownPermission);
    assert_eq!(snapshot.check(world.owner, Second::SEND, acme_root()), unknown);
    assert_eq!(snapshot.catalog().names(Second::SEND).unwrap_err().bits, 1 << 63);
    host.administer(world.acme).grant(world.agent, Second::SEND, acme_root()).unwrap_err();
}

#[test]
fn c2_a_plan_of_another_catalog_is_judged_again() {
    let world = World::new();
    let carol = world.member("carol");
    let lead = world.old.administer(world.acme, world.lead, &Context::new());
    let agents = || NewAssignment::new(carol, AGENT, acme_root());
    let plan = lead.plan([agents()]).unwrap();
    let new = world.process(&second(2));
    assert_eq!(new.commit(plan).unwrap_err().rule(), Some("G2"));
    let plan = lead.plan([agents()]).unwrap();
    world.old.commit(plan).unwrap();
}

#[test]
fn d5_whoever_cannot_say_what_a_denied_role_gives_denies_everything() {
    // The second release has no clerks.
    let world = World::new();
    let host = world.old.system("test");
    let host = host.administer(world.acme);
    let clerk = NewAssignment::new(world.agent, CLERK, acme_root()).denying();
    let deny = host.create_assignment(clerk).unwrap();
    assert_eq!(world.old(world.agent, First::VIEW), DENIED);
    assert_eq!(world.old(world.agent, First::R), Decision::Allow);
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    let snapshot = new.snapshot(world.acme).unwrap();
    for permission in [Second::VIEW, Second::AN, Second::SEND] {
        assert_eq!(snapshot.check(world.agent, permission, acme_root()), DENIED);
    }
    assert_eq!(world.old(world.agent, First::R), DENIED);
    let explained = snapshot.explain(world.agent, Second::SEND, acme_root());
    let path = &explained.permissions[0].paths;
    assert!(path.iter().any(|it| it.is_unknown), "{explained}");
    let text = "of role `clerk`, which the catalog does not know";
    assert!(explained.to_string().contains(text), "{explained}");
    // Nobody lifts it who does not cover everything.
    let lifts = |who| {
        let admin = new.administer(world.acme, who, &Context::new());
        admin.check(tenantry::Action::Revoke(deny)).map_err(|error| error.rule().unwrap())
    };
    assert_eq!(lifts(world.lead), Err("G2"));
    assert_eq!(lifts(world.owner), Ok(()));
    // Likewise a role of the organization's own that includes it.
    let id = RoleId::from_u128(7);
    let mut role = Role::new(id, Name::new("Clerks").unwrap(), names(&["VIEW"]));
    role.includes = [CLERK.into()].into();
    let world = World::new();
    let host = world.old.system("test");
    let host = host.administer(world.acme);
    host.perform([tenantry::Action::CreateRole(role)]).unwrap();
    let clerks = tenantry::RoleRef::Custom(id);
    host.create_assignment(NewAssignment::new(world.lead, clerks, acme_root()).denying()).unwrap();
    assert_eq!(world.old(world.lead, First::R), Decision::Allow);
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    assert_eq!(world.old(world.lead, First::R), DENIED);
    let snapshot = new.snapshot(world.acme).unwrap();
    assert_eq!(snapshot.check(world.lead, Second::AN, acme_root()), DENIED);
    let explained = snapshot.explain(world.lead, Second::AN, acme_root()).to_string();
    let text = "custom role `Clerks`, which includes role `clerk`, which the catalog does not know";
    assert!(explained.contains(text), "{explained}");
}
