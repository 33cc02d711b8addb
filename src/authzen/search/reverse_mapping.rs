//! The reverse mapping: translates tenantry's entities to the host's AuthZEN entities, for
//! searches.

use crate::access::{Context, Snapshot};
use crate::authzen::by_name::ByName;
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::mapping::{Mapping, RequestProperties};
use crate::id::SubAccountId;
use crate::model::{Kind, Scope};
use crate::permission::Permissions;

/// What the resources of an AuthZEN type are in tenantry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceType {
    /// The organization itself.
    Organization,
    /// Workspaces.
    Workspaces,
    /// Resources of a kind.
    Resources(Kind),
}

/// The reverse of a [`Mapping`]: the host's name of a sub-account, a scope or a permission.
///
/// The mapping must translate every name back to the same entity. Searches leave out entities
/// without a name. [`ByName`] is a ready-made implementation.
pub trait ReverseMapping<P: Permissions>: Mapping<P> {
    /// The subject of this type that stands for a sub-account. `None` if it has no name of this
    /// type.
    fn subject(&self, snapshot: &Snapshot<P>, kind: &str, id: SubAccountId) -> Option<Subject>;

    /// What resources of this type are. `None` for an unknown type.
    fn resource_type(&self, snapshot: &Snapshot<P>, kind: &str) -> Option<ResourceType>;

    /// The resource of this type that stands for a scope. `None` if it has no name of this type.
    fn resource(&self, snapshot: &Snapshot<P>, kind: &str, scope: Scope) -> Option<Resource>;

    /// The action that requires exactly this permission. `None` if there is none.
    fn action(&self, snapshot: &Snapshot<P>, permission: P) -> Option<Action>;

    /// The known facts of the requests that a search stands for: the same that [`Mapping::context`]
    /// would return for each. Nothing is known by default.
    fn search_context(&self, snapshot: &Snapshot<P>, properties: RequestProperties<'_>) -> Context {
        let _ = (snapshot, properties);
        Context::new()
    }
}

/// Names logins that are not erased, ids, keys, and the present names of permissions.
impl<P: Permissions> ReverseMapping<P> for ByName {
    fn subject(&self, snapshot: &Snapshot<P>, kind: &str, id: SubAccountId) -> Option<Subject> {
        match kind {
            "user" => {
                let organization = snapshot.organization();
                let login = organization.sub_accounts().get(&id)?.login?;
                Subject::new(kind, organization.personal(&login)?).ok()
            }
            "sub_account" => Subject::new(kind, id.to_string()).ok(),
            _ => None,
        }
    }

    fn resource_type(&self, _: &Snapshot<P>, kind: &str) -> Option<ResourceType> {
        match kind {
            "organization" => Some(ResourceType::Organization),
            "workspace" => Some(ResourceType::Workspaces),
            kind => Kind::new(kind).ok().map(ResourceType::Resources),
        }
    }

    fn resource(&self, snapshot: &Snapshot<P>, kind: &str, scope: Scope) -> Option<Resource> {
        let organization = snapshot.organization();
        let id = match scope {
            Scope::Organization => organization.id().to_string(),
            Scope::Workspace(_) | Scope::Resource(_) => organization.key_of(scope)?.to_string(),
        };
        Resource::new(kind, id).ok()
    }

    fn action(&self, snapshot: &Snapshot<P>, permission: P) -> Option<Action> {
        let names = snapshot.catalog().names(permission).ok()?;
        Action::new(names.iter().next()?.as_str()).ok()
    }
}
