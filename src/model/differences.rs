//! Row differences between two revisions of an organization.

use crate::model::assignment::Assignment;
use crate::model::consent::Consent;
use crate::model::invitation::Invitation;
use crate::model::organization::Organization;
use crate::model::profile::Profile;
use crate::model::request::Request;
use crate::model::resource::Resource;
use crate::model::role::Role;
use crate::model::sub_account::SubAccount;
use crate::model::team::{Membership, Team};
use crate::model::workspace::Workspace;
use crate::table::Table;

/// A row before and after; `None` if it does not exist there.
pub(crate) type Rows<'a, T> = (Option<&'a T>, Option<&'a T>);

/// One row that differs between two revisions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowChange<'a> {
    /// The organization's own row, which always exists.
    Profile(&'a Profile, &'a Profile),
    Workspace(Rows<'a, Workspace>),
    Resource(Rows<'a, Resource>),
    SubAccount(Rows<'a, SubAccount>),
    Team(Rows<'a, Team>),
    /// A new membership in a team.
    MemberAdded(&'a Membership),
    /// A removed membership in a team.
    MemberRemoved(&'a Membership),
    Role(Rows<'a, Role>),
    Assignment(Rows<'a, Assignment>),
    Consent(Rows<'a, Consent>),
    Invitation(Rows<'a, Invitation>),
    Request(Rows<'a, Request>),
}

impl Organization {
    /// Every row that differs from `before`, in no particular order. Computes in **O(c log n)**
    /// time for c rows changed in a clone of `before`.
    pub(crate) fn differences<'a>(&'a self, before: &'a Self) -> Vec<RowChange<'a>> {
        // Destructured, so that a new table does not compile until it is listed here.
        let Self {
            id: _,
            revision: _,
            time: _,
            profile,
            workspaces,
            resources,
            sub_accounts,
            teams,
            memberships,
            roles,
            assignments,
            consents,
            invitations,
            requests,
            // Side rows never decide access. Used ids and indexes follow from the other tables.
            personal: _,
            retired: _,
            indexes: _,
        } = self;
        let mut found = Vec::new();
        if *profile != before.profile {
            found.push(RowChange::Profile(&before.profile, profile));
        }
        found.extend(rows(workspaces, &before.workspaces).map(RowChange::Workspace));
        found.extend(rows(resources, &before.resources).map(RowChange::Resource));
        found.extend(rows(sub_accounts, &before.sub_accounts).map(RowChange::SubAccount));
        found.extend(rows(teams, &before.teams).map(RowChange::Team));
        found.extend(memberships.differences(&before.memberships).map(|(place, _, now)| {
            if now.is_some() {
                RowChange::MemberAdded(place)
            } else {
                RowChange::MemberRemoved(place)
            }
        }));
        found.extend(rows(roles, &before.roles).map(RowChange::Role));
        found.extend(rows(assignments, &before.assignments).map(RowChange::Assignment));
        found.extend(rows(consents, &before.consents).map(RowChange::Consent));
        found.extend(rows(invitations, &before.invitations).map(RowChange::Invitation));
        found.extend(rows(requests, &before.requests).map(RowChange::Request));
        found
    }
}

fn rows<'a, K: Ord, V: PartialEq>(
    after: &'a Table<K, V>,
    before: &'a Table<K, V>,
) -> impl Iterator<Item = Rows<'a, V>> {
    after.differences(before).map(|(_, old, new)| (old, new))
}
