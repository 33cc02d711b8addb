//! Renders an impact as text.

use std::fmt;

use crate::governance::impact::difference::{
    Answer, Circumstance, Difference, PermissionsByOwnership,
};
use crate::governance::impact::effects::{Effects, Extent};
use crate::governance::impact::impact::Impact;
use crate::governance::impact::lifecycle_step::LifecycleStep;
use crate::model::{Condition, EntityId};
use crate::permission::PermissionNames;

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no sub-account gains or loses anything");
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

/// The effects on one sub-account. Equal effects at a scope and below it are listed once.
fn described(effects: &[Effects]) -> Vec<String> {
    let mut lines = Vec::new();
    let at = |extent| move |it: &&Effects| it.extent == extent;
    for here in effects.iter().filter(at(Extent::Here)) {
        let scope = EntityId::from(here.scope);
        let below =
            effects.iter().filter(at(Extent::Below)).find(|below| below.scope == here.scope);
        match below {
            Some(below)
                if (&below.differences, below.at_most) == (&here.differences, here.at_most) =>
            {
                lines.extend(here.described(&format!("at {scope} and below")));
            }
            below => {
                lines.extend(here.described(&format!("at {scope} itself")));
                let place = format!("below {scope}");
                lines.extend(below.into_iter().flat_map(|below| below.described(&place)));
            }
        }
    }
    lines
}

impl Effects {
    fn described(&self, place: &str) -> Vec<String> {
        let verbs =
            if self.at_most { ["gains at most", "loses at most"] } else { ["gains", "loses"] };
        self.differences.iter().flat_map(|it| it.described(verbs, place)).collect()
    }
}

impl Difference {
    fn described(&self, [gains, loses]: [&str; 2], place: &str) -> Vec<String> {
        let when = self.when.iter().map(|circumstance| format!(", {circumstance}"));
        let until = self.until.map(|until| format!(" until {until}"));
        let window = format!(", from {}{}", self.from, until.unwrap_or_default());
        let after = format!(" {place}{}{window}", when.collect::<String>());
        let mut lines = Vec::new();
        for (verb, owned) in [(gains, &self.gained), (loses, &self.lost)] {
            for (what, names) in owned.described() {
                lines.push(format!("  {verb} {names}{what}{after}"));
            }
        }
        lines
    }
}

impl PermissionsByOwnership {
    /// The non-empty sets, each with the ownership that it is for. Equal sets are listed once.
    fn described(&self) -> Vec<(&'static str, &PermissionNames)> {
        let parts = if self.own == self.others && self.own == self.unsaid {
            vec![("", &self.own)]
        } else if self.others == self.unsaid {
            vec![(" on what it owns", &self.own), (" on everything else", &self.others)]
        } else {
            vec![
                (" on what it owns", &self.own),
                (" on what it does not own", &self.others),
                (" where no owner is known", &self.unsaid),
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
            Answer::Unknown => "if nothing is known about",
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

impl fmt::Display for LifecycleStep {
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
