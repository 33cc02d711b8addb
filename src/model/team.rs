//! Team: a named, nestable group of sub-accounts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{SubAccountId, TeamId};
use crate::text::{Label, Name};

/// A team. Who is in a sub-team is in the team that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: Name,
    /// The team that holds this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TeamId>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl Team {
    /// A team that stands alone.
    pub const fn new(id: TeamId, name: Name) -> Self {
        Self { id, name, parent: None, labels: BTreeSet::new() }
    }
}

/// One sub-account's place in one team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Who is in the team.
    pub sub_account: SubAccountId,
    /// The team.
    pub team: TeamId,
}
