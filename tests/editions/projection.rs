//! A catalog of one release on the bits of another.

use std::collections::BTreeSet;

use tenantry::access::Reference;
use tenantry::catalog::{CatalogDocument, CatalogError, PermissionDocument, ProjectionError};
use tenantry::model::record::CatalogText;
use tenantry::{
    AdminAction, Catalog, Context, Decision, Organization, PermissionName, PermissionNames,
    Permissions, Reason, Snapshot, Timestamp,
};

use crate::setup::{
    AGENT, First, OWNER, Second, World, acme_root, changed, first, first_builder, names, second,
    second_builder, text,
};

bitflags::bitflags! {
    /// As wide as can be, so that every bit can be asked for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Wide: u128 {
        const VIEW = 1 << 0;
        const R = 1 << 127;
        const ADMINISTER = 1 << 64;
    }
}

fn wide() -> Catalog<Wide> {
    Catalog::builder()
        .role(OWNER, Wide::all())
        .owner(OWNER)
        .administration(Wide::ADMINISTER)
        .build()
        .unwrap()
}

fn project<P: Permissions>(own: &Catalog<P>, document: &CatalogDocument) -> Catalog<P> {
    own.project(&changed(document, |_| {})).unwrap()
}

#[test]
fn c2_a_flag_stands_for_what_its_name_has_become_or_was() {
    let (old, new) = (first(1), second(2));
    let by_old = project(&old, new.document());
    assert_eq!(by_old.fingerprint(), new.fingerprint());
    assert_eq!(by_old.edition(), 2);
    assert_eq!(by_old.permission("AN"), Some(First::R));
    assert_eq!(by_old.permission("R"), Some(First::R));
    assert_eq!(by_old.names(First::R | First::VIEW), Ok(names(&["AN", "VIEW"])));
    assert_eq!(by_old.permissions(), First::all());
    // The other way around, by what the new release says of itself.
    let by_new = project(&new, old.document());
    assert_eq!(by_new.permission("R"), Some(Second::AN));
    assert_eq!(by_new.permission("AN"), None);
    assert_eq!(by_new.names(Second::AN), Ok(names(&["R"])));
    assert_eq!(by_new.permissions(), Second::all() - Second::SEND);
    assert_eq!(by_new.names(Second::SEND).unwrap_err().bits, 1 << 63);
}

#[test]
fn c2_a_flag_that_could_stand_for_two_stands_for_neither() {
    let merged = second_builder(1).formerly(Second::AN, "EXP").build().unwrap();
    let document = changed(first(1).document(), |document| {
        let new = PermissionDocument {
            name: PermissionName::new("EXP").unwrap(),
            ..document.permissions[1].clone()
        };
        document.permissions.push(new);
        document.roles[0].any = PermissionNames::Full;
    });
    let by_merged = merged.project(&document).unwrap();
    assert_eq!(by_merged.permissions(), Second::all() - Second::SEND - Second::AN);
    // Of two flags that have become one permission, one stands for it.
    let document = changed(second(2).document(), |document| {
        let an = document.permissions.iter_mut().find(|it| it.name.as_str() == "AN").unwrap();
        an.formerly.insert(PermissionName::new("EXPORT").unwrap());
        document.permissions.retain(|it| it.name.as_str() != "EXPORT");
        for role in &mut document.roles {
            role.any = PermissionNames::Full;
        }
    });
    let by_first = first(1).project(&document).unwrap();
    assert_eq!(by_first.permissions(), First::all() - First::EXPORT);
    assert_eq!(by_first.permission("EXPORT"), Some(First::R));
}

#[test]
fn c2_what_no_flag_stands_for_is_counted_and_never_asked_for() {
    let world = World::new();
    let new = world.process(&second(2));
    new.adopt_catalog(world.acme).unwrap();
    let snapshot = world.old.refresh(world.acme).unwrap();
    let organization = snapshot.organization();
    let by_first = project(&first(1), second(2).document());
    let by_wide = project(&wide(), second(2).document());
    assert_eq!(by_first.known(&PermissionNames::Full), First::all());
    assert_eq!(by_first.role_permissions(AGENT), Some(First::VIEW | First::R));
    assert_eq!(by_first.permission("SEND"), None);
    let now = Timestamp::now();
    let unknown = Decision::Deny(Reason::UnknownPermission);
    // Every bit that no flag has, alone and beside one that has.
    let narrow = Snapshot::compile(organization.clone(), &by_first);
    for bit in 5..u8::BITS {
        let bit = First::from_bits_retain(1 << bit);
        assert_eq!(narrow.check(world.owner, bit, acme_root()), unknown);
        assert_eq!(narrow.check(world.owner, bit | First::VIEW, acme_root()), unknown);
    }
    assert_eq!(narrow.subject(world.owner).permissions(acme_root()), First::all());
    let wide = Snapshot::compile(organization.clone(), &by_wide);
    let reference = Reference::new(organization, &by_wide, now);
    let known = Wide::VIEW | Wide::R | Wide::ADMINISTER;
    let subject = wide.subject(world.owner);
    let root = wide.resolve(acme_root());
    assert_eq!(subject.permissions(acme_root()), known);
    assert_eq!(reference.permissions(world.owner, acme_root(), &Context::new()), known);
    for bit in (0..u128::BITS).map(|bit| Wide::from_bits_retain(1 << bit)) {
        for asked in [bit, bit | Wide::VIEW] {
            let expected = if known.contains(bit) { Decision::Allow } else { unknown };
            assert_eq!(wide.check(world.owner, asked, acme_root()), expected, "{asked:?}");
            assert_eq!(subject.check_at(asked, &root), expected, "{asked:?}");
            let explained = wide.explain(world.owner, asked, acme_root());
            assert_eq!(explained.decision, expected, "{asked:?}");
            let by_reference = reference.check(world.owner, asked, acme_root(), &Context::new());
            assert_eq!(by_reference, expected, "{asked:?}");
            let listed = wide.sub_accounts_with(asked, acme_root()).any(|it| it == world.owner);
            assert_eq!(listed, expected.is_allow(), "{asked:?}");
        }
    }
}

fn asked_for_view<P: Permissions>(
    own: &Catalog<P>,
    world: &World,
    of: (&CatalogText, &Organization),
) {
    let (document, organization) = of;
    let catalog = own.project(document).unwrap();
    let snapshot = Snapshot::compile(organization.clone(), &catalog);
    let view = catalog.permission("VIEW").unwrap();
    let lacks = Decision::Deny(Reason::PrerequisiteMissing);
    assert_eq!(snapshot.check(world.agent, view, acme_root()), lacks);
    assert_eq!(snapshot.check(world.owner, view, acme_root()), Decision::Allow);
    let reference = Reference::new(organization, &catalog, Timestamp::now());
    let by_reference = reference.check(world.agent, view, acme_root(), &Context::new());
    assert_eq!(by_reference, lacks);
}

/// What no flag stands for may lie beyond the words in which most checks are decided.
#[test]
fn c2_a_prerequisite_that_no_flag_stands_for_is_needed_wherever_its_bit_lies() {
    let world = World::new();
    let organization = world.old.snapshot(world.acme).unwrap().organization().clone();
    let document = changed(first(2).document(), |document| {
        let extra = ["NEW", "NEWER"].map(|name| PermissionDocument {
            name: PermissionName::new(name).unwrap(),
            ..document.permissions[0].clone()
        });
        document.permissions.extend(extra);
        let view = document.permissions.iter_mut().find(|it| it.name.as_str() == "VIEW");
        view.unwrap().needs = [PermissionName::new("NEWER").unwrap()].into();
        document.roles[0].any = PermissionNames::Full;
    });
    let of = (&document, &organization);
    asked_for_view(&first(1), &world, of);
    asked_for_view(&second(1), &world, of);
    asked_for_view(&wide(), &world, of);
}

#[test]
fn c2_what_an_action_requires_is_required_whoever_knows_it() {
    let world = World::new();
    let required = second_builder(2).requires(AdminAction::Assign, Second::SEND | Second::ASSIGN);
    let required = required.build().unwrap();
    let by_first = project(&first(1), required.document());
    assert_eq!(by_first.requirement(AdminAction::Deny), Some(First::ASSIGN));
    assert_eq!(by_first.requirement(AdminAction::Assign), None);

    let carol = world.member("carol");
    let view = || {
        let grant = world.old.catalog().grant(First::VIEW).unwrap();
        tenantry::NewAssignment::new(carol, grant, acme_root())
    };
    assert_eq!(world.lead_may(view()), Ok(()));
    let new = world.process(&required);
    new.adopt_catalog(world.acme).unwrap();
    assert_eq!(world.lead_may(view()), Err("G1"));
    let host = new.system("test");
    host.administer(world.acme).grant(world.lead, Second::SEND, acme_root()).unwrap();
    assert_eq!(world.lead_may(view()), Ok(()));
    // Who administers is who may.
    let snapshot = world.old.snapshot(world.acme).unwrap();
    let administrators = snapshot.administrators(&Context::new(), acme_root());
    let administrators: BTreeSet<_> = administrators.collect();
    assert_eq!(administrators, [world.owner, world.lead].into());
}

#[test]
fn c2_an_operator_brings_along_permissions_and_not_bits() {
    // Two catalogs in force, in which bits that no flag has stand for different names.
    let (home, visited) = (World::new(), World::new());
    let [at_home, here] = ["OTHER", "SEND"].map(|name| {
        let document = changed(second(2).document(), |document| {
            let send = document.permissions.iter_mut().find(|it| it.name.as_str() == "SEND");
            let name = PermissionName::new(name).unwrap();
            send.unwrap().name = name.clone();
            for role in &mut document.roles {
                role.any = PermissionNames::Full;
            }
            let view = document.permissions.iter_mut().find(|it| it.name.as_str() == "VIEW");
            view.unwrap().needs = [name].into();
        });
        first(1).project(&document).unwrap()
    });
    let operator = home.lead;
    let home = home.old.snapshot(home.acme).unwrap();
    let home = Snapshot::compile(home.organization().clone(), &at_home);
    let host = visited.old.system("test");
    let ends = Timestamp::now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let operators = home.organization().id();
    host.administer(visited.acme).give_consent(operators, acme_root(), First::all(), ends).unwrap();
    let visited = visited.old.snapshot(visited.acme).unwrap();
    let mut organization = visited.organization().clone();
    let consent = organization.consents().values().next().unwrap().clone();
    let all = tenantry::model::Consent { mask: PermissionNames::Full, ..consent };
    let set = tenantry::model::ChangeSet {
        time: organization.time(),
        changes: vec![all.into()],
        personal: Vec::new(),
    };
    organization.apply(&set).unwrap();
    let root = acme_root();
    for (here, view) in
        [(&here, Decision::Deny(Reason::PrerequisiteMissing)), (&at_home, Decision::Allow)]
    {
        let visited = Snapshot::compile(organization.clone(), here);
        let asking = visited.operator(&home, operator);
        assert_eq!(asking.check(First::VIEW, root), view);
        assert_eq!(asking.check(First::R, root), Decision::Allow);
        assert_eq!(asking.permissions(root).contains(First::VIEW), view.is_allow());
        let unknown = First::from_bits_retain(1 << 7);
        assert_eq!(asking.check(unknown, root), Decision::Deny(Reason::UnknownPermission));
        let now = Timestamp::now();
        let at_home = Reference::new(home.organization(), &at_home, now);
        let reference = Reference::new(&organization, here, now);
        let by_reference =
            reference.check_operator(&at_home, operator, First::VIEW, root, &Context::new());
        assert_eq!(by_reference, view);
    }
}

#[test]
fn c2_what_cannot_be_put_on_the_bits_of_a_process_is_no_catalog_for_it() {
    let many = |count: usize| {
        changed(second(2).document(), |document| {
            let any = document.permissions[0].clone();
            document.permissions.extend((0..count).map(|number| PermissionDocument {
                name: PermissionName::new(format!("MORE{number}")).unwrap(),
                ..any.clone()
            }));
            for role in &mut document.roles {
                role.any = PermissionNames::Full;
            }
        })
    };
    // Five flags of its own and one name besides: 123 bits are left, of which SEND takes one.
    let full = first(1).project(&many(122)).unwrap();
    assert_eq!(full.document().permissions.len(), 128);
    match first(1).project(&many(123)) {
        Err(ProjectionError::Invalid(CatalogError::TooManyPermissions { names, limit })) => {
            assert_eq!((names, limit), (124, 123));
        }
        other => panic!("{other:?}"),
    }
    let json = second(2).text().as_str().to_owned();
    let later = text(&json.replacen("{\"format\":1", "{\"format\":1,\"later\":1", 1));
    assert!(matches!(first(1).project(&later), Err(ProjectionError::Unreadable(_))));
    let later = text(&json.replacen("{\"format\":1", "{\"format\":2", 1));
    assert!(matches!(
        first(1).project(&later),
        Err(ProjectionError::Invalid(CatalogError::IncompatibleFormat { found: 2, supported: 1 }))
    ));
}

#[test]
fn c1_an_edition_is_part_of_a_catalog_and_none_is_zero() {
    let (none, zero) = (first_builder(0), first_builder(0).edition(0));
    let (none, zero) = (none.build().unwrap(), zero.build().unwrap());
    assert_eq!(none.fingerprint(), zero.fingerprint());
    assert!(!none.text().as_str().contains("edition"));
    assert_eq!((none.edition(), first(1).edition()), (0, 1));
    assert_eq!(none.text().edition(), Some(0));
    assert_eq!(first(u64::MAX).text().edition(), Some(u64::MAX));
    assert_ne!(first(1).fingerprint(), none.fingerprint());
    let read: CatalogDocument = serde_json::from_str(first(7).text().as_str()).unwrap();
    assert_eq!(
        Catalog::<First>::from_document(read).unwrap().fingerprint(),
        first(7).fingerprint()
    );
    for unreadable in [r#"{"edition":-1}"#, r#"{"edition":"x"}"#, "[]"] {
        assert_eq!(text(unreadable).edition(), None);
    }
}

#[test]
fn c2_all_organizations_share_the_catalog_of_another_release() {
    let world = World::new();
    let new = world.process(&second(2));
    let old = world.restarted();
    let documents: Vec<_> = (0..3)
        .map(|number| {
            let login = crate::setup::login(&format!("owner{number}"));
            let acme = new.create_organization("Other", &login).unwrap();
            old.snapshot(acme.organization).unwrap()
        })
        .collect();
    let documents: Vec<_> = documents.iter().map(|it| it.catalog().document()).collect();
    assert!(documents.windows(2).all(|two| std::ptr::eq(two[0], two[1])));
    let standing = old.catalog_in_force(world.acme).unwrap();
    assert_eq!(standing.own, tenantry::directory::CatalogStanding::InForce);
}
