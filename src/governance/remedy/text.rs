//! Renders a remedy as text.

use std::fmt;

use crate::access::Named;
use crate::governance::remedy::helpful_role::HelpfulRole;
use crate::governance::remedy::obstacle::Obstacle;
use crate::governance::remedy::remedy::Remedy;
use crate::model::Scope;

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_allowed {
            return f.write_str("nothing is missing");
        }
        if !self.missing.is_empty() {
            writeln!(f, "missing: {}", self.missing)?;
        }
        if !self.obstacles.is_empty() {
            f.write_str("no role helps while")?;
            for (position, obstacle) in self.obstacles.iter().enumerate() {
                write!(f, "{}{obstacle}", if position == 0 { "\n  " } else { ", and\n  " })?;
            }
            return Ok(());
        }
        if self.roles.is_empty() {
            return f.write_str("no role that may be assigned here would help");
        }
        for (position, role) in self.roles.iter().enumerate() {
            if position > 0 {
                writeln!(f)?;
            }
            write_role(f, role, self.scope.as_ref())?;
        }
        if self.has_more_roles { f.write_str("\nand more roles") } else { Ok(()) }
    }
}

fn write_role(
    f: &mut fmt::Formatter<'_>,
    role: &HelpfulRole,
    scope: Option<&Named<Scope>>,
) -> fmt::Result {
    write!(f, "{} would help", role.role)?;
    if let Some(scope) = scope {
        write!(f, ", assigned at {scope}")?;
    }
    if role.is_only_on_own {
        f.write_str(", only with what is owned")?;
    }
    match (role.assigners.is_empty(), role.has_more_candidates) {
        (true, false) => return f.write_str("; no sub-account here may assign it"),
        (true, true) => {
            return f.write_str("; none of the sub-accounts that were checked may assign it");
        }
        (false, _) => f.write_str("; may be assigned by ")?,
    }
    for (position, id) in role.assigners.iter().enumerate() {
        write!(f, "{}sub-account {id}", if position == 0 { "" } else { ", " })?;
    }
    if role.has_more_candidates { f.write_str(" and perhaps others") } else { Ok(()) }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bar(bar) => write!(f, "{bar}"),
            Self::Unknown(name) => {
                write!(f, "{name} is required, which this process does not know")
            }
            Self::Denied { permission, assignment, scope } => {
                write!(f, "{permission} is denied at {scope} (assignment {assignment})")
            }
            Self::Cut { permission, cut } => write!(f, "{permission} is cut off: {cut}"),
        }
    }
}
