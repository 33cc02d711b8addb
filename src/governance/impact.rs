//! Impact: the exact difference in effective permissions that a change makes.
//!
//! It is what the change does to who may do what, as if everybody were active and nothing archived; steps in the life
//! of sub-accounts, workspaces and the organization are listed beside it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::context::Truth;
use crate::access::{Context, Ownership};
use crate::catalog::Catalog;
use crate::governance::Refusal;
use crate::governance::affected::registered_owner;
use crate::governance::comparison::{Change, Pair, Point, Samples, TooIntricate, samples};
use crate::governance::holding::Holder;
use crate::governance::names::{NameSet, Register};
use crate::governance::reach::{Asking, Circumstances, Place};
use crate::id::{SubAccountId, WorkspaceId};
use crate::model::{
    Condition, EntityId, Organization, OrganizationStatus, Scope, Status, WorkspaceStatus,
};
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
    /// [`Refusal::TooIntricate`] if more times and conditions meet at one place than can be told apart.
    pub fn between<P: Permissions>(
        before: &Organization,
        after: &Organization,
        catalog: &Catalog<P>,
        from: Timestamp,
    ) -> Result<Self, Refusal> {
        let register = Register::new(catalog.core().vocabulary());
        let change = Change::new(before, after, catalog.core(), &register, from);
        let too_intricate = |_| Refusal::TooIntricate { scope: Scope::Organization };
        Self::new(&change).map_err(too_intricate)
    }

    pub(super) fn new(change: &Change<'_>) -> Result<Self, TooIntricate> {
        let mut impact = Self { steps: steps(change), ..Self::default() };
        for holder in &change.affected.holders {
            let Holder::SubAccount(id) = *holder else { continue };
            let mut effects = Vec::new();
            for pair in change.pairs(*holder, &[]) {
                if pair.lost_from == Some(pair.before) && pair.before == pair.after {
                    effects.push(effects_at(change, *holder, &pair)?);
                }
            }
            if effects.iter().any(|it: &Effects| !it.differences.is_empty()) {
                impact.sub_accounts.insert(id, effects);
            }
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

    /// What one sub-account gains and loses at a scope of `organization`, the one that the change leads to, in a context
    /// at a time; nothing at a scope that the change makes or removes. Computes in **O(depth + n)** time for n effects.
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
        let mut above = organization.parent(scope);
        while let Some(scope) = above {
            if let Some(below) = listed(scope, Extent::Below) {
                return Some(below);
            }
            above = organization.parent(scope);
        }
        None
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

/// Gained and lost, each on what is owned, on what is not, and where nobody says.
type Sets = [[NameSet; 3]; 2];

fn effects_at(change: &Change<'_>, holder: Holder, pair: &Pair) -> Result<Effects, TooIntricate> {
    let (before, after) = (change.before.holding(holder), change.after.holding(holder));
    let parties = before
        .iter()
        .map(|holding| (&change.before, holding, pair.before))
        .chain(after.iter().map(|holding| (&change.after, holding, pair.after)));
    let samples = samples(change.now, parties)?;
    let mut found: Vec<(Point<'_>, Sets)> = Vec::new();
    for point in samples.points() {
        let mut sets = Sets::default();
        for (number, (earlier, later)) in change.ownings(pair).into_iter().enumerate() {
            let asking = |place, owning| {
                Asking::new(place, point.from, Circumstances::Assumed(point.assumed), owning)
            };
            let had = before.as_ref().map_or(NameSet::NONE, |holding| {
                change.before.has(holding, &asking(pair.before, earlier))
            });
            let has = after.as_ref().map_or(NameSet::NONE, |holding| {
                change.after.has(holding, &asking(pair.after, later))
            });
            for (sets, set) in sets.iter_mut().zip([has.difference(had), had.difference(has)]) {
                if let Some(place) = sets.get_mut(number) {
                    *place = change.before.register.of_today(set);
                }
            }
        }
        found.push((point, sets));
    }
    let (scope, extent) = match pair.after {
        Place::At(scope) => (scope, Extent::Here),
        Place::Below(scope) => (scope, Extent::Below),
    };
    Ok(Effects { scope, extent, differences: differences(change, &samples, &found) })
}

/// Joins what holds under all circumstances, and what goes on from one instant to the next.
fn differences(
    change: &Change<'_>,
    samples: &Samples<'_>,
    found: &[(Point<'_>, Sets)],
) -> Vec<Difference> {
    let mut joined: Vec<(Point<'_>, Sets)> = Vec::new();
    for at_once in found.chunk_by(|(one, _), (other, _)| one.from == other.from) {
        let Some((first, sets)) = at_once.first() else { continue };
        if at_once.iter().all(|(_, other)| other == sets) {
            match joined.last_mut() {
                Some((last, same))
                    if same == sets
                        && last.assumed.is_empty()
                        && last.until == Some(first.from) =>
                {
                    last.until = first.until;
                }
                _ => joined.push((Point { assumed: &[], ..*first }, *sets)),
            }
        } else {
            joined.extend_from_slice(at_once);
        }
    }
    let register = change.before.register;
    let owned = |[own, others, unsaid]: [NameSet; 3]| Owned {
        own: register.names(own),
        others: register.names(others),
        unsaid: register.names(unsaid),
    };
    joined
        .into_iter()
        .filter(|(_, sets)| *sets != Sets::default())
        .map(|(point, [gained, lost])| Difference {
            from: point.from,
            until: point.until,
            when: point
                .assumed
                .iter()
                .map(|(condition, truth)| Circumstance {
                    condition: (*condition).clone(),
                    answer: answer(samples, condition, *truth),
                })
                .collect(),
            gained: owned(gained),
            lost: owned(lost),
        })
        .collect()
}

/// What was assumed of a condition stands for everything that makes no difference to it.
fn answer(samples: &Samples<'_>, condition: &Condition, truth: Truth) -> Answer {
    let is_apart = |truth| samples.tell_apart(condition, truth);
    match truth {
        Truth::True => Answer::Met,
        Truth::False => Answer::Unmet,
        Truth::Unknown if !is_apart(Truth::False) => Answer::NotMet,
        Truth::Unknown if !is_apart(Truth::True) => Answer::NotUnmet,
        Truth::Unknown => Answer::Unknown,
    }
}

fn steps(change: &Change<'_>) -> Vec<Step> {
    let (before, after) = (change.before.organization, change.after.organization);
    let mut steps = Vec::new();
    let (from, to) = (before.profile().status, after.profile().status);
    if from != to {
        steps.push(Step::Organization { from, to });
    }
    for scope in &change.scopes {
        let Scope::Workspace(id) = *scope else { continue };
        if let (Some(from), Some(to)) = (before.workspaces().get(&id), after.workspaces().get(&id))
            && from.status != to.status
        {
            steps.push(Step::Workspace { id, from: from.status, to: to.status });
        }
    }
    for id in &change.sub_accounts {
        let (from, to) = (before.sub_accounts().get(id), after.sub_accounts().get(id));
        let Some(to) = to else { continue };
        let status = from.map(|from| from.status);
        if status != Some(to.status) {
            steps.push(Step::SubAccount { id: *id, from: status, to: to.status });
        }
        let required = to.credential_reset_required;
        if from.is_some_and(|from| from.credential_reset_required) != required {
            steps.push(Step::CredentialReset { id: *id, required });
        }
    }
    steps
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nobody gains or loses anything");
        }
        let mut lines = Vec::new();
        lines.extend(self.steps.iter().map(ToString::to_string));
        for (id, effects) in &self.sub_accounts {
            lines.push(format!("sub-account {id}"));
            lines.extend(described(effects));
        }
        f.write_str(&lines.join("\n"))
    }
}

/// The effects of one sub-account in words; what is the same at a scope and below it is said once.
fn described(effects: &[Effects]) -> Vec<String> {
    let mut lines = Vec::new();
    let at = |extent| move |it: &&Effects| it.extent == extent;
    for here in effects.iter().filter(at(Extent::Here)) {
        let scope = EntityId::from(here.scope);
        let below =
            effects.iter().filter(at(Extent::Below)).find(|below| below.scope == here.scope);
        match below {
            Some(below) if below.differences == here.differences => {
                let place = format!("at {scope} and below");
                lines.extend(here.differences.iter().flat_map(|it| it.described(&place)));
            }
            below => {
                let place = format!("at {scope} itself");
                lines.extend(here.differences.iter().flat_map(|it| it.described(&place)));
                let place = format!("below {scope}");
                let below = below.into_iter().flat_map(|below| &below.differences);
                lines.extend(below.flat_map(|it| it.described(&place)));
            }
        }
    }
    lines
}

impl Difference {
    fn described(&self, place: &str) -> Vec<String> {
        let when = self.when.iter().map(|circumstance| format!(", {circumstance}"));
        let until = self.until.map(|until| format!(" until {until}"));
        let window = format!(", from {}{}", self.from, until.unwrap_or_default());
        let after = format!(" {place}{}{window}", when.collect::<String>());
        let mut lines = Vec::new();
        for (verb, owned) in [("gains", &self.gained), ("loses", &self.lost)] {
            for (what, names) in owned.described() {
                lines.push(format!("  {verb} {names}{what}{after}"));
            }
        }
        lines
    }
}

impl Owned {
    /// The sets in words, what is the same for several kinds of ownership once.
    fn described(&self) -> Vec<(&'static str, &PermissionNames)> {
        let parts = if self.own == self.others && self.own == self.unsaid {
            vec![("", &self.own)]
        } else if self.others == self.unsaid {
            vec![(" on what it owns", &self.own), (" on everything else", &self.others)]
        } else {
            vec![
                (" on what it owns", &self.own),
                (" on what it does not own", &self.others),
                (" where nobody says who owns it", &self.unsaid),
            ]
        };
        parts.into_iter().filter(|(_, names)| !names.is_empty()).collect()
    }
}

impl fmt::Display for Circumstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let met = match self.answer {
            Answer::Met => "with",
            Answer::Unmet => "without",
            Answer::Unknown => "if nobody knows about",
            Answer::NotMet => "unless certainly with",
            Answer::NotUnmet => "unless certainly without",
        };
        match &self.condition {
            Condition::Network(_) => write!(f, "{met} one of certain networks"),
            Condition::Mfa => write!(f, "{met} a second factor"),
            Condition::LoginMethod(_) => write!(f, "{met} one of certain login methods"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubAccount { id, from: None, to } => {
                write!(f, "sub-account {id} comes into being: {to:?}")
            }
            Self::SubAccount { id, from: Some(from), to } => {
                write!(f, "sub-account {id} goes from {from:?} to {to:?}")
            }
            Self::CredentialReset { id, required: true } => {
                write!(f, "sub-account {id} must renew its credential")
            }
            Self::CredentialReset { id, required: false } => {
                write!(f, "sub-account {id} has renewed its credential")
            }
            Self::Workspace { id, from, to } => {
                write!(f, "workspace {id} goes from {from:?} to {to:?}")
            }
            Self::Organization { from, to } => {
                write!(f, "the organization goes from {from:?} to {to:?}")
            }
        }
    }
}
