//! Gainers: which holders may gain anything by a change, derived from the rows that differ.
//!
//! Most changes only take away: an assignment is revoked, a deny is added, an account is suspended.
//! That no holder gains by such a row follows from the row and a few others, without sampling times
//! and conditions, so any number of conditional assignments cannot make the check too complex. A
//! row that is not known to take away may give.

use std::collections::BTreeSet;
use std::mem;

use crate::access::paths::{closed, teams_above};
use crate::access::revision_diff::RevisionDiff;
use crate::governance::comparison::affected::Affected;
use crate::governance::comparison::narrower::{Narrower, is_unchanged};
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::view::View;
use crate::id::{RoleId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{
    Assignee, Assignment, Effect, Membership, Organization, RoleRef, RowChange, Rows, Scope,
};

/// The holders that may gain anything by a change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Gainers {
    /// No holder: every row that differs only takes away.
    Nobody,
    /// These holders, existing or hypothetical. All others can only lose.
    Holders(BTreeSet<HolderId>),
    /// Every affected holder: no row that differs only takes away.
    Affected,
}

impl Gainers {
    /// The gainers of the change from `before` to `after`, in which these rows differ, and these
    /// assignments among them.
    pub(crate) fn between<'a>(
        before: &View<'a>,
        after: &View<'a>,
        rows: &[RowChange<'a>],
        assignments: &[Rows<'a, Assignment>],
    ) -> Self {
        let mut finder = GainerFinder {
            before: before.organization,
            after: after.organization,
            assignments,
            giving: RevisionDiff::default(),
        };
        let giving = rows.iter().filter(|row| finder.may_give(row)).count();
        if giving == 0 {
            Self::Nobody
        } else if giving == rows.len() {
            Self::Affected
        } else {
            // Roles that may assign a role, directly or through others, can give what it gives.
            let by = [Relation::Includes, Relation::Assigns];
            let roles = mem::take(&mut finder.giving.roles);
            finder.giving.roles = referring(before.organization, after.organization, roles, &by);
            let touched = finder.giving.with_concerned(after.organization);
            Self::Holders(Affected::by(&touched, before, after).holders)
        }
    }

    /// Whether no holder gains anything.
    pub(crate) const fn is_none(&self) -> bool {
        matches!(self, Self::Nobody)
    }

    /// Whether an affected holder may gain something.
    pub(crate) fn contains(&self, holder: HolderId) -> bool {
        match self {
            Self::Nobody => false,
            Self::Holders(holders) => holders.contains(&holder),
            Self::Affected => true,
        }
    }
}

/// Collects the rows that do not only take away.
struct GainerFinder<'r, 'a> {
    before: &'a Organization,
    after: &'a Organization,
    /// Every assignment that differs.
    assignments: &'r [Rows<'a, Assignment>],
    /// The rows found so far by which a holder may gain.
    giving: RevisionDiff<'a>,
}

impl<'a> GainerFinder<'_, 'a> {
    /// Whether a holder may gain by a row, which is then noted.
    fn may_give(&mut self, row: &RowChange<'a>) -> bool {
        let may_give = match row {
            RowChange::Profile(old, new) => !new.is_within(old),
            RowChange::Workspace((Some(old), Some(new))) => !new.is_within(old),
            RowChange::Resource((Some(old), Some(new))) => !new.is_within(old),
            RowChange::SubAccount((Some(old), Some(new))) => !new.is_within(old),
            RowChange::Consent((Some(old), Some(new))) => !new.is_within(old),
            RowChange::Team((Some(old), Some(new))) => !new.is_within(old),
            // A team is deleted once its memberships and assignments are gone, which are rows of
            // their own.
            RowChange::Team((Some(_), None)) => false,
            RowChange::MemberRemoved(place) => self.lifts_a_deny(place),
            RowChange::Role((Some(old), new)) => {
                new.is_some_and(|new| !new.is_within(old)) || self.is_denied(old.id)
            }
            RowChange::Assignment(rows) => self.assigns_more(*rows),
            RowChange::Consent((_, None))
            | RowChange::Invitation((_, None))
            | RowChange::Request((_, None)) => false,
            // New rows may give. After a deletion, the contents are looked up elsewhere.
            RowChange::Workspace(_)
            | RowChange::Resource(_)
            | RowChange::SubAccount(_)
            | RowChange::Team(_)
            | RowChange::MemberAdded(_)
            | RowChange::Role(_)
            | RowChange::Consent(_)
            | RowChange::Invitation(_)
            | RowChange::Request(_) => true,
        };
        if may_give {
            self.giving.note(row);
        }
        may_give
    }

    /// Whether a differing assignment gives more or takes less than before.
    fn assigns_more(&self, (old, new): Rows<'a, Assignment>) -> bool {
        if let (Some(old), Some(new)) = (old, new)
            && is_unchanged(old, new)
        {
            return false;
        }
        let is_given = new.filter(|it| it.effect == Effect::Allow).is_some_and(|new| {
            let mut taken = self.assignments.iter().filter_map(|(old, _)| *old);
            !taken.any(|old| is_alike(new, old) && new.is_within(old))
        });
        let is_lifted = old.filter(|it| it.effect == Effect::Deny).is_some_and(|old| {
            let mut made = self.assignments.iter().filter_map(|(_, new)| *new);
            !made.any(|new| is_alike(old, new) && old.is_within(new))
        });
        let is_adopted = old.zip(new).is_some_and(|(old, new)| old.by != new.by);
        is_given
            || is_lifted
            || is_adopted
            || old.is_some_and(|old| self.makes_members_with_denies(old))
    }

    /// Whether an allow makes its assignee a member of a scope whose members are denied something.
    /// Revoking it would lift that deny.
    fn makes_members_with_denies(&self, allow: &Assignment) -> bool {
        let names = match allow.assignee {
            Assignee::SubAccount(_) | Assignee::Team(_) => true,
            Assignee::MembersOf(_) => false,
        };
        names && allow.effect == Effect::Allow && self.denies_members(allow.scope)
    }

    /// Whether the members of a scope are denied something. Everyone is and stays a member of the
    /// organization.
    fn denies_members(&self, scope: Scope) -> bool {
        scope != Scope::Organization
            && [self.before, self.after].into_iter().any(|organization| {
                let mut to_members = organization.assignments_by(scope, Relation::MembersOf);
                to_members.any(|it| it.effect == Effect::Deny)
            })
    }

    /// Whether leaving a team lifts a deny: one to the team or a team above it, or one to the
    /// members of a scope where such a team has an allow.
    fn lifts_a_deny(&self, place: &Membership) -> bool {
        let teams: BTreeSet<TeamId> = [self.before, self.after]
            .into_iter()
            .flat_map(|organization| teams_above(organization, [place.team]))
            .collect();
        teams.into_iter().any(|team| {
            [self.before, self.after].into_iter().any(|organization| {
                let mut to_team =
                    organization.assignments_by(EntityId::Team(team), Relation::Assignee);
                to_team.any(|it| match it.effect {
                    Effect::Deny => true,
                    Effect::Allow => self.denies_members(it.scope),
                })
            })
        })
    }

    /// Whether a role, or one that includes it, is used in a deny: then a smaller role takes less.
    fn is_denied(&self, role: RoleId) -> bool {
        let including = referring(self.before, self.after, [role], &[Relation::Includes]);
        including.into_iter().map(RoleRef::Custom).any(|role| {
            [self.before, self.after].into_iter().any(|organization| {
                organization.assignments_of(&role).any(|it| it.effect == Effect::Deny)
            })
        })
    }
}

/// Whether two assignments have the same assignee, scope, effect and delegator.
fn is_alike(one: &Assignment, other: &Assignment) -> bool {
    (one.assignee, one.scope, one.effect, one.delegator)
        == (other.assignee, other.scope, other.effect, other.delegator)
}

/// Roles and all roles that refer to one of them by these relations, directly or through others,
/// before or after.
fn referring(
    before: &Organization,
    after: &Organization,
    roles: impl IntoIterator<Item = RoleId>,
    by: &[Relation],
) -> BTreeSet<RoleId> {
    closed(roles, |role| {
        let organizations = [before, after].into_iter();
        let entities = organizations.flat_map(move |organization| {
            by.iter().flat_map(move |by| organization.referring(EntityId::Role(role), *by))
        });
        entities.filter_map(|from| match from {
            EntityId::Role(id) => Some(id),
            _ => None,
        })
    })
}
