//! Random catalogs, one edition after the other, and random actions.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use tenantry::catalog::{
    AdminAction, CatalogDocument, Holders, Limits, PermissionDocument, RoleDocument, Sensitivity,
};
use tenantry::model::resource::Parent;
use tenantry::model::{Assignee, Membership, Role};
use tenantry::{
    Action, AssignmentId, Grant, Name, NewAssignment, Organization, PermissionName,
    PermissionNames, RoleId, RoleName, RoleRef, Scope, ScopeKinds,
};

/// The one permission that every release has, under this name.
pub(crate) const ADMINISTER: &str = "ADMINISTER";

const ROLES: [&str; 5] = ["clerk", "agent", "lead", "auditor", "chief"];

/// The numbers of one step; zero once they are used up.
pub(crate) struct Draw<'a>(pub(crate) slice::Iter<'a, u8>);

impl Draw<'_> {
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0.next().map_or(0, |number| usize::from(*number) % count.max(1))
    }

    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(crate) fn one<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let number = self.below(all.len());
        all.get(number).cloned()
    }

    fn some<T: Clone>(&mut self, all: &[T]) -> Vec<T> {
        all.iter().filter(|_| self.once_in(3)).cloned().collect()
    }

    /// The catalog of the next release, which declares the permissions `known`. It keeps, renames,
    /// takes out and adds permissions of the one before it; of names, those in `used` are not new.
    pub(crate) fn document(
        &mut self,
        before: Option<&CatalogDocument>,
        edition: u64,
        known: &[&str],
        used: &mut BTreeSet<PermissionName>,
    ) -> CatalogDocument {
        let name = |name: &str| PermissionName::new(name).unwrap();
        used.insert(name(ADMINISTER));
        let mut permissions: Vec<PermissionDocument> = Vec::new();
        for permission in before.into_iter().flat_map(|before| before.permissions.clone()) {
            if permission.name.as_str() == ADMINISTER {
                continue;
            }
            let mut unused = known.iter().map(|it| name(it)).filter(|name| !used.contains(name));
            let is_known = known.contains(&permission.name.as_str());
            match (self.below(8), unused.next()) {
                (0, _) => {}
                (1, Some(new)) | (_, Some(new)) if !is_known || self.once_in(4) => {
                    used.insert(new.clone());
                    let mut formerly = permission.formerly;
                    formerly.insert(permission.name);
                    permissions.push(PermissionDocument { name: new, formerly, ..permission });
                }
                _ if is_known => permissions.push(permission),
                _ => {}
            }
        }
        let is_read = |permissions: &[PermissionDocument], new: &PermissionName| {
            permissions.iter().any(|it| it.name == *new || it.formerly.contains(new))
        };
        for new in known.iter().map(|it| name(it)) {
            if new.as_str() == ADMINISTER || is_read(&permissions, &new) || self.once_in(3) {
                continue;
            }
            // What was taken out comes back, or it is new.
            used.insert(new.clone());
            permissions.push(permission(new));
        }
        permissions.push(permission(name(ADMINISTER)));
        let names: Vec<_> = permissions.iter().map(|it| it.name.clone()).collect();
        for (position, permission) in permissions.iter_mut().enumerate() {
            permission.needs.clear();
            let earlier = &names[..position];
            if permission.name.as_str() != ADMINISTER && self.once_in(3) {
                permission.needs.extend(self.one(earlier));
            }
        }
        let mut roles = vec![RoleDocument { any: PermissionNames::Full, ..role("owner") }];
        for new in ROLES {
            if self.once_in(4) {
                continue;
            }
            let earlier: Vec<_> = roles.iter().skip(1).map(|it| it.name.clone()).collect();
            let includes = if self.once_in(3) { self.some(&earlier) } else { Vec::new() };
            roles.push(RoleDocument {
                any: self.some(&names).into_iter().collect(),
                own: self.some(&names).into_iter().collect(),
                includes: includes.into_iter().collect(),
                assigns: self.some(&earlier).into_iter().collect(),
                ..role(new)
            });
        }
        let administration = PermissionNames::from_iter([name(ADMINISTER)]);
        let mut requirements: BTreeMap<_, _> =
            AdminAction::ALL.iter().map(|action| (*action, administration.clone())).collect();
        for action in [AdminAction::Assign, AdminAction::Deny, AdminAction::ManageTeamMembers] {
            if self.once_in(4) {
                requirements.insert(action, self.one(&names).into_iter().collect());
            }
        }
        CatalogDocument {
            format: 1,
            edition,
            permissions,
            roles,
            owner: RoleName::new("owner").unwrap(),
            creator: None,
            requirements,
            archived: PermissionNames::none(),
            duty_sets: Vec::new(),
            guardrails: Vec::new(),
            limits: Limits::NONE,
        }
    }

    /// Something that fits the organization, in the words of a catalog.
    pub(crate) fn action(
        &mut self,
        organization: &Organization,
        document: &CatalogDocument,
    ) -> Action {
        let people: Vec<_> = organization.sub_accounts().keys().copied().collect();
        let teams: Vec<_> = organization.teams().keys().copied().collect();
        let scopes: Vec<_> = scopes(organization);
        let who = self.one(&people).unwrap();
        let team = self.one(&teams).unwrap();
        let scope = self.one(&scopes).unwrap();
        match self.below(12) {
            0..=4 => {
                let assignee = match self.below(4) {
                    0 => Assignee::Team(team),
                    1 => Assignee::MembersOf(scope),
                    _ => Assignee::SubAccount(who),
                };
                let id = AssignmentId::from_u128(
                    1_000_000 + u128::from(organization.revision().number()),
                );
                let grant = self.grant(organization, document);
                let new = NewAssignment::new(assignee, grant, self.one(&scopes).unwrap()).id(id);
                if self.once_in(2) { new.denying().into() } else { new.into() }
            }
            5 | 6 => {
                let all: Vec<_> = organization.assignments().keys().copied().collect();
                Action::Revoke(self.one(&all).unwrap())
            }
            7 => Action::SetBoundary(who, self.limit(document)),
            8 => match self.one(&scopes).unwrap() {
                scope @ Scope::Organization => Action::SetCeiling(scope, self.limit(document)),
                Scope::Workspace(id) => {
                    Action::SetInheritance(Parent::Workspace(id), self.names(document))
                }
                Scope::Resource(id) => {
                    Action::SetInheritance(Parent::Resource(id), self.names(document))
                }
            },
            9 => {
                let id = RoleId::from_u128(1 + self.below(2) as u128);
                let mut role = Role::new(id, Name::new("Custom").unwrap(), self.names(document));
                role.own = self.names(document);
                if self.once_in(3) {
                    role.includes.extend(self.one(&document.roles).map(|it| it.name.into()));
                }
                if organization.roles().contains_key(&id) {
                    Action::ReplaceRole(role)
                } else {
                    Action::CreateRole(role)
                }
            }
            _ => {
                let membership = Membership { sub_account: who, team };
                if organization.memberships().contains_key(&membership) {
                    Action::RemoveFromTeam(membership)
                } else {
                    Action::AddToTeam(membership)
                }
            }
        }
    }

    fn grant(&mut self, organization: &Organization, document: &CatalogDocument) -> Grant {
        let custom = organization.roles().keys().copied().map(RoleRef::Custom);
        let system = document.roles.iter().map(|it| RoleRef::System(it.name.clone()));
        let roles: Vec<_> = custom.chain(system).collect();
        match self.below(5) {
            0 | 1 => Grant::any(self.names(document)),
            2 => Grant::Permissions { any: PermissionNames::none(), own: self.names(document) },
            _ => Grant::Role(self.one(&roles).unwrap()),
        }
    }

    fn limit(&mut self, document: &CatalogDocument) -> Option<PermissionNames> {
        (!self.once_in(3)).then(|| self.names(document))
    }

    /// Permissions by their present or former names; now and then a name of another release.
    fn names(&mut self, document: &CatalogDocument) -> PermissionNames {
        let read = document
            .permissions
            .iter()
            .flat_map(|it| std::iter::once(it.name.clone()).chain(it.formerly.iter().cloned()));
        let read: Vec<_> = read.collect();
        match self.below(8) {
            0 => PermissionNames::Full,
            1 => self
                .one(&["A", "B", "C", "D", "E", "F"])
                .map(|it| PermissionName::new(it).unwrap())
                .into_iter()
                .collect(),
            2 | 3 => self.one(&read).into_iter().collect(),
            _ => self.some(&read).into_iter().collect(),
        }
    }
}

/// Every scope.
pub(crate) fn scopes(organization: &Organization) -> Vec<Scope> {
    let workspaces = organization.workspaces().keys().copied().map(Scope::from);
    let resources = organization.resources().keys().copied().map(Scope::from);
    std::iter::once(Scope::Organization).chain(workspaces).chain(resources).collect()
}

fn permission(name: PermissionName) -> PermissionDocument {
    PermissionDocument {
        name,
        formerly: BTreeSet::new(),
        title: None,
        group: None,
        sensitivity: Sensitivity::Normal,
        needs: BTreeSet::new(),
    }
}

fn role(name: &str) -> RoleDocument {
    RoleDocument {
        name: RoleName::new(name).unwrap(),
        title: None,
        any: PermissionNames::none(),
        own: PermissionNames::none(),
        includes: BTreeSet::new(),
        assignable: ScopeKinds::all(),
        assigns: BTreeSet::new(),
        holders: Holders::default(),
    }
}
