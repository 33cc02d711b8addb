//! What lasts, and what must not: makers, departures, denies and the holders of a role, read from
//! the rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tenantry::catalog::Catalog;
use tenantry::model::{
    Assignee, Assignment, Change, Effect, Grant, Invitation, Organization, RoleRef, Scope, Status,
    SubAccount,
};
use tenantry::{Action, AssignmentId, ConsentId, Permissions, SubAccountId};

use super::bound::{Point, scopes};
use super::everybody::is_in;
use super::held::{Held, included, is_active};
use super::lifted::changed;

/// What broke.
pub(crate) type Checked = Result<(), String>;

/// The account on whose authority an invitation stands; none for the host.
pub(crate) fn inviter_of(invitation: &Invitation) -> Option<SubAccountId> {
    invitation.inviter.sub_account()
}

/// The account that made an assignment; none for the host.
pub(crate) fn maker_of(assignment: &Assignment) -> Option<SubAccountId> {
    assignment.by.sub_account()
}

/// Whoever is here and is given a role, itself or one that includes it, by name, by team or as a
/// member of a scope.
pub(crate) fn holders_of<P: Permissions>(
    organization: &Organization,
    catalog: &Catalog<P>,
    role: &RoleRef,
) -> BTreeSet<SubAccountId> {
    let allows = organization.assignments().values().filter(|it| it.effect == Effect::Allow);
    let gives = |it: &&Assignment| match &it.grant {
        Grant::Role(given) => included(organization, catalog, given).contains(role),
        Grant::Permissions { .. } => false,
    };
    let is_named = |who: SubAccountId, assignee: Assignee| match assignee {
        Assignee::SubAccount(id) => id == who,
        Assignee::Team(team) => is_in(organization, who, team),
        Assignee::MembersOf(_) => false,
    };
    let is_member = |who: SubAccountId, of: Scope| {
        let mut made = organization.assignments().values();
        of == Scope::Organization
            || made.any(|it| {
                it.effect == Effect::Allow && it.scope == of && is_named(who, it.assignee)
            })
    };
    let is_here = |it: &&SubAccount| !matches!(it.status, Status::Left | Status::Removed);
    let here: Vec<SubAccountId> =
        organization.sub_accounts().values().filter(is_here).map(|it| it.id).collect();
    let mut holders = BTreeSet::new();
    for given in allows.filter(gives) {
        let holds = |who: &SubAccountId| match given.assignee {
            Assignee::MembersOf(scope) => is_member(*who, scope),
            assignee => is_named(*who, assignee),
        };
        holders.extend(here.iter().copied().filter(holds));
    }
    holders
}

/// G7: whoever is not active any more has left nothing behind that acts later: no invitation, no
/// consent and no allow that has not started. Denies stay. Whoever resends an invitation is its
/// inviter.
pub(crate) fn departed_leave_nothing(
    before: &Organization,
    organization: &Organization,
    (by_host, actor): (bool, Option<SubAccountId>),
    actions: &[Action],
    givers: &BTreeMap<ConsentId, SubAccountId>,
    now: Timestamp,
) -> Checked {
    let is_gone = |who: SubAccountId| {
        organization.sub_accounts().get(&who).is_some_and(|row| !is_active(row))
    };
    let goes =
        |who: &SubAccountId| before.sub_accounts().get(who).is_some_and(is_active) && is_gone(*who);
    for invitation in organization.invitations().values() {
        if let Some(inviter) = inviter_of(invitation).filter(goes) {
            return Err(format!("G7: an invitation of {inviter} outlives it"));
        }
    }
    for it in organization.assignments().values() {
        let is_unstarted = it.effect == Effect::Allow && it.validity.is_ahead(now);
        if let Some(maker) = maker_of(it).filter(goes).filter(|_| is_unstarted) {
            return Err(format!("G7: what {maker} assigned for later outlives it"));
        }
    }
    for consent in organization.consents().values() {
        if let Some(giver) = givers.get(&consent.id).filter(|it| goes(it)) {
            return Err(format!("G7: a consent of {giver} outlives it"));
        }
    }
    let departs = |action: &Action| {
        matches!(
            action,
            Action::Suspend(_)
                | Action::Remove(_)
                | Action::Leave(_)
                | Action::SetCredentialResetRequired(_, true)
                | Action::SetServiceOwner(..)
        )
    };
    if actions.iter().all(departs) {
        let denies = before.assignments().values();
        let mut denies = denies.filter(|it| it.effect == Effect::Deny);
        if let Some(gone) = denies.find(|it| !organization.assignments().contains_key(&it.id)) {
            return Err(format!("G7: a deny goes with its maker: {gone:?}"));
        }
    }
    for invitation in organization.invitations().values() {
        let was = before.invitations().get(&invitation.id).and_then(inviter_of);
        if let (Some(was), None, false) = (was, inviter_of(invitation), by_host) {
            return Err(format!("G7: an invitation of {was} comes to be the host's"));
        }
    }
    for action in actions {
        let Action::ResendInvitation { id, .. } = action else { continue };
        let inviter = organization.invitations().get(id).and_then(inviter_of);
        if actor.is_some() && inviter.is_some() && inviter != actor {
            return Err(format!("G7: {actor:?} resends an invitation that stays {inviter:?}'s"));
        }
    }
    Ok(())
}

/// What was denied to an account binds whoever signs in with any login that it ever had.
pub(crate) fn what_was_denied_stays_with_the_login<P: Permissions + std::fmt::Debug>(
    organization: &Organization,
    catalog: &Catalog<P>,
    logins: &BTreeMap<SubAccountId, BTreeSet<String>>,
    points: &[Point],
) -> Checked {
    for row in organization.sub_accounts().values() {
        let Some(login) = organization.login_of(row.id) else { continue };
        let others = logins.iter().filter(|(who, its)| **who != row.id && its.contains(login));
        for (other, _) in others {
            let denies = organization.assignments().values().filter(|it| {
                it.effect == Effect::Deny && it.assignee == Assignee::SubAccount(*other)
            });
            let bound: Vec<Change> = denies
                .map(|it| {
                    let id = AssignmentId::from_u128(5 << 100 ^ it.id.to_u128());
                    let assignee = Assignee::SubAccount(row.id);
                    Assignment { id, assignee, reason: None, ..it.clone() }.into()
                })
                .collect();
            if bound.is_empty() {
                continue;
            }
            let held = Held::new(organization, catalog);
            let denied = Held::new(&changed(organization, bound), catalog);
            for scope in scopes(organization) {
                for point in points {
                    let has = held.permissions(row.id, scope, &point.context);
                    let shed = has.difference(denied.permissions(row.id, scope, &point.context));
                    if !shed.is_empty() {
                        return Err(format!(
                            "logins: {} signs in with a login of {other}, to whom {shed:?} is denied at {scope:?}",
                            row.id
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Whether two revisions say the same of everybody and everything.
pub(crate) fn same_but_revision(before: &Organization, after: &Organization) -> bool {
    (before.profile(), before.workspaces(), before.resources())
        == (after.profile(), after.workspaces(), after.resources())
        && (before.sub_accounts(), before.teams(), before.memberships())
            == (after.sub_accounts(), after.teams(), after.memberships())
        && (before.roles(), before.assignments(), before.consents())
            == (after.roles(), after.assignments(), after.consents())
        && (before.invitations(), before.requests()) == (after.invitations(), after.requests())
}
