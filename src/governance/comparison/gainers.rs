//! Gainers: which holders may gain anything by a change, derived from the rows that differ.
//!
//! Most changes only take away: an assignment is revoked, a deny is added, an account is suspended.
//! That no holder gains by such a row follows from the row and a few others, without sampling times
//! and conditions, so any number of conditional assignments cannot make the check too complex. A
//! row that is not known to take away may give.

use std::collections::BTreeSet;

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
    pub(crate) fn between<'a>(before: &View<'a>, after: &View<'a>) -> Self {
        let rows = after.organization.differences(before.organization);
        let mut finder = GainerFinder {
            before: before.organization,
            after: after.organization,
            rows: RevisionDiff::default(),
        };
        let count = rows.len();
        let grown = finder.collect(&rows);
        match grown {
            0 => Self::Nobody,
            _ if grown == count => Self::Affected,
            _ => {
                let diff = finder.rows.with_concerned(after.organization);
                Self::Holders(Affected::by(&diff, before, after).holders)
            }
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
struct GainerFinder<'a> {
    before: &'a Organization,
    after: &'a Organization,
    rows: RevisionDiff<'a>,
}

impl<'a> GainerFinder<'a> {
    /// Collects the rows by which a holder may gain, and counts them.
    fn collect(&mut self, rows: &[RowChange<'a>]) -> usize {
        let assignments: Vec<Rows<'a, Assignment>> = rows
            .iter()
            .filter_map(|row| match row {
                RowChange::Assignment(rows) => Some(*rows),
                RowChange::Profile(..)
                | RowChange::Workspace(_)
                | RowChange::Resource(_)
                | RowChange::SubAccount(_)
                | RowChange::Team(_)
                | RowChange::MemberAdded(_)
                | RowChange::MemberRemoved(_)
                | RowChange::Role(_)
                | RowChange::Consent(_)
                | RowChange::Invitation(_)
                | RowChange::Request(_) => None,
            })
            .collect();
        rows.iter().filter(|row| self.grows(row, &assignments)).count()
    }

    /// Whether a holder may gain by a row, which is then noted.
    fn grows(&mut self, row: &RowChange<'a>, assignments: &[Rows<'a, Assignment>]) -> bool {
        let grows = match row {
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
            RowChange::Assignment(rows) => self.assigns_more(*rows, assignments),
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
        if grows {
            self.note(row);
        }
        grows
    }

    fn note(&mut self, row: &RowChange<'a>) {
        let rows = &mut self.rows;
        match row {
            RowChange::Profile(..) => rows.profile = true,
            RowChange::Workspace((old, new)) => {
                rows.scopes.extend(old.or(*new).map(|it| Scope::from(it.id)));
            }
            RowChange::Resource((old, new)) => {
                rows.scopes.extend(old.or(*new).map(|it| Scope::from(it.id)));
            }
            RowChange::SubAccount((old, new)) => {
                rows.sub_accounts.extend(old.or(*new).map(|it| it.id));
            }
            RowChange::Team((old, new)) => rows.teams.extend(old.or(*new).map(|it| it.id)),
            RowChange::MemberAdded(place) | RowChange::MemberRemoved(place) => {
                rows.memberships.insert(**place);
            }
            RowChange::Role((old, new)) => {
                let role = old.or(*new).map(|it| it.id);
                // Roles that may assign this one, directly or through others, can give what it
                // gives.
                let by = [Relation::Includes, Relation::Assigns];
                let referring = role.map(|it| referring(self.before, self.after, it, &by));
                rows.roles.extend(referring.into_iter().flatten());
            }
            RowChange::Assignment(assignment) => rows.assignments.push(*assignment),
            // These rows give no permissions. A consent is checked by what it gives operators.
            RowChange::Consent(_) | RowChange::Invitation(_) | RowChange::Request(_) => {}
        }
    }

    /// Whether a differing assignment gives more or takes less than before.
    fn assigns_more(&self, (old, new): Rows<'a, Assignment>, all: &[Rows<'a, Assignment>]) -> bool {
        if let (Some(old), Some(new)) = (old, new)
            && is_unchanged(old, new)
        {
            return false;
        }
        let is_given = new.filter(|it| it.effect == Effect::Allow).is_some_and(|new| {
            let mut taken = all.iter().filter_map(|(old, _)| *old);
            !taken.any(|old| is_alike(new, old) && new.is_within(old))
        });
        let is_lifted = old.filter(|it| it.effect == Effect::Deny).is_some_and(|old| {
            let mut made = all.iter().filter_map(|(_, new)| *new);
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
        let including = referring(self.before, self.after, role, &[Relation::Includes]);
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

/// A role and all roles that refer to it by these relations, directly or through others, before or
/// after.
fn referring(
    before: &Organization,
    after: &Organization,
    role: RoleId,
    by: &[Relation],
) -> BTreeSet<RoleId> {
    closed([role], |role| {
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
