//! Structure checks: what must be true of each object once all changes are in.
//!
//! Only objects that changed are checked, and those that refer to a removed one.

use crate::id::SubAccountId;
use crate::model::apply::hierarchy::{check_includes, check_tree};
use crate::model::assignment::{Assignment, Effect, Grant};
use crate::model::change::StructureError;
use crate::model::consent::Consent;
use crate::model::link::{EntityId, Link, References, Relation};
use crate::model::organization::Organization;
use crate::model::request::Wants;
use crate::model::sub_account::{Status, SubAccount, SubAccountKind};
use crate::model::team::Membership;
use crate::permission::PermissionNames;

/// The most labels of one object, conditions of one assignment, former logins of one sub-account,
/// and roles that one role includes or may assign.
pub const LIST_LIMIT: usize = 64;

/// Checks one object. Nothing may refer to it if it was removed.
pub(in crate::model) fn check_entity(
    organization: &Organization,
    entity: EntityId,
    moved: bool,
) -> Result<(), StructureError> {
    if !organization.contains(entity) {
        let link = organization.indexes.links.range(Link::first_to(entity)..).next();
        return match link {
            Some((link, ())) if link.to == entity => {
                Err(StructureError::StillReferenced { removed: entity, by: link.from })
            }
            // A membership without its sub-account. Its link points at the team, so the index of
            // links does not show it.
            _ if matches!(entity, EntityId::SubAccount(_)) => {
                Err(StructureError::Dangling { from: entity, to: entity })
            }
            _ => Ok(()),
        };
    }
    match entity {
        EntityId::Organization => {
            let profile = &organization.profile;
            within(entity, "labels", profile.labels.len())?;
            names_within(entity, &profile.ceiling)?;
            within(entity, "conditions", profile.security.conditions.len())?;
            within(entity, "unconfirmed conditions", profile.unconfirmed.len())
        }
        EntityId::Workspace(id) => {
            let Some(workspace) = organization.workspaces.get(&id) else { return Ok(()) };
            names_within(entity, [&workspace.inherits].into_iter().chain(&workspace.ceiling))?;
            within(entity, "labels", workspace.labels.len())
        }
        EntityId::Resource(id) => {
            let Some(resource) = organization.resources.get(&id) else { return Ok(()) };
            within(entity, "labels", resource.labels.len())?;
            names_within(entity, [&resource.inherits].into_iter().chain(&resource.ceiling))?;
            no_dangling(organization, resource)?;
            check_tree(organization, entity, moved)
        }
        EntityId::Team(id) => {
            let Some(team) = organization.teams.get(&id) else { return Ok(()) };
            within(entity, "labels", team.labels.len())?;
            no_dangling(organization, team)?;
            check_tree(organization, entity, moved)
        }
        EntityId::SubAccount(id) => {
            let Some(sub_account) = organization.sub_accounts.get(&id) else { return Ok(()) };
            check_sub_account(organization, sub_account)
        }
        EntityId::Role(id) => {
            let Some(role) = organization.roles.get(&id) else { return Ok(()) };
            names_within(entity, [&role.any, &role.own])?;
            within(entity, "included roles", role.includes.len())?;
            within(entity, "roles to assign", role.assigns.len())?;
            no_dangling(organization, role)?;
            check_includes(organization, id)
        }
        EntityId::Assignment(id) => {
            let Some(assignment) = organization.assignments.get(&id) else { return Ok(()) };
            check_assignment(organization, assignment)
        }
        EntityId::Consent(id) => {
            let Some(consent) = organization.consents.get(&id) else { return Ok(()) };
            check_consent(organization, consent)
        }
        EntityId::Invitation(id) => {
            let Some(invitation) = organization.invitations.get(&id) else { return Ok(()) };
            no_dangling(organization, invitation)?;
            check_invitation_of(organization, invitation.sub_account)
        }
        EntityId::Request(id) => {
            let Some(request) = organization.requests.get(&id) else { return Ok(()) };
            no_dangling(organization, request)?;
            match &request.wants {
                Wants::Access { grant, .. } => check_grant(entity, grant),
                Wants::Join { .. } | Wants::Rejoin { .. } => Ok(()),
            }
        }
    }
}

fn check_sub_account(
    organization: &Organization,
    sub_account: &SubAccount,
) -> Result<(), StructureError> {
    let id = sub_account.id;
    within(EntityId::SubAccount(id), "labels", sub_account.labels.len())?;
    within(EntityId::SubAccount(id), "former logins", sub_account.former_logins.len())?;
    names_within(EntityId::SubAccount(id), &sub_account.boundary)?;
    no_dangling(organization, sub_account)?;
    for team in organization.teams_of(id) {
        no_dangling(organization, &Membership { sub_account: id, team })?;
    }
    if sub_account.kind == SubAccountKind::Guest && sub_account.ends.is_none() {
        return Err(StructureError::GuestWithoutEnd(id));
    }
    let is_member = |owner: SubAccountId| {
        let owner = organization.sub_accounts.get(&owner);
        owner.is_some_and(|owner| owner.kind == SubAccountKind::Member)
    };
    let owned_rightly = match sub_account.kind {
        SubAccountKind::Service => sub_account.owner.is_some_and(is_member),
        SubAccountKind::Member | SubAccountKind::Guest => sub_account.owner.is_none(),
    };
    if !owned_rightly {
        return Err(StructureError::ServiceOwner(id));
    }
    // A member who becomes a guest can no longer own services.
    if sub_account.kind != SubAccountKind::Member {
        let mut owned = organization.referring(EntityId::SubAccount(id), Relation::Owner);
        if let Some(EntityId::SubAccount(service)) =
            owned.find(|owned| matches!(owned, EntityId::SubAccount(_)))
        {
            return Err(StructureError::ServiceOwner(service));
        }
    }
    check_invitation_of(organization, id)
}

/// Checks that only an invited sub-account has an invitation, and only one. Called for both ends.
fn check_invitation_of(
    organization: &Organization,
    id: SubAccountId,
) -> Result<(), StructureError> {
    let invitations = organization.referring(EntityId::SubAccount(id), Relation::Invitee).take(2);
    let status = organization.sub_accounts.get(&id).map(|sub_account| sub_account.status);
    match invitations.count() {
        0 => Ok(()),
        _ if status != Some(Status::Invited) => Err(StructureError::InvitationOf(id)),
        1 => Ok(()),
        _ => Err(StructureError::InvitedTwice(id)),
    }
}

/// An empty grant is refused rather than read as a grant of everything.
fn check_grant(entity: EntityId, grant: &Grant) -> Result<(), StructureError> {
    let Grant::Permissions { any, own } = grant else { return Ok(()) };
    names_within(entity, [any, own])?;
    if any.is_empty() && own.is_empty() {
        return Err(StructureError::EmptyGrant(entity));
    }
    Ok(())
}

fn check_assignment(
    organization: &Organization,
    assignment: &Assignment,
) -> Result<(), StructureError> {
    let id = assignment.id;
    within(EntityId::Assignment(id), "conditions", assignment.conditions.len())?;
    no_dangling(organization, assignment)?;
    check_grant(EntityId::Assignment(id), &assignment.grant)?;
    if assignment.effect == Effect::Deny && assignment.delegator.is_some() {
        return Err(StructureError::DelegatedDeny(id));
    }
    Ok(())
}

fn check_consent(organization: &Organization, consent: &Consent) -> Result<(), StructureError> {
    no_dangling(organization, consent)?;
    names_within(EntityId::Consent(consent.id), [&consent.mask])?;
    if consent.starts.is_some_and(|starts| consent.ends <= starts) {
        return Err(StructureError::EmptyWindow(EntityId::Consent(consent.id)));
    }
    Ok(())
}

fn no_dangling(
    organization: &Organization,
    object: &impl References,
) -> Result<(), StructureError> {
    let (from, mut references) = object.references();
    match references.find(|(_, to)| !organization.contains(*to)) {
        Some((_, to)) => Err(StructureError::Dangling { from, to }),
        None => Ok(()),
    }
}

fn within(entity: EntityId, what: &'static str, count: usize) -> Result<(), StructureError> {
    at_most(entity, what, count, LIST_LIMIT)
}

/// Longer lists could not be read back.
fn names_within<'n>(
    entity: EntityId,
    sets: impl IntoIterator<Item = &'n PermissionNames>,
) -> Result<(), StructureError> {
    let mut counts = sets.into_iter().map(|names| names.iter().count());
    counts.try_for_each(|count| at_most(entity, "permission names", count, PermissionNames::LIMIT))
}

fn at_most(
    entity: EntityId,
    what: &'static str,
    count: usize,
    limit: usize,
) -> Result<(), StructureError> {
    if count > limit {
        return Err(StructureError::TooMany { entity, what, count, limit });
    }
    Ok(())
}
