//! What is read from bytes that somebody else wrote, each with what must hold for whatever those bytes are.
//!
//! The package in `fuzz` and the test `corpus` both include this file, so that what a fuzzer found stays found.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use tenantry::authzen::{
    ActionSearch, ByName, EvaluationRequest, EvaluationsAnswer, EvaluationsRequest,
    MAX_EVALUATIONS, PageToken, ResourceSearch, SubjectSearch, evaluate, evaluate_all,
    search_actions, search_resources, search_subjects,
};
use tenantry::model::record::{
    Chain, Checkpoint, Digest, PersonalRow, Record, RecordBody, Revision,
};
use tenantry::model::{ChangeSet, Organization};
use tenantry::{
    Catalog, Cursor, Key, Kind, Label, Login, Name, OrganizationId, PermissionName,
    PermissionNames, Scope, Snapshot, SubAccountId, Token,
};

bitflags::bitflags! {
    /// The permissions of the files of format 1.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u16 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 15;
    }
}

/// What a list of the shortest entries of a record, an organization or a catalog takes in memory: an empty text has 3
/// bytes in a record and 24 in a list that grows by doubling.
const TYPED: usize = 32;

/// The same for JSON that is kept as values of any kind: a map with one entry has 7 bytes in a request, and 632 in memory.
/// Requests have at most 1 MiB.
const UNTYPED: usize = 128;

/// One way in.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// Also the folder of its corpus.
    pub(crate) name: &'static str,
    /// Reads the bytes and drops what was read; whether they read.
    pub(crate) read: fn(&[u8]) -> bool,
    /// The most bytes of memory that reading takes at its peak for each byte of the input.
    pub(crate) factor: usize,
    /// Asserts everything that must hold.
    pub(crate) check: fn(&[u8]),
}

pub(crate) const RECORD: Target = Target {
    name: "record",
    read: |bytes| RecordBody::decode(bytes).is_ok(),
    factor: TYPED,
    check: check_record,
};

pub(crate) const CHECKPOINT: Target = Target {
    name: "checkpoint",
    read: |bytes| open(bytes).is_some(),
    factor: TYPED,
    check: check_checkpoint,
};

pub(crate) const ORGANIZATION: Target = Target {
    name: "organization",
    read: |bytes| serde_json::from_slice::<Organization>(bytes).is_ok(),
    factor: TYPED,
    check: check_organization,
};

pub(crate) const CATALOG: Target = Target {
    name: "catalog",
    read: |bytes| catalog_of(bytes).is_some(),
    factor: TYPED,
    check: check_catalog,
};

pub(crate) const EVALUATION: Target = Target {
    name: "evaluation",
    read: |bytes| EvaluationRequest::parse(bytes).is_ok(),
    factor: UNTYPED,
    check: check_evaluation,
};

pub(crate) const EVALUATIONS: Target = Target {
    name: "evaluations",
    read: |bytes| EvaluationsRequest::parse(bytes).is_ok(),
    factor: UNTYPED,
    check: check_evaluations,
};

pub(crate) const TOKEN: Target = Target {
    name: "token",
    read: |bytes| str::from_utf8(bytes).is_ok_and(|text| text.parse::<Token>().is_ok()),
    factor: TYPED,
    check: check_token,
};

pub(crate) const CURSOR: Target = Target {
    name: "cursor",
    read: |bytes| {
        let Ok(text) = str::from_utf8(bytes) else { return false };
        text.parse::<Cursor>().is_ok() || text.parse::<PageToken>().is_ok()
    },
    factor: TYPED,
    check: check_cursor,
};

pub(crate) const SEARCH: Target = Target {
    name: "search",
    read: |bytes| {
        SubjectSearch::parse(bytes).is_ok()
            || ResourceSearch::parse(bytes).is_ok()
            || ActionSearch::parse(bytes).is_ok()
    },
    factor: UNTYPED,
    check: check_search,
};

pub(crate) const NAMES: Target = Target {
    name: "names",
    read: |bytes| serde_json::from_slice::<PermissionNames>(bytes).is_ok(),
    factor: TYPED,
    check: check_names,
};

pub(crate) const ALL: [Target; 10] = [
    RECORD,
    CHECKPOINT,
    ORGANIZATION,
    CATALOG,
    EVALUATION,
    EVALUATIONS,
    SEARCH,
    TOKEN,
    CURSOR,
    NAMES,
];

const RECORD_1: &[u8] = include_bytes!("../formats/1/record-1.json");
const CHECKPOINT_6: &[u8] = include_bytes!("../formats/1/checkpoint-6.json");
const PERSONAL: &[u8] = include_bytes!("../formats/1/personal.json");

struct Known {
    catalog: Catalog<Permission>,
    organization: Organization,
    snapshot: Snapshot<Permission>,
}

/// The organization of the files of format 1, and the catalog of its first record.
fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let first = RecordBody::decode(RECORD_1).unwrap();
        let catalog = catalog_of(first.document.unwrap().as_str().as_bytes()).unwrap();
        let (organization, _, _) = open(&[CHECKPOINT_6, b"\0", PERSONAL].concat()).unwrap();
        let snapshot = Snapshot::compile(organization.clone(), &catalog);
        Known { catalog, organization, snapshot }
    })
}

/// Makes what is made only once, so that whoever measures does not measure it.
pub(crate) fn warm_up() {
    known();
}

fn check_record(bytes: &[u8]) {
    let Ok(body) = RecordBody::decode(bytes) else { return };
    let encoded = body.encode().unwrap();
    assert_eq!(RecordBody::decode(&encoded).unwrap(), body);
    let record = Record { revision: body.revision, bytes: bytes.into() };
    let followed = Chain::new(body.organization).follow(&record);
    let is_first = body.revision == Revision::FIRST && body.previous.is_none();
    assert_eq!(followed.is_ok(), is_first, "only a first record follows nothing");
    let set = ChangeSet { time: body.time, changes: body.changes, personal: Vec::new() };
    if let Ok(founded) = Organization::create(body.organization, &set) {
        assert_eq!(founded.revision(), Revision::FIRST);
        check_at_rest(founded);
    }
    // It may also come where there is much already that it can clash with.
    let before = &known().organization;
    let mut after = before.clone();
    match after.apply(&set) {
        Ok(()) => {
            assert_eq!(after.revision(), before.revision().next());
            check_at_rest(after);
        }
        Err(_) => assert_eq!(&after, before, "what is refused changes nothing"),
    }
}

/// What can be had can be written, read again and decided upon.
fn check_at_rest(organization: Organization) {
    let json = serde_json::to_vec(&organization).unwrap();
    assert_eq!(serde_json::from_slice::<Organization>(&json).unwrap(), organization);
    let who = organization.sub_accounts().keys().next().copied();
    let snapshot = Snapshot::compile(organization, &known().catalog);
    for who in who.into_iter().chain([SubAccountId::from_u128(1)]) {
        let decision = snapshot.check(who, Permission::all(), Scope::Organization);
        assert!(!decision.is_allow() || snapshot.organization().sub_accounts().get(&who).is_some());
    }
}

/// A checkpoint as its own bytes say where it belongs, with the side rows that stand behind a NUL, which no JSON holds.
fn open(bytes: &[u8]) -> Option<(Organization, Chain, Vec<PersonalRow>)> {
    #[derive(Deserialize)]
    struct Body {
        organization: Place,
    }
    #[derive(Deserialize)]
    struct Place {
        id: OrganizationId,
        revision: Revision,
    }
    let (bytes, rows) = match bytes.iter().position(|byte| *byte == 0) {
        None => (bytes, None),
        Some(end) => (&bytes[..end], Some(&bytes[end + 1..])),
    };
    let rows: Vec<PersonalRow> =
        rows.and_then(|rows| serde_json::from_slice(rows).ok()).unwrap_or_default();
    let Place { id, revision } = serde_json::from_slice::<Body>(bytes)
        .map_or(Place { id: OrganizationId::from_u128(1), revision: Revision::FIRST }, |it| {
            it.organization
        });
    let checkpoint = Checkpoint { organization: id, revision, bytes: Arc::from(bytes) };
    let (organization, chain) = checkpoint.open(&rows).ok()?;
    Some((organization, chain, rows))
}

fn check_checkpoint(bytes: &[u8]) {
    let Some((organization, chain, rows)) = open(bytes) else { return };
    let written = Checkpoint::new(&organization, &chain).unwrap();
    assert_eq!(written.open(&rows).unwrap(), (organization.clone(), chain.clone()));
    // Without its side rows everything reads as erased, and nothing else changes.
    let (erased, same) = written.open(&[]).unwrap();
    assert_eq!(same, chain);
    assert_eq!(Checkpoint::new(&erased, &chain).unwrap(), written);
    check_at_rest(organization);
}

fn check_organization(bytes: &[u8]) {
    if let Ok(organization) = serde_json::from_slice(bytes) {
        check_at_rest(organization);
    }
}

fn catalog_of(bytes: &[u8]) -> Option<Catalog<Permission>> {
    Catalog::from_document(serde_json::from_slice(bytes).ok()?).ok()
}

fn check_catalog(bytes: &[u8]) {
    let Some(catalog) = catalog_of(bytes) else { return };
    let text = catalog.text();
    assert_eq!(text.fingerprint(), Digest::of([text.as_str().as_bytes()]));
    let again = catalog_of(text.as_str().as_bytes()).unwrap();
    assert_eq!(again.text(), text, "one content, one fingerprint");
    let snapshot = Snapshot::compile(known().organization.clone(), &catalog);
    for who in snapshot.organization().sub_accounts().keys() {
        let decision = snapshot.check(*who, Permission::all(), Scope::Organization);
        let may_all = !decision.is_allow() || catalog.permissions() == Permission::all();
        assert!(may_all, "nobody may what is no permission");
    }
}

fn check_evaluation(bytes: &[u8]) {
    let Ok(request) = EvaluationRequest::parse(bytes) else { return };
    let written = serde_json::to_vec(&request).unwrap();
    assert_eq!(EvaluationRequest::parse(&written).as_ref(), Ok(&request));
    let response = evaluate(&known().snapshot, &ByName, &request);
    serde_json::to_vec(&response).unwrap();
    // One question alone and as a batch of defaults is one question.
    let batch = EvaluationsRequest::parse(bytes);
    if let Ok(batch) = batch
        && batch.is_single()
    {
        let answer = evaluate_all(&known().snapshot, &ByName, &batch);
        assert_eq!(answer, EvaluationsAnswer::Single(response));
    }
}

fn check_evaluations(bytes: &[u8]) {
    let Ok(batch) = EvaluationsRequest::parse(bytes) else { return };
    let count = batch.requests().count();
    assert!((1..=MAX_EVALUATIONS).contains(&count));
    // A batch with an item that was not understood has no form to be handed on in.
    if let Ok(written) = serde_json::to_vec(&batch) {
        assert_eq!(EvaluationsRequest::parse(&written).as_ref(), Ok(&batch));
    }
    let snapshot = &known().snapshot;
    let answer = evaluate_all(snapshot, &ByName, &batch);
    serde_json::to_vec(&answer).unwrap();
    let one_by_one = batch.evaluate_with(|request| evaluate(snapshot, &ByName, request));
    assert_eq!(answer, one_by_one, "a batch is its questions");
    if let EvaluationsAnswer::Batch(answers) = answer {
        assert!(answers.evaluations.len() <= count);
    }
}

fn check_token(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(token) = text.parse::<Token>() {
        assert_eq!(token.to_string(), text, "one token, one text");
        assert!(!format!("{token:?}").contains(&text[64..]), "the secret does not show");
    }
}

fn check_cursor(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(token) = text.parse::<PageToken>() {
        assert_eq!(token.to_string(), text, "one token, one text");
    }
    let Ok(cursor) = text.parse::<Cursor>() else { return };
    assert_eq!(cursor.to_string(), text, "one cursor, one text");
    // Whatever it says, it gives an error or a part of the listing.
    let snapshot = &known().snapshot;
    let listing = || snapshot.sub_accounts_with(Permission::VIEW, Scope::Organization);
    let whole: Vec<_> = listing().collect();
    if let Ok(page) = listing().page(10, Some(&cursor)) {
        assert!(whole.ends_with(&page.items));
    }
}

fn check_search(bytes: &[u8]) {
    let snapshot = &known().snapshot;
    macro_rules! search {
        ($($search:ty: $run:expr;)*) => {$(
            if let Ok(search) = <$search>::parse(bytes) {
                let written = serde_json::to_vec(&search).unwrap();
                assert_eq!(<$search>::parse(&written).as_ref(), Ok(&search));
                if let Ok(response) = $run(snapshot, &ByName, &search) {
                    assert_eq!(response.page.count, response.results.len());
                    serde_json::to_vec(&response).unwrap();
                }
            }
        )*};
    }
    search! {
        SubjectSearch: search_subjects;
        ResourceSearch: search_resources;
        ActionSearch: search_actions;
    }
}

fn check_names(bytes: &[u8]) {
    if let Ok(names) = serde_json::from_slice::<PermissionNames>(bytes) {
        let written = serde_json::to_vec(&names).unwrap();
        assert_eq!(serde_json::from_slice::<PermissionNames>(&written).unwrap(), names);
        assert!(names.iter().count() <= PermissionNames::LIMIT);
        let known = known().catalog.known(&names);
        assert!(Permission::all().contains(known));
        let _ = names.to_string();
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    macro_rules! same {
        ($($kind:ty)*) => {$(
            if let Ok(read) = text.parse::<$kind>() {
                assert_eq!(read.to_string(), text);
                assert!(!text.is_empty() && !text.chars().any(char::is_control));
                let json = serde_json::to_string(&read).unwrap();
                assert_eq!(serde_json::from_str::<$kind>(&json).unwrap(), read);
            }
        )*};
    }
    same!(PermissionName Name Key Kind Label);
    if let Ok(login) = text.parse::<Login>() {
        assert_eq!(login.as_str(), text);
    }
}
