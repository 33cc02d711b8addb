//! Quick: the answer that most checks get, from a few cache lines.
//!
//! What a sub-account is given lies in one line, what a scope passes in one node, and both refer to sets that all share.
//! Nearly every check is about a member or guest who is given nothing but plain allows, at a scope that is not deep. Those
//! are decided here; of all others nothing is said, and the whole evaluation decides.

mod line;
mod node;
mod sets;

#[cfg(test)]
use std::collections::BTreeMap;
use std::ops::{BitAnd, BitOr};
use std::sync::Arc;

use crate::access::compile::{Entries, Line};
use crate::access::context::Ownership;
use crate::access::decision::{Decision, Reason};
use crate::access::evaluate::Owned;
use crate::access::nodes::Node;
use crate::catalog::CatalogCore;
#[cfg(test)]
use crate::catalog::Parts;
use crate::id::SubAccountId;
#[cfg(test)]
use crate::id::{ResourceId, WorkspaceId};
use crate::index::{Index, Record};
use crate::model::Scope;
use crate::permission::Bits;
use crate::table::Table;

use self::node::QuickNode;
use self::sets::{SetNumber, Sets};

pub(in crate::access) use self::line::QuickLine;

/// Lines and nodes of an organization.
#[derive(Debug, Clone)]
#[repr(C)] // what every check reads lies together
pub(super) struct Quick {
    lines: Index<QuickLine>,
    workspaces: Index<QuickNode>,
    /// What everybody is given anywhere.
    everyone: Bits,
    sets: Sets,
    resources: Index<QuickNode>,
    root: QuickNode,
    /// Which scope has a number.
    scopes: Table<u32, Scope>,
    /// The highest number of a scope that was ever given away.
    numbered: u32,
}

/// What follows if it is not allowed, nor nowhere granted; allowed; nowhere granted. It cannot be both.
const OUTCOMES: [Option<Decision>; 3] =
    [None, Some(Decision::Allow), Some(Decision::Deny(Reason::NotGranted))];

/// As many bits as the permissions of a catalog need.
pub(super) trait Word: Copy + BitAnd<Output = Self> + BitOr<Output = Self> + Eq {
    const NONE: Self;

    /// The bits, of which no more than these stand for permissions.
    fn of(bits: Bits) -> Self;

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
                reason = "there are no permissions in the rest"
            )]
            #[inline]
            fn of(bits: Bits) -> Self {
                bits.0 as Self
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
        let workspaces = nodes.keys().filter(|scope| matches!(scope, Scope::Workspace(_))).count();
        let mut quick = Self {
            lines: Index::with_capacity(sub_accounts),
            workspaces: Index::with_capacity(workspaces),
            resources: Index::with_capacity(nodes.len() - workspaces),
            root: QuickNode::default(),
            scopes: Table::new(),
            sets: Sets::new(),
            everyone: Bits::NONE,
            numbered: 0,
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
    }

    /// Places a scope as its node says; one that has no node is gone. What holds it is to be placed first.
    pub(super) fn place(
        &mut self,
        scope: Scope,
        nodes: &Table<Scope, Node>,
        everyone: &Entries,
        catalog: &CatalogCore,
    ) {
        let placed = nodes.get(&scope).and_then(|node| {
            let number = self.number(scope).or_else(|| self.next_number())?;
            let above = match &*node.path {
                [_, workspace, _] => self.number(workspace.scope)?,
                _ => 0,
            };
            Some((node, number, above))
        });
        let Some((node, number, above)) = placed else {
            if let Some(number) = self.number(scope) {
                self.scopes.remove(&number);
            }
            match scope {
                Scope::Organization => {}
                Scope::Workspace(id) => self.workspaces.remove(id.to_u128()),
                Scope::Resource(id) => self.resources.remove(id.to_u128()),
            }
            return;
        };
        if number > self.numbered {
            self.numbered = number;
            self.scopes.insert(number, scope);
        }
        let all = catalog.vocabulary().universe();
        let everyone = everyone.plain(node);
        let node = QuickNode::new(node, number, above, everyone, all);
        match scope {
            Scope::Organization => self.root = node,
            Scope::Workspace(_) => self.workspaces.insert(node),
            Scope::Resource(_) => self.resources.insert(node),
        }
    }

    /// Draws the line of a sub-account, if it is one for here, and says whether it is.
    pub(super) fn draw(&mut self, id: SubAccountId, line: &Line, catalog: &CatalogCore) -> bool {
        let all = catalog.vocabulary().universe();
        let Self { lines, workspaces, resources, sets, .. } = self;
        let number = |scope| match scope {
            Scope::Organization => None,
            Scope::Workspace(id) => workspaces.get(id.to_u128()).map(|node| node.number),
            Scope::Resource(id) => resources.get(id.to_u128()).map(|node| node.number),
        };
        let drawn = QuickLine::new(id.to_u128(), line, all, number, sets);
        match drawn {
            Some(line) => lines.insert(line),
            None => lines.remove(id.to_u128()),
        }
        drawn.is_some()
    }

    /// Takes the line of a sub-account away.
    pub(super) fn strike(&mut self, id: SubAccountId) {
        self.lines.remove(id.to_u128());
    }

    /// All that a line says, at length.
    pub(super) fn at_length(&self, line: &QuickLine, catalog: &CatalogCore) -> Line {
        let boundary = match line.boundary() {
            0 => catalog.vocabulary().universe(),
            number => self.sets.get(number).any,
        };
        let at_root = match line.root() {
            0 => None,
            root => Some((Scope::Organization, self.sets.get(root))),
        };
        let pairs = line.pairs().filter_map(|(number, set)| {
            self.scopes.get(&number).map(|scope| (*scope, self.sets.get(set)))
        });
        let mut plain: Vec<_> = at_root.into_iter().chain(pairs).collect();
        plain.sort_unstable_by_key(|(scope, _)| *scope);
        Line {
            barred: None,
            ends: None,
            kind: line.kind(),
            owner: None,
            boundary,
            entries: Entries { plain: plain.into(), special: Arc::default() },
        }
    }

    #[inline]
    pub(super) fn line(&self, id: SubAccountId) -> Option<&QuickLine> {
        self.lines.get(id.to_u128())
    }

    #[inline]
    pub(super) fn node(&self, scope: Scope) -> Option<&QuickNode> {
        match scope {
            Scope::Organization => Some(&self.root),
            Scope::Workspace(id) => self.workspaces.get(id.to_u128()),
            Scope::Resource(id) => self.resources.get(id.to_u128()),
        }
    }

    /// Whether there is no room for one more set.
    pub(super) fn is_full(&self) -> bool {
        self.sets.is_full()
    }

    /// A number that no scope ever had; none when all were given away.
    fn next_number(&self) -> Option<u32> {
        Some(self.numbered + 1).filter(|number| *number < QuickLine::NUMBERS)
    }

    fn number(&self, scope: Scope) -> Option<u32> {
        self.node(scope).map(|node| node.number)
    }
}

impl Quick {
    /// Decides, if that can be done here: `all` is what is needed, with everything that it needs itself.
    ///
    /// A deny is decided only if it is for nothing at all being given: any other has a reason that is to be looked for.
    /// Which of the two it is can be foreseen by nobody, so everything is worked out and no branch depends on it.
    #[inline]
    pub(super) fn judge<W: Word>(
        &self,
        line: &QuickLine,
        node: &QuickNode,
        need: W,
        all: W,
        ownership: Ownership,
    ) -> Option<Decision> {
        let (has, given) = self.holding::<W>(line, node, ownership)?;
        let is_allowed = has & all == all;
        // Of one permission that is given nowhere on the way there is nothing else to say.
        let is_nowhere = need.rest() | given & need == W::NONE;
        let is_not_granted = usize::from(is_nowhere) & usize::from(!node.is_archived);
        let outcome = usize::from(is_allowed) | is_not_granted << 1;
        OUTCOMES.get(outcome).copied().flatten()
    }

    /// What a sub-account has at a scope, before prerequisites; and what it is given on the way there by whatever name.
    /// Nothing if the scope is deep.
    #[inline]
    pub(super) fn holding<W: Word>(
        &self,
        line: &QuickLine,
        node: &QuickNode,
        ownership: Ownership,
    ) -> Option<(W, W)> {
        if node.is_deep {
            return None;
        }
        let part = |set: SetNumber| {
            let parts = self.sets.get(set);
            (W::of(parts.any), W::of(parts.own))
        };
        let (here, root) = (part(line.at(node.number)), part(line.root()));
        let flow = W::of(node.root);
        let mut any = here.0 | root.0 & flow | W::of(node.everyone.any);
        let mut own = here.1 | root.1 & flow | W::of(node.everyone.own);
        let mut given = here.0 | here.1 | root.0 | root.1 | W::of(self.everyone);
        if node.above != 0 {
            let (above, flow) = (part(line.at(node.above)), W::of(node.above_flow));
            any = any | above.0 & flow;
            own = own | above.1 & flow;
            given = given | above.0 | above.1;
        }
        if node.is_owned || ownership != Ownership::Unsaid {
            let owned = Owned::new(ownership, node.is_owned_by(line.id()));
            any = if owned == Owned::Yes { any | own } else { any };
        }
        let mut has = any & W::of(node.left);
        if line.boundary() != 0 {
            has = has & part(line.boundary()).0;
        }
        Some((has, given))
    }
}

#[cfg(test)]
impl Quick {
    /// What lines and nodes say, by scopes and not by numbers, which depend on what was there before.
    pub(super) fn told(&self) -> Told {
        let scopes = |nodes: &Index<QuickNode>, scope: fn(u128) -> Scope| {
            nodes.iter().map(|node| (scope(node.id()), *node)).collect::<Vec<_>>()
        };
        let mut nodes = scopes(&self.workspaces, |id| WorkspaceId::from_u128(id).into());
        nodes.extend(scopes(&self.resources, |id| ResourceId::from_u128(id).into()));
        let known: BTreeMap<u32, Scope> =
            nodes.iter().map(|(scope, node)| (node.number, *scope)).collect();
        assert_eq!(known.len(), nodes.len(), "no two scopes have one number");
        nodes.push((Scope::Organization, self.root));
        let nodes = nodes.into_iter().map(|(scope, node)| {
            (scope, (known.get(&node.above).copied(), QuickNode { number: 0, above: 0, ..node }))
        });
        let lines = self.lines.iter().map(|line| {
            let here = |(number, scope): (&u32, &Scope)| (*scope, self.sets.get(line.at(*number)));
            let given = known.iter().map(here).filter(|(_, parts)| *parts != Parts::default());
            let parts = [line.root(), line.boundary()].map(|set| self.sets.get(set));
            (line.id(), (parts, given.collect()))
        });
        Told { nodes: nodes.collect(), lines: lines.collect(), everyone: self.everyone }
    }
}

/// What can be asked quickly.
#[cfg(test)]
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    nodes: BTreeMap<Scope, (Option<Scope>, QuickNode)>,
    lines: BTreeMap<u128, ([Parts; 2], BTreeMap<Scope, Parts>)>,
    everyone: Bits,
}
