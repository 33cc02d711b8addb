//! One organization, and what was seen and done of it.

use std::collections::BTreeSet;
use std::convert::Infallible;

use tenantry::directory::CommitError;
use tenantry::model::record::{PersonalRow, Record, Revision};
use tenantry::store::{MemoryStore, Store, StoreError};
use tenantry::{Directory, OrganizationId, PersonalId, Plan, Status, SubAccountId};

use crate::steps::DIRECTORIES;
use crate::truth::Truth;
use crate::world::Permission;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The store said that it has the revision.
    Acknowledged,
    /// Nobody knows.
    Unknown,
    /// It did not happen, or only asked.
    Nothing,
}

impl Outcome {
    pub(crate) fn of<T>(done: &Result<T, CommitError>) -> Self {
        match done {
            Ok(_) => Self::Acknowledged,
            Err(CommitError::Store(StoreError::OutcomeUnknown(_))) => Self::Unknown,
            Err(_) => Self::Nothing,
        }
    }
}

pub(crate) struct Subject {
    pub(crate) truth: Truth,
    /// What each directory answered with last, or made since; none if it need not have any.
    pub(crate) low: [Option<Revision>; DIRECTORIES],
    /// Whether each directory had it when the last step began.
    pub(crate) was_loaded: [bool; DIRECTORIES],
    pub(crate) plan: Option<(usize, Plan)>,
    /// What was handed over before it was taken out of the store.
    kept: Vec<Record>,
    /// Side rows that were erased, or may have been.
    erased: BTreeSet<PersonalId>,
}

impl Subject {
    pub(crate) fn new(id: OrganizationId) -> Self {
        Self {
            truth: Truth::new(id),
            low: [None; DIRECTORIES],
            was_loaded: [false; DIRECTORIES],
            plan: None,
            kept: Vec::new(),
            erased: BTreeSet::new(),
        }
    }

    /// Erases somebody who is out; afterwards no login that they ever had is in the store.
    pub(crate) fn erase(
        &mut self,
        directory: &Directory<Permission>,
        store: &MemoryStore,
        pick: usize,
    ) -> Outcome {
        let head = self.truth.head();
        let is_out = |status| matches!(status, Status::Left | Status::Removed);
        let out = head.sub_accounts().values().filter(|it| is_out(it.status));
        let out: Vec<SubAccountId> = out.map(|it| it.id).collect();
        let Some(who) = picked(out.into_iter(), pick) else { return Outcome::Nothing };
        // Whoever is erased once more is erased from side rows alone: there is nothing to record.
        let was_erased = head.sub_accounts().get(&who).is_some_and(|it| it.erased.is_some());
        // The logins that it ever had, and which of them the records that are there still tell.
        let logins: Vec<PersonalId> = self.truth.logins(who).collect();
        let kept = archived(store, self.truth.id).map_or(Revision::FIRST, Revision::next);
        let told: Vec<PersonalId> =
            logins.iter().copied().filter(|it| self.truth.refers(*it, kept)).collect();
        let done = directory.system("story").administer(self.truth.id).erase(who);
        let unknown = matches!(done, Err(CommitError::Store(StoreError::OutcomeUnknown(_))));
        if done.is_ok() || unknown {
            self.erased.extend(logins);
        }
        match done {
            Ok(()) => {
                let left = rows(store, self.truth.id);
                assert!(told.iter().all(|it| !left.contains(it)), "what was erased is there");
                if was_erased { Outcome::Nothing } else { Outcome::Acknowledged }
            }
            Err(_) if unknown => Outcome::Unknown,
            Err(_) => Outcome::Nothing,
        }
    }

    /// Takes records out of the store; what is taken out was handed over first.
    pub(crate) fn archive(
        &mut self,
        directory: &Directory<Permission>,
        store: &MemoryStore,
        through: Revision,
    ) -> Outcome {
        let kept = &mut self.kept;
        let keep = |record: &Record| {
            kept.push(record.clone());
            Ok::<(), Infallible>(())
        };
        let done = directory.archive(self.truth.id, through, keep);
        self.assert_whole(store);
        if done.is_ok() {
            let gone = archived(store, self.truth.id);
            assert!(gone >= Some(through) || through == Revision::FIRST);
            let stays = gone.map_or(Revision::FIRST, Revision::next);
            for row in rows(store, self.truth.id) {
                let is_due = self.truth.refers(row, stays);
                assert!(is_due, "a row stays to which nothing refers any more");
            }
        }
        Outcome::Nothing
    }

    /// Asserts that every record is in the store or was handed over, and that no side row is missing.
    pub(crate) fn assert_whole(&self, store: &MemoryStore) {
        let id = self.truth.id;
        let gone = archived(store, id);
        let after = gone.unwrap_or(Revision::FIRST);
        let stored = store.records(id, after, usize::MAX).unwrap().records;
        for record in &self.truth.log {
            let is_asked = record.revision > Revision::FIRST || gone.is_some();
            let is_there = stored.contains(record) || self.kept.contains(record);
            assert!(is_there || !is_asked, "revision {} is lost", record.revision);
        }
        let stays = gone.map_or(Revision::FIRST, Revision::next);
        let left = rows(store, id);
        for row in self.truth.rows.keys().filter(|row| !self.erased.contains(row)) {
            let is_due = self.truth.refers(*row, stays);
            assert!(!is_due || left.contains(row), "the side row {row} is lost");
        }
    }
}

/// The side rows that are in the store.
fn rows(store: &MemoryStore, id: OrganizationId) -> BTreeSet<PersonalId> {
    let stored = store.load(id).unwrap().unwrap();
    stored.tail.personal.iter().map(PersonalRow::id).collect()
}

/// The last revision whose record is not in the store any more; none if that is at most the first one, of which the store
/// cannot be asked.
fn archived(store: &MemoryStore, id: OrganizationId) -> Option<Revision> {
    match store.records(id, Revision::FIRST, 1) {
        Err(StoreError::Archived { through }) => Some(through),
        read => read.map(|_| None).unwrap(),
    }
}

pub(crate) fn picked<T>(from: impl Iterator<Item = T>, pick: usize) -> Option<T> {
    let mut all: Vec<T> = from.collect();
    if all.is_empty() { None } else { Some(all.swap_remove(pick % all.len())) }
}

pub(crate) fn earlier(revision: Revision, less: usize) -> Revision {
    let number = revision.number().saturating_sub(less.try_into().unwrap()).max(1);
    Revision::new(number.try_into().unwrap())
}
