//! What could have been decided either way, and how it was.

use tenantry::catalog::Limits;
use tenantry::store::MemoryStore;
use tenantry::{
    Action, Directory, Invited, Label, NewAssignment, NewInvitation, PermissionNames, Status,
    SubAccountId, SubAccountKind,
};

use crate::setup::*;
use crate::stage::*;

/// Mei has invited wu as an agent in support, where peer is a manager too.
fn invited(house: &House) -> (SubAccountId, SubAccountId, Invited) {
    let mei = house.with_role("mei", MANAGER, house.support);
    let peer = house.with_role("peer", MANAGER, house.support);
    let wu = house.by(mei).invite(&login("wu")).role(AGENT, house.support).issue().unwrap();
    (mei, peer, wu)
}

#[test]
fn decided_who_resends_an_invitation_becomes_its_inviter() {
    let house = House::new();
    let (mei, peer, wu) = invited(&house);
    let token = house.by(peer).resend(wu.invitation).unwrap();
    // It no longer goes with the first.
    house.by(house.lin).remove(mei, None).unwrap();
    house.directory.accept(&token, &login("wu")).unwrap();
    assert!(house.can(wu.sub_account, AGENTS, house.support));
}

#[test]
fn decided_a_resent_invitation_goes_with_who_resent_it() {
    let house = House::new();
    let (_, peer, wu) = invited(&house);
    let token = house.by(peer).resend(wu.invitation).unwrap();
    house.by(house.lin).remove(peer, None).unwrap();
    house.directory.accept(&token, &login("wu")).unwrap_err();
    assert_eq!(status(&house, wu.sub_account), Status::Removed);
}

#[test]
fn decided_who_resends_an_invitation_covers_what_it_promises() {
    let house = House::new();
    let (.., wu) = invited(&house);
    let clerk = holder(&house, "clerk", Permission::ASSIGN, ROOT);
    by_rule("G2", house.by(clerk).resend(wu.invitation));
    // And goes on covering it until it is accepted.
    let agents = house.host().grant(clerk, AGENTS, house.support).unwrap();
    let token = house.by(clerk).resend(wu.invitation).unwrap();
    house.host().revoke(agents).unwrap();
    by_rule("G2", house.directory.accept(&token, &login("wu")));
}

#[test]
fn decided_what_the_host_resends_stands_on_its_own_and_an_operator_resends_nothing() {
    let house = House::new();
    let (mei, _, wu) = invited(&house);
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    refused_by(&["G7"], vendor.operate(&house).resend(wu.invitation));
    let token = house.host().resend(wu.invitation).unwrap();
    house.by(house.lin).remove(mei, None).unwrap();
    house.directory.accept(&token, &login("wu")).unwrap();
}

#[test]
fn decided_a_resent_invitation_counts_for_who_resent_it() {
    let limits = Limits { open_invitations: Some(1), ..Limits::NONE };
    let house = House::of(builder().limits(limits));
    let (mei, peer, wu) = invited(&house);
    let invite = |who, name| house.by(who).invite(&login(name)).role(AGENT, house.support).issue();
    by_rule("I3", invite(mei, "a"));
    house.by(peer).resend(wu.invitation).unwrap();
    invite(mei, "b").unwrap();
    by_rule("I3", invite(peer, "c"));
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

#[test]
fn decided_each_label_is_judged_by_itself() {
    // An allow under one label is not excused by a deny under another.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let b = house.member("b");
    let deny = house.bare(b, Permission::EXPORT, house.support).denying().labelled(label("vip"));
    house.host().create_assignment(deny).unwrap();
    let allow = house.bare(b, Permission::EXPORT, house.support).labelled(label("eu"));
    let step = house.by(mei).create_assignment(allow.clone());
    // The host labels an inbox, as it does when a customer moves.
    house.host().set_labels(house.inbox, ["eu"]).unwrap();
    assert!(!house.can(b, Permission::EXPORT, house.inbox), "b exports");
    refused_by(&["G2"], step);
    house.refuses("G2", &house.by(mei), [allow]);
}

#[test]
fn decided_a_label_held_back_for_the_giver_does_not_cover_another() {
    // Mei exports where `vip` is carried. Nothing carries either label.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let own = house.bare(mei, Permission::EXPORT, house.support).labelled(label("vip"));
    house.host().create_assignment(own).unwrap();
    let b = house.member("b");
    let give = |text| house.bare(b, Permission::EXPORT, house.support).labelled(label(text));
    house.refuses("G2", &house.by(mei), [give("eu")]);
    house.host().set_labels(house.inbox, ["vip"]).unwrap();
    house.refuses("G2", &house.by(mei), [give("eu")]);
}

#[test]
fn decided_open_invitations_count_for_the_person() {
    let limits = Limits { open_invitations: Some(1), ..Limits::NONE };
    let house = House::of(builder().limits(limits));
    let mei = house.with_role("mei", MANAGER, house.support);
    let (bot, other) = (house.service(mei), house.service(mei));
    for service in [bot, other] {
        house.give(service, MANAGER, house.support);
    }
    let invite = |who, name| house.by(who).invite(&login(name)).role(AGENT, house.support).issue();
    let first = invite(bot, "a").unwrap();
    by_rule("I3", invite(mei, "b"));
    by_rule("I3", invite(other, "c"));
    by_rule("I3", invite(bot, "d"));
    house.by(mei).withdraw(first.invitation).unwrap();
    invite(other, "e").unwrap();
}

#[test]
fn decided_open_invitations_of_a_service_that_changes_hands_do_not_count_twice() {
    let limits = Limits { open_invitations: Some(1), ..Limits::NONE };
    let house = House::of(builder().limits(limits));
    let mei = house.with_role("mei", MANAGER, house.support);
    let bot = house.service(mei);
    house.give(bot, MANAGER, house.support);
    let heir = house.with_role("heir", MANAGER, house.support);
    let invite = |who, name| house.by(who).invite(&login(name)).role(AGENT, house.support).issue();
    invite(heir, "a").unwrap();
    invite(bot, "b").unwrap();
    // What the service began goes when it changes hands, so the heir is not over the limit.
    house.accepts(&house.by(house.lin), [Action::SetServiceOwner(bot, heir)]);
    // Whether mei invites again does not depend on what the service once began.
    invite(mei, "c").unwrap();
}

fn guarded() -> tenantry::catalog::CatalogBuilder<Permission> {
    builder().guardrail("no", [SubAccountKind::Guest], Permission::EXPORT)
}

#[test]
fn decided_a_guardrail_sees_through_the_organizations_ceiling() {
    let house = House::of(guarded());
    let gus = house.host().create_guest(&login("gus"), at(9_000)).unwrap();
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    let step = house.by(house.lin).assign(gus, EXPORTER, house.support);
    lift(&house, ROOT);
    assert!(!house.can(gus, Permission::EXPORT, house.support), "a guest exports");
    by_rule("I5", step);
}

#[test]
fn decided_duties_and_holders_see_through_the_organizations_ceiling() {
    use tenantry::catalog::{DutyDefinition, Separation};
    let duties = [
        DutyDefinition::Permissions(Permission::BILL),
        DutyDefinition::Permissions(Permission::EXPORT),
    ];
    let house = House::of(builder().separate("eyes", 2, Separation::Anywhere, duties));
    let wu = house.with_role("wu", BILLING, ROOT);
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    let step = house.by(house.lin).assign(wu, EXPORTER, house.support);
    lift(&house, ROOT);
    assert!(!house.can(wu, Permission::EXPORT, house.support), "wu has both duties");
    by_rule("I2", step);
}

#[test]
fn decided_the_host_lifts_its_ceiling_whatever_that_breaks() {
    // What the ceiling hid was no breach in the release before.
    let store = MemoryStore::new();
    let before = Directory::with_store(builder().build().unwrap(), store.clone());
    let founded = before.create_organization("Acme", &login("lin")).unwrap();
    let host = before.system("test").administer(founded.organization);
    host.set_ceiling(ROOT, Some(all_but(Permission::EXPORT))).unwrap();
    let far = tenantry::Timestamp::MAX;
    let gus = host.create_guest(&login("gus"), far).unwrap();
    host.assign(gus, EXPORTER, ROOT).unwrap();
    let after = Directory::with_store(guarded().edition(2).build().unwrap(), store);
    let host = after.system("test").administer(founded.organization);
    host.set_ceiling(ROOT, None).unwrap();
    // What is broken from then on refuses only what makes it worse.
    by_rule(
        "I5",
        host.create_assignment(NewAssignment::new(gus, OWNER, ROOT)).map(drop).and_then(|()| {
            let other = host.create_guest(&login("other"), far)?;
            host.assign(other, EXPORTER, ROOT)
        }),
    );
}

#[test]
fn decided_an_operator_invites_nobody() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let (id, account) = (tenantry::InvitationId::from_u128(1), SubAccountId::from_u128(2));
    let hash = house.by(house.lin).invite(&login("a")).issue().unwrap().token.hash();
    let invite = NewInvitation::new(id, account, login("b"), hash, at(9_000));
    house.refuses("G7", &vendor.operate(&house), [Action::Invite(invite)]);
}
