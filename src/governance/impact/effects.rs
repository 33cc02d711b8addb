//! The effects of a change on one sub-account at one location.

use serde::{Deserialize, Serialize};

use crate::governance::impact::difference::Difference;
use crate::model::Scope;

/// What one sub-account gains and loses at one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effects {
    /// The scope.
    pub scope: Scope,
    /// At the scope itself, or at everything below it that is not listed separately.
    pub extent: Extent,
    /// The differences, by period and conditions. Empty where the sub-account keeps its permissions
    /// although it has differences above.
    pub differences: Vec<Difference>,
    /// Whether the differences are an upper bound, because there are too many times and conditions
    /// for an exact result. The sub-account gains and loses at most these permissions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_most: bool,
}

/// A part of a subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The scope alone.
    Here,
    /// Everything below the scope, and not the scope itself.
    Below,
}
