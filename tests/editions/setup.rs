//! Two releases of one service: the second renames a permission, adds one, and changes roles.

use std::sync::Arc;

use tenantry::catalog::{CatalogBuilder, CatalogDocument};
use tenantry::model::record::CatalogText;
use tenantry::store::MemoryStore;
use tenantry::{
    Catalog, Context, CreatedOrganization, Directory, Login, NewAssignment, OrganizationId,
    PermissionName, PermissionNames, Permissions, SubAccountId, SystemRole,
};

bitflags::bitflags! {
    /// What the first release knows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct First: u8 {
        const VIEW = 1 << 0;
        const R = 1 << 1;
        const EXPORT = 1 << 2;
        const ASSIGN = 1 << 3;
        const ADMINISTER = 1 << 4;
    }
}

bitflags::bitflags! {
    /// What the second release knows: `R` is called `AN`, and `SEND` is new. Every bit is another.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Second: u64 {
        const ADMINISTER = 1 << 0;
        const ASSIGN = 1 << 1;
        const EXPORT = 1 << 2;
        const AN = 1 << 3;
        const VIEW = 1 << 4;
        const SEND = 1 << 63;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
/// In the second release agents may also `SEND`.
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");
/// Hands out what it has, in both releases; never has `SEND`.
pub(crate) const LEAD: SystemRole = SystemRole::new("lead");
/// Only in the first release.
pub(crate) const CLERK: SystemRole = SystemRole::new("clerk");
/// Only in the second release.
pub(crate) const AUDITOR: SystemRole = SystemRole::new("auditor");

pub(crate) fn first_builder(edition: u64) -> CatalogBuilder<First> {
    Catalog::builder()
        .edition(edition)
        .role(OWNER, First::all())
        .role(AGENT, First::VIEW | First::R)
        .role(LEAD, First::VIEW | First::R | First::ASSIGN)
        .role(CLERK, First::VIEW)
        .owner(OWNER)
        .administration(First::ASSIGN)
}

pub(crate) fn second_builder(edition: u64) -> CatalogBuilder<Second> {
    Catalog::builder()
        .edition(edition)
        .formerly(Second::AN, "R")
        .role(OWNER, Second::all())
        .role(AGENT, Second::VIEW | Second::AN | Second::SEND)
        .role(LEAD, Second::VIEW | Second::AN | Second::ASSIGN)
        .role(AUDITOR, Second::EXPORT | Second::SEND)
        .owner(OWNER)
        .administration(Second::ASSIGN)
}

pub(crate) fn first(edition: u64) -> Catalog<First> {
    first_builder(edition).build().unwrap()
}

pub(crate) fn second(edition: u64) -> Catalog<Second> {
    second_builder(edition).build().unwrap()
}

/// A process of a release, over a store that others use too.
pub(crate) fn process<P: Permissions>(
    catalog: &Catalog<P>,
    store: &Arc<MemoryStore>,
) -> Directory<P> {
    Directory::with_store(catalog.clone(), Arc::clone(store))
}

/// An organization of the first release, with a lead and an agent.
pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) old: Directory<First>,
    pub(crate) acme: OrganizationId,
    pub(crate) owner: SubAccountId,
    pub(crate) lead: SubAccountId,
    pub(crate) agent: SubAccountId,
}

impl World {
    /// Under the first release's catalog, edition 1.
    pub(crate) fn new() -> Self {
        Self::under(&first(1))
    }

    pub(crate) fn under(catalog: &Catalog<First>) -> Self {
        let store = Arc::new(MemoryStore::new());
        let old = process(catalog, &store);
        let CreatedOrganization { organization: acme, owner } =
            old.create_organization("Acme", &login("lin")).unwrap();
        let host = old.system("test");
        let host = host.administer(acme);
        let lead = host.create_member(&login("mo")).unwrap();
        let agent = host.create_member(&login("bo")).unwrap();
        host.assign(lead, LEAD, acme_root()).unwrap();
        host.assign(agent, AGENT, acme_root()).unwrap();
        Self { store, old, acme, owner, lead, agent }
    }

    /// A process of another release on the same store.
    pub(crate) fn process<P: Permissions>(&self, catalog: &Catalog<P>) -> Directory<P> {
        process(catalog, &self.store)
    }

    /// The first release's process, killed and started again.
    pub(crate) fn restarted(&self) -> Directory<First> {
        let fresh = process(self.old.catalog(), &self.store);
        fresh.snapshot(self.acme).unwrap();
        fresh
    }

    /// One more member.
    pub(crate) fn member(&self, name: &str) -> SubAccountId {
        self.old.system("test").administer(self.acme).create_member(&login(name)).unwrap()
    }

    /// What the old process says of a member at the organization.
    pub(crate) fn old(&self, who: SubAccountId, permission: First) -> tenantry::Decision {
        self.old.refresh(self.acme).unwrap().check(who, permission, acme_root())
    }

    /// Whether the lead may make an assignment, by the old process.
    pub(crate) fn lead_may(&self, new: NewAssignment) -> Result<(), &'static str> {
        self.old.refresh(self.acme).unwrap();
        let lead = self.old.administer(self.acme, self.lead, &Context::new());
        lead.check(new).map_err(|error| error.rule().unwrap())
    }
}

pub(crate) const fn acme_root() -> tenantry::Scope {
    tenantry::Scope::Organization
}

pub(crate) fn login(text: &str) -> Login {
    text.parse().unwrap()
}

pub(crate) fn names(list: &[&str]) -> PermissionNames {
    list.iter().map(|name| PermissionName::new(*name).unwrap()).collect()
}

/// A document as text that records can bring, whatever it says.
pub(crate) fn text(json: &str) -> CatalogText {
    serde_json::from_str(json).unwrap()
}

/// The text of a changed document.
pub(crate) fn changed(
    document: &CatalogDocument,
    change: impl Fn(&mut CatalogDocument),
) -> CatalogText {
    let mut document = document.clone();
    change(&mut document);
    text(&serde_json::to_string(&document).unwrap())
}
