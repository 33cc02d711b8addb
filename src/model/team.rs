//! Team: a named, nestable group of sub-accounts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{SubAccountId, TeamId};
use crate::text::{Label, Name};

/// A team. Members of a sub-team are members of the teams that contain it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: Name,
    /// The team that contains this one. `None` for a top-level team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TeamId>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl Team {
    /// Returns a top-level team without labels.
    pub const fn new(id: TeamId, name: Name) -> Self {
        Self { id, name, parent: None, labels: BTreeSet::new() }
    }
}

/// The membership of one sub-account in one team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The member.
    pub sub_account: SubAccountId,
    /// The team.
    pub team: TeamId,
}
