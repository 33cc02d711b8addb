//! [`PackedScopes`]: all packed scopes of an organization, with the numbers by which packed
//! subjects name them.

use crate::access::compiled::grants::Grants;
use crate::access::compiled::scope::CompiledScope;
use crate::access::fast_path::scope::PackedScope;
use crate::index::Index;
use crate::model::Scope;
use crate::permission::Bits;
use crate::table::Table;

/// Scope numbers are lower than this.
pub(super) const SCOPE_NUMBERS: u32 = 1 << 31;

/// All packed scopes of an organization, by id.
#[derive(Debug, Clone)]
#[repr(C)] // puts the fields that most checks read first
pub(super) struct PackedScopes {
    pub(super) workspaces: Index<PackedScope>,
    pub(super) resources: Index<PackedScope>,
    pub(super) root: PackedScope,
    /// The scopes by their numbers.
    by_number: Table<u32, Scope>,
    /// The highest number that was ever in use.
    last_number: u32,
}

impl PackedScopes {
    /// Holds no scope yet, with capacity for those in `scopes`.
    pub(super) fn new(scopes: &Table<Scope, CompiledScope>) -> Self {
        let workspaces = scopes.keys().filter(|scope| matches!(scope, Scope::Workspace(_))).count();
        Self {
            workspaces: Index::with_capacity(workspaces),
            resources: Index::with_capacity(scopes.len() - workspaces),
            root: PackedScope::default(),
            by_number: Table::new(),
            last_number: 0,
        }
    }

    #[inline]
    pub(super) fn get(&self, scope: Scope) -> Option<&PackedScope> {
        match scope {
            Scope::Organization => Some(&self.root),
            Scope::Workspace(id) => self.workspaces.get(id.to_u128()),
            Scope::Resource(id) => self.resources.get(id.to_u128()),
        }
    }

    /// The number of a scope; 0 for the organization. `None` if the scope is not packed.
    pub(super) fn number(&self, scope: Scope) -> Option<u32> {
        self.get(scope).map(|packed| packed.number)
    }

    /// The scope with a number.
    pub(super) fn scope(&self, number: u32) -> Option<Scope> {
        self.by_number.get(&number).copied()
    }

    /// Packs one scope under the number that it has, or removes it if it is not in `scopes`. Its
    /// parent must be packed before. `all` is every permission.
    pub(super) fn insert(
        &mut self,
        scope: Scope,
        scopes: &Table<Scope, CompiledScope>,
        everyone: &Grants,
        all: Bits,
    ) {
        let packed = scopes.get(&scope).and_then(|compiled| {
            let number = self.number(scope).or_else(|| self.next_number())?;
            let workspace = match compiled.parent_workspace() {
                Some(workspace) => self.number(workspace.scope)?,
                None => 0,
            };
            let everyone = everyone.plain_at(compiled);
            Some(PackedScope::new(compiled, number, workspace, everyone, all))
        });
        let Some(packed) = packed else { return self.remove(scope) };
        if packed.number > self.last_number {
            self.last_number = packed.number;
            self.by_number.insert(packed.number, scope);
        }
        match scope {
            Scope::Organization => self.root = packed,
            Scope::Workspace(_) => self.workspaces.insert(packed),
            Scope::Resource(_) => self.resources.insert(packed),
        }
    }

    fn remove(&mut self, scope: Scope) {
        if let Some(number) = self.number(scope) {
            self.by_number.remove(&number);
        }
        match scope {
            Scope::Organization => {}
            Scope::Workspace(id) => self.workspaces.remove(id.to_u128()),
            Scope::Resource(id) => self.resources.remove(id.to_u128()),
        }
    }

    /// A number that no scope ever had, because packed subjects may still hold it; `None` when all
    /// were used.
    fn next_number(&self) -> Option<u32> {
        Some(self.last_number + 1).filter(|number| *number < SCOPE_NUMBERS)
    }
}
