//! [`ExplainedPermission`]: the assignments, limits and prerequisites of one permission.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::decision::{Decision, Reason};
use crate::access::explain::named::Named;
use crate::access::explain::path::ExplainedPath;
use crate::catalog::{CatalogCore, PermissionDocument, Sensitivity};
use crate::id::SubAccountId;
use crate::model::{Effect, Scope};
use crate::permission::{Bits, PermissionName};
use crate::text::Name;

/// A requested permission, or a prerequisite of one.
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
    /// Whether it was requested itself.
    pub is_asked_for: bool,
    /// The permissions of the explanation of which it is a direct prerequisite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed_by: Vec<PermissionName>,
    /// Its direct prerequisites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<PermissionName>,
    /// The decision about this permission alone.
    pub decision: Decision,
    /// Why it is missing, apart from bars; `None` if it is not missing, or if the sub-account or
    /// the scope is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Reason>,
    /// The assignments that concern it: allows, then denies, each from the organization downwards.
    pub paths: Vec<ExplainedPath>,
    /// The limits that exclude it, whatever grants it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cuts: Vec<Cut>,
}

impl ExplainedPermission {
    /// Whether the sub-account has it at the scope.
    pub const fn is_effective(&self) -> bool {
        self.decision.is_allow()
    }

    /// Whether it is missing itself, and not only because a prerequisite is.
    pub fn is_missing(&self) -> bool {
        self.lacks.is_some_and(|reason| reason != Reason::PrerequisiteMissing)
    }

    /// Whether an allow grants it, before denies and limits.
    pub fn is_granted(&self) -> bool {
        self.paths.iter().any(ExplainedPath::grants)
    }

    /// Whether a deny takes it away.
    pub fn is_denied(&self) -> bool {
        self.paths.iter().any(ExplainedPath::denies)
    }

    /// Why it is missing itself, from the paths and the cuts: D2, D5, or the allow that came
    /// closest.
    pub(super) fn reason_of_its_own(&self) -> Option<Reason> {
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

/// A limit that excludes a permission, whatever grants it.
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
    /// The sub-account is a service whose owner does not have it at the scope, or is not an active
    /// member.
    ServiceOwner(Option<SubAccountId>),
}

impl Cut {
    /// The reason of a deny that comes from this limit.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Archived(_) => Reason::Archived,
            Self::Ceiling(_) => Reason::Ceiling,
            Self::Boundary => Reason::Boundary,
            Self::ServiceOwner(_) => Reason::ServiceOwnerLacks,
        }
    }
}

/// The requested permissions and all their prerequisites, without paths, cuts or decisions.
/// Permissions that this process does not know come last.
pub(super) fn requested_and_needed(catalog: &CatalogCore, need: Bits) -> Vec<ExplainedPermission> {
    let vocabulary = catalog.vocabulary();
    let documents = catalog.document().permissions.iter();
    let known_as = |it: &PermissionDocument| vocabulary.bit(it.name.as_str());
    let documents: BTreeMap<Bits, _> =
        documents.filter_map(|it| Some((known_as(it)?, it))).collect();
    let asked_for = need.intersection(vocabulary.declared());
    // The direct prerequisites of each permission, by present names.
    let mut needs: BTreeMap<Bits, Vec<PermissionName>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    let mut ahead: Vec<Bits> = asked_for.iter().collect();
    while let Some(bit) = ahead.pop() {
        if needs.contains_key(&bit) {
            continue;
        }
        let mut its = Vec::new();
        for name in documents.get(&bit).into_iter().flat_map(|it| &it.needs) {
            let known = vocabulary.bit(name.as_str());
            let present = known.and_then(|bit| vocabulary.name(bit)).unwrap_or(name);
            its.push(present.clone());
            match known {
                Some(bit) => ahead.push(bit),
                None => drop(unknown.insert(name.clone())),
            }
        }
        needs.insert(bit, its);
    }
    let explained = |name: &PermissionName, bit: Option<Bits>| {
        let document = bit.and_then(|bit| documents.get(&bit));
        let needing = needs.iter().filter(|(_, needs)| needs.contains(name));
        let needing = needing.filter_map(|(bit, _)| vocabulary.name(*bit));
        ExplainedPermission {
            name: name.clone(),
            title: document.and_then(|it| it.title.clone()),
            sensitivity: document.map_or(Sensitivity::Normal, |it| it.sensitivity),
            is_asked_for: bit.is_some_and(|bit| asked_for.holds(bit)),
            needed_by: needing.cloned().collect(),
            needs: bit.and_then(|bit| needs.get(&bit)).cloned().unwrap_or_default(),
            decision: Decision::Allow,
            lacks: None,
            paths: Vec::new(),
            cuts: Vec::new(),
        }
    };
    let needed = needs.keys().copied().filter(|bit| !asked_for.holds(*bit));
    let known = asked_for.iter().chain(needed);
    let known = known.filter_map(|bit| Some(explained(vocabulary.name(bit)?, Some(bit))));
    known.chain(unknown.iter().map(|name| explained(name, None))).collect()
}
