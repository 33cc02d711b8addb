//! Growth: who may gain anything by a change, as told by the rows that differ.
//!
//! Most changes take away: an assignment is revoked, a deny is made, somebody is suspended. That
//! nobody gains by such a row follows from the row and the few others named here, so it takes no
//! sampling of times and conditions, and no number of conditional grants stands in its way.
//! Whatever is not known to take away may give.

use std::collections::BTreeSet;

use crate::access::paths::{closed, teams_above};
use crate::access::revision_diff::RevisionDiff;
use crate::governance::affected::Affected;
use crate::governance::holding::Holder;
use crate::governance::narrower::{Narrower, is_unchanged};
use crate::governance::view::View;
use crate::id::{RoleId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{
    Assignee, Assignment, Effect, Membership, Organization, RoleRef, RowChange, Rows, Scope,
};

/// Who may gain anything by a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// Nobody: every row that differs only takes away.
    Nobody,
    /// These holders, really or possibly. Whatever differs for others, they can only lose by it.
    Holders(BTreeSet<Holder>),
    /// Anybody whom the change affects: no row that differs only takes away.
    Affected,
}

impl Growth {
    pub(super) fn between<'a>(before: &View<'a>, after: &View<'a>) -> Self {
        let rows = after.organization.differences(before.organization);
        let mut growing = Growing {
            before: before.organization,
            after: after.organization,
            rows: RevisionDiff::default(),
        };
        let count = rows.len();
        let grown = growing.collect(&rows);
        match grown {
            0 => Self::Nobody,
            _ if grown == count => Self::Affected,
            _ => {
                let touched = growing.rows.with_concerned(after.organization);
                Self::Holders(Affected::by(&touched, before, after).holders)
            }
        }
    }

    /// Whether nobody gains anything.
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::Nobody)
    }

    /// Whether a holder whom the change affects may gain something by it.
    pub(super) fn may_reach(&self, holder: Holder) -> bool {
        match self {
            Self::Nobody => false,
            Self::Holders(holders) => holders.contains(&holder),
            Self::Affected => true,
        }
    }
}

/// The rows that do more than take away, as they are found.
struct Growing<'a> {
    before: &'a Organization,
    after: &'a Organization,
    rows: RevisionDiff<'a>,
}

impl<'a> Growing<'a> {
    /// Finds the rows by which anybody may gain, and counts them.
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
                | RowChange::Joined(_)
                | RowChange::Parted(_)
                | RowChange::Role(_)
                | RowChange::Consent(_)
                | RowChange::Invitation(_)
                | RowChange::Request(_) => None,
            })
            .collect();
        rows.iter().filter(|row| self.grows(row, &assignments)).count()
    }

    /// Whether anybody may gain by a row, which is then noted.
    fn grows(&mut self, row: &RowChange<'a>, assignments: &[Rows<'a, Assignment>]) -> bool {
        let grows = match row {
            RowChange::Profile(old, new) => !new.is_within(old),
            RowChange::Workspace((Some(old), Some(new))) => !new.is_within(old),
            RowChange::Resource((Some(old), Some(new))) => !new.is_within(old),
            RowChange::SubAccount((Some(old), Some(new))) => !new.is_within(old),
            RowChange::Consent((Some(old), Some(new))) => !new.is_within(old),
            RowChange::Team((Some(old), Some(new))) => !new.is_within(old),
            // A team goes when nobody is in it and nothing is assigned to it; those are rows of
            // their own.
            RowChange::Team((Some(_), None)) => false,
            RowChange::Parted(place) => self.sheds_a_deny(place),
            RowChange::Role((Some(old), new)) => {
                new.is_some_and(|new| !new.is_within(old)) || self.is_denied(old.id)
            }
            RowChange::Assignment(rows) => self.assigns_more(*rows, assignments),
            RowChange::Consent((_, None))
            | RowChange::Invitation((_, None))
            | RowChange::Request((_, None)) => false,
            // What comes into being, and places that are gone: what was there is asked about
            // somewhere else.
            RowChange::Workspace(_)
            | RowChange::Resource(_)
            | RowChange::SubAccount(_)
            | RowChange::Team(_)
            | RowChange::Joined(_)
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
            RowChange::Joined(place) | RowChange::Parted(place) => {
                rows.memberships.insert(**place);
            }
            RowChange::Role((old, new)) => {
                let role = old.or(*new).map(|it| it.id);
                // What a role gives can be handed out by whoever may assign it, on and on.
                let by = [Relation::Includes, Relation::Assigns];
                let referring = role.map(|it| referring(self.before, self.after, it, &by));
                rows.roles.extend(referring.into_iter().flatten());
            }
            RowChange::Assignment(assignment) => rows.assignments.push(*assignment),
            // By these nobody has anything. A consent is judged by what it lets in, where it is
            // given.
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
        is_given || is_lifted || is_adopted || old.is_some_and(|old| self.made_bound_members(old))
    }

    /// Whether an allow makes somebody a member of a scope to whose members something is denied:
    /// who is a member no more sheds that deny.
    fn made_bound_members(&self, allow: &Assignment) -> bool {
        let names = match allow.assignee {
            Assignee::SubAccount(_) | Assignee::Team(_) => true,
            Assignee::MembersOf(_) => false,
        };
        names && allow.effect == Effect::Allow && self.binds_members(allow.scope)
    }

    /// Whether something is denied to the members of a scope; of the organization everybody is and
    /// stays one.
    fn binds_members(&self, scope: Scope) -> bool {
        scope != Scope::Organization
            && [self.before, self.after].into_iter().any(|organization| {
                let mut to_members = organization.assignments_by(scope, Relation::MembersOf);
                to_members.any(|it| it.effect == Effect::Deny)
            })
    }

    /// Whether somebody who gives up a place in a team leaves behind a deny by it: one to the team
    /// or to a team above it, or one to the members of a scope where such a team is allowed
    /// something.
    fn sheds_a_deny(&self, place: &Membership) -> bool {
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
                    Effect::Allow => self.binds_members(it.scope),
                })
            })
        })
    }

    /// Whether a role, or one that includes it, is denied to anybody: a role with less takes less
    /// as a deny.
    fn is_denied(&self, role: RoleId) -> bool {
        let including = referring(self.before, self.after, role, &[Relation::Includes]);
        including.into_iter().map(RoleRef::Custom).any(|role| {
            [self.before, self.after].into_iter().any(|organization| {
                organization.granting(&role).any(|it| it.effect == Effect::Deny)
            })
        })
    }
}

/// Whether two assignments concern the same, at the same scope, and pass on what is the same one's.
fn is_alike(one: &Assignment, other: &Assignment) -> bool {
    (one.assignee, one.scope, one.effect, one.delegator)
        == (other.assignee, other.scope, other.effect, other.delegator)
}

/// A role and all roles that refer to it by one of some relations, directly or through others,
/// before or after.
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
