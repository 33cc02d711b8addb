//! Impact: the exact difference in effective permissions that a change makes.
//!
//! It is what the change does to who may do what, as if everybody were active and nothing archived; steps in the life
//! of sub-accounts, workspaces and the organization are listed beside it.
//!
//! Here is what an impact says; `measure` finds it, `words` writes it down for people.

mod measure;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::context::Truth;
use crate::access::{Context, Ownership};
use crate::catalog::Catalog;
use crate::governance::Refusal;
use crate::governance::affected::registered_owner;
use crate::governance::comparison::Change;
use crate::governance::names::Register;
use crate::id::{SubAccountId, WorkspaceId};
use crate::model::{Condition, Organization, OrganizationStatus, Scope, Status, WorkspaceStatus};
use crate::permission::{PermissionNames, Permissions};

/// Who gains and loses what, where, when and under which circumstances.
///
/// What is listed at a scope and below holds at every scope below it for which the same sub-account has no effects of
/// its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// The differences of each sub-account that has any, by place.
    sub_accounts: BTreeMap<SubAccountId, Vec<Effects>>,
    /// Steps in the lives of sub-accounts, workspaces and the organization.
    steps: Vec<Step>,
}

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

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The first instant at which it holds.
    pub from: Timestamp,
    /// The first instant at which it does not hold any more; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What must be true of a request for it to hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Circumstance>,
    /// What is gained.
    pub gained: Owned,
    /// What is lost.
    pub lost: Owned,
}

/// What a request must make of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstance {
    /// The condition.
    pub condition: Condition,
    /// What is made of it.
    pub answer: Answer,
}

/// Whether a request meets a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It does.
    Met,
    /// It does not.
    Unmet,
    /// It does not say.
    Unknown,
    /// It does not, or it does not say.
    NotMet,
    /// It does, or it does not say.
    NotUnmet,
}

impl Answer {
    fn fits(self, truth: Truth) -> bool {
        match self {
            Self::Met => truth == Truth::True,
            Self::Unmet => truth == Truth::False,
            Self::Unknown => truth == Truth::Unknown,
            Self::NotMet => truth != Truth::True,
            Self::NotUnmet => truth != Truth::False,
        }
    }
}

/// Permissions by whether the sub-account owns what is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owned {
    /// On what it owns.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub own: PermissionNames,
    /// On what it does not own.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub others: PermissionNames,
    /// Where nobody says: as whoever is registered as the owner has it, before and after, if anybody is.
    #[serde(default, skip_serializing_if = "PermissionNames::is_empty")]
    pub unsaid: PermissionNames,
}

/// A step in the life of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// A sub-account changes its status, or comes into being.
    SubAccount {
        /// Which.
        id: SubAccountId,
        /// What it was; none for a new one.
        from: Option<Status>,
        /// What it will be.
        to: Status,
    },
    /// A sub-account must renew its credential, or has.
    CredentialReset {
        /// Which.
        id: SubAccountId,
        /// Whether it must.
        required: bool,
    },
    /// A workspace is put away or taken back.
    Workspace {
        /// Which.
        id: WorkspaceId,
        /// What it was.
        from: WorkspaceStatus,
        /// What it will be.
        to: WorkspaceStatus,
    },
    /// The organization is suspended, reopened or closed.
    Organization {
        /// What it was.
        from: OrganizationStatus,
        /// What it will be.
        to: OrganizationStatus,
    },
}

impl Impact {
    /// The difference between two revisions of one organization, from `from` on: in what it makes of who may do what, and
    /// whatever lies between them. Costs what differs, not what there is.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooIntricate`] if the two name more permissions that this process does not know
    /// than can be told apart.
    pub fn between<P: Permissions>(
        before: &Organization,
        after: &Organization,
        catalog: &Catalog<P>,
        from: Timestamp,
    ) -> Result<Self, Refusal> {
        let register = Register::new(catalog.core().vocabulary());
        let change = Change::new(before, after, catalog.core(), &register, from);
        let impact = Self::new(&change);
        if register.is_exhausted() {
            return Err(Refusal::TooIntricate { scope: Scope::Organization });
        }
        Ok(impact)
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.sub_accounts.is_empty() && self.steps.is_empty()
    }

    /// The sub-accounts that gain or lose something, in the order of their ids.
    pub fn sub_accounts(&self) -> impl Iterator<Item = SubAccountId> {
        self.sub_accounts.keys().copied()
    }

    /// What differs for one sub-account, by place.
    pub fn of(&self, sub_account: SubAccountId) -> &[Effects] {
        self.sub_accounts.get(&sub_account).map_or(&[], Vec::as_slice)
    }

    /// Steps in the lives of sub-accounts, workspaces and the organization.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What one sub-account gains and loses at a scope of `organization`, the one that the change
    /// leads to, in a context at a time; nothing at a scope that the change makes or removes. Where
    /// the effects are an upper bound ([`Effects::at_most`]), so is this. Computes in **O(depth +
    /// n)** time for n effects.
    pub fn at(
        &self,
        organization: &Organization,
        sub_account: SubAccountId,
        scope: Scope,
        context: &Context,
        time: Timestamp,
    ) -> (PermissionNames, PermissionNames) {
        let found = self.place(organization, sub_account, scope);
        let is_listed = found.is_some_and(|it| (it.scope, it.extent) == (scope, Extent::Here));
        let holds = |difference: &&Difference| {
            difference.from <= time
                && difference.until.is_none_or(|until| time < until)
                && difference.when.iter().all(|it| it.answer.fits(context.meets(&it.condition)))
        };
        let difference = found.and_then(|it| it.differences.iter().find(holds));
        let Some(difference) = difference else { return Default::default() };
        let owned = match context.claimed() {
            // What is listed for the scope itself says already what comes of who is registered, before and after.
            Ownership::Unsaid if !is_listed => {
                let owner = registered_owner(organization, scope);
                Ownership::from(owner.map(|owner| owner == sub_account))
            }
            claimed => claimed,
        };
        (difference.gained.of(owned).clone(), difference.lost.of(owned).clone())
    }

    /// The effects that hold at a scope: its own, or those of the nearest scope above that is listed.
    fn place(
        &self,
        organization: &Organization,
        sub_account: SubAccountId,
        scope: Scope,
    ) -> Option<&Effects> {
        let effects = self.of(sub_account);
        let listed =
            |scope, extent| effects.iter().find(|it| it.scope == scope && it.extent == extent);
        if let Some(here) = listed(scope, Extent::Here) {
            return Some(here);
        }
        organization
            .self_and_ancestors(scope)
            .skip(1)
            .find_map(|above| listed(above, Extent::Below))
    }
}

impl Owned {
    /// Whether nothing is meant.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty() && self.unsaid.is_empty()
    }

    /// The permissions for one kind of ownership.
    pub const fn of(&self, ownership: Ownership) -> &PermissionNames {
        match ownership {
            Ownership::Owned => &self.own,
            Ownership::NotOwned => &self.others,
            Ownership::Unsaid => &self.unsaid,
        }
    }
}
