//! What the tests of structure are made of.

use std::collections::BTreeSet;

use crate::support::{
    Permission, at, custom, kind, name, number, organization_id, resource_id, role_id, set,
    sub_account_id, team_id, workspace_id,
};
use tenantry::PermissionNames;
use tenantry::id::{AssignmentId, ConsentId, InvitationId, PersonalId, RequestId};
use tenantry::model::change::{Change, ChangeSet};
use tenantry::model::link::EntityId;
use tenantry::model::personal::{PersonalRow, Purpose};
use tenantry::model::record::Digest;
use tenantry::model::{
    Consent, Grant, Invitation, Login, Maker, Request, Resource, Role, RoleRef, Scope, Status,
    SubAccount, Team, Wants,
};

pub(crate) fn assignment_id(number: u128) -> AssignmentId {
    AssignmentId::from_u128(number)
}

pub(crate) fn consent(id: &str, scope: Scope) -> Consent {
    Consent {
        id: ConsentId::from_u128(number(id)),
        operators: organization_id("vendor"),
        scope,
        mask: PermissionNames::Full,
        starts: None,
        ends: at(1_000),
        by: Maker::Host,
    }
}

pub(crate) fn invitation_id(id: &str) -> InvitationId {
    InvitationId::from_u128(number(id))
}

pub(crate) fn request_id(id: &str) -> RequestId {
    RequestId::from_u128(number(id))
}

/// Somebody in status `Invited`.
pub(crate) fn invited(who: &str) -> SubAccount {
    SubAccount { status: Status::Invited, ..SubAccount::member(sub_account_id(who)) }
}

/// An invitation by the host's own code.
pub(crate) fn invitation(id: &str, who: &str) -> Invitation {
    Invitation {
        id: invitation_id(id),
        sub_account: sub_account_id(who),
        inviter: Maker::Host,
        token: Digest::of([id.as_bytes()]),
        expires: at(1_000),
    }
}

/// A request by the host.
pub(crate) fn request(id: &str, wants: Wants) -> Request {
    Request { id: request_id(id), wants, requester: Maker::Host, reason: None, expires: at(1_000) }
}

pub(crate) fn rejoin(who: &str) -> Wants {
    Wants::Rejoin { sub_account: sub_account_id(who), restore: true }
}

pub(crate) fn access(who: &str, grant: impl Into<Grant>, scope: impl Into<Scope>) -> Wants {
    let (grant, scope) = (grant.into(), scope.into());
    Wants::Access { sub_account: sub_account_id(who), grant, scope, ends: None }
}

pub(crate) fn entity(what: &str, id: &str) -> EntityId {
    match what {
        "workspace" => EntityId::Workspace(workspace_id(id)),
        "resource" => EntityId::Resource(resource_id(id)),
        "sub-account" => EntityId::SubAccount(sub_account_id(id)),
        "team" => EntityId::Team(team_id(id)),
        "role" => EntityId::Role(role_id(id)),
        "consent" => EntityId::Consent(ConsentId::from_u128(number(id))),
        "invitation" => EntityId::Invitation(invitation_id(id)),
        "request" => EntityId::Request(request_id(id)),
        "assignment" => EntityId::Assignment(assignment_id(number(id))),
        _ => panic!("`{what}` is no kind of noun"),
    }
}

/// A noun by its kind and its name.
pub(crate) type Named = (&'static str, &'static str);

pub(crate) fn thing(resource: &str, parent: &str) -> Resource {
    Resource::new(resource_id(resource), kind("thing"), resource_id(parent))
}

pub(crate) fn includes(roles: &[&str]) -> BTreeSet<RoleRef> {
    roles.iter().map(|role| role_id(role).into()).collect()
}

pub(crate) fn role_with(role: &str, included: &[&str]) -> Role {
    Role { includes: includes(included), ..custom(role, Permission::VIEW) }
}

pub(crate) fn sub_team(team: &str, parent: Option<&str>) -> Team {
    Team { parent: parent.map(team_id), ..Team::new(team_id(team), name(team)) }
}

// Founding and time.

pub(crate) fn row(id: u128, purpose: Purpose, value: &str) -> PersonalRow {
    PersonalRow::new(PersonalId::from_u128(id), purpose, [7; 32], value).unwrap()
}

pub(crate) fn with_rows(
    changes: impl IntoIterator<Item = Change>,
    personal: Vec<PersonalRow>,
) -> ChangeSet {
    ChangeSet { personal, ..set(changes) }
}

pub(crate) fn known_as(who: &str, login: Option<&PersonalRow>) -> SubAccount {
    let login = login.map(PersonalRow::reference);
    SubAccount { login, ..SubAccount::member(sub_account_id(who)) }
}

pub(crate) fn login(text: &str) -> Login {
    Login::new(text).unwrap()
}
