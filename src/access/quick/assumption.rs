//! Assumption: what has to be so for a line to give plainly what is allowed for a time or under a condition.
//!
//! Most who have such a thing ask in time, in a session that meets the conditions, and for something that nothing else has a
//! say in. For them it is as if everything were plain.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::access::compile::Line;
use crate::access::quick::conditions::ConditionsNumber;
use crate::access::quick::sets::SetNumber;
use crate::access::quick::span::Span;
use crate::catalog::Parts;
use crate::model::{Condition, Scope};
use crate::permission::Bits;

/// What has to be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Assumption {
    /// It is now in here.
    pub(super) span: Span,
    /// All of these are met.
    pub(super) conditions: ConditionsNumber,
    /// None of these is asked for.
    pub(super) doubted: SetNumber,
}

/// What somebody is given if that is so.
#[derive(Debug)]
pub(super) struct Assumed {
    /// In the order of scopes.
    pub(super) given: Vec<(Scope, Parts)>,
    pub(super) span: Span,
    pub(super) conditions: Arc<[Condition]>,
    pub(super) doubted: Bits,
}

impl Assumed {
    /// What a line with something beside it comes to.
    pub(super) fn new(line: &Line) -> Self {
        let mut given: BTreeMap<Scope, Parts> = line.entries.plain.iter().copied().collect();
        let mut span = Span::ALWAYS.within(None, line.ends);
        let mut conditions = BTreeSet::new();
        let mut doubted = Bits::NONE;
        for entry in &*line.entries.special {
            if entry.is_plain_if_met() {
                let parts = given.entry(entry.scope).or_default();
                *parts = parts.union(entry.parts);
                span = span.within(entry.starts, entry.ends);
                conditions.extend(entry.conditions.iter().cloned());
            } else {
                doubted = doubted.union(entry.parts.both());
            }
        }
        let (given, conditions) = (given.into_iter().collect(), conditions.into_iter().collect());
        Self { given, span, conditions, doubted }
    }
}
