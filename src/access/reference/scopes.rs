//! The rules on scopes: the path down the tree, and the permissions that flow along it.

use crate::access::context::{Context, Ownership};
use crate::access::reference::rules::{ReferenceOwned, Rules};
use crate::id::SubAccountId;
use crate::model::{Assignment, Reach, Scope, WorkspaceStatus};
use crate::permission::{Bits, PermissionNames};

impl Rules<'_> {
    /// The scopes from the root down to `scope`.
    pub(crate) fn chain(&self, scope: Scope) -> Vec<Scope> {
        let mut chain = vec![scope];
        while let Some(parent) = chain.last().and_then(|last| self.organization.parent(*last)) {
            chain.push(parent);
        }
        chain.reverse();
        chain
    }

    /// The scopes from `above` down to `scope`, `above` first; empty if `above` is not on the path.
    pub(crate) fn way_down(&self, above: Scope, scope: Scope) -> Vec<Scope> {
        self.chain(scope).into_iter().skip_while(|on_the_way| *on_the_way != above).collect()
    }

    /// D3: whether an assignment reaches a scope by *here*, *subtree* or *labelled*.
    pub(crate) fn reaches(&self, assignment: &Assignment, scope: Scope) -> bool {
        let way = self.way_down(assignment.scope, scope);
        match &assignment.reach {
            Reach::Here => assignment.scope == scope,
            Reach::Subtree => !way.is_empty(),
            Reach::Labelled(label) => way.into_iter().any(|on_the_way| match on_the_way {
                Scope::Organization => self.organization.profile().labels.contains(label),
                Scope::Workspace(id) => {
                    let workspace = self.organization.workspaces().get(&id);
                    workspace.is_some_and(|it| it.labels.contains(label))
                }
                Scope::Resource(id) => {
                    let resource = self.organization.resources().get(&id);
                    resource.is_some_and(|it| it.labels.contains(label))
                }
            }),
        }
    }

    /// D4: the permissions that every scope below `above` down to `scope` inherits.
    pub(crate) fn flow(&self, above: Scope, scope: Scope) -> Bits {
        let inherits = |on_the_way: Scope| match on_the_way {
            Scope::Organization => None,
            Scope::Workspace(id) => self.organization.workspaces().get(&id).map(|it| &it.inherits),
            Scope::Resource(id) => self.organization.resources().get(&id).map(|it| &it.inherits),
        };
        self.way_down(above, scope)
            .into_iter()
            .skip(1)
            .map(|below| self.catalog.vocabulary().bits(inherits(below).unwrap_or(&NOTHING)))
            .fold(self.catalog.vocabulary().universe(), Bits::intersection)
    }

    /// D4: the intersection of all ceilings from the root to the scope.
    pub(super) fn ceiling(&self, scope: Scope) -> Bits {
        self.chain(scope)
            .into_iter()
            .map(|on_the_way| self.own_ceiling(on_the_way))
            .fold(self.catalog.vocabulary().universe(), Bits::intersection)
    }

    /// D4: the ceiling of one scope alone.
    pub(crate) fn own_ceiling(&self, scope: Scope) -> Bits {
        let organization = self.organization;
        let ceiling = match scope {
            Scope::Organization => organization.profile().ceiling.as_ref(),
            Scope::Workspace(id) => {
                organization.workspaces().get(&id).and_then(|it| it.ceiling.as_ref())
            }
            Scope::Resource(id) => {
                organization.resources().get(&id).and_then(|it| it.ceiling.as_ref())
            }
        };
        let vocabulary = self.catalog.vocabulary();
        ceiling.map_or(vocabulary.universe(), |ceiling| vocabulary.bits(ceiling))
    }

    /// D2: only the catalog's read set remains at and below an archived workspace.
    pub(super) fn left_by_archiving(&self, scope: Scope) -> Bits {
        match self.archived(scope) {
            Some(_) => self.catalog.archived(),
            None => self.catalog.vocabulary().universe(),
        }
    }

    /// The archived workspace on the path of a scope, if there is one.
    pub(crate) fn archived(&self, scope: Scope) -> Option<Scope> {
        self.chain(scope).into_iter().find(|on_the_way| match on_the_way {
            Scope::Workspace(id) => {
                let workspace = self.organization.workspaces().get(id);
                workspace.is_some_and(|it| it.status == WorkspaceStatus::Archived)
            }
            Scope::Organization | Scope::Resource(_) => false,
        })
    }

    /// D6: as the context claims. Without a claim, whether the sub-account is the registered owner
    /// of the scope itself, and unknown if none is registered.
    pub(crate) fn owned(
        &self,
        sub_account: SubAccountId,
        scope: Scope,
        context: &Context,
    ) -> ReferenceOwned {
        let registered = match scope {
            Scope::Resource(id) => self.organization.resources().get(&id).and_then(|it| it.owner),
            Scope::Organization | Scope::Workspace(_) => None,
        };
        match (context.claimed(), registered) {
            (Ownership::Owned, _) => ReferenceOwned::Yes,
            (Ownership::NotOwned, _) => ReferenceOwned::No,
            (Ownership::Unsaid, Some(owner)) if owner == sub_account => ReferenceOwned::Yes,
            (Ownership::Unsaid, Some(_)) => ReferenceOwned::No,
            (Ownership::Unsaid, None) => ReferenceOwned::Unknown,
        }
    }
}

static NOTHING: PermissionNames = PermissionNames::none();
