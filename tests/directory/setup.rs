//! A small application.

use tenantry::{Catalog, CreatedOrganization, Directory, Login, OrganizationId, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");

pub(crate) fn catalog() -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW | Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

pub(crate) fn login(text: &str) -> Login {
    text.parse().unwrap()
}

pub(crate) fn acme(directory: &Directory<Permission>) -> CreatedOrganization {
    directory.create_organization("Acme", &login("lin@acme.example")).unwrap()
}

pub(crate) fn json(directory: &Directory<Permission>, organization: OrganizationId) -> String {
    let snapshot = directory.snapshot(organization).unwrap();
    serde_json::to_string(snapshot.organization()).unwrap()
}
