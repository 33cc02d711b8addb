//! Tests of the compiled form: compiling from the revision before gives exactly what compiling from
//! the start gives, and does not compile unchanged parts again.

mod revision_diff;

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use crate::access::compiled::organization::CompiledOrganization;
use crate::access::generate::{apply_random_steps, empty_organization, random_steps};
use crate::catalog::Catalog;
use crate::model::{Organization, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Permission: u8 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

pub(crate) const OWNER: SystemRole = SystemRole::new("owner");
pub(crate) const AGENT: SystemRole = SystemRole::new("agent");

static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role_with(AGENT, Permission::VIEW, Permission::REPLY)
        .archived(Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
});

fn compile(organization: &Organization) -> CompiledOrganization {
    CompiledOrganization::new(organization.clone(), Arc::clone(CATALOG.core()))
}

/// Checks that `next` equals `after` compiled from the start.
fn assert_as_if_from_the_start(next: &CompiledOrganization, after: &Organization) {
    let whole = compile(after);
    assert_eq!(&next.organization, after);
    assert_eq!(next.scopes, whole.scopes);
    assert_eq!(next.unpacked, whole.unpacked);
    assert_eq!(next.everyone, whole.everyone);
    assert_eq!(next.network_policy, whole.network_policy);
    assert_eq!(next.is_open, whole.is_open);
    assert_eq!(
        (next.has_fast_path, next.is_fast_path_plain),
        (whole.has_fast_path, whole.is_fast_path_plain)
    );
    assert_eq!(next.packed.canonical(), whole.packed.canonical());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn compiled_from_the_revision_before_is_as_if_from_the_start(
        first in random_steps(20..100),
        sets in prop::collection::vec(random_steps(1..6), 1..10),
    ) {
        let mut organization = empty_organization();
        apply_random_steps(&mut organization, CATALOG.document(), &first);
        let start = compile(&organization);
        let mut latest = start.next(organization.clone());
        for steps in &sets {
            apply_random_steps(&mut organization, CATALOG.document(), steps);
            latest = latest.next(organization.clone());
            assert_as_if_from_the_start(&latest, &organization);
        }
        // Many revisions at once, and back.
        assert_as_if_from_the_start(&start.next(organization.clone()), &organization);
        assert_as_if_from_the_start(&latest.next(start.organization.clone()), &start.organization);
    }
}
