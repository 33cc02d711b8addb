//! Effects.

use serde::{Deserialize, Serialize};

use crate::governance::impact::difference::Difference;
use crate::model::Scope;

/// What differs for one sub-account at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effects {
    /// Where.
    pub scope: Scope,
    /// At the scope itself, or at everything below it that is not listed itself.
    pub extent: Extent,
    /// The differences, each in its time and circumstances; none where the sub-account keeps what it has although there
    /// are differences above.
    pub differences: Vec<Difference>,
    /// Whether the one difference that is listed is an upper bound: more times and conditions meet
    /// here than can be told apart. The sub-account gains and loses no more than it says, and
    /// perhaps less or nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_most: bool,
}

/// Which part of a subtree is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The scope alone.
    Here,
    /// Everything below the scope, and not the scope itself.
    Below,
}
