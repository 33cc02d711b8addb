//! One organization with the ready-made catalog: an owner, two workspaces, and what a story adds to them.

use std::fmt::Debug;

use tenantry::directory::CommitError;
use tenantry::messaging::{self, Permission};
use tenantry::{
    Administration, Catalog, Context, Directory, Login, NewResource, OrganizationId, ResourceId,
    RoleRef, Scope, SubAccountId, Timestamp, WorkspaceId,
};

pub(crate) const ROOT: Scope = Scope::Organization;

pub(crate) fn login(name: &str) -> Login {
    format!("{name}@acme.example").parse().unwrap()
}

/// An end that these tests do not live to see.
pub(crate) fn end() -> Timestamp {
    "2200-01-01T00:00:00Z".parse().unwrap()
}

#[derive(Debug)]
pub(crate) struct House {
    pub(crate) directory: Directory<Permission>,
    pub(crate) organization: OrganizationId,
    pub(crate) lin: SubAccountId,
    pub(crate) support: WorkspaceId,
    pub(crate) sales: WorkspaceId,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::of(messaging::catalog())
    }

    pub(crate) fn of(catalog: Catalog<Permission>) -> Self {
        let directory = Directory::new(catalog);
        let acme = directory.create_organization("Acme", &login("lin")).unwrap();
        let host = directory.system("setup").administer(acme.organization);
        let [support, sales] =
            ["Support", "Sales"].map(|name| host.create_workspace(name).unwrap());
        let (organization, lin) = (acme.organization, acme.owner);
        Self { directory, organization, lin, support, sales }
    }

    /// The host's own code.
    pub(crate) fn host(&self) -> Administration<'_, Permission> {
        self.directory.system("test").administer(self.organization)
    }

    pub(crate) fn by(&self, who: SubAccountId) -> Administration<'_, Permission> {
        self.directory.administer(self.organization, who, &Context::new())
    }

    /// An active member with nothing.
    pub(crate) fn member(&self, name: &str) -> SubAccountId {
        self.host().create_member(&login(name)).unwrap()
    }

    /// An active member with a role for the whole subtree of a scope.
    pub(crate) fn with_role(
        &self,
        name: &str,
        role: impl Into<RoleRef>,
        scope: impl Into<Scope>,
    ) -> SubAccountId {
        let id = self.member(name);
        self.host().assign(id, role, scope).unwrap();
        id
    }

    /// Something in the support workspace that belongs to somebody.
    pub(crate) fn owned(&self, kind: &str, owner: SubAccountId) -> ResourceId {
        self.host().create_resource(&NewResource::new(kind, self.support).owner(owner)).unwrap()
    }

    /// Something in the support workspace that belongs to nobody.
    pub(crate) fn resource(&self, kind: &str) -> ResourceId {
        self.host().create_resource(&NewResource::new(kind, self.support)).unwrap()
    }

    pub(crate) fn can(
        &self,
        who: SubAccountId,
        permissions: Permission,
        scope: impl Into<Scope>,
    ) -> bool {
        let snapshot = self.directory.snapshot(self.organization).unwrap();
        snapshot.subject(who).can(permissions, scope.into())
    }

    /// Everything that somebody may do at a scope.
    pub(crate) fn permissions(&self, who: SubAccountId, scope: impl Into<Scope>) -> Permission {
        let snapshot = self.directory.snapshot(self.organization).unwrap();
        snapshot.subject(who).permissions(scope.into())
    }
}

/// Asserts that something was refused by a rule.
#[track_caller]
pub(crate) fn by_rule<T: Debug>(rule: &str, outcome: Result<T, CommitError>) {
    let error = outcome.unwrap_err();
    let found = match &error {
        CommitError::Refused(refusal) => refusal.rule(),
        CommitError::Violation(violation) => violation.rule(),
        other => panic!("no rule refused it: {other}"),
    };
    assert_eq!(found, rule, "{error}");
}
