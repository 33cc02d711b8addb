//! A store that meets faults on its way to another, for tests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, thread};

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Login, Revision};
use crate::store::error::StoreError;
use crate::store::{Records, Store, Stored};

/// A call of a [`Store`], for which faults are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named after its method")]
pub enum Call {
    Load,
    Commit,
    Records,
    Revisions,
    Checkpoint,
    Archive,
    Organizations,
    OrganizationsOf,
    Erase,
    WaitForChange,
}

impl Call {
    /// Whether it asks for something to be written.
    const fn writes(self) -> bool {
        matches!(self, Self::Commit | Self::Checkpoint | Self::Archive | Self::Erase)
    }

    /// Whether it can be answered from an earlier moment.
    const fn ages(self) -> bool {
        matches!(self, Self::Load | Self::Records | Self::Revisions)
    }
}

/// What a call meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// It fails before anything happens: [`StoreError::Unavailable`].
    Unavailable,
    /// It happens, and the answer is lost: [`StoreError::OutcomeUnknown`]. A call that writes nothing is unavailable.
    Unheard,
    /// It does not happen, and nobody knows: [`StoreError::OutcomeUnknown`]. A call that writes nothing is unavailable.
    Lost,
    /// It happens this much later.
    Delay(Duration),
    /// It is answered from this many revisions before the present one, as a replica that lags would: load, records and
    /// revisions. The checkpoint and the side rows are the present ones. Other calls pass.
    Stale(u64),
}

/// Wraps a store and injects faults: those that a script names, or by a seed.
///
/// Share it behind an `Arc`, one for whoever is tested and one for the test:
///
/// ```
/// use std::sync::Arc;
/// use tenantry::store::{Call, Fault, FaultyStore, MemoryStore, Store};
///
/// let store = Arc::new(FaultyStore::new(MemoryStore::new()));
/// store.expect(Call::Revisions, [Fault::Pass, Fault::Unavailable]);
/// assert!(store.revisions(&[]).is_ok());
/// assert!(store.revisions(&[]).is_err());
/// assert!(store.revisions(&[]).is_ok());
/// ```
pub struct FaultyStore<S> {
    inner: S,
    plan: Mutex<Plan>,
}

/// What is to come, by call, so that calls of one kind do not disturb the faults of another.
#[derive(Debug, Default)]
struct Plan {
    script: BTreeMap<Call, VecDeque<Fault>>,
    seed: Option<Seed>,
    /// How many faults of each call were drawn.
    drawn: BTreeMap<Call, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Seed {
    seed: u64,
    per_thousand: u32,
}

impl<S: Store> FaultyStore<S> {
    /// A store without faults until some are [expected](Self::expect).
    pub fn new(inner: S) -> Self {
        Self { inner, plan: Mutex::default() }
    }

    /// A store in which about so many of a thousand calls meet a fault. The nth call of one kind meets the same fault in
    /// every run with the same seed.
    pub fn seeded(inner: S, seed: u64, per_thousand: u32) -> Self {
        let seed = Some(Seed { seed, per_thousand });
        Self { inner, plan: Mutex::new(Plan { seed, ..Plan::default() }) }
    }

    /// Plans what the next calls of a kind meet, after what was planned before. A script comes before a seed.
    pub fn expect(&self, call: Call, faults: impl IntoIterator<Item = Fault>) {
        self.plan().script.entry(call).or_default().extend(faults);
    }

    /// From now on nothing happens any more: no script, no seed.
    pub fn calm(&self) {
        *self.plan() = Plan::default();
    }

    /// The store underneath, without faults.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a call as its fault wants it; `act` is told how many revisions ago it is.
    fn meet<T>(
        &self,
        call: Call,
        act: impl Fn(u64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let fault = self.plan().next(call);
        match fault {
            Fault::Pass => act(0),
            Fault::Delay(time) => {
                thread::sleep(time);
                act(0)
            }
            Fault::Stale(behind) => act(if call.ages() { behind } else { 0 }),
            Fault::Unheard if call.writes() => {
                act(0)?;
                Err(StoreError::OutcomeUnknown("the answer was lost on purpose".into()))
            }
            Fault::Lost if call.writes() => {
                Err(StoreError::OutcomeUnknown("the question was lost on purpose".into()))
            }
            Fault::Unavailable | Fault::Unheard | Fault::Lost => {
                Err(StoreError::Unavailable("made unavailable on purpose".into()))
            }
        }
    }

    /// The revision that is shown of the present one, so many revisions ago.
    fn shown(
        &self,
        organization: OrganizationId,
        behind: u64,
    ) -> Result<Option<Revision>, StoreError> {
        let present = self.inner.revisions(&[organization])?.into_iter().next().flatten();
        Ok(present.and_then(|present| earlier(present, behind)))
    }
}

fn earlier(revision: Revision, behind: u64) -> Option<Revision> {
    std::num::NonZeroU64::new(revision.number().saturating_sub(behind)).map(Revision::new)
}

impl Plan {
    fn next(&mut self, call: Call) -> Fault {
        if let Some(fault) = self.script.get_mut(&call).and_then(VecDeque::pop_front) {
            return fault;
        }
        let Some(Seed { seed, per_thousand }) = self.seed else { return Fault::Pass };
        let drawn = self.drawn.entry(call).or_default();
        *drawn += 1;
        let number = mixed(mixed(seed ^ (call as u64) << 56) ^ *drawn);
        if number % 1_000 >= u64::from(per_thousand) {
            return Fault::Pass;
        }
        let kind = number >> 32;
        match kind % 5 {
            0 => Fault::Unavailable,
            1 => Fault::Unheard,
            2 => Fault::Lost,
            3 => Fault::Delay(Duration::from_micros(kind % 3_000)),
            _ => Fault::Stale(1 + kind % 3),
        }
    }
}

/// The output function of `SplitMix64` (Steele, Lea, Flood, 2014).
const fn mixed(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

impl<S: fmt::Debug> fmt::Debug for FaultyStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S: Store> Store for FaultyStore<S> {
    fn load(&self, organization: OrganizationId) -> Result<Option<Stored>, StoreError> {
        self.meet(Call::Load, |behind| {
            if behind == 0 {
                return self.inner.load(organization);
            }
            let Some(shown) = self.shown(organization, behind)? else { return Ok(None) };
            let mut stored = self.inner.load(organization)?;
            if let Some(stored) = &mut stored {
                stored.tail.records.retain(|record| record.revision <= shown);
            }
            Ok(stored)
        })
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        self.meet(Call::Commit, |_| self.inner.commit(commit))
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.meet(Call::Records, |behind| {
            if behind == 0 {
                return self.inner.records(organization, after, limit);
            }
            let shown = self.shown(organization, behind)?;
            let mut page = self.inner.records(organization, after, limit)?;
            page.records.retain(|record| Some(record.revision) <= shown);
            Ok(page)
        })
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.meet(Call::Revisions, |behind| {
            let revisions = self.inner.revisions(organizations)?;
            let shown = |revision: Option<Revision>| revision.and_then(|it| earlier(it, behind));
            Ok(revisions.into_iter().map(shown).collect())
        })
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.meet(Call::Checkpoint, |_| self.inner.checkpoint(checkpoint))
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.meet(Call::Archive, |_| self.inner.archive(organization, through))
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.meet(Call::Organizations, |_| self.inner.organizations(after, limit))
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.meet(Call::OrganizationsOf, |_| self.inner.organizations_of(login))
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.meet(Call::Erase, |_| self.inner.erase(organization, personal))
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.meet(Call::WaitForChange, |_| self.inner.wait_for_change(timeout))
    }
}
