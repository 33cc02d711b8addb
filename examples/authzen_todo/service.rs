//! The Todo service: its permissions and roles, its one organization, and how it reads a request.

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::Value;
use tenantry::authzen::{Action, ByName, EvaluationRequest, Mapping, Resource, Subject};
use tenantry::catalog::{CatalogError, RoleDefinition};
use tenantry::{Catalog, Context, Directory, Scope, Snapshot, SubAccountId, SystemRole, Target};

use crate::scenario::Person;

bitflags::bitflags! {
    /// What can be done in the Todo service.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u64 {
        const READ_USER = 1 << 0;
        const READ_TODOS = 1 << 1;
        const CREATE_TODO = 1 << 2;
        const UPDATE_TODO = 1 << 3;
        const DELETE_TODO = 1 << 4;
        const ADMINISTER = 1 << 5;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const VIEWER: SystemRole = SystemRole::new("viewer");
const EDITOR: SystemRole = SystemRole::new("editor");
const ADMIN: SystemRole = SystemRole::new("admin");
const EVIL_GENIUS: SystemRole = SystemRole::new("evil_genius");

fn catalog() -> Result<Catalog<Permission>, CatalogError> {
    let (update, delete) = (Permission::UPDATE_TODO, Permission::DELETE_TODO);
    let editor = RoleDefinition::new(EDITOR)
        .includes([VIEWER])
        .any(Permission::CREATE_TODO)
        .own(update | delete);
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(VIEWER, Permission::READ_USER | Permission::READ_TODOS)
        .define(editor)
        .define(RoleDefinition::new(ADMIN).includes([EDITOR]).any(delete))
        .define(RoleDefinition::new(EVIL_GENIUS).includes([EDITOR]).any(update))
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
}

/// The Todo service: one organization, and its table of users.
#[derive(Debug)]
pub(crate) struct Todo {
    pub(crate) snapshot: Snapshot<Permission>,
    pub(crate) users: Users,
}

/// Everybody's e-mail by the id in the requests.
#[derive(Debug)]
pub(crate) struct Users(BTreeMap<String, String>);

impl Users {
    /// The e-mail of a subject, if it is one of the users.
    pub(crate) fn email(&self, subject: &Subject) -> Option<&str> {
        self.0.get(subject.id()).map(String::as_str)
    }
}

impl Todo {
    /// Founds the organization and lets everybody in with their roles.
    pub(crate) fn found(people: &[Person]) -> Result<Self, Box<dyn Error>> {
        let directory = Directory::new(catalog()?);
        let todo = directory.create_organization("Todo", &"owner@todo.example".parse()?)?;
        let admin = directory.system("sign-up").administer(todo.organization);
        for person in people {
            let member = admin.create_member(&person.id.parse()?)?;
            for role in &person.roles {
                admin.assign(member, role.clone(), Scope::Organization)?;
            }
        }
        let users = people.iter().map(|person| (person.id.clone(), person.email.clone()));
        let users = Users(users.collect());
        Ok(Self { snapshot: directory.snapshot(todo.organization)?, users })
    }
}

/// How the service reads a request.
impl Mapping<Permission> for Users {
    /// The subject's id is the login.
    fn sub_account(&self, at: &Snapshot<Permission>, subject: &Subject) -> Option<SubAccountId> {
        ByName.sub_account(at, subject)
    }

    fn permissions(&self, _: &Snapshot<Permission>, action: &Action) -> Option<Permission> {
        match action.name() {
            "can_read_user" => Some(Permission::READ_USER),
            "can_read_todos" => Some(Permission::READ_TODOS),
            "can_create_todo" => Some(Permission::CREATE_TODO),
            "can_update_todo" => Some(Permission::UPDATE_TODO),
            "can_delete_todo" => Some(Permission::DELETE_TODO),
            _ => None,
        }
    }

    /// Users and todos have no assignments of their own, so both are asked about at the scope that holds them.
    fn target(&self, _: &Snapshot<Permission>, resource: &Resource) -> Target {
        match resource.kind() {
            "user" | "todo" => Scope::Organization.into(),
            _ => Target::UnknownKey,
        }
    }

    /// The request names the owner by e-mail; one that names none says nothing of ownership.
    fn context(&self, _: &Snapshot<Permission>, request: &EvaluationRequest<'_>) -> Context {
        let owner = request.resource.properties.get(OWNER_ID).and_then(Value::as_str);
        match (owner, self.email(&request.subject)) {
            (Some(owner), Some(email)) => Context::new().ownership(owner == email),
            _ => Context::new(),
        }
    }
}

/// The property of a resource that names its owner by e-mail.
pub(crate) const OWNER_ID: &str = "ownerID";
