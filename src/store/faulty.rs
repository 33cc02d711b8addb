//! A store that injects faults into another one, for tests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, thread};

use crate::id::{OrganizationId, PersonalId};
use crate::model::record::{Checkpoint, Commit, Login, Revision};
use crate::store::error::StoreError;
use crate::store::{Records, Store, Stored};

/// A method of [`Store`], for which faults are planned.
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
    /// Whether the call writes.
    const fn writes(self) -> bool {
        matches!(self, Self::Commit | Self::Checkpoint | Self::Archive | Self::Erase)
    }

    /// Whether the call can return an earlier revision.
    const fn can_be_stale(self) -> bool {
        matches!(self, Self::Load | Self::Records | Self::Revisions)
    }
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call passes unchanged.
    Pass,
    /// The call fails before anything is done, with [`StoreError::Unavailable`].
    Unavailable,
    /// The call is done, and its answer is lost: [`StoreError::OutcomeUnknown`] for a call that
    /// writes, and [`StoreError::Unavailable`] for any other.
    AnswerLost,
    /// The call is not done: [`StoreError::OutcomeUnknown`] for a call that writes, and
    /// [`StoreError::Unavailable`] for any other.
    RequestLost,
    /// The call is delayed.
    Delay(Duration),
    /// The call is answered from this many revisions ago, as by a replica that lags: load, records
    /// and revisions. The checkpoint and the side rows are the present ones. Other calls pass
    /// unchanged.
    Stale(u64),
}

/// Wraps a store and injects faults, by a script or by a seed.
///
/// Share it behind an `Arc`, one for the code under test and one for the test:
///
/// ```
/// use std::sync::Arc;
/// use tenantry::store::{Call, Fault, FaultyStore, MemoryStore, Store};
///
/// let store = Arc::new(FaultyStore::new(MemoryStore::new()));
/// store.script(Call::Revisions, [Fault::Pass, Fault::Unavailable]);
/// assert!(store.revisions(&[]).is_ok());
/// assert!(store.revisions(&[]).is_err());
/// assert!(store.revisions(&[]).is_ok());
/// ```
pub struct FaultyStore<S> {
    inner: S,
    plan: Mutex<FaultPlan>,
}

/// The planned faults by call, so that calls of one kind do not use up the faults of another.
#[derive(Debug, Default)]
struct FaultPlan {
    script: BTreeMap<Call, VecDeque<Fault>>,
    seed: Option<Seed>,
    /// How many faults of each call came from the seed.
    seeded: BTreeMap<Call, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Seed {
    seed: u64,
    per_thousand: u32,
}

impl<S: Store> FaultyStore<S> {
    /// Returns a store without faults, until some are [planned](Self::script).
    pub fn new(inner: S) -> Self {
        Self { inner, plan: Mutex::default() }
    }

    /// Returns a store in which about `per_thousand` of a thousand calls have a fault. The nth call
    /// of a kind has the same fault in every run with the same seed.
    pub fn seeded(inner: S, seed: u64, per_thousand: u32) -> Self {
        let seed = Some(Seed { seed, per_thousand });
        Self { inner, plan: Mutex::new(FaultPlan { seed, ..FaultPlan::default() }) }
    }

    /// Plans the faults of the next calls of a kind, after those that are already planned. The
    /// script comes before the seed.
    pub fn script(&self, call: Call, faults: impl IntoIterator<Item = Fault>) {
        self.plan().script.entry(call).or_default().extend(faults);
    }

    /// Ends all faults: clears the script and the seed.
    pub fn clear(&self) {
        *self.plan() = FaultPlan::default();
    }

    /// The wrapped store, without faults.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    fn plan(&self) -> MutexGuard<'_, FaultPlan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call with its fault. `act` gets the number of revisions by which to be stale.
    fn with_fault<T>(
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
            Fault::Stale(behind) => act(if call.can_be_stale() { behind } else { 0 }),
            Fault::AnswerLost if call.writes() => {
                act(0)?;
                Err(StoreError::OutcomeUnknown("injected fault: the answer was lost".into()))
            }
            Fault::RequestLost if call.writes() => {
                Err(StoreError::OutcomeUnknown("injected fault: the request was lost".into()))
            }
            Fault::Unavailable | Fault::AnswerLost | Fault::RequestLost => {
                Err(StoreError::Unavailable("injected fault: unavailable".into()))
            }
        }
    }

    /// The revision that a replica `behind` revisions behind would show.
    fn stale_revision(
        &self,
        organization: OrganizationId,
        behind: u64,
    ) -> Result<Option<Revision>, StoreError> {
        let present = self.inner.revisions(&[organization])?.into_iter().next().flatten();
        Ok(present.and_then(|present| revisions_before(present, behind)))
    }
}

fn revisions_before(revision: Revision, behind: u64) -> Option<Revision> {
    std::num::NonZeroU64::new(revision.number().saturating_sub(behind)).map(Revision::new)
}

impl FaultPlan {
    fn next(&mut self, call: Call) -> Fault {
        if let Some(fault) = self.script.get_mut(&call).and_then(VecDeque::pop_front) {
            return fault;
        }
        let Some(Seed { seed, per_thousand }) = self.seed else { return Fault::Pass };
        let seeded = self.seeded.entry(call).or_default();
        *seeded += 1;
        let number = mix(mix(seed ^ (call as u64) << 56) ^ *seeded);
        if number % 1_000 >= u64::from(per_thousand) {
            return Fault::Pass;
        }
        let kind = number >> 32;
        match kind % 5 {
            0 => Fault::Unavailable,
            1 => Fault::AnswerLost,
            2 => Fault::RequestLost,
            3 => Fault::Delay(Duration::from_micros(kind % 3_000)),
            _ => Fault::Stale(1 + kind % 3),
        }
    }
}

/// The output function of `SplitMix64` (Steele, Lea, Flood, 2014).
const fn mix(state: u64) -> u64 {
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
        self.with_fault(Call::Load, |behind| {
            if behind == 0 {
                return self.inner.load(organization);
            }
            let Some(shown) = self.stale_revision(organization, behind)? else { return Ok(None) };
            let mut stored = self.inner.load(organization)?;
            if let Some(stored) = &mut stored {
                stored.tail.records.retain(|record| record.revision <= shown);
            }
            Ok(stored)
        })
    }

    fn commit(&self, commit: &Commit) -> Result<Revision, StoreError> {
        self.with_fault(Call::Commit, |_| self.inner.commit(commit))
    }

    fn records(
        &self,
        organization: OrganizationId,
        after: Revision,
        limit: usize,
    ) -> Result<Records, StoreError> {
        self.with_fault(Call::Records, |behind| {
            if behind == 0 {
                return self.inner.records(organization, after, limit);
            }
            let shown = self.stale_revision(organization, behind)?;
            let mut page = self.inner.records(organization, after, limit)?;
            page.records.retain(|record| Some(record.revision) <= shown);
            Ok(page)
        })
    }

    fn revisions(
        &self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<Option<Revision>>, StoreError> {
        self.with_fault(Call::Revisions, |behind| {
            let revisions = self.inner.revisions(organizations)?;
            let shown =
                |revision: Option<Revision>| revision.and_then(|it| revisions_before(it, behind));
            Ok(revisions.into_iter().map(shown).collect())
        })
    }

    fn checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.with_fault(Call::Checkpoint, |_| self.inner.checkpoint(checkpoint))
    }

    fn archive(&self, organization: OrganizationId, through: Revision) -> Result<(), StoreError> {
        self.with_fault(Call::Archive, |_| self.inner.archive(organization, through))
    }

    fn organizations(
        &self,
        after: Option<OrganizationId>,
        limit: usize,
    ) -> Result<Vec<OrganizationId>, StoreError> {
        self.with_fault(Call::Organizations, |_| self.inner.organizations(after, limit))
    }

    fn organizations_of(&self, login: &Login) -> Result<Vec<OrganizationId>, StoreError> {
        self.with_fault(Call::OrganizationsOf, |_| self.inner.organizations_of(login))
    }

    fn erase(
        &self,
        organization: OrganizationId,
        personal: &[PersonalId],
    ) -> Result<(), StoreError> {
        self.with_fault(Call::Erase, |_| self.inner.erase(organization, personal))
    }

    fn wait_for_change(&self, timeout: Duration) -> Result<(), StoreError> {
        self.with_fault(Call::WaitForChange, |_| self.inner.wait_for_change(timeout))
    }
}
