//! The ready-made mapping: everything goes by the name that tenantry has for it.

use crate::access::{Snapshot, Target};
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::mapping::Mapping;
use crate::id::{OrganizationId, SubAccountId};
use crate::permission::Permissions;

/// Takes entities by their names, byte for byte. Nothing is trimmed, folded, guessed or made on the way.
///
/// | AuthZEN | `type` | `id` or `name` |
/// | --- | --- | --- |
/// | subject | `user` | the sub-account's login |
/// | subject | `sub_account` | the sub-account's id |
/// | subject | anything else | unknown |
/// | action | | the permission's present or former name: one permission, never a composite |
/// | resource | `organization` | the organization's id |
/// | resource | `workspace` | the host's key of the workspace |
/// | resource | anything else | the host's key of the resource of this kind |
///
/// What is not found is unknown and denied; it never falls back to a parent. So a workspace or a resource without a key
/// is not reached this way, nor are resources whose kind is called `organization` or `workspace`.
///
/// Every `properties` and the request's `context` are ignored, because nobody has said that the sender may be believed:
/// conditions are then unknown and ownership is that of the registered owner. A host that believes more writes a
/// [`Mapping`] of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByName;

impl<P: Permissions> Mapping<P> for ByName {
    fn sub_account(&self, snapshot: &Snapshot<P>, subject: &Subject) -> Option<SubAccountId> {
        match subject.kind() {
            "user" => snapshot.sub_account(subject.id()),
            "sub_account" => subject.id().parse().ok(),
            _ => None,
        }
    }

    fn permissions(&self, snapshot: &Snapshot<P>, action: &Action) -> Option<P> {
        snapshot.catalog().permission(action.name())
    }

    fn target(&self, snapshot: &Snapshot<P>, resource: &Resource) -> Target {
        match resource.kind() {
            "organization" => resource.id().parse::<OrganizationId>().ok().into(),
            "workspace" => snapshot.workspace(resource.id()).into(),
            kind => snapshot.resource(kind, resource.id()).into(),
        }
    }
}
