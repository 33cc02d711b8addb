//! Organizations as governance sees them, made of plain ones.

use crate::id::SubAccountId;
use crate::model::{
    Change, ChangeSet, Organization, OrganizationStatus, Profile, SecurityPolicy, Status,
    SubAccount, Workspace, WorkspaceStatus,
};

/// The organization after some changes.
pub(in crate::governance) fn changed(
    organization: &Organization,
    changes: impl IntoIterator<Item = Change>,
) -> Organization {
    let (time, changes) = (organization.time(), changes.into_iter().collect());
    organization.clone().with(&ChangeSet { time, changes, personal: Vec::new() }).unwrap()
}

/// The organization as governance sees it when it asks about one account: with everything set aside
/// that governance ignores.
pub(in crate::governance) fn set_aside(
    organization: &Organization,
    who: SubAccountId,
) -> Organization {
    let profile = Profile {
        status: OrganizationStatus::Active,
        security: SecurityPolicy::default(),
        ..organization.profile().clone()
    };
    let status = WorkspaceStatus::Active;
    let workspaces = organization.workspaces().values();
    let workspaces = workspaces.map(|it| Workspace { status, ..it.clone() }.into());
    let row = organization.sub_accounts().get(&who).unwrap().clone();
    let row = SubAccount { status: Status::Active, credential_reset_required: false, ..row };
    changed(organization, workspaces.chain([profile.into(), row.into()]))
}
