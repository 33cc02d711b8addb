//! Locations: where permissions are asked for.

use crate::model::{Scope, ScopeKind, ScopeKinds};

/// Where a question is asked: at a scope itself, or anywhere below it where nothing else is set.
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
}

/// The kinds of scope that a place stands for.
pub(crate) fn kinds_at(place: Location) -> ScopeKinds {
    match place {
        Location::At(scope) => scope.kind().into(),
        Location::Below(Scope::Organization) => ScopeKinds::WORKSPACE.union(ScopeKinds::RESOURCE),
        Location::Below(Scope::Workspace(_) | Scope::Resource(_)) => ScopeKind::Resource.into(),
    }
}
