//! The formats of what is stored, held by files that are never edited: records, checkpoint and side rows of format 1
//! here, and of format 2 in `second.rs`.
//!
//! The files are read, decided upon, and written again byte for byte. Today's format is all of
//! format 1 and more, so what they tell is also written as today and differs in nothing but the
//! number. Whoever changes what a record or a checkpoint looks like sees it here, and gives it a
//! new format number and new files beside these.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

mod history;
mod second;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tenantry::access::Snapshot;
use tenantry::model::record::{
    Actor, Chain, Checkpoint, DecodeError, Digest, Entry, InForce, PersonalRow, Record, RecordBody,
    Revision,
};
use tenantry::model::{ChangeSet, Organization, Profile, Scope};
use tenantry::{Context, OrganizationId, Reason, SubAccountId};

use history::{
    BOT, GUS, INBOX, LIN, ORGANIZATION, Permission, SALES, SUPPORT, THREAD, WU, at, catalog,
    history, later_catalog,
};

/// What every file of format 1 must be.
const FILES: [(&str, &str); 8] = [
    ("record-1.json", "8d96943e51e8f89e6185c55057fb9a02e7f1873c0db2923da90c7e58ab3742e8"),
    ("record-2.json", "2cbfc6a62b228dc94f48d2b8cee25f4b2caab01c529a72fb61ee781759d68eeb"),
    ("record-3.json", "20c8b0351c91eb01f50b7728851b4349033c1a27f74cf822d2356567fd871592"),
    ("record-4.json", "ae1840c89cff6bcaee6e1ce4ce2fcf98b420d3d7522b90d4aed04ea090efbfac"),
    ("record-5.json", "b747408d48d7158c63c8fa104f9859da0d513992dce92ffc635c957dfa8bcff1"),
    ("record-6.json", "07ff5cf96b80ebe696d920d467294e58752f565d120278aa48f83ea1855f9591"),
    ("checkpoint-6.json", "d8f28ea3a30ecdcedc595cd04fc5b9509ecfdda74cf223163e6a216ef54a12b2"),
    ("personal.json", "187d8ea8241a0062fb60c638379dc08cc5efa88f0595277ee7d64ce0f6cf33b0"),
];

fn path(format: u32, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/formats/{format}")).join(name)
}

fn read(format: u32, name: &str) -> Vec<u8> {
    fs::read(path(format, name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Asserts that the files of a format are these, and what they were.
fn are_untouched(format: u32, files: &[(&str, &str)]) {
    for (name, digest) in files {
        let found = Digest::of([read(format, name).as_slice()]).to_string();
        assert_eq!(found, *digest, "{name} was edited");
    }
    let count = fs::read_dir(path(format, "")).unwrap().count();
    assert_eq!(count, files.len(), "every file is held here");
}

fn revision(number: usize) -> Revision {
    let number = u64::try_from(number).ok().and_then(std::num::NonZeroU64::new);
    Revision::new(number.unwrap())
}

fn records() -> Vec<Record> {
    (1..=6)
        .map(|number| Record {
            revision: revision(number),
            bytes: read(1, &format!("record-{number}.json")).into(),
        })
        .collect()
}

fn personal() -> Vec<PersonalRow> {
    serde_json::from_slice(&read(1, "personal.json")).unwrap()
}

/// The organization that records tell, with the side rows that came with each, and the chain that
/// ends with them.
fn replay(
    id: OrganizationId,
    records: &[Record],
    personal: impl IntoIterator<Item = Vec<PersonalRow>>,
) -> (Organization, Chain) {
    let mut organization: Option<Organization> = None;
    let mut chain = Chain::new(id);
    for (record, personal) in records.iter().zip(personal) {
        let (body, next) = chain.follow(record).unwrap();
        let set = ChangeSet { time: body.time, changes: body.changes, personal };
        organization = Some(match organization {
            None => Organization::create(id, &set).unwrap(),
            Some(before) => before.with(&set).unwrap(),
        });
        chain = next;
    }
    (organization.unwrap(), chain)
}

/// The organization that the files tell, and the chain that ends with them.
fn replayed() -> (Organization, Chain) {
    let rows = personal();
    let with_each = history().into_iter().map(|step| {
        let ids: Vec<_> = step.personal.iter().map(PersonalRow::id).collect();
        rows.iter().filter(|row| ids.contains(&row.id())).cloned().collect()
    });
    replay(ORGANIZATION, &records(), with_each)
}

fn checkpoint() -> Checkpoint {
    let bytes = Arc::from(read(1, "checkpoint-6.json"));
    Checkpoint { organization: ORGANIZATION, revision: revision(6), bytes }
}

#[test]
fn s11_the_files_are_what_they_were() {
    are_untouched(1, &FILES);
}

/// What a file of format 1 says, as it would be written today.
fn as_of_today(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let today = text.replacen("{\"format\":1,", "{\"format\":2,", 1);
    assert_ne!(text, today);
    today
}

#[test]
fn s9_records_are_written_as_ever() {
    let mut chain = Chain::new(ORGANIZATION);
    for (record, step) in records().iter().zip(history()) {
        let catalog = if step.is_later { later_catalog() } else { catalog() };
        let (bytes, _) = chain.append(step.entry, catalog.text()).unwrap();
        let written = String::from_utf8_lossy(&bytes);
        assert_eq!(written, as_of_today(&record.bytes), "{}", record.revision);
        // What is read is written again as it was, in the format that it had.
        let (body, next) = chain.follow(record).unwrap();
        assert_eq!(body.encode().unwrap(), record.bytes, "{}", record.revision);
        chain = next;
    }
    let rows: Vec<PersonalRow> = history().into_iter().flat_map(|step| step.personal).collect();
    assert_eq!(serde_json::to_vec(&rows).unwrap(), read(1, "personal.json"));
    let (organization, chain) = replayed();
    let written = Checkpoint::new(&organization, &chain).unwrap();
    // Two catalogs without an edition: format 1 does not say which of them came last.
    let last = later_catalog().fingerprint();
    let in_force = format!("\"in_force\":\"{last}\",\"organization\":{{");
    let today = as_of_today(&checkpoint().bytes).replacen("\"organization\":{", &in_force, 1);
    assert_eq!(String::from_utf8_lossy(&written.bytes), today);
    assert_eq!(written.open(&personal()).unwrap(), (organization, chain));
}

#[test]
fn s11_what_is_written_today_follows_what_was_written_before() {
    let (before, chain) = replayed();
    let time = before.time();
    let changes = vec![Profile::new("Acme".parse().unwrap()).into()];
    let actor = Actor::system("set up").unwrap();
    let entry = Entry { time, actor, actions: Vec::new(), changes };
    let (bytes, written) = chain.append(entry, later_catalog().text()).unwrap();
    assert!(bytes.starts_with(b"{\"format\":2,"));
    let record = Record { revision: revision(7), bytes };
    let (body, read) = checkpoint().open(&personal()).unwrap().1.follow(&record).unwrap();
    assert_eq!((read.revision(), read.head()), (written.revision(), written.head()));
    assert_eq!(body.previous, chain.head());
}

#[test]
fn s12_the_checkpoint_shows_what_the_records_tell() {
    let (organization, chain) = replayed();
    let (shown, continued) = checkpoint().open(&personal()).unwrap();
    assert_eq!(shown, organization);
    assert_eq!((continued.revision(), continued.head()), (chain.revision(), chain.head()));
    for catalog in [catalog(), later_catalog()] {
        let fingerprint = catalog.fingerprint();
        assert_eq!(continued.catalog(&fingerprint), chain.catalog(&fingerprint));
    }
    // Which of two catalogs without an edition came last, the records tell and format 1 does not.
    assert_eq!(chain.in_force(), InForce::Catalog(later_catalog().fingerprint()));
    assert_eq!(continued.in_force(), InForce::Ambiguous);
}

#[test]
fn s11_the_files_are_decided_upon_as_ever() {
    use Reason::{CredentialResetRequired, NotGranted};
    let (from_records, _) = replayed();
    let (from_checkpoint, _) = checkpoint().open(&personal()).unwrap();
    let office = Context::new().network([10, 1, 2, 3].into()).at(at(10));
    let signed_in = office.clone().mfa(true).login_method("saml".parse().unwrap());
    let owned = office.clone().ownership(true);
    let cases: [(SubAccountId, Permission, Scope, &Context, Option<Reason>); 15] = [
        (LIN, Permission::EXPORT, Scope::Organization, &office, None),
        (LIN, Permission::REPLY, SUPPORT.into(), &office, None),
        (LIN, Permission::EXPORT, SUPPORT.into(), &office, Some(Reason::Masked)),
        (LIN, Permission::ADMINISTER, SALES.into(), &office, None),
        (WU, Permission::VIEW, SUPPORT.into(), &office, None),
        (WU, Permission::VIEW, SALES.into(), &office, Some(Reason::OutOfReach)),
        (WU, Permission::VIEW, THREAD.into(), &office, None),
        (WU, Permission::REPLY, THREAD.into(), &office, Some(Reason::OwnershipUnknown)),
        (WU, Permission::REPLY, THREAD.into(), &owned, Some(Reason::Ceiling)),
        (WU, Permission::VIEW, SUPPORT.into(), &signed_in, None),
        (GUS, Permission::VIEW, INBOX.into(), &office, None),
        (GUS, Permission::VIEW, INBOX.into(), &office.clone().at(at(600)), Some(Reason::Expired)),
        (GUS, Permission::VIEW, SUPPORT.into(), &office, Some(NotGranted)),
        (BOT, Permission::VIEW, SUPPORT.into(), &office, Some(CredentialResetRequired)),
        (GUS, Permission::VIEW, INBOX.into(), &office.clone().at(at(2_000)), Some(Reason::Ended)),
    ];
    for organization in [from_records, from_checkpoint] {
        let snapshot = Snapshot::compile(organization, &catalog());
        for (who, permission, scope, context, denied) in &cases {
            let decision = snapshot.check_in(context, *who, *permission, *scope);
            let reason = (!decision.is_allow()).then(|| decision.reason().unwrap());
            assert_eq!(reason, *denied, "{who} {permission:?} at {scope:?}");
        }
    }
}

#[test]
fn s9_every_record_carries_the_hash_of_the_one_before_it() {
    let records = records();
    let chain = Chain::new(ORGANIZATION);
    let (body, chain) = chain.follow(&records[0]).unwrap();
    assert_eq!(body.previous, None);
    assert_eq!(chain.head(), Some(Digest::of([&*records[0].bytes])));
    // A record in another place, one left out, one exchanged.
    let again = Chain::new(ORGANIZATION).follow(&records[1]).unwrap_err();
    assert!(matches!(again, DecodeError::Misplaced { .. }), "{again}");
    let elsewhere = Chain::new(OrganizationId::from_u128(1)).follow(&records[0]);
    assert!(matches!(elsewhere, Err(DecodeError::Misplaced { .. })));
    let edited = String::from_utf8(records[1].bytes.to_vec()).unwrap().replace("furnish", "polish");
    let edited = Record { bytes: edited.into_bytes().into(), ..records[1].clone() };
    let (_, edited) = chain.clone().follow(&edited).unwrap();
    let broken = edited.follow(&records[2]).unwrap_err();
    assert!(matches!(broken, DecodeError::BrokenChain), "{broken}");
    // Who merely passes does not see it, and can append nothing before it has looked.
    let (_, passed) = chain.follow_unhashed(&records[1]).unwrap();
    assert_eq!(passed.head(), None);
    let entry = || history().remove(2).entry;
    assert!(passed.append(entry(), catalog().text()).is_err());
    let (_, followed) = passed.follow(&records[2]).unwrap();
    assert_eq!(followed.head(), Some(Digest::of([&*records[2].bytes])));
}

#[test]
fn s9_each_catalog_comes_with_the_first_record_under_it() {
    let brought = |record: &Record| RecordBody::decode(&record.bytes).unwrap().document;
    let documents: Vec<_> = records().iter().map(brought).collect();
    assert_eq!(documents[0].as_ref(), Some(catalog().text()));
    assert_eq!(documents[4].as_ref(), Some(later_catalog().text()));
    assert_eq!(documents.iter().flatten().count(), 2);
    // A document that is not the one that is named was exchanged.
    let bytes = String::from_utf8(records()[0].bytes.to_vec()).unwrap();
    let exchanged = bytes.replace("\"EXPORT\"", "\"EXPERT\"");
    assert!(matches!(RecordBody::decode(exchanged.as_bytes()), Err(DecodeError::Corrupt(_))));
}

#[test]
fn s11_what_another_release_wrote_is_told_from_what_is_damaged() {
    let first = String::from_utf8(records()[0].bytes.to_vec()).unwrap();
    let kind = |bytes: &str| RecordBody::decode(bytes.as_bytes()).unwrap_err();
    let newer = kind(&first.replacen("\"format\":1", "\"format\":3", 1));
    assert!(matches!(newer, DecodeError::IncompatibleFormat { found: 3, supported: 2 }), "{newer}");
    for unknown in [
        first.replace("\"sub_account\":{", "\"badge\":{"),
        first.replace("\"actions\"", "\"mood\":1,\"actions\""),
        first.replace("\"effect\":\"allow\"", "\"effect\":\"perhaps\""),
        first.replace("{\"system\":", "{\"oracle\":"),
    ] {
        assert_ne!(unknown, first);
        let error = kind(&unknown);
        assert!(matches!(error, DecodeError::Unknown(_)), "{error}");
    }
    let draft = first.replacen("\"format\":1", "\"format\":0", 1);
    let cut = &first[..first.len() - 1];
    for damaged in ["", "null", "[]", "{}", "{\"format\":0}", &draft, cut, "\u{0}"] {
        let error = kind(damaged);
        assert!(matches!(error, DecodeError::Corrupt(_)), "{damaged}: {error}");
    }
    for (format, checkpoint) in [(1, checkpoint()), (2, checkpoint()), (3, checkpoint())] {
        let text = String::from_utf8(checkpoint.bytes.to_vec()).unwrap();
        let text = text.replacen("{\"format\":1", &format!("{{\"format\":{format}"), 1);
        let opened = Checkpoint { bytes: text.into_bytes().into(), ..checkpoint }.open(&personal());
        match opened {
            Ok(_) => assert!(format < 3),
            Err(error) => {
                assert_eq!(format, 3);
                assert!(matches!(error, DecodeError::IncompatibleFormat { .. }), "{error}");
            }
        }
    }
    let elsewhere = Checkpoint { revision: revision(5), ..checkpoint() }.open(&personal());
    assert!(matches!(elsewhere, Err(DecodeError::Misplaced { .. })));
}

#[test]
fn s10_what_was_erased_reads_as_erased_and_changes_nothing_else() {
    let (organization, chain) = checkpoint().open(&personal()).unwrap();
    let (erased, same) = checkpoint().open(&[]).unwrap();
    assert_eq!(chain, same);
    let wu = erased.sub_accounts().get(&WU).unwrap();
    assert_eq!(organization.sub_accounts().get(&WU), Some(wu));
    assert_eq!(erased.personal(wu.login.as_ref().unwrap()), None);
    let written = Checkpoint::new(&erased, &same).unwrap();
    assert_eq!(String::from_utf8_lossy(&written.bytes), as_of_today(&checkpoint().bytes));
}

#[test]
fn what_is_read_is_bounded() {
    let deep = format!("{{\"format\":1,\"actions\":{}", "[".repeat(100_000));
    assert!(RecordBody::decode(deep.as_bytes()).is_err());
    let large = vec![b' '; RecordBody::LIMIT + 1];
    assert!(matches!(RecordBody::decode(&large), Err(DecodeError::TooLarge { .. })));
    let first = String::from_utf8(records()[0].bytes.to_vec()).unwrap();
    let words = vec!["\"a\""; RecordBody::COUNT + 1].join(",");
    let (start, rest) = first.split_once("\"actions\":[").unwrap();
    let (_, rest) = rest.split_once(']').unwrap();
    let many = format!("{start}\"actions\":[{words}]{rest}");
    let error = RecordBody::decode(many.as_bytes()).unwrap_err();
    assert!(matches!(error, DecodeError::Unknown(_)), "{error}");
    let exactly = many.replacen("\"a\",", "", 1);
    assert!(RecordBody::decode(exactly.as_bytes()).is_ok());
    // What nobody could read is not written.
    let mut entry = history().remove(0).entry;
    entry.actions = vec!["a".repeat(1 << 20); 65];
    let refused = Chain::new(ORGANIZATION).append(entry, catalog().text()).unwrap_err();
    assert!(matches!(refused, DecodeError::TooLarge { .. }), "{refused}");
}
