//! The view by which changes are checked gives every account the permissions that a check would
//! allow.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::access::generate::{apply_random_steps, empty_organization, random_steps};
use crate::access::tests::{AGENT, OWNER, Permission};
use crate::access::{Context, Ownership, Reference};
use crate::catalog::Catalog;
use crate::governance::reach::holding::HolderId;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameTable;
use crate::governance::reach::query::{Circumstances, OwnershipSource, ReachQuery};
use crate::governance::reach::tests::set_aside::set_aside;
use crate::governance::reach::view::View;
use crate::id::SubAccountId;
use crate::model::{Organization, Scope, Status};
use crate::permission::Bits;

/// As the catalog of the tests of access, with prerequisites.
static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role_with(AGENT, Permission::VIEW, Permission::REPLY)
        .needs(Permission::REPLY, Permission::VIEW)
        .needs(Permission::EXPORT, Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
});

/// Whether an account that is kept out has delegated something to itself or to its services. Such a
/// delegation depends on the status of the account, which cannot be set aside for one account
/// alone.
fn bounds_itself(organization: &Organization, who: SubAccountId) -> bool {
    let accounts = organization.sub_accounts();
    let is_active = accounts
        .get(&who)
        .is_some_and(|it| it.status == Status::Active && !it.credential_reset_required);
    let is_its_own = |id| id == who || accounts.get(&id).is_some_and(|it| it.owner == Some(who));
    !is_active && organization.assignments().values().any(|it| it.delegator.is_some_and(is_its_own))
}

fn scopes(organization: &Organization) -> Vec<Scope> {
    organization.scopes().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_view_has_what_the_reference_allows(first in random_steps(20..160)) {
        let mut organization = empty_organization();
        apply_random_steps(&mut organization, CATALOG.document(), &first);
        let names = NameTable::new(CATALOG.core().vocabulary());
        let view = View::new(&organization, CATALOG.core(), &names);
        let hour = SignedDuration::from_hours(1);
        let times = [Timestamp::UNIX_EPOCH - hour, Timestamp::UNIX_EPOCH];
        let sessions = [Context::new(), Context::new().mfa(true), Context::new().mfa(false)];
        let comparable = |who: &&SubAccountId| !bounds_itself(&organization, **who);
        for who in organization.sub_accounts().keys().filter(comparable) {
            let set_aside = set_aside(&organization, *who);
            let holding = view.holding(HolderId::SubAccount(*who)).unwrap();
            for (number, scope) in scopes(&organization).into_iter().enumerate() {
                let time = times[number % 2];
                let session = sessions[number / 2 % 3].clone().at(time);
                for owned in [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid] {
                    let context = session.clone().ownership(owned);
                    let owner = match scope {
                        Scope::Resource(id) => organization.resources().get(&id).unwrap().owner,
                        Scope::Organization | Scope::Workspace(_) => None,
                    };
                    let ownership = match owned {
                        Ownership::Unsaid => OwnershipSource::Registered(owner),
                        claimed => OwnershipSource::Claimed(claimed),
                    };
                    let given = Circumstances::Given(&context);
                    let (location, limits) = (Location::At(scope), &view.impact_limits);
                    let query = ReachQuery::new(location, time, given, ownership, limits);
                    let has = view.reach(&holding, &query);
                    let reference = Reference::new(&set_aside, &CATALOG, time);
                    let may = Bits::of(reference.permissions(*who, scope, &context));
                    prop_assert_eq!(has.known, may, "{} at {:?} in {:?}", who, scope, context);
                }
            }
        }
    }
}
