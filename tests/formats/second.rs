//! What format 2 added: who made what, former logins, conditions that nobody confirmed, a time that was set anew, and
//! catalogs with editions. Files that are never edited, beside those of format 1.

use std::sync::Arc;

use tenantry::access::Snapshot;
use tenantry::catalog::{Catalog, RoleDefinition};
use tenantry::model::record::{
    Actor, Chain, Checkpoint, Entry, InForce, PersonalRow, Purpose, Record, RecordBody,
};
use tenantry::model::{
    Assignment, ChangeSet, Condition, Consent, Effect, Invitation, Maker, Organization, Profile,
    Request, Scope, SecurityPolicy, Status, SubAccount, TimeReset, Wants,
};
use tenantry::{
    AssignmentId, ConsentId, Context, InvitationId, OrganizationId, PermissionNames, Reason,
    RequestId, SubAccountId,
};

use crate::history::{AGENT, OWNER, Permission, at, network, row};
use crate::{are_untouched, read, replay, revision};

/// What every file of format 2 must be.
const FILES: [(&str, &str); 5] = [
    ("record-1.json", "031533647099632a78922a0758df5d7fa51407ad486d315c9e8e192e7e22df36"),
    ("record-2.json", "28900f574135ad9ea6b8813de30f21a93a3c8836a4bdb4a5b45b4b9174559196"),
    ("record-3.json", "50a4ee3689711519b375fd24a1ffc6de6c687af6c1074ec92bd8205556243bbf"),
    ("checkpoint-3.json", "1a62ae9707ff3ffec7d68f44b6b072470b8a335ddefd80ea028b464936381a53"),
    ("personal.json", "3696cbb935c37bc32e4ee8b785c73173f179118922388814c5355c3b71c991a2"),
];

const ORGANIZATION: OrganizationId = OrganizationId::from_u128(0xacce2);
const HOME: OrganizationId = OrganizationId::from_u128(7);
const LIN: SubAccountId = SubAccountId::from_u128(1);
const WU: SubAccountId = SubAccountId::from_u128(2);
const EVE: SubAccountId = SubAccountId::from_u128(3);
const OPERATOR: Maker =
    Maker::Operator { organization: HOME, sub_account: SubAccountId::from_u128(9) };

/// The catalog of an edition. Those of one edition differ in what an agent does.
fn catalog(edition: u64, agents: Permission) -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .define(RoleDefinition::new(AGENT).any(agents))
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .edition(edition)
        .build()
        .unwrap()
}

/// The catalogs under which the three records were decided.
fn catalogs() -> [Catalog<Permission>; 3] {
    let (view, both) = (Permission::VIEW, Permission::VIEW | Permission::REPLY);
    [catalog(0, view), catalog(5, view), catalog(5, both)]
}

fn rows() -> [PersonalRow; 3] {
    [
        row(1, Purpose::Login, "lin@acme.example"),
        row(2, Purpose::Login, "wu@acme.example"),
        row(3, Purpose::Login, "eve@acme.example"),
    ]
}

/// What each record says, with the side rows that come with it.
fn history() -> [(Entry, Vec<PersonalRow>); 3] {
    let rows = rows();
    let entry = |time, actor, action: &str, changes| {
        let actions = vec![action.to_owned()];
        Entry { time, actor, actions, changes }
    };
    let profile = Profile::new("Acme".parse().unwrap());
    let lin = SubAccount { login: Some(rows[0].reference()), ..SubAccount::member(LIN) };
    let owner = Assignment::allow(AssignmentId::from_u128(1), LIN, OWNER, Scope::Organization);
    let owner = Assignment { by: Maker::Imported, ..owner };
    let founding = vec![profile.clone().into(), lin.into(), owner.into()];
    let founding = entry(at(1_000), Actor::system("import").unwrap(), "found", founding);

    let former = Organization::create(ORGANIZATION, &change_set(&founding, &rows[..1])).unwrap();
    let former = former.login_hash(&"wu@old.example".parse().unwrap());
    let wu = SubAccount {
        login: Some(rows[1].reference()),
        former_logins: [former].into(),
        ..SubAccount::member(WU)
    };
    let invited = SubAccount {
        status: Status::Invited,
        login: Some(rows[2].reference()),
        ..SubAccount::member(EVE)
    };
    let agent = Assignment::allow(AssignmentId::from_u128(2), WU, AGENT, Scope::Organization);
    let denied = Assignment::allow(AssignmentId::from_u128(3), EVE, AGENT, Scope::Organization)
        .with(|it| it.effect = Effect::Deny);
    let invitation = Invitation {
        id: InvitationId::from_u128(1),
        sub_account: EVE,
        inviter: OPERATOR,
        token: tenantry::model::record::Digest::of([b"token".as_slice()]),
        expires: at(9_000),
    };
    let wanted = Wants::Access {
        sub_account: WU,
        grant: tenantry::Grant::any(PermissionNames::Full),
        scope: Scope::Organization,
        ends: None,
    };
    let request = Request {
        id: RequestId::from_u128(1),
        wants: wanted,
        requester: OPERATOR,
        reason: None,
        expires: at(9_000),
    };
    let consent = Consent {
        id: ConsentId::from_u128(1),
        operators: HOME,
        scope: Scope::Organization,
        mask: PermissionNames::Full,
        starts: None,
        ends: at(9_000),
        by: LIN.into(),
    };
    let security = SecurityPolicy { conditions: vec![network(), Condition::Mfa] };
    let guarded = Profile { security, unconfirmed: vec![Condition::Mfa], ..profile };
    let changes = vec![
        wu.into(),
        invited.into(),
        Assignment { by: OPERATOR, ..agent }.into(),
        Assignment { by: WU.into(), ..denied }.into(),
        invitation.into(),
        request.into(),
        consent.into(),
        guarded.into(),
    ];
    let by = Actor::Operator { organization: HOME, sub_account: SubAccountId::from_u128(9) };
    let letting_in = entry(at(2_000), by, "let in", changes);

    let reset = TimeReset { from: at(2_000) }.into();
    let system = Actor::system("clock").unwrap();
    let resetting = entry(at(1_500), system, "set the time", vec![reset]);
    [(founding, rows[..1].to_vec()), (letting_in, rows[1..].to_vec()), (resetting, Vec::new())]
}

fn change_set(entry: &Entry, personal: &[PersonalRow]) -> ChangeSet {
    ChangeSet { time: entry.time, changes: entry.changes.clone(), personal: personal.to_vec() }
}

fn records() -> [Record; 3] {
    [1, 2, 3].map(|number| Record {
        revision: revision(number),
        bytes: read(2, &format!("record-{number}.json")).into(),
    })
}

fn personal() -> Vec<PersonalRow> {
    serde_json::from_slice(&read(2, "personal.json")).unwrap()
}

fn checkpoint() -> Checkpoint {
    let bytes = Arc::from(read(2, "checkpoint-3.json"));
    Checkpoint { organization: ORGANIZATION, revision: revision(3), bytes }
}

/// The organization that the records tell, and the chain that ends with them.
fn replayed() -> (Organization, Chain) {
    for (record, (entry, _)) in records().iter().zip(history()) {
        let body = RecordBody::decode(&record.bytes).unwrap();
        assert_eq!(body.changes, entry.changes, "{}", record.revision);
    }
    replay(ORGANIZATION, &records(), history().map(|(_, personal)| personal))
}

#[test]
fn s11_the_files_of_format_2_are_what_they_were() {
    are_untouched(2, &FILES);
}

#[test]
fn s9_records_of_format_2_are_written_as_ever() {
    let mut chain = Chain::new(ORGANIZATION);
    for ((record, (entry, _)), catalog) in records().iter().zip(history()).zip(catalogs()) {
        let (bytes, next) = chain.append(entry, catalog.text()).unwrap();
        let written = String::from_utf8_lossy(&bytes);
        assert_eq!(written, String::from_utf8_lossy(&record.bytes), "{}", record.revision);
        chain = next;
    }
    assert_eq!(serde_json::to_vec(&rows()).unwrap(), read(2, "personal.json"));
    let (organization, chain) = replayed();
    let written = Checkpoint::new(&organization, &chain).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&written.bytes),
        String::from_utf8_lossy(&checkpoint().bytes)
    );
}

#[test]
fn s12_the_checkpoint_of_format_2_shows_what_the_records_tell() {
    let (organization, chain) = replayed();
    let (shown, continued) = checkpoint().open(&personal()).unwrap();
    assert_eq!(shown, organization);
    assert_eq!(continued, chain);
    // Two catalogs have the highest edition. The one that came last is in force.
    let [_, _, last] = catalogs();
    assert_eq!(continued.in_force(), InForce::Catalog(last.fingerprint()));
    assert_eq!(shown.time(), at(1_500));
    let wu = shown.sub_accounts().get(&WU).unwrap();
    let former = shown.login_hash(&"wu@old.example".parse().unwrap());
    assert!(wu.former_logins.contains(&former));
    assert_eq!(shown.profile().unconfirmed, [Condition::Mfa]);
}

#[test]
fn s11_the_files_of_format_2_are_decided_upon_as_ever() {
    let (organization, _) = checkpoint().open(&personal()).unwrap();
    let [_, _, last] = catalogs();
    let snapshot = Snapshot::compile(organization, &last);
    let inside = Context::new().network([10, 1, 2, 3].into()).at(at(1_500));
    let guarded = inside.clone().mfa(true);
    let cases = [
        (LIN, Permission::ADMINISTER, &guarded, None),
        (LIN, Permission::ADMINISTER, &inside, Some(Reason::SecurityPolicyUnknown)),
        (WU, Permission::REPLY, &guarded, None),
        (WU, Permission::EXPORT, &guarded, Some(Reason::NotGranted)),
        (EVE, Permission::VIEW, &guarded, Some(Reason::Invited)),
    ];
    for (who, permission, context, denied) in cases {
        let decision = snapshot.check_in(context, who, permission, Scope::Organization);
        let reason = (!decision.is_allow()).then(|| decision.reason().unwrap());
        assert_eq!(reason, denied, "{who} {permission:?}");
    }
}
