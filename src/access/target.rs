//! Target: the scope that a question names, resolved or not.

use crate::id::{OrganizationId, ResourceId, WorkspaceId};
use crate::model::Scope;

/// Where a question is asked: a scope, or a key of the host's that leads nowhere.
///
/// Made from ids, and from the `Option` that a look-up by key gives, so that what was not found is denied and never
/// falls back to something wider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A scope of the organization that is asked.
    Scope(Scope),
    /// An organization, by its id: the root of the organization that is asked, or unknown there.
    Organization(OrganizationId),
    /// A key that stands for nothing.
    UnknownKey,
}

impl From<Scope> for Target {
    fn from(scope: Scope) -> Self {
        Self::Scope(scope)
    }
}

impl From<WorkspaceId> for Target {
    fn from(id: WorkspaceId) -> Self {
        Self::Scope(id.into())
    }
}

impl From<ResourceId> for Target {
    fn from(id: ResourceId) -> Self {
        Self::Scope(id.into())
    }
}

impl From<OrganizationId> for Target {
    fn from(id: OrganizationId) -> Self {
        Self::Organization(id)
    }
}

impl<T: Into<Self>> From<Option<T>> for Target {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::UnknownKey, Into::into)
    }
}
