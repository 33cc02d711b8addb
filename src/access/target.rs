//! [`Target`]: the scope of a check, or an unknown key.

use crate::id::{OrganizationId, ResourceId, WorkspaceId};
use crate::model::Scope;

/// The scope of a check, or an unknown key of the host.
///
/// Made from ids, and from the `Option` of a look-up by key: a key that was not found is denied,
/// and never falls back to a wider scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A scope of the checked organization.
    Scope(Scope),
    /// An organization by its id: the root of the checked organization, or unknown there.
    Organization(OrganizationId),
    /// A key that the organization does not have.
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
