//! What may happen: one step after the other, each with the faults that its calls of the store meet.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use tenantry::store::{Call, Fault};

/// How many directories work on one store.
pub(crate) const DIRECTORIES: usize = 3;

/// What is run.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// How many nouns each directory has room for.
    pub(crate) room: Vec<usize>,
    pub(crate) steps: Vec<Step>,
}

/// One call of one directory about one organization. What a number picks from is there when the step is done.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) directory: usize,
    pub(crate) organization: usize,
    pub(crate) deed: Deed,
    pub(crate) faults: Vec<(Call, Fault)>,
    /// Whether something is committed while the step reads.
    pub(crate) is_overtaken: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deed {
    Found,
    CreateWorkspace,
    /// With an assignment in the workspace that is picked.
    CreateMember(usize),
    Assign(usize, usize),
    Revoke(usize),
    Suspend(usize),
    Reinstate(usize),
    ChangeLogin(usize),
    Remove(usize),
    Erase(usize),
    /// Plans a revocation, to be committed later.
    Plan(usize),
    CommitPlan,
    Cached,
    /// At least as new as the head of the store, less so many revisions.
    AtLeast(usize),
    Latest,
    Refresh,
    RefreshAll,
    Tend,
    Checkpoint,
    /// Up to the head, less so many revisions.
    Archive(usize),
    /// Drops the directory and opens another one on the same store.
    Reopen,
}

impl Step {
    /// Whether a call of this kind may be answered from an earlier moment.
    pub(crate) fn is_stale(&self, call: Call) -> bool {
        self.faults.iter().any(|(of, fault)| *of == call && matches!(fault, Fault::Stale(_)))
    }
}

impl Step {
    /// Whether a commit may end without anybody knowing. It is sent four times before that.
    pub(crate) fn may_stay_unknown(&self) -> bool {
        let of_commits = self.faults.iter().filter(|(call, _)| *call == Call::Commit);
        let unheard =
            of_commits.filter(|(_, it)| matches!(it, Fault::AnswerLost | Fault::RequestLost));
        let is_down = |it: &(Call, Fault)| *it == (Call::Commit, Fault::Unavailable);
        unheard.count() >= 4 || self.faults.iter().any(is_down)
    }
}

impl Story {
    /// Whether the store lags at any time. A store that keeps its contract never does; a replica that is read from does.
    pub(crate) fn lags(&self) -> bool {
        let is_stale =
            |step: &Step| step.faults.iter().any(|(_, it)| matches!(it, Fault::Stale(_)));
        self.steps.iter().any(is_stale)
    }
}

pub(crate) fn story(lags: bool) -> impl Strategy<Value = Story> {
    let room = prop_oneof![Just(usize::MAX), 1_usize..40];
    (vec(room, DIRECTORIES), vec(step(lags), 1..60)).prop_map(|(room, steps)| Story { room, steps })
}

fn step(lags: bool) -> impl Strategy<Value = Step> {
    let faults = prop_oneof![
        3 => Just((Vec::new(), false)),
        1 => Just((Vec::new(), true)),
        3 => vec(fault(lags), 1..6).prop_map(|faults| (faults, false)),
    ];
    let directory = 0..DIRECTORIES;
    (directory, 0_usize..3, deed(), faults).prop_map(
        |(directory, organization, deed, (faults, is_overtaken))| Step {
            directory,
            organization,
            deed,
            faults,
            is_overtaken,
        },
    )
}

fn fault(lags: bool) -> impl Strategy<Value = (Call, Fault)> {
    let call = prop_oneof![
        4 => Just(Call::Commit),
        2 => Just(Call::Revisions),
        2 => Just(Call::Records),
        2 => Just(Call::Load),
        1 => Just(Call::Checkpoint),
        1 => Just(Call::Archive),
        1 => Just(Call::Erase),
        1 => Just(Call::WaitForChange),
    ];
    let stale = (1_u64..4).prop_map(Fault::Stale);
    let fault = prop_oneof![
        2 => Just(Fault::Pass),
        2 => Just(Fault::Unavailable),
        3 => Just(Fault::AnswerLost),
        3 => Just(Fault::RequestLost),
        1 => Just(Fault::Delay(Duration::from_micros(20))),
        if lags { 8 } else { 0 } => stale,
    ];
    (call, fault)
}

fn deed() -> impl Strategy<Value = Deed> {
    let pick = || 0_usize..8;
    prop_oneof![
        2 => Just(Deed::Found),
        2 => Just(Deed::CreateWorkspace),
        4 => pick().prop_map(Deed::CreateMember),
        3 => (pick(), pick()).prop_map(|(who, at)| Deed::Assign(who, at)),
        4 => pick().prop_map(Deed::Revoke),
        2 => pick().prop_map(Deed::Suspend),
        1 => pick().prop_map(Deed::Reinstate),
        2 => pick().prop_map(Deed::ChangeLogin),
        2 => pick().prop_map(Deed::Remove),
        2 => pick().prop_map(Deed::Erase),
        2 => pick().prop_map(Deed::Plan),
        2 => Just(Deed::CommitPlan),
        2 => Just(Deed::Cached),
        2 => (0_usize..3).prop_map(Deed::AtLeast),
        2 => Just(Deed::Latest),
        3 => Just(Deed::Refresh),
        2 => Just(Deed::RefreshAll),
        1 => Just(Deed::Tend),
        2 => Just(Deed::Checkpoint),
        2 => (0_usize..5).prop_map(Deed::Archive),
        1 => Just(Deed::Reopen),
    ]
}
