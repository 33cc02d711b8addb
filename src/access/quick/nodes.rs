//! Quick nodes: the scopes of an organization, each known by a number in the lines of those who hold something there.

use crate::access::compile::Entries;
use crate::access::nodes::Node;
use crate::access::quick::node::QuickNode;
use crate::index::Index;
use crate::model::Scope;
use crate::permission::Bits;
use crate::table::Table;

/// Scopes have numbers below this.
pub(super) const NUMBERS: u32 = 1 << 31;

/// Every scope, by its id.
#[derive(Debug, Clone)]
#[repr(C)] // what most checks read comes first
pub(super) struct QuickNodes {
    pub(super) workspaces: Index<QuickNode>,
    pub(super) resources: Index<QuickNode>,
    pub(super) root: QuickNode,
    /// Which scope has a number.
    scopes: Table<u32, Scope>,
    /// The highest number that was ever given away.
    numbered: u32,
}

impl QuickNodes {
    /// None yet, and room for as many as there are in `nodes`.
    pub(super) fn new(nodes: &Table<Scope, Node>) -> Self {
        let workspaces = nodes.keys().filter(|scope| matches!(scope, Scope::Workspace(_))).count();
        Self {
            workspaces: Index::with_capacity(workspaces),
            resources: Index::with_capacity(nodes.len() - workspaces),
            root: QuickNode::default(),
            scopes: Table::new(),
            numbered: 0,
        }
    }

    #[inline]
    pub(super) fn get(&self, scope: Scope) -> Option<&QuickNode> {
        match scope {
            Scope::Organization => Some(&self.root),
            Scope::Workspace(id) => self.workspaces.get(id.to_u128()),
            Scope::Resource(id) => self.resources.get(id.to_u128()),
        }
    }

    /// What a scope is known by in lines; 0 for the organization.
    pub(super) fn number(&self, scope: Scope) -> Option<u32> {
        self.get(scope).map(|node| node.number)
    }

    /// The scope that is known by a number.
    pub(super) fn scope(&self, number: u32) -> Option<Scope> {
        self.scopes.get(&number).copied()
    }

    /// Places a scope as its node says, under the number that it has; one that has no node is gone. What holds it is to be
    /// placed first. `all` is every permission.
    pub(super) fn place(
        &mut self,
        scope: Scope,
        nodes: &Table<Scope, Node>,
        everyone: &Entries,
        all: Bits,
    ) {
        let placed = nodes.get(&scope).and_then(|node| {
            let number = self.number(scope).or_else(|| self.next_number())?;
            let above = match node.between() {
                Some(workspace) => self.number(workspace.scope)?,
                None => 0,
            };
            Some(QuickNode::new(node, number, above, everyone.plain(node), all))
        });
        let Some(node) = placed else { return self.remove(scope) };
        if node.number > self.numbered {
            self.numbered = node.number;
            self.scopes.insert(node.number, scope);
        }
        match scope {
            Scope::Organization => self.root = node,
            Scope::Workspace(_) => self.workspaces.insert(node),
            Scope::Resource(_) => self.resources.insert(node),
        }
    }

    fn remove(&mut self, scope: Scope) {
        if let Some(number) = self.number(scope) {
            self.scopes.remove(&number);
        }
        match scope {
            Scope::Organization => {}
            Scope::Workspace(id) => self.workspaces.remove(id.to_u128()),
            Scope::Resource(id) => self.resources.remove(id.to_u128()),
        }
    }

    /// A number that no scope ever had; none when all were given away.
    fn next_number(&self) -> Option<u32> {
        Some(self.numbered + 1).filter(|number| *number < NUMBERS)
    }
}
