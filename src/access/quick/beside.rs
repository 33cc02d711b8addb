//! Beside: what stands beside a quick line, or beside all of them: an end, denies, what has a time or a condition, and what
//! is plain and not in the line.

use std::sync::Arc;

use crate::access::compile::{Entries, Entry, Line};
use crate::access::context::{Context, Truth};
use crate::access::decision::Decision;
use crate::access::evaluate::{Now, Owned};
use crate::access::quick::conditions::{Conditions, ConditionsNumber};
use crate::access::quick::line::QuickLine;
use crate::access::quick::moment::Moment;
use crate::access::quick::node::QuickNode;
use crate::access::quick::nodes::QuickNodes;
use crate::access::quick::sets::{SetNumber, Sets};
use crate::access::quick::{Quick, outcome};
use crate::catalog::Parts;
use crate::index::Record;
use crate::model::{Effect, Reach, Scope};
use crate::permission::Bits;

/// How many entries lie in the record itself.
const INLINE: usize = 3;

/// What stands beside the line of a sub-account, in two cache lines.
#[derive(Debug, Clone)]
#[repr(C, align(128))]
pub(super) struct Beside {
    id: u128,
    /// When the sub-account's access ends.
    ends: Moment,
    first: [BesideEntry; INLINE],
    /// How many of them are entries.
    len: u8,
    is_taken: bool,
    /// All others.
    more: Arc<[BesideEntry]>,
}

/// An entry in 24 bytes: its scope, what it gives or takes, and its conditions by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BesideEntry {
    starts: Moment,
    ends: Moment,
    /// 0 for the organization.
    pub(super) scope: u32,
    pub(super) set: SetNumber,
    /// The number of its conditions, and marks.
    conditions: ConditionsNumber,
}

/// Marks the number of conditions: what has them denies.
const DENY: ConditionsNumber = 1 << 15;
/// There too: it is for its scope alone.
const HERE: ConditionsNumber = 1 << 14;

impl Default for Beside {
    fn default() -> Self {
        let first = [BesideEntry::NOTHING; INLINE];
        Self { id: 0, ends: Moment::NEVER, first, len: 0, is_taken: false, more: Arc::default() }
    }
}

impl Beside {
    /// What stands beside a quick line; nothing, if some of it has to be looked at with more than a line and a node.
    pub(super) fn new(
        quick: &QuickLine,
        line: &Line,
        nodes: &QuickNodes,
        sets: &mut Sets,
        conditions: &mut Conditions,
    ) -> Option<Self> {
        let ends = line.ends.map_or(Some(Moment::NEVER), Moment::new)?;
        let mut beside = Self { id: quick.id(), ends, is_taken: true, ..Self::default() };
        let plain = quick.left_out(line).iter();
        let plain = plain.map(|(scope, parts)| BesideEntry::plain(*scope, *parts, nodes, sets));
        let mut all = plain.collect::<Option<Vec<_>>>()?;
        all.extend(BesideEntry::all(&line.entries, nodes, sets, conditions)?);
        for (place, entry) in beside.first.iter_mut().zip(&all) {
            *place = *entry;
            beside.len += 1;
        }
        if let Some(more @ [_, ..]) = all.get(INLINE..) {
            beside.more = more.into();
        }
        Some(beside)
    }

    pub(super) const fn ends(&self) -> Moment {
        self.ends
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &BesideEntry> {
        self.first.iter().take(usize::from(self.len)).chain(&*self.more)
    }
}

impl BesideEntry {
    /// Gives nothing, always and unconditionally.
    const NOTHING: Self =
        Self { starts: Moment::ALWAYS, ends: Moment::NEVER, scope: 0, set: 0, conditions: 0 };

    /// All of `entries` that is not plain; nothing, if some of it has to be looked at with more than a line and a node.
    pub(super) fn all(
        entries: &Entries,
        nodes: &QuickNodes,
        sets: &mut Sets,
        conditions: &mut Conditions,
    ) -> Option<Vec<Self>> {
        entries.special.iter().map(|entry| Self::new(entry, nodes, sets, conditions)).collect()
    }

    fn new(
        entry: &Entry,
        nodes: &QuickNodes,
        sets: &mut Sets,
        conditions: &mut Conditions,
    ) -> Option<Self> {
        let here = match entry.reach {
            Reach::Subtree => 0,
            Reach::Here => HERE,
            Reach::Labelled(_) => return None,
        };
        let deny = match entry.effect {
            Effect::Allow => 0,
            Effect::Deny => DENY,
        };
        let scope = nodes.number(entry.scope)?;
        if entry.delegator.is_some() {
            return None;
        }
        Some(Self {
            starts: entry.starts.map_or(Some(Moment::ALWAYS), Moment::new)?,
            ends: entry.ends.map_or(Some(Moment::NEVER), Moment::new)?,
            scope,
            set: sets.number(entry.parts)?,
            conditions: conditions.number(&entry.conditions)? | here | deny,
        })
    }

    /// What is plainly given at a scope.
    fn plain(scope: Scope, parts: Parts, nodes: &QuickNodes, sets: &mut Sets) -> Option<Self> {
        Some(Self { scope: nodes.number(scope)?, set: sets.number(parts)?, ..Self::NOTHING })
    }

    const fn is_allow(&self) -> bool {
        self.conditions & DENY == 0
    }

    const fn is_here(&self) -> bool {
        self.conditions & HERE != 0
    }

    /// The number of its conditions.
    pub(super) const fn conditions(&self) -> ConditionsNumber {
        self.conditions & !(DENY | HERE)
    }

    /// The same at another scope, for another set and under other conditions.
    #[cfg(test)]
    pub(super) const fn of(self, scope: u32, set: SetNumber, conditions: ConditionsNumber) -> Self {
        let marks = self.conditions & (DENY | HERE);
        Self { scope, set, conditions: conditions | marks, ..self }
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
        let now = || Moment::of_now(now.get());
        (self.starts == Moment::ALWAYS || self.starts <= now())
            && (self.ends == Moment::NEVER || now() < self.ends)
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
        let ends = beside.map_or(Moment::NEVER, Beside::ends);
        if ends != Moment::NEVER && ends <= Moment::of_now(now.get()) {
            return None;
        }
        let line = &line.for_certain();
        let entries = beside.into_iter().flat_map(Beside::entries);
        let mut given = self.gives_more::<u128>(self.gives(line, node), line, node)?;
        let mut denies = Parts::default();
        for entry in entries.chain(&**self.everyone_beside.as_ref()?) {
            let Some(flow) = entry.flow(node) else { continue };
            let parts = self.sets.get(entry.set);
            let is_allow = entry.is_allow();
            if is_allow {
                given.on_the_way |= parts.both().0;
            }
            let is_asked = !parts.both().intersection(all).is_empty();
            let reaches = !entry.is_here() || entry.scope == node.number;
            if !is_asked || !reaches || !entry.is_in_time(now) {
                continue;
            }
            // D8: what is not known helps nobody.
            let is_met = context.meets_all(&**self.conditions.get(entry.conditions())?);
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
