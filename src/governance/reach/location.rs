//! A location: where permissions are asked for.

use crate::model::{Scope, ScopeKind, ScopeKinds};

/// A scope itself, or any scope below it that has no settings of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Location {
    At(Scope),
    Below(Scope),
}

impl Location {
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::At(scope) | Self::Below(scope) => scope,
        }
    }

    pub(crate) const fn is_below(self) -> bool {
        matches!(self, Self::Below(_))
    }

    /// The kinds of scope that the location stands for.
    pub(crate) fn kinds(self) -> ScopeKinds {
        match self {
            Self::At(scope) => scope.kind().into(),
            Self::Below(Scope::Organization) => ScopeKinds::WORKSPACE.union(ScopeKinds::RESOURCE),
            Self::Below(Scope::Workspace(_) | Scope::Resource(_)) => ScopeKind::Resource.into(),
        }
    }
}
