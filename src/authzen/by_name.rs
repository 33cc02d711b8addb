//! The ready-made mapping by tenantry's own names.

use crate::access::{Snapshot, Target};
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::mapping::Mapping;
use crate::id::{OrganizationId, SubAccountId};
use crate::permission::Permissions;

/// Maps entities by their names, byte for byte. Does not trim, fold, guess or create anything.
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
/// Unknown names are denied and never fall back to a parent. So workspaces and resources without a
/// key cannot be reached, nor can resources whose kind is `organization` or `workspace`.
///
/// All `properties` and the `context` of the request are ignored, because nothing says that the
/// sender is trusted. Conditions are therefore unknown, and the owner of a resource is the
/// registered one. For trusted senders, use [`TrustedMapping`](crate::authzen::TrustedMapping) or
/// write a [`Mapping`].
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
