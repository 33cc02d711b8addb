//! Naming: how tenantry's entities become the host's AuthZEN entities again, which a search needs.

use crate::access::{Context, Snapshot};
use crate::authzen::by_name::ByName;
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::mapping::{Mapping, Sent};
use crate::id::SubAccountId;
use crate::model::{Kind, Scope};
use crate::permission::Permissions;

/// What a type of AuthZEN resources stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Space {
    /// The organization itself.
    Organization,
    /// Its workspaces.
    Workspaces,
    /// Its resources of a kind.
    Resources(Kind),
}

/// The other direction of a [`Mapping`]: what the host calls a sub-account, a scope and a permission.
///
/// What it gives must lead back by the mapping to what it was given for, and what it gives no name is not found by any
/// search. [`ByName`] is a ready-made one.
pub trait Naming<P: Permissions>: Mapping<P> {
    /// A sub-account as a subject of a type; none if it is none of that type.
    fn subject(&self, snapshot: &Snapshot<P>, kind: &str, id: SubAccountId) -> Option<Subject>;

    /// What resources of a type are; none if there are none.
    fn space(&self, snapshot: &Snapshot<P>, kind: &str) -> Option<Space>;

    /// A scope as a resource of a type; none if it has no name there.
    fn resource(&self, snapshot: &Snapshot<P>, kind: &str, scope: Scope) -> Option<Resource>;

    /// One permission as an action; none if no action needs that permission alone.
    fn action(&self, snapshot: &Snapshot<P>, permission: P) -> Option<Action>;

    /// What is known of the requests that a search stands for: what [`Mapping::context`] would say of each of them. By
    /// default nothing.
    fn search_context(&self, snapshot: &Snapshot<P>, sent: Sent<'_>) -> Context {
        let _ = (snapshot, sent);
        Context::new()
    }
}

/// What has a name: logins of who has not been erased, ids, keys, and the present names of permissions.
impl<P: Permissions> Naming<P> for ByName {
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

    fn space(&self, _: &Snapshot<P>, kind: &str) -> Option<Space> {
        match kind {
            "organization" => Some(Space::Organization),
            "workspace" => Some(Space::Workspaces),
            kind => Kind::new(kind).ok().map(Space::Resources),
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
