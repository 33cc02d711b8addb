//! Row differences between two revisions of an organization, of every kind of row that there is.

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

/// A row before and after; `None` where it is not there.
pub(crate) type Rows<'a, T> = (Option<&'a T>, Option<&'a T>);

/// One row that differs between two revisions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowChange<'a> {
    /// The organization's own row, which is always there.
    Profile(&'a Profile, &'a Profile),
    Workspace(Rows<'a, Workspace>),
    Resource(Rows<'a, Resource>),
    SubAccount(Rows<'a, SubAccount>),
    Team(Rows<'a, Team>),
    /// A place in a team that was taken.
    Joined(&'a Membership),
    /// A place in a team that was given up.
    Parted(&'a Membership),
    Role(Rows<'a, Role>),
    Assignment(Rows<'a, Assignment>),
    Consent(Rows<'a, Consent>),
    Invitation(Rows<'a, Invitation>),
    Request(Rows<'a, Request>),
}

impl Organization {
    /// Every row that differs from `before`, in no promised order. Computes in **O(c log n)** time
    /// for c rows changed in a clone of `before`.
    pub(crate) fn differences<'a>(&'a self, before: &'a Self) -> Vec<RowChange<'a>> {
        // Taken apart, so that a new table does not build before it has its line here.
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
            // Side rows say who somebody is and never what they may do; used ids and indexes say
            // nothing of their own.
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
            if now.is_some() { RowChange::Joined(place) } else { RowChange::Parted(place) }
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
