//! One permission in an explanation: what grants it, what takes it away, what cuts it off and what it needs.

use serde::{Deserialize, Serialize};

use crate::access::decision::{Decision, Reason};
use crate::access::explain::{ExplainedPath, Named};
use crate::catalog::Sensitivity;
use crate::id::SubAccountId;
use crate::model::{Effect, Scope};
use crate::permission::PermissionName;
use crate::text::Name;

/// A permission that was asked for, or that one asked for needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplainedPermission {
    /// Its name.
    pub name: PermissionName,
    /// Its title in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Name>,
    /// How much harm its misuse does.
    pub sensitivity: Sensitivity,
    /// Whether it was asked for itself.
    pub is_asked_for: bool,
    /// The permissions of the explanation that need it directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed_by: Vec<PermissionName>,
    /// The permissions that it needs directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<PermissionName>,
    /// The answer to a request for it alone.
    pub decision: Decision,
    /// Why it is missing, aside from any bar; `None` if it is not, or if the sub-account or the scope is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Reason>,
    /// The assignments that concern it, allows first, each kind from the organization down.
    pub paths: Vec<ExplainedPath>,
    /// What cuts it off, whatever grants it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<Cut>,
}

impl ExplainedPermission {
    /// Whether the sub-account has it here.
    pub const fn is_effective(&self) -> bool {
        self.decision.is_allow()
    }

    /// Whether it is missing itself, and not only because something that it needs is.
    pub fn is_missing(&self) -> bool {
        self.lacks.is_some_and(|reason| reason != Reason::PrerequisiteMissing)
    }

    /// Whether an allow grants it, before anything takes it away or cuts it off.
    pub fn is_granted(&self) -> bool {
        self.paths.iter().any(ExplainedPath::grants)
    }

    /// Whether a deny takes it away.
    pub fn is_denied(&self) -> bool {
        self.paths.iter().any(ExplainedPath::denies)
    }

    /// Why it is missing by itself, read from the paths and the cuts (D2, D5, and how far the closest allow came).
    pub(super) fn miss(&self) -> Option<Reason> {
        let cut = |reason| self.cuts.iter().any(|cut| cut.reason() == reason).then_some(reason);
        let closest = || {
            let allows = self.paths.iter().filter(|path| path.effect == Effect::Allow);
            allows.filter_map(|path| path.outcome.reason()).max().unwrap_or(Reason::NotGranted)
        };
        cut(Reason::Archived)
            .or_else(|| (!self.is_granted()).then(closest))
            .or_else(|| self.is_denied().then_some(Reason::Denied))
            .or_else(|| cut(Reason::Ceiling))
            .or_else(|| cut(Reason::Boundary))
            .or_else(|| cut(Reason::ServiceOwnerLacks))
    }
}

/// A limit that does not leave a permission, whatever grants it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cut {
    /// The workspace is archived, and the catalog's read set does not hold it.
    Archived(Named<Scope>),
    /// The ceiling of this scope does not hold it.
    Ceiling(Named<Scope>),
    /// The sub-account's own boundary does not hold it.
    Boundary,
    /// The sub-account is a service, and its owner does not have it at the scope or is no active member.
    ServiceOwner(Option<SubAccountId>),
}

impl Cut {
    /// The reason of the deny, if this cut is what it comes from.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Archived(_) => Reason::Archived,
            Self::Ceiling(_) => Reason::Ceiling,
            Self::Boundary => Reason::Boundary,
            Self::ServiceOwner(_) => Reason::ServiceOwnerLacks,
        }
    }
}
