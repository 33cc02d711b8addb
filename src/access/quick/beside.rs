//! Beside: what stands beside a quick line, or beside all of them: an end, denies, and what has a time or a condition.

use std::sync::Arc;

use jiff::Timestamp;

use crate::access::compile::{Entries, Entry, Line};
use crate::access::context::{Context, Truth};
use crate::access::decision::Decision;
use crate::access::evaluate::{Now, Owned};
use crate::access::quick::line::QuickLine;
use crate::access::quick::node::QuickNode;
use crate::access::quick::nodes::QuickNodes;
use crate::access::quick::sets::{SetNumber, Sets};
use crate::access::quick::{Quick, outcome};
use crate::catalog::Parts;
use crate::id::SubAccountId;
use crate::index::Record;
use crate::model::{Condition, Effect, Reach};
use crate::permission::Bits;

/// What stands beside the line of a sub-account.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    pub(super) id: u128,
    pub(super) is_taken: bool,
    /// When the sub-account's access ends.
    pub(super) ends: Option<Timestamp>,
    pub(super) entries: Arc<[BesideEntry]>,
}

/// An entry, in the 64 bytes of one cache line; its scope and what it gives or takes by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(align(64))]
pub(super) struct BesideEntry {
    /// 0 for the organization.
    pub(super) scope: u32,
    pub(super) effect: Effect,
    /// Whether it is for that scope alone.
    pub(super) is_here: bool,
    pub(super) set: SetNumber,
    /// From the first instant there is, if it has no start.
    pub(super) starts: Timestamp,
    pub(super) ends: Option<Timestamp>,
    pub(super) conditions: Arc<[Condition]>,
}

impl Beside {
    /// What stands beside a line; nothing, if some of it has to be looked at with more than a line and a node.
    pub(super) fn new(
        id: SubAccountId,
        line: &Line,
        nodes: &QuickNodes,
        sets: &mut Sets,
    ) -> Option<Self> {
        let entries = BesideEntry::all(&line.entries, nodes, sets)?;
        Some(Self { id: id.to_u128(), is_taken: true, ends: line.ends, entries })
    }
}

impl BesideEntry {
    /// All of `entries` that is not plain; nothing, if some of it has to be looked at with more than a line and a node.
    pub(super) fn all(
        entries: &Entries,
        nodes: &QuickNodes,
        sets: &mut Sets,
    ) -> Option<Arc<[Self]>> {
        // Most have none, and share that.
        if entries.special.is_empty() {
            return Some(Arc::default());
        }
        entries.special.iter().map(|entry| Self::new(entry, nodes, sets)).collect()
    }

    fn new(entry: &Entry, nodes: &QuickNodes, sets: &mut Sets) -> Option<Self> {
        let is_here = match entry.reach {
            Reach::Subtree => false,
            Reach::Here => true,
            Reach::Labelled(_) => return None,
        };
        let scope = nodes.number(entry.scope)?;
        if entry.delegator.is_some() {
            return None;
        }
        let set = sets.number(entry.parts)?;
        let Entry { effect, ends, .. } = *entry;
        let starts = entry.starts.unwrap_or(Timestamp::MIN);
        let conditions = Arc::clone(&entry.conditions);
        Some(Self { scope, effect, is_here, set, starts, ends, conditions })
    }

    /// What flows from its scope down to a node; nothing if that is not on the way there.
    fn flow(&self, node: &QuickNode) -> Option<Bits> {
        match self.scope {
            scope if scope == node.number => Some(Bits::ALL),
            0 => Some(node.root),
            scope if scope == node.above => Some(node.above_flow),
            _ => None,
        }
    }

    /// D7.
    fn is_in_time(&self, now: &Now<'_>) -> bool {
        (self.starts == Timestamp::MIN || self.starts <= now.get())
            && self.ends.is_none_or(|ends| now.get() < ends)
    }
}

impl Quick {
    /// As [`judge`](Self::judge), with what stands beside the line and beside all lines.
    pub(super) fn judge_beside(
        &self,
        line: &QuickLine,
        node: &QuickNode,
        (need, all): (Bits, Bits),
        context: &Context,
        now: &Now<'_>,
    ) -> Option<Decision> {
        let beside = if line.has_beside() { Some(self.beside.get(line.id())?) } else { None };
        if beside.and_then(|it| it.ends).is_some_and(|ends| ends <= now.get()) {
            return None;
        }
        let entries = beside.map_or(&[][..], |it| &it.entries);
        let mut given = self.gives_above::<u128>(self.gives(line, node), line, node)?;
        let mut denies = Parts::default();
        for entry in entries.iter().chain(&**self.everyone_beside.as_ref()?) {
            let Some(flow) = entry.flow(node) else { continue };
            let parts = self.sets.get(entry.set);
            let is_allow = entry.effect == Effect::Allow;
            if is_allow {
                given.on_the_way |= parts.both().0;
            }
            let is_asked = !parts.both().intersection(all).is_empty();
            let reaches = !entry.is_here || entry.scope == node.number;
            if !is_asked || !reaches || !entry.is_in_time(now) {
                continue;
            }
            // D8: what is not known helps nobody.
            let is_met = context.meets_all(&*entry.conditions);
            if is_allow && is_met == Truth::True {
                let flowing = parts.intersection(flow);
                given.any |= flowing.any.0;
                given.own |= flowing.own.0;
            } else if !is_allow && is_met != Truth::False {
                denies = denies.union(parts);
            }
        }
        let owned = Owned::new(context.claimed(), node.is_owned_by(line.id()));
        let left = node.left.0 & self.within::<u128>(line) & !owned.denied(denies).0;
        outcome(need.0, all.0, given.to(owned) & left, given.on_the_way)
    }
}

impl Record for Beside {
    fn id(&self) -> u128 {
        self.id
    }

    fn is_taken(&self) -> bool {
        self.is_taken
    }
}
