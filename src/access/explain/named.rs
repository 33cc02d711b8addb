//! [`Named`]: an id with a readable name.

use serde::{Deserialize, Serialize};

use crate::catalog::CatalogCore;
use crate::model::{Organization, RoleRef, Scope};
use crate::text::Name;

/// An id with the readable name of the entity. Never the name of a person, so that explanations can
/// be logged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Named<T> {
    /// The id.
    pub id: T,
    /// The name, or a system role's title; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

impl<T> Named<T> {
    pub(crate) const fn new(id: T, name: Option<Name>) -> Self {
        Self { id, name }
    }
}

impl Named<Scope> {
    pub(crate) fn scope(organization: &Organization, scope: Scope) -> Self {
        let name = match scope {
            Scope::Organization => Some(&organization.profile().name),
            Scope::Workspace(id) => organization.workspaces().get(&id).map(|it| &it.name),
            Scope::Resource(id) => {
                organization.resources().get(&id).and_then(|it| it.name.as_ref())
            }
        };
        Self::new(scope, name.cloned())
    }
}

impl Named<RoleRef> {
    pub(crate) fn role(organization: &Organization, catalog: &CatalogCore, role: &RoleRef) -> Self {
        let name = match role {
            RoleRef::System(name) => {
                catalog.role_document(name).and_then(|role| role.title.as_ref())
            }
            RoleRef::Custom(id) => organization.roles().get(id).map(|role| &role.name),
        };
        Self::new(role.clone(), name.cloned())
    }
}
