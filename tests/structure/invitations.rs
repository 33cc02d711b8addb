//! Invitations: one for each sub-account that is invited, and none for any other.

use crate::at_rest::Spoil;
use crate::setup::*;
use crate::support;
use crate::support::{World, at, put, sub_account_id};
use tenantry::model::change::{Change, Remove, StructureError};
use tenantry::model::link::Relation;
use tenantry::model::record::Digest;
use tenantry::model::{Invitation, Organization, Status, SubAccount};

fn in_status(status: Status) -> Change {
    put(SubAccount { status, ..invited("eve") })
}

fn removed() -> Change {
    Remove::Invitation(invitation_id("i")).into()
}

#[test]
fn i4_only_who_is_invited_has_an_invitation() {
    let refused = StructureError::InvitationOf(sub_account_id("eve"));
    for status in [Status::Active, Status::Suspended, Status::Left, Status::Removed] {
        let world = World::new();
        world.member("eve");
        world.status("eve", status);
        world.refuses([put(invitation("i", "eve"))], refused.clone());
        // Whoever left may be invited again, in one set, in either order.
        if status.may_become(Status::Invited) {
            let both = [in_status(Status::Invited), put(invitation("i", "eve"))];
            let mut reversed = both.clone();
            reversed.reverse();
            for set in [both, reversed] {
                let world = World::resume(world.organization(), &world);
                world.apply(set).unwrap();
            }
        }
    }
}

#[test]
fn i4_an_invitation_goes_with_the_status_it_stands_for() {
    let refused = StructureError::InvitationOf(sub_account_id("eve"));
    for status in [Status::Active, Status::Removed] {
        for set in [[in_status(status), removed()], [removed(), in_status(status)]] {
            let world = World::new();
            world.apply([in_status(Status::Invited), put(invitation("i", "eve"))]).unwrap();
            world.refuses([in_status(status)], refused.clone());
            // Nor is it put again instead, or handed to somebody else who is not invited.
            world.refuses([in_status(status), put(invitation("i", "eve"))], refused.clone());
            world.member("lin");
            let theirs = StructureError::InvitationOf(sub_account_id("lin"));
            world.refuses([in_status(status), put(invitation("i", "lin"))], theirs);
            world.apply(set).unwrap();
            assert!(world.read(|all| all.invitations().is_empty()));
        }
    }
    // Without its invitation an invited sub-account may stay what it is, and anything else about it may change.
    let world = World::new();
    world.apply([in_status(Status::Invited), put(invitation("i", "eve"))]).unwrap();
    world.put(SubAccount { ends: Some(at(500)), ..invited("eve") });
    world.apply([removed()]).unwrap();
    world.apply([in_status(Status::Active)]).unwrap();
}

#[test]
fn i4_a_sub_account_has_one_invitation_at_a_time() {
    let refused = StructureError::InvitedTwice(sub_account_id("eve"));
    let second = || put(invitation("j", "eve"));
    let world = World::new();
    world.put(invited("eve"));
    world.put(invited("wu"));
    world.refuses([put(invitation("i", "eve")), second()], refused.clone());
    world.put(invitation("i", "eve"));
    world.refuses([second()], refused.clone());
    // Nor by turning another's to it.
    world.put(invitation("k", "wu"));
    world.refuses([put(invitation("k", "eve"))], refused);
    // The same one may say something else; another may take its place.
    let renewed = Invitation { token: Digest::of([&b"new"[..]]), ..invitation("i", "eve") };
    world.put(renewed.clone());
    world.read(|all| {
        assert_eq!(all.invitations().get(&renewed.id), Some(&renewed));
        let of = all.referring(entity("sub-account", "eve"), Relation::Invitee);
        assert_eq!(of.collect::<Vec<_>>(), [entity("invitation", "i")]);
    });
    world.apply([second(), removed()]).unwrap();
    world.read(|all| assert_eq!(all.invitations().len(), 2));
}

#[test]
fn at_rest_invitations_are_judged_as_ever() {
    let world = World::new();
    world.member("ada");
    world.put(invited("eve"));
    world.put(Invitation { inviter: sub_account_id("ada").into(), ..invitation("i", "eve") });
    let good = serde_json::to_value(world.organization()).unwrap();
    let read = serde_json::from_value::<Organization>(good.clone()).unwrap();
    assert_eq!(read, world.organization());
    assert_eq!(support::encoded(&read), support::encoded(&world.organization()));

    let spoil: [Spoil; 4] = [
        ("of somebody who is active", |all| {
            let people = all["sub_accounts"].as_array_mut().unwrap();
            people[1]["status"] = "active".into();
            assert_eq!(people.len(), 2);
        }),
        ("of nobody", |all| {
            all["sub_accounts"].as_array_mut().unwrap().retain(|it| it["status"] == "active");
        }),
        ("twice", |all| {
            let mut second = all["invitations"][0].clone();
            second["id"] = serde_json::to_value(invitation_id("j")).unwrap();
            all["invitations"].as_array_mut().unwrap().push(second);
        }),
        ("with an id twice", |all| {
            let first = all["invitations"][0].clone();
            all["invitations"].as_array_mut().unwrap().push(first);
        }),
    ];
    for (what, spoil) in spoil {
        let mut spoiled = good.clone();
        spoil(&mut spoiled);
        assert_ne!(spoiled, good, "{what}");
        assert!(serde_json::from_value::<Organization>(spoiled).is_err(), "{what}");
    }
    // What was written before there were invitations has none.
    let mut earlier = good;
    earlier.as_object_mut().unwrap().remove("invitations");
    let read = serde_json::from_value::<Organization>(earlier).unwrap();
    assert!(read.invitations().is_empty() && read.requests().is_empty());
}
