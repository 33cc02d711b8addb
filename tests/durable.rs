//! A directory over a SQLite file: what several processes see of each other, restarts, and what races over one file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[allow(dead_code, reason = "the tests of stores use the rest")]
#[path = "store/scratch.rs"]
mod scratch;

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use tenantry::directory::{CommitError, Consistency};
use tenantry::model::{Membership, Scope};
use tenantry::store::{SqliteStore, Store};
use tenantry::{
    Action, Catalog, Context, CreatedOrganization, Directory, Login, NewAssignment, NewResource,
    SystemRole,
};

use scratch::Scratch;

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const ADMINISTER = 1 << 2;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");

fn catalog() -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role_with(AGENT, Permission::VIEW, Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

/// A directory as another process would open it: with connections and a memory of its own.
fn open(folder: &Scratch) -> Directory<Permission> {
    Directory::with_store(catalog(), SqliteStore::open(folder.file("access.sqlite")).unwrap())
}

fn acme(directory: &Directory<Permission>) -> CreatedOrganization {
    directory.create_organization("Acme", &login("lin@acme.example")).unwrap()
}

fn login(text: &str) -> Login {
    text.parse().unwrap()
}

fn json(directory: &Directory<Permission>, founded: &CreatedOrganization) -> String {
    let snapshot = directory.snapshot(founded.organization).unwrap();
    serde_json::to_string(snapshot.organization()).unwrap()
}

#[test]
fn s3_a_restart_finds_everything_that_was_acknowledged() {
    let folder = Scratch::new();
    let directory = open(&folder);
    let founded = acme(&directory);
    let admin = directory.administer(founded.organization, founded.owner, &Context::new());
    let support = admin.create_workspace("Support").unwrap();
    let team = admin.create_team("Night").unwrap();
    let invited = admin.invite(&login("wu@acme.example")).role(AGENT, support).issue().unwrap();
    let wu = directory.accept(&invited.token, &login("wu@acme.example")).unwrap();
    admin.create_resource(&NewResource::new("inbox", support).key("17").owner(wu)).unwrap();
    admin.perform([Action::AddToTeam(Membership { sub_account: wu, team })]).unwrap();
    admin.create_assignment(NewAssignment::new(team, AGENT, support).reason("season")).unwrap();
    directory.checkpoint(founded.organization).unwrap();
    admin.suspend(wu).unwrap();
    admin.reinstate(wu).unwrap();
    let before = json(&directory, &founded);
    drop(directory);

    let again = open(&folder);
    assert_eq!(json(&again, &founded), before);
    let snapshot = again.snapshot(founded.organization).unwrap();
    let inbox = snapshot.resource("inbox", "17");
    assert!(snapshot.subject(wu).can(Permission::REPLY, inbox));
    // The chain goes on from where the other process left it.
    let admin = again.administer(founded.organization, founded.owner, &Context::new());
    admin.create_workspace("Sales").unwrap();
    let store = SqliteStore::open(folder.file("access.sqlite")).unwrap();
    let stored = store.load(founded.organization).unwrap().unwrap();
    let (_, chain) = stored.checkpoint.unwrap().open(&stored.tail.personal).unwrap();
    let records = stored.tail.records.iter();
    let chain = records.fold(chain, |chain, record| chain.follow(record).unwrap().1);
    assert_eq!(chain.revision(), Some(again.snapshot(founded.organization).unwrap().revision()));
    assert_eq!(store.organizations_of(&login("wu@acme.example")).unwrap(), [founded.organization]);
}

#[test]
fn incident_36_what_was_written_after_a_revocation_is_not_shown_by_what_was_granted_before_it() {
    // Somebody was taken out, then something secret was posted, and an old list of readers was applied to the new post.
    let folder = Scratch::new();
    let (here, elsewhere) = (open(&folder), open(&folder));
    let founded = acme(&here);
    let organization = founded.organization;
    let admin = here.administer(organization, founded.owner, &Context::new());
    let room = admin.create_workspace("Room").unwrap();
    let wu = admin.create_member(&login("wu@acme.example")).unwrap();
    let reads = admin.assign(wu, AGENT, room).unwrap();
    assert!(elsewhere.snapshot(organization).unwrap().subject(wu).can(Permission::VIEW, room));
    admin.revoke(reads).unwrap();
    // The post keeps the revision that its writer saw.
    let seen = here.snapshot(organization).unwrap().revision();

    let can = |consistency| {
        let snapshot = elsewhere.snapshot_with(organization, consistency).unwrap();
        snapshot.subject(wu).can(Permission::VIEW, room)
    };
    assert!(can(Consistency::Cached), "without the revision the anomaly is there");
    assert!(!can(Consistency::AtLeast(seen)));
    assert!(!can(Consistency::Cached), "and what was learnt stays");
}

#[test]
fn incident_17_two_owners_who_demote_each_other_over_one_file_leave_one() {
    // Two concurrent demotions, each in a process of its own, saw two owners, and none was left.
    let folder = Scratch::new();
    let host = open(&folder);
    let founded = acme(&host);
    let organization = founded.organization;
    let second = host.system("test").administer(organization);
    let second = {
        let id = second.create_member(&login("mei@acme.example")).unwrap();
        second.assign(id, OWNER, Scope::Organization).unwrap();
        id
    };
    let owners = [founded.owner, second];
    for turn in 0..10 {
        let both = [open(&folder), open(&folder)];
        for directory in &both {
            directory.snapshot(organization).unwrap();
        }
        let barrier = Barrier::new(2);
        let demote = |number: usize| {
            let [by, whom] = [owners[number], owners[1 - number]];
            let admin = both[number].administer(organization, by, &Context::new());
            barrier.wait();
            admin.suspend(whom)
        };
        let outcomes = thread::scope(|scope| {
            let other = scope.spawn(|| demote(1));
            [demote(0), other.join().unwrap()]
        });
        let went_through = outcomes.iter().filter(|it| it.is_ok()).count();
        assert_eq!(went_through, 1, "turn {turn}: {outcomes:?}");
        let refused = outcomes.into_iter().find_map(Result::err).unwrap();
        assert!(
            matches!(refused, CommitError::Refused(_) | CommitError::Violation(_)),
            "{refused}"
        );
        let snapshot = host.refresh(organization).unwrap();
        let left = |it: &&_| snapshot.subject(**it).can(Permission::all(), Scope::Organization);
        let out = *owners.iter().find(|it| !left(it)).unwrap();
        assert_eq!(owners.iter().filter(left).count(), 1);
        host.system("test").administer(organization).reinstate(out).unwrap();
    }
}

#[test]
fn several_writers_in_several_processes_lose_nothing() {
    let folder = Scratch::new();
    let founded = acme(&open(&folder));
    let organization = founded.organization;
    thread::scope(|scope| {
        for writer in 0..3 {
            let folder = &folder;
            scope.spawn(move || {
                let directory = open(folder);
                let admin = directory.administer(organization, founded.owner, &Context::new());
                for number in 0..10 {
                    admin.create_workspace(&*format!("{writer}-{number}")).unwrap();
                }
            });
        }
    });
    let snapshot = open(&folder).snapshot(organization).unwrap();
    assert_eq!(snapshot.organization().workspaces().len(), 30);
    assert_eq!(snapshot.revision().number(), 31);
}

#[test]
fn tending_hears_of_another_process() {
    let folder = Scratch::new();
    let (here, elsewhere) = (open(&folder), open(&folder));
    let founded = acme(&here);
    elsewhere.snapshot(founded.organization).unwrap();
    let admin = here.administer(founded.organization, founded.owner, &Context::new());
    let room = admin.create_workspace("Room").unwrap();
    let knows =
        || elsewhere.check(founded.organization, founded.owner, Permission::VIEW, room).is_allow();
    while !knows() {
        elsewhere.maintain(Duration::from_mins(1)).unwrap();
    }
}
