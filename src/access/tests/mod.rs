//! Tests of what no caller can see: that an organization compiled from the revision before is, to the last entry, the
//! organization compiled from the start, and that what did not change is not compiled again.

mod touched;

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use crate::access::compile::Compiled;
use crate::access::draw::{founded, steps, take};
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

fn compile(organization: &Organization) -> Compiled {
    Compiled::new(organization.clone(), Arc::clone(CATALOG.core()))
}

/// What `next` gives is what compiling `after` from the start gives.
fn assert_as_if_from_the_start(next: &Compiled, after: &Organization) {
    let whole = compile(after);
    assert_eq!(&next.organization, after);
    assert_eq!(next.nodes, whole.nodes);
    assert_eq!(next.special, whole.special);
    assert_eq!(next.everyone, whole.everyone);
    assert_eq!(next.network_policy, whole.network_policy);
    assert_eq!(next.is_open, whole.is_open);
    assert_eq!((next.is_quick, next.is_plain), (whole.is_quick, whole.is_plain));
    assert_eq!(next.quick.told(), whole.quick.told());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn compiled_from_the_revision_before_is_as_if_from_the_start(
        first in steps(20..100),
        sets in prop::collection::vec(steps(1..6), 1..10),
    ) {
        let mut organization = founded();
        take(&mut organization, CATALOG.document(), &first);
        let start = compile(&organization);
        let mut latest = start.next(organization.clone());
        for steps in &sets {
            take(&mut organization, CATALOG.document(), steps);
            latest = latest.next(organization.clone());
            assert_as_if_from_the_start(&latest, &organization);
        }
        // Many revisions at once, and the way back.
        assert_as_if_from_the_start(&start.next(organization.clone()), &organization);
        assert_as_if_from_the_start(&latest.next(start.organization.clone()), &start.organization);
    }
}
