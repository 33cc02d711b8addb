//! I7: time does not go back, and how the host gets out where a clock was far ahead.

use std::sync::Arc;

use tenantry::directory::CommitError;
use tenantry::governance::ActionError;
use tenantry::model::record::RecordBody;
use tenantry::model::{Consent, Maker, Validity};
use tenantry::store::{MemoryStore, Store};
use tenantry::{
    Action, AssignmentId, ConsentId, Context, CreatedOrganization, Directory, Name, NewAssignment,
    NewRequest, OrganizationId, Refusal, RequestId, Status, SubAccountId, Timestamp,
};

use crate::setup::*;

#[derive(Debug)]
struct Fixed(Timestamp);

impl tenantry::Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A directory over a store, at some second.
fn clocked(store: &MemoryStore, second: i64) -> Directory<Permission> {
    let catalog = builder().build().unwrap();
    Directory::with_store(catalog, store.clone()).with_clock(Arc::new(Fixed(at(second))))
}

fn rename(
    directory: &Directory<Permission>,
    organization: OrganizationId,
    name: &str,
) -> Result<tenantry::Snapshot<Permission>, CommitError> {
    let admin = directory.system("test").administer(organization);
    admin.perform([Action::RenameOrganization(Name::new(name).unwrap())])
}

#[test]
fn i7_a_clock_far_behind_commits_nothing_and_times_never_go_back() {
    // One clock is ahead, another reads the same store.
    let store = MemoryStore::new();
    let ahead = clocked(&store, 10_000);
    let founded = ahead.create_organization("Acme", &login("lin")).unwrap();
    let a_little = clocked(&store, 9_701);
    let snapshot = rename(&a_little, founded.organization, "New").unwrap();
    assert_eq!(snapshot.organization().time(), at(10_000), "never before the last record");
    let far = clocked(&store, 9_699);
    let refused = rename(&far, founded.organization, "Newer").unwrap_err();
    assert!(matches!(refused, CommitError::ClockBehind { .. }), "{refused}");
    let far = far.with_max_skew(jiff::SignedDuration::from_secs(301));
    rename(&far, founded.organization, "Newer").unwrap();
}

/// The time at which everything is right, and the one that dates a revision.
const NOW: i64 = 1_000;
const WRONG: i64 = 1_000_000;

/// An organization in which somebody commits with a clock that is far ahead, and a directory whose
/// clock is right.
fn far_ahead(
    furnish: impl FnOnce(&By<'_>, &CreatedOrganization),
) -> (Directory<Permission>, CreatedOrganization) {
    let store = MemoryStore::new();
    let right = clocked(&store, NOW);
    let founded = right.create_organization("Acme", &login("lin")).unwrap();
    furnish(&right.system("test").administer(founded.organization), &founded);
    rename(&clocked(&store, WRONG), founded.organization, "Far ahead").unwrap();
    right.refresh(founded.organization).unwrap();
    (right, founded)
}

#[test]
fn i7_the_host_sets_the_time_anew_after_a_clock_was_far_ahead() {
    let (right, founded) = far_ahead(|_, _| {});
    let organization = founded.organization;
    let refused = rename(&right, organization, "Again").unwrap_err();
    let CommitError::ClockBehind { now, after } = refused else { panic!("{refused}") };
    assert_eq!((now, after), (at(NOW), at(WRONG)));
    assert!(refused.to_string().contains("reset the time"), "{refused}");
    let before = right.snapshot(organization).unwrap();
    let host = right.system("test").administer(organization);
    let reset = host.reset_time().unwrap();
    assert_eq!(reset.organization().time(), at(NOW));
    assert_eq!(reset.revision(), before.revision().next());
    rename(&right, organization, "Again").unwrap();
    // It is right now, so there is nothing to set.
    let revision = right.snapshot(organization).unwrap().revision();
    assert_eq!(host.reset_time().unwrap().revision(), revision);
}

#[test]
fn i7_setting_the_time_anew_is_recorded_and_followed_elsewhere() {
    let store = MemoryStore::new();
    let (right, other) = (clocked(&store, NOW), clocked(&store, NOW + 60));
    let founded = right.create_organization("Acme", &login("lin")).unwrap();
    let organization = founded.organization;
    rename(&clocked(&store, WRONG), organization, "Far ahead").unwrap();
    // One has read the wrong time, and one has not.
    other.refresh(organization).unwrap();
    let wrong = right.refresh(organization).unwrap();
    let reset = right.system("back office").administer(organization).reset_time().unwrap();
    let record = store.records(organization, wrong.revision(), 1).unwrap().records.remove(0);
    let body = RecordBody::decode(&record.bytes).unwrap();
    assert_eq!(body.time, at(NOW));
    assert_eq!(body.actions, ["set the time of the organization anew"]);
    let text = String::from_utf8(record.bytes.to_vec()).unwrap();
    assert!(text.contains(r#"{"reset_time":{"from":"1970-01-12T13:46:40Z"}}"#), "{text}");
    let followed = other.refresh(organization).unwrap();
    assert_eq!(followed.organization(), reset.organization());
    let loaded = clocked(&store, NOW).snapshot(organization).unwrap();
    assert_eq!(loaded.organization(), reset.organization());
    // A checkpoint, and what comes after it, too.
    right.checkpoint(organization).unwrap();
    let snapshot = rename(&other, organization, "Elsewhere").unwrap();
    assert_eq!(snapshot.organization().time(), at(NOW + 60));
    let loaded = clocked(&store, NOW).snapshot(organization).unwrap();
    assert_eq!(loaded.organization(), snapshot.organization());
    // Whoever still has the wrong clock is the one that is told.
    right.refresh(organization).unwrap();
    let stuck = clocked(&store, WRONG);
    let same = stuck.system("test").administer(organization).reset_time().unwrap();
    assert_eq!(same.organization().time(), at(NOW + 60), "a clock ahead sets nothing");
}

#[test]
fn i7_only_the_host_sets_the_time_anew_and_does_nothing_else_with_it() {
    let (right, founded) = far_ahead(|_, _| {});
    let CreatedOrganization { organization, owner, .. } = founded;
    let by = right.administer(organization, owner, &Context::new());
    let refused = by.reset_time().unwrap_err();
    assert!(matches!(refused, CommitError::Refused(Refusal::HostOnly(_))), "{refused}");
    let operator = right.administer_as_operator(organization, organization, owner, &mfa());
    assert!(matches!(operator.reset_time(), Err(CommitError::Refused(Refusal::HostOnly(_)))));
    let host = right.system("test").administer(organization);
    let rename = Action::RenameOrganization(Name::new("Along").unwrap());
    for both in [[Action::ResetTime, rename.clone()], [rename, Action::ResetTime]] {
        // The clock is behind for everything else; on another, they are told that it is a commit of
        // its own.
        assert!(matches!(host.perform(both.clone()), Err(CommitError::ClockBehind { .. })));
        let tolerant = jiff::SignedDuration::from_hours(9_999);
        let store = MemoryStore::new();
        let directory = clocked(&store, NOW).with_max_skew(tolerant);
        let other = directory.create_organization("Acme", &login("lin")).unwrap().organization;
        let refused = directory.system("test").administer(other).perform(both).unwrap_err();
        let CommitError::Action(ActionError::NotAlone(_)) = refused else { panic!("{refused}") };
    }
    // As a plan it is the same.
    let plan = host.plan([Action::ResetTime]).unwrap();
    assert_eq!(right.commit(plan).unwrap().organization().time(), at(NOW));
}

#[test]
fn i7_what_had_ended_by_the_wrong_time_stays_ended() {
    let soon = at(5_000);
    let late = at(WRONG + 1);
    let person = |name: &str, by: &By<'_>| by.create_member(&login(name)).unwrap();
    let mut made = None;
    let (right, founded) = far_ahead(|host, founded| {
        let wu = person("wu", host);
        let names = |permissions| builder().build().unwrap().names(permissions).unwrap();
        let bare =
            |permissions| NewAssignment::new(wu, tenantry::Grant::any(names(permissions)), ROOT);
        let allow =
            |permissions, until| host.create_assignment(bare(permissions).ends(until)).unwrap();
        let ended = allow(Permission::VIEW, soon);
        let at_the_moment = allow(Permission::VIEW | Permission::BILL, at(WRONG));
        let lasting = allow(Permission::REPLY | Permission::VIEW, late);
        let deny = |new: NewAssignment| host.create_assignment(new.denying()).unwrap();
        // A deny that had ended goes on until it ends; one that had begun goes on.
        let ended_deny = deny(bare(Permission::BILL).ends(soon));
        let begun_deny = deny(bare(Permission::EXPORT).starts(soon));
        let begun_until = deny(bare(Permission::TEAMS).starts(soon).ends(late));
        let passing_deny = deny(bare(Permission::ROLES).starts(at(4_000)).ends(soon));
        let begun_allow = host.create_assignment(bare(Permission::HOUSE).starts(soon)).unwrap();
        let guest = person("guest", host);
        host.set_end(guest, Some(soon)).unwrap();
        let away = person("away", host);
        host.set_end(away, Some(soon)).unwrap();
        host.suspend(away).unwrap();
        let staying = person("staying", host);
        host.set_end(staying, Some(late)).unwrap();
        let own = founded.organization;
        let short = host.give_consent(own, ROOT, Permission::VIEW, soon).unwrap();
        // It has only begun.
        let long = ConsentId::from_u128(3);
        let mask = names(Permission::VIEW);
        let consent = Consent {
            id: long,
            operators: own,
            scope: ROOT,
            mask,
            starts: Some(soon),
            ends: late,
            by: Maker::Host,
        };
        host.perform([Action::GiveConsent(consent)]).unwrap();
        let ask = |number, expires| {
            let id = RequestId::from_u128(number);
            let request = NewRequest::access(id, wu, AGENT, ROOT, expires);
            host.perform([Action::MakeRequest(request)]).unwrap();
            id
        };
        let requests = (ask(1, soon), ask(2, late));
        let team = host.create_team("Team").unwrap();
        let invite = |name: &str, ends| {
            let invite = host.invite(&login(name)).role(AGENT, ROOT).team(team);
            invite.expires(ends).issue().unwrap()
        };
        let invited = (invite("early", soon), invite("late", late));
        made = Some((
            [ended, at_the_moment, lasting, ended_deny, begun_deny, begun_until, passing_deny],
            begun_allow,
            [guest, away, staying],
            (short, long),
            requests,
            invited,
        ));
    });
    let (assignments, begun_allow, people, consents, requests, invited) = made.unwrap();
    let organization = founded.organization;
    let host = right.system("test").administer(organization);
    let reset = host.reset_time().unwrap();
    let after = reset.organization();
    let stands = |id: AssignmentId| after.assignments().get(&id).map(|it| it.validity);
    let [ended, at_the_moment, lasting, ended_deny, begun_deny, begun_until, passing_deny] =
        assignments;
    assert_eq!(stands(ended), None);
    assert_eq!(stands(at_the_moment), None);
    assert_eq!(stands(lasting), Some(Validity::until(late)));
    assert_eq!(stands(ended_deny), Some(Validity::until(soon)));
    assert_eq!(stands(begun_deny), Some(Validity::ALWAYS));
    assert_eq!(stands(begun_until), Some(Validity::until(late)));
    assert_eq!(stands(passing_deny), Some(Validity::between(at(4_000), soon).unwrap()));
    assert_eq!(stands(begun_allow), Some(Validity::from(soon)));
    let [guest, away, staying] = people;
    let account = |id: SubAccountId| after.sub_accounts().get(&id).unwrap();
    assert_eq!(account(guest).ends, Some(at(NOW)));
    assert_eq!((account(away).ends, account(away).status), (Some(at(NOW)), Status::Suspended));
    assert_eq!(account(staying).ends, Some(late));
    let reason = right.check(organization, guest, Permission::VIEW, organization).reason();
    assert_eq!(reason, Some(tenantry::Reason::Ended));
    assert!(!after.consents().contains_key(&consents.0));
    assert!(after.consents().contains_key(&consents.1));
    assert!(!after.requests().contains_key(&requests.0));
    assert!(after.requests().contains_key(&requests.1));
    // Whoever was invited too long ago is not any more, and has nothing of it.
    let (early, later) = invited;
    assert_eq!(account(early.sub_account).status, Status::Removed);
    assert_eq!(account(later.sub_account).status, Status::Invited);
    assert_eq!(after.invitations().len(), 1);
    assert_eq!(after.teams_of(early.sub_account).count(), 0);
    assert!(right.accept(&early.token, &login("early")).is_err());
    right.accept(&later.token, &login("late")).unwrap();
}
