//! The application whose organizations are kept.

use tenantry::{Catalog, Login, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const ADMINISTER = 1 << 2;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");

pub(crate) fn catalog() -> Catalog<Permission> {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
}

/// The login of the member with this number.
pub(crate) fn login(number: u32) -> Login {
    format!("{number}@acme.example").parse().unwrap()
}
