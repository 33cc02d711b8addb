//! The floor: one look-up in a hash table from (sub-account, workspace) to a set of permissions, with the fastest hasher known.
//! It knows no tenants, roles, reasons or revisions.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use tenantry::{SubAccountId, WorkspaceId};

use super::{Permission, Question};

/// Who, and where.
pub type Pair = (u128, u128);

/// What each pair has.
pub struct Bare(HashMap<Pair, u64, FixedState>);

pub fn pair(sub_account: SubAccountId, workspace: WorkspaceId) -> Pair {
    (sub_account.to_u128(), workspace.to_u128())
}

impl Bare {
    pub fn empty() -> Self {
        Self(HashMap::with_hasher(FixedState::with_seed(1)))
    }

    /// Gives a pair permissions instead of those that it has.
    pub fn insert(&mut self, pair: Pair, permissions: Permission) {
        self.0.insert(pair, permissions.bits());
    }

    /// Whether a pair has anything.
    pub fn contains(&self, pair: Pair) -> bool {
        self.0.contains_key(&pair)
    }

    /// The answer to a question.
    #[inline]
    pub fn allows(&self, question: &Question) -> bool {
        self.has(pair(question.sub_account, question.workspace), question.permission)
    }

    /// Whether a pair has all of these permissions.
    #[inline]
    pub fn has(&self, pair: Pair, permissions: Permission) -> bool {
        let need = permissions.bits();
        self.0.get(&pair).is_some_and(|bits| bits & need == need)
    }

    /// In bytes.
    pub fn allocation_size(&self) -> usize {
        self.0.allocation_size()
    }
}
