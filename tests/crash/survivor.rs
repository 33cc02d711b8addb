//! What must be true of a store after anything.
//!
//! The oracle is the memory store, which is given the calls that were told: those that were answered, and perhaps the one
//! that was under way. All that can be read of the survivor must be what can be read of one or the other.

use std::sync::Arc;

use tenantry::model::record::{Chain, Commit, Record, Revision};
use tenantry::store::{SqliteStore, Store, StoreError};
use tenantry::{Action, Directory, NewSubAccount, OrganizationId, SubAccountId};

use crate::application::{Permission, catalog, login};
use crate::call::Call;
use crate::home::Home;
use crate::moment;
use crate::telling::{Kind, Said};

/// What a process told of the calls that it made.
#[derive(Debug, Default)]
pub(crate) struct Told {
    answered: Vec<Call>,
    /// The last call, if nobody knows what became of it.
    open: Option<Call>,
}

impl Told {
    pub(crate) fn of(said: &[Said]) -> Self {
        let mut told = Self::default();
        for said in said {
            match said {
                Said::Makes(call) => told.open = Some(call.clone()),
                Said::Answered => told.answered.extend(told.open.take()),
                Said::Failed(Kind::OutcomeUnknown) => {}
                // Every other error says that nothing was written.
                Said::Failed(_) => told.open = None,
                _ => {}
            }
        }
        told
    }

    /// What was under way when it ended.
    pub(crate) fn under_way(&self) -> Option<&'static str> {
        self.open.as_ref().map(Call::name)
    }

    /// The calls of which it was told that they were done.
    pub(crate) fn answered(&self) -> &[Call] {
        &self.answered
    }

    fn with_open(&self) -> Vec<Call> {
        self.answered.iter().chain(&self.open).cloned().collect()
    }
}

/// What became of the call that was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    NothingUnderWay,
    Landed,
    NotLanded,
}

/// What is done first with a survivor.
#[derive(Debug, Clone, Copy)]
pub(crate) enum First {
    /// The last commit is sent again.
    Resend,
    /// Somebody else commits.
    Further,
}

/// Opens a store and looks at everything; then it must go on working.
pub(crate) fn examine(home: &Home, first: First) -> Fate {
    let said = home.said();
    let told = Told::of(&said);
    let store = open(home);
    let seen = moment::of(&*store).unwrap();
    let without = moment::of(&moment::after(&told.answered)).unwrap();
    let with = moment::of(&moment::after(&told.with_open())).unwrap();
    let fate = match &told.open {
        None => Fate::NothingUnderWay,
        Some(_) if seen == with => Fate::Landed,
        Some(_) => Fate::NotLanded,
    };
    if fate != Fate::Landed {
        assert!(
            seen == without,
            "what is there is neither what was answered nor that and what was under way\n\
             there:    {seen}\nanswered: {without}\nopen:     {:?}",
            told.open
        );
    }
    let calls = if fate == Fate::Landed { told.with_open() } else { told.answered.clone() };
    agrees(&store, &calls);
    is_whole(home);
    have_joined(&store, &said, &calls);
    goes_on(&store, &told, &calls, first);
    let last = moment::of(&*store).unwrap();
    drop(store);
    assert!(moment::of(&*open(home)).unwrap() == last, "reopened, it is another");
    fate
}

fn open(home: &Home) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(home.file()).unwrap())
}

fn directory(store: &Arc<SqliteStore>) -> Directory<Permission> {
    Directory::with_store(catalog(), Arc::clone(store))
}

/// Whoever was told to have joined is there, unless erased since.
fn have_joined(store: &Arc<SqliteStore>, said: &[Said], calls: &[Call]) {
    let is_erased = |of: &OrganizationId| {
        calls.iter().any(|call| match call {
            Call::Erase { organization, personal } => organization == of && !personal.is_empty(),
            _ => false,
        })
    };
    for said in said {
        let Said::Joined(organization, numbers) = said else { continue };
        let snapshot = directory(store).snapshot(*organization).unwrap();
        for number in numbers {
            let found = snapshot.sub_account(login(*number).as_str());
            assert!(found.is_some() || is_erased(organization), "member {number} is not there");
        }
    }
}

/// The organizations are those that the calls made, and their records hang together from the first to the last.
fn agrees(store: &Arc<SqliteStore>, calls: &[Call]) {
    let reference = Directory::with_store(catalog(), moment::after(calls));
    let survivor = directory(store);
    for organization in store.organizations(None, 100).unwrap() {
        let (there, expected) =
            (survivor.snapshot(organization).unwrap(), reference.snapshot(organization).unwrap());
        assert_eq!(there.organization(), expected.organization());
        let chain = followed(&**store, organization, calls);
        assert_eq!(chain.revision(), Some(there.revision()));
    }
}

/// The chain of an organization's records: as they are kept, or as they were sent where they were archived.
fn followed(store: &dyn Store, organization: OrganizationId, calls: &[Call]) -> Chain {
    let sent = calls.iter().filter_map(Call::sent);
    let sent = sent.filter(|commit| commit.organization == organization).map(|commit| {
        let revision = commit.expected.makes();
        Record { revision, bytes: commit.record }
    });
    let kept = |after| store.records(organization, after, 10_000);
    // There is no asking for the first record by `records`; if it was not archived, `load` shows it or a checkpoint.
    let (through, kept) = match kept(Revision::FIRST) {
        Err(StoreError::Archived { through }) => (through, kept(through).unwrap()),
        records => (Revision::FIRST, records.unwrap()),
    };
    let before = sent.filter(|record| record.revision <= through);
    before.chain(kept.records).fold(Chain::new(organization), |chain, record| {
        let (_, next) = chain.follow(&record).unwrap();
        next
    })
}

/// SQLite's own opinion.
fn is_whole(home: &Home) {
    let raw = rusqlite::Connection::open(home.file()).unwrap();
    let text: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(text, "ok");
}

/// A further commit succeeds, and a commit that is sent again is answered as it must be (S4).
fn goes_on(store: &Arc<SqliteStore>, told: &Told, calls: &[Call], first: First) {
    let landed: Vec<Commit> = calls.iter().filter_map(Call::sent).collect();
    let lost = told.open.as_ref().and_then(Call::sent).filter(|commit| !landed.contains(commit));
    let further = |number: u32| {
        let Some(organization) = landed.first().map(|commit| commit.organization) else { return };
        let id = SubAccountId::from_u128(number.into());
        let member = Action::from(NewSubAccount::member(id, login(number)));
        let directory = directory(store);
        let before = directory.snapshot(organization).unwrap().revision();
        directory.system("crash").administer(organization).perform([member]).unwrap();
        assert_eq!(store.revisions(&[organization]).unwrap(), [Some(before.next())]);
    };
    if let First::Further = first {
        further(1_000_000);
    }
    for commit in &landed {
        let before = moment::of(&**store).unwrap();
        assert_eq!(store.commit(commit).unwrap(), commit.expected.makes());
        let other = Commit { record: (*b"{}").into(), ..commit.clone() };
        assert!(matches!(store.commit(&other), Err(StoreError::CommitIdReused)));
        assert!(moment::of(&**store).unwrap() == before, "what was sent again wrote something");
    }
    if let Some(lost) = lost {
        let is_overtaken = matches!(first, First::Further)
            && landed.first().is_some_and(|commit| commit.organization == lost.organization);
        match store.commit(&lost) {
            Ok(revision) => {
                assert!(!is_overtaken, "a commit landed on a revision that was gone");
                assert_eq!(revision, lost.expected.makes());
            }
            Err(StoreError::Conflict { .. }) if is_overtaken => {}
            Err(other) => panic!("sent again: {other:?}"),
        }
    }
    further(1_000_001);
}
