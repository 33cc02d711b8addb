//! [`GuardedGrants`]: the grants of a subject as they are while a guard holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::access::compiled::subject::CompiledSubject;
use crate::access::fast_path::window::CoarseWindow;
use crate::catalog::Parts;
use crate::model::{Condition, Scope};
use crate::permission::Bits;

/// The grants of a subject as they are while a guard holds, and the guard before it is interned.
#[derive(Debug)]
pub(super) struct GuardedGrants {
    /// The plain grants, and the special allows that are plain once their window and their
    /// conditions are met; in the order of scopes.
    pub(super) plain: Vec<(Scope, Parts)>,
    /// The intersection of all those windows.
    pub(super) window: CoarseWindow,
    /// All those conditions.
    pub(super) conditions: Arc<[Condition]>,
    /// The permissions that any other special grant concerns.
    pub(super) uncertain: Bits,
}

impl GuardedGrants {
    pub(super) fn new(subject: &CompiledSubject) -> Self {
        let mut plain: BTreeMap<Scope, Parts> = subject.grants.plain.iter().copied().collect();
        let mut window = CoarseWindow::ALWAYS.within(None, subject.ends);
        let mut conditions = BTreeSet::new();
        let mut uncertain = Bits::NONE;
        for grant in &*subject.grants.special {
            if grant.is_plain_when_met() {
                let parts = plain.entry(grant.scope).or_default();
                *parts = parts.union(grant.parts);
                window = window.within(grant.starts, grant.ends);
                conditions.extend(grant.conditions.iter().cloned());
            } else {
                uncertain = uncertain.union(grant.parts.both());
            }
        }
        let (plain, conditions) = (plain.into_iter().collect(), conditions.into_iter().collect());
        Self { plain, window, conditions, uncertain }
    }
}
