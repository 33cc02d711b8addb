//! The text form of an explanation.

use std::fmt;

use ipnet::IpNet;

use crate::access::explain::bar::Bar;
use crate::access::explain::condition::JudgedCondition;
use crate::access::explain::explanation::Explanation;
use crate::access::explain::named::Named;
use crate::access::explain::path::{ExplainedPath, Part, PathOutcome, Way};
use crate::access::explain::permission::{Cut, ExplainedPermission};
use crate::id::TeamId;
use crate::model::{Condition, Effect, EntityId, LoginMethod, OrganizationStatus, RoleRef, Scope};
use crate::text::Name;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.decision)?;
        write!(f, "sub-account {} at ", self.sub_account)?;
        match &self.scope {
            Some(scope) => write!(f, "{scope}")?,
            None => f.write_str("an unknown scope")?,
        }
        let name = self.organization.name.as_ref().map_or("", Name::as_str);
        write!(f, ", organization `{name}` at revision {}, as of {}", self.revision, self.at)?;
        for bar in &self.bars {
            write!(f, "\nbarred: {bar}")?;
        }
        for permission in &self.permissions {
            write!(f, "\n{permission}")?;
        }
        let missing = self.missing();
        if !missing.is_empty() {
            write!(f, "\nmissing: {missing}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(OrganizationStatus::Closed) => {
                f.write_str("the organization is closed")
            }
            Self::Organization(_) => f.write_str("the organization is suspended"),
            Self::Ended(ends) => write!(f, "the sub-account's access ended at {ends}"),
            Self::SecurityPolicy(condition) => {
                write!(f, "the security policy asks for {condition}")
            }
            _ => write!(f, "{}", self.reason()),
        }
    }
}

impl fmt::Display for JudgedCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_condition(f, &self.condition)?;
        f.write_str(match self.is_met {
            Some(true) => ", which is met",
            Some(false) => ", which is not met",
            None => ", and the context does not say whether that is met",
        })
    }
}

fn write_condition(f: &mut fmt::Formatter<'_>, condition: &Condition) -> fmt::Result {
    match condition {
        Condition::Mfa => f.write_str("a second factor"),
        Condition::Network(networks) => {
            f.write_str("a request from ")?;
            write_list(f, Vec::<IpNet>::from(networks.clone()), " or ")
        }
        Condition::LoginMethod(methods) => {
            f.write_str("a login by ")?;
            let methods = std::collections::BTreeSet::<LoginMethod>::from(methods.clone());
            write_list(f, methods, " or ")
        }
    }
}

fn write_list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    list: impl IntoIterator<Item = T>,
    separator: &str,
) -> fmt::Result {
    for (position, item) in list.into_iter().enumerate() {
        if position > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl fmt::Display for ExplainedPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(title) = &self.title {
            write!(f, " `{title}`")?;
        }
        if self.is_asked_for {
            f.write_str(", asked for")?;
        }
        if !self.needed_by.is_empty() {
            f.write_str(", needed by ")?;
            write_list(f, &self.needed_by, ", ")?;
        }
        write!(f, ": {}", self.decision)?;
        // If the decision names a bar, the reason that would remain without it is shown too.
        if let Some(lacks) = self.lacks.filter(|lacks| self.decision.reason() != Some(*lacks)) {
            write!(f, "; besides, {lacks}")?;
        }
        for path in &self.paths {
            write!(f, "\n  {path}")?;
        }
        for cut in &self.cuts {
            write!(f, "\n  cut off: {cut}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ExplainedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.effect, &self.outcome) {
            (Effect::Allow, PathOutcome::Acts) => "granted by assignment",
            (Effect::Allow, _) => "not granted by assignment",
            (Effect::Deny, PathOutcome::Acts) => "taken away by deny",
            (Effect::Deny, _) => "not taken away by deny",
        })?;
        write!(f, " {} of ", self.assignment)?;
        if self.roles.is_empty() {
            f.write_str("the permission itself")?;
        }
        write_list(f, &self.roles, ", which includes ")?;
        if self.is_unknown {
            f.write_str(", which the catalog does not know")?;
        }
        if self.part == Part::Own {
            f.write_str(" on what is owned")?;
        }
        write!(f, " at {} {}", self.scope, self.way)?;
        match (&self.outcome, self.ends) {
            (PathOutcome::Acts, Some(ends)) => write!(f, ", until {ends}")?,
            // The conditions themselves are listed below.
            (
                PathOutcome::Acts | PathOutcome::ConditionUnmet | PathOutcome::ConditionUnknown,
                _,
            ) => {}
            (outcome, _) => write!(f, "; {outcome}")?,
        }
        for condition in self.conditions.iter().filter(|condition| condition.is_met != Some(true)) {
            write!(f, "; it asks for {condition}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByName => f.write_str("to the sub-account by name"),
            Self::Team(teams) => {
                f.write_str("to ")?;
                // From the named team down to the one that the sub-account is in.
                write_list(f, teams.iter().rev(), ", which holds ")
            }
            Self::MemberOf { scope, by, way } => {
                write!(f, "to the members of {scope}, of whom it is one by assignment {by} {way}")
            }
            Self::Everyone => f.write_str("to everybody"),
        }
    }
}

impl fmt::Display for PathOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfReach => f.write_str("it does not reach this scope"),
            Self::NotStarted(starts) => write!(f, "it starts at {starts}"),
            Self::Ended(ended) => write!(f, "it ended at {ended}"),
            Self::ConditionUnmet => f.write_str("a condition is not met"),
            Self::ConditionUnknown => f.write_str("a condition is not known to be met"),
            Self::Masked(scope) => write!(f, "{scope} does not inherit it"),
            Self::DelegatorLacks(id) => {
                write!(f, "sub-account {id}, who passed it on, does not have it here")
            }
            Self::NotOwned => f.write_str("this is not owned by the sub-account"),
            Self::OwnershipUnknown => f.write_str("it is not known whether this is owned"),
            Self::Acts => f.write_str("it acts"),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archived(scope) => write!(f, "{scope} is archived"),
            Self::Ceiling(scope) => write!(f, "the ceiling of {scope} does not hold it"),
            Self::Boundary => f.write_str("the sub-account's boundary does not hold it"),
            Self::ServiceOwner(Some(owner)) => {
                write!(f, "sub-account {owner}, who owns the service, does not have it here")
            }
            Self::ServiceOwner(None) => f.write_str("the service has no owner"),
        }
    }
}

impl fmt::Display for Named<Scope> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.id, &self.name) {
            (Scope::Workspace(_), Some(name)) => write!(f, "workspace `{name}`"),
            (Scope::Resource(_), Some(name)) => write!(f, "resource `{name}`"),
            (scope, _) => write!(f, "{}", EntityId::from(scope)),
        }
    }
}

impl fmt::Display for Named<RoleRef> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.id {
            RoleRef::System(_) => "role",
            RoleRef::Custom(_) => "custom role",
        };
        match &self.name {
            Some(name) => write!(f, "{kind} `{name}`"),
            None => write!(f, "{kind} `{}`", self.id),
        }
    }
}

impl fmt::Display for Named<TeamId> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "team `{name}`"),
            None => write!(f, "{}", EntityId::Team(self.id)),
        }
    }
}
