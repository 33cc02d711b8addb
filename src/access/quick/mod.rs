//! Quick: the answer that most checks get, from a few cache lines.
//!
//! What a sub-account is given lies in one line, what a scope passes in one node, and both refer to sets that all share.
//! Nearly every check is about a member or guest, at a scope that is not deep, and most of them are given nothing but plain
//! allows. Those are decided here without a branch, and with a look at what stands beside them those that have more; of
//! all others nothing is said, and the whole evaluation decides.

mod assumption;
mod beside;
mod conditions;
mod decide;
mod line;
mod moment;
mod node;
mod nodes;
mod numbered;
mod sets;
mod span;
#[cfg(test)]
mod told;

use std::ops::{BitAnd, BitOr, Not};
use std::sync::Arc;

use crate::access::compile::{Entries, Line};
use crate::access::context::Ownership;
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::Owned;
use crate::access::nodes::Node;
use crate::catalog::CatalogCore;
use crate::id::SubAccountId;
use crate::index::{Index, Record};
use crate::model::Scope;
use crate::permission::Bits;
use crate::table::Table;

use self::beside::{Beside, BesideEntry};
use self::conditions::Conditions;
use self::nodes::QuickNodes;
use self::sets::{SetNumber, Sets};

pub(in crate::access) use self::line::QuickLine;
pub(in crate::access) use self::node::QuickNode;

/// Lines and nodes of an organization.
#[derive(Debug, Clone)]
#[repr(C)] // what every check reads lies together
pub(super) struct Quick {
    lines: Index<QuickLine>,
    /// What everybody is given anywhere.
    everyone: Bits,
    /// What a line and a node do not decide by themselves: what needs more than itself, what is no permission, and
    /// everything, if there is more to look at whatever is asked.
    intricate: Bits,
    sets: Sets,
    nodes: QuickNodes,
    /// Of the lines that have something beside them.
    beside: Index<Beside>,
    /// Those of what stands beside, and of assumptions.
    conditions: Conditions,
    /// What stands beside every line; none if there is more than can be told here.
    everyone_beside: Option<Arc<[BesideEntry]>>,
}

/// What a sub-account is given at a scope.
#[derive(Clone, Copy)]
struct Given<W> {
    any: W,
    own: W,
    /// By whatever name, and whatever of it comes down to the scope.
    on_the_way: W,
}

/// As many bits as the permissions of a catalog need.
pub(super) trait Word:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self> + Ord
{
    const NONE: Self;

    /// The bits, of which no more than these stand for permissions that can be asked for.
    fn of(bits: Bits) -> Self;

    /// The same bits; `None` if there are more.
    fn exactly(bits: Bits) -> Option<Self>;

    /// The number of the lowest bit.
    fn first(self) -> u32;

    /// All bits but the lowest.
    fn rest(self) -> Self;
}

macro_rules! words {
    ($($word:ty)*) => {$(
        impl Word for $word {
            const NONE: Self = 0;

            #[allow(
                trivial_numeric_casts,
                clippy::cast_possible_truncation,
                reason = "nobody asks for any permission in the rest"
            )]
            #[inline]
            fn of(bits: Bits) -> Self {
                bits.0 as Self
            }

            #[inline]
            fn exactly(bits: Bits) -> Option<Self> {
                Self::try_from(bits.0).ok()
            }

            #[inline]
            fn first(self) -> u32 {
                self.trailing_zeros()
            }

            #[inline]
            fn rest(self) -> Self {
                self & self.wrapping_sub(1)
            }
        }
    )*};
}
words!(u64 u128);

impl Quick {
    /// Every scope, and as yet no line.
    pub(super) fn new(
        nodes: &Table<Scope, Node>,
        everyone: &Entries,
        catalog: &CatalogCore,
        sub_accounts: usize,
    ) -> Self {
        let mut quick = Self {
            lines: Index::with_capacity(sub_accounts),
            everyone: Bits::NONE,
            intricate: Bits::ALL,
            sets: Sets::new(),
            nodes: QuickNodes::new(nodes),
            beside: Index::with_capacity(0),
            conditions: Conditions::new(),
            everyone_beside: None,
        };
        quick.place_all(nodes, everyone, catalog);
        quick
    }

    /// Places every scope anew, under the number that it has.
    pub(super) fn place_all(
        &mut self,
        nodes: &Table<Scope, Node>,
        everyone: &Entries,
        catalog: &CatalogCore,
    ) {
        let given = everyone.plain.iter().map(|(_, parts)| parts.both());
        self.everyone = given.fold(Bits::NONE, Bits::union);
        for scope in nodes.keys() {
            self.place(*scope, nodes, everyone, catalog);
        }
        let Self { nodes, sets, conditions, .. } = self;
        self.everyone_beside = BesideEntry::all(everyone, nodes, sets, conditions).map(Into::into);
    }

    /// Places a scope as its node says; one that has no node is gone. What holds it is to be placed first.
    pub(super) fn place(
        &mut self,
        scope: Scope,
        nodes: &Table<Scope, Node>,
        everyone: &Entries,
        catalog: &CatalogCore,
    ) {
        self.nodes.place(scope, nodes, everyone, catalog.vocabulary().universe());
    }

    /// Draws the line of a sub-account, if it is one for here, and says whether all of it is told by that.
    pub(super) fn draw(&mut self, id: SubAccountId, line: &Line, catalog: &CatalogCore) -> bool {
        let all = catalog.vocabulary().universe();
        let Self { nodes, sets, conditions, .. } = self;
        let quick = QuickLine::new(id, line, all, nodes, sets, conditions);
        let drawn = quick
            .and_then(|quick| Some((quick, Beside::new(&quick, line, nodes, sets, conditions)?)));
        let Some((quick, beside)) = drawn else {
            self.strike(id);
            return false;
        };
        if quick.has_beside() {
            self.beside.insert(beside);
        } else {
            self.beside.remove(id.to_u128());
        }
        self.lines.insert(quick);
        !quick.has_beside()
    }

    /// Takes the line of a sub-account away.
    pub(super) fn strike(&mut self, id: SubAccountId) {
        self.lines.remove(id.to_u128());
        self.beside.remove(id.to_u128());
    }

    /// All that a line says, at length; nothing if there is more beside it.
    pub(super) fn at_length(&self, line: &QuickLine, catalog: &CatalogCore) -> Option<Line> {
        if line.has_beside() {
            return None;
        }
        let boundary = match line.boundary() {
            0 => catalog.vocabulary().universe(),
            number => self.sets.get(number).any,
        };
        let at_root = match line.root() {
            0 => None,
            root => Some((Scope::Organization, self.sets.get(root))),
        };
        let pairs = line
            .pairs()
            .filter_map(|(number, set)| Some((self.nodes.scope(number)?, self.sets.get(set))));
        let mut plain: Vec<_> = at_root.into_iter().chain(pairs).collect();
        plain.sort_unstable_by_key(|(scope, _)| *scope);
        Some(Line {
            barred: None,
            ends: None,
            kind: line.kind(),
            owner: None,
            boundary,
            entries: Entries { plain: plain.into(), special: Arc::default() },
        })
    }

    #[inline]
    pub(super) fn line(&self, id: SubAccountId) -> Option<&QuickLine> {
        self.lines.get(id.to_u128())
    }

    #[inline]
    pub(super) fn node(&self, scope: Scope) -> Option<&QuickNode> {
        self.nodes.get(scope)
    }

    /// Whether a line and a node decide about a permission with no look at anything else.
    #[inline]
    pub(super) fn is_decided_alone<W: Word>(&self, need: W) -> bool {
        need & W::of(self.intricate) == W::NONE && need != W::NONE
    }

    /// Says of which permissions that is so.
    pub(super) fn decides_alone(&mut self, permissions: Bits) {
        self.intricate = Bits::ALL.difference(permissions);
    }

    /// Whether there is no room for one more set, or for other conditions.
    pub(super) fn is_full(&self) -> bool {
        self.sets.is_full() || self.conditions.is_full()
    }

    /// Whether what concerns everybody can be told here.
    pub(super) fn tells_of_everyone(&self) -> bool {
        self.everyone_beside.is_some()
    }

    /// Whether something stands beside every line.
    pub(super) fn has_beside_everyone(&self) -> bool {
        self.everyone_beside.as_ref().is_some_and(|entries| !entries.is_empty())
    }
}

impl Quick {
    /// Decides, if that can be done here, as if nothing stood beside the line: `all` is what is needed, with everything that it
    /// needs itself.
    ///
    /// A deny is decided only if it is for nothing at all being given: any other has a reason that is to be looked for.
    /// Which of the two it is can be foreseen by nobody, so everything is worked out and no branch depends on it.
    #[inline]
    fn judge<W: Word>(
        &self,
        line: &QuickLine,
        node: &QuickNode,
        need: W,
        all: W,
        ownership: Ownership,
    ) -> Option<Decision> {
        let (has, given) = self.holding(line, node, ownership)?;
        outcome(need, all, has, given)
    }

    /// What a sub-account has at a scope, before prerequisites, and what it is given on the way there by whatever name;
    /// nothing is said if the scope is deep. What stands beside the line is not looked at.
    #[inline]
    fn holding<W: Word>(
        &self,
        line: &QuickLine,
        node: &QuickNode,
        ownership: Ownership,
    ) -> Option<(W, W)> {
        let mut given = self.gives(line, node);
        let mut has = given.any;
        if !node.is_plain || ownership != Ownership::Unsaid {
            given = self.gives_more(given, line, node)?;
            has = given.to(Owned::new(ownership, node.is_owned_by(line.id())));
        }
        has = has & W::of(node.left);
        // Looked at last: the marks lie among the numbers, which are compared faster if nothing else has read one of them.
        if !line.is_plain() {
            has = has & self.within(line);
        }
        Some((has, given.on_the_way))
    }

    /// What the plain allows of a line give that are for the scope itself or for the whole organization.
    #[inline]
    fn gives<W: Word>(&self, line: &QuickLine, node: &QuickNode) -> Given<W> {
        let (here, root) = (self.part::<W>(line.at(node.number)), self.part::<W>(line.root()));
        let flow = W::of(node.root);
        Given {
            any: here.any | root.any & flow,
            own: here.own | root.own & flow,
            on_the_way: here.on_the_way | root.on_the_way | W::of(self.everyone),
        }
    }

    /// The same with what everybody has there and what is given at the workspace above; nothing is said if the scope is deep.
    #[inline]
    fn gives_more<W: Word>(
        &self,
        mut given: Given<W>,
        line: &QuickLine,
        node: &QuickNode,
    ) -> Option<Given<W>> {
        if node.is_deep {
            return None;
        }
        given.any = given.any | W::of(node.everyone.any);
        given.own = given.own | W::of(node.everyone.own);
        if node.above != 0 {
            let (above, flow) = (self.part(line.at(node.above)), W::of(node.above_flow));
            given.any = given.any | above.any & flow;
            given.own = given.own | above.own & flow;
            given.on_the_way = given.on_the_way | above.on_the_way;
        }
        if node.is_archived {
            // What is denied there is denied for another reason than that nothing grants it.
            given.on_the_way = !W::NONE;
        }
        Some(given)
    }

    /// What a set gives where it is given.
    #[inline]
    fn part<W: Word>(&self, set: SetNumber) -> Given<W> {
        let parts = self.sets.get(set);
        let (any, own) = (W::of(parts.any), W::of(parts.own));
        Given { any, own, on_the_way: any | own }
    }

    /// What the boundary leaves.
    #[inline]
    fn within<W: Word>(&self, line: &QuickLine) -> W {
        match line.boundary() {
            0 => !W::NONE,
            number => W::of(self.sets.get(number).any),
        }
    }
}

impl<W: Word> Given<W> {
    /// What is given to whoever owns the scope, or does not.
    #[inline]
    fn to(&self, owned: Owned) -> W {
        if owned == Owned::Yes { self.any | self.own } else { self.any }
    }
}

/// Allowed, if all of what is needed is there; of one permission that is given nowhere on the way, not granted, as there is
/// nothing else to say.
#[inline]
fn outcome<W: Word>(need: W, all: W, has: W, given: W) -> Option<Decision> {
    let missing = all & !has;
    // What else could be said of a deny: of several permissions, which one it is for; of one that is given, what became of it.
    let untold = (need.rest() | given) & need;
    // Whether both are something, asked as one number, for a comparison of each would become a branch.
    if missing.min(untold) != W::NONE {
        return None;
    }
    let is_allowed = missing == W::NONE;
    Some(if is_allowed { Decision::Allow } else { Decision::Deny(Reason::NotGranted) })
}
