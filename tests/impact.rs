//! What an impact says where that is easily said wrong.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use tenantry::{
    Action, Catalog, Context, CreatedOrganization, Directory, Login, NewResource, PermissionNames,
    ResourceId, Scope, SubAccountId, SystemRole,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u8 {
        const VIEW = 1;
        const EXPORT = 1 << 1;
        const AUDIT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");

fn directory() -> (Directory<Permission>, CreatedOrganization) {
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .role_with(AGENT, Permission::VIEW, Permission::EXPORT)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap();
    let directory = Directory::new(catalog);
    let founded = directory.create_organization("Acme", &login("lin")).unwrap();
    (directory, founded)
}

fn login(name: &str) -> Login {
    format!("{name}@acme.example").parse().unwrap()
}

/// What one action gains and costs somebody at a resource when nobody claims anything.
fn said(
    directory: &Directory<Permission>,
    acme: &CreatedOrganization,
    action: Action,
    who: SubAccountId,
    inbox: ResourceId,
) -> (Permission, Permission) {
    let plan = directory
        .administer(acme.organization, acme.owner, &Context::new())
        .plan([action])
        .unwrap();
    let impact = plan.impact().clone();
    let after = directory.commit(plan).unwrap();
    let organization = after.organization();
    let (gained, lost) =
        impact.at(organization, who, inbox.into(), &Context::new(), organization.time());
    (directory.catalog().known(&gained), directory.catalog().known(&lost))
}

#[test]
fn a_new_owner_of_a_resource_gains_what_is_had_on_ones_own_and_the_old_one_loses_it() {
    let (directory, acme) = directory();
    let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    let support = admin.create_workspace("Support").unwrap();
    let [wu, kim] = ["wu", "kim"].map(|name| admin.create_member(&login(name)).unwrap());
    for agent in [wu, kim] {
        admin.assign(agent, AGENT, support).unwrap();
    }
    let inbox = admin.create_resource(&NewResource::new("inbox", support).owner(wu)).unwrap();
    let hand_over = Action::SetResourceOwner(inbox, Some(kim));
    let (nothing, export) = (Permission::empty(), Permission::EXPORT);
    let gained = said(&directory, &acme, hand_over, kim, inbox);
    assert_eq!(gained, (export, nothing));
    let lost = said(&directory, &acme, Action::SetResourceOwner(inbox, Some(wu)), kim, inbox);
    assert_eq!(lost, (nothing, export));
}

#[test]
fn what_belongs_to_a_service_does_not_belong_to_its_owner() {
    let (directory, acme) = directory();
    let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    let support = admin.create_workspace("Support").unwrap();
    let [wu, kim] = ["wu", "kim"].map(|name| admin.create_member(&login(name)).unwrap());
    admin.assign(wu, AGENT, support).unwrap();
    let robot = admin.create_service(wu).unwrap();
    admin.assign(robot, AGENT, support).unwrap();
    let inbox = admin.create_resource(&NewResource::new("inbox", support).owner(robot)).unwrap();
    // The robot may view there, and not export: its owner may export on what is the owner's alone, and this is not.
    let before = directory.snapshot(acme.organization).unwrap();
    assert_eq!(before.subject(robot).permissions(inbox), Permission::VIEW);
    let lost = said(&directory, &acme, Action::SetServiceOwner(robot, kim), robot, inbox);
    assert_eq!(lost, (Permission::empty(), Permission::VIEW));
}

#[test]
fn a_limit_that_names_every_permission_there_is_costs_nobody_anything_today() {
    let (directory, acme) = directory();
    let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    let support = admin.create_workspace("Support").unwrap();
    let names = ["VIEW", "EXPORT", "AUDIT", "ADMINISTER"].map(|name| name.parse().unwrap());
    let all: PermissionNames = names.into_iter().collect();
    let plan = admin.plan([Action::SetCeiling(support.into(), Some(all))]).unwrap();
    assert!(plan.impact().is_empty(), "{}", plan.impact());
}

#[test]
fn i2_who_is_an_owner_no_more_is_judged_by_what_is_left() {
    use tenantry::catalog::{DutyDefinition, Separation};
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .separate(
            "who exports does not audit",
            2,
            Separation::Anywhere,
            [Permission::EXPORT, Permission::AUDIT].map(DutyDefinition::Permissions),
        )
        .build()
        .unwrap();
    let directory = Directory::new(catalog);
    let acme = directory.create_organization("Acme", &login("lin")).unwrap();
    let admin = directory.administer(acme.organization, acme.owner, &Context::new());
    let wu = admin.create_member(&login("wu")).unwrap();
    let made = admin.assign(wu, OWNER, Scope::Organization).unwrap();
    let both = Permission::EXPORT | Permission::AUDIT;
    let aside = admin.grant(wu, both, Scope::Organization).unwrap();
    let error = admin.revoke(made).unwrap_err();
    assert!(error.to_string().contains("who exports does not audit"), "{error}");
    // An owner is kept out all the same, and with nothing aside is an owner no more.
    admin.suspend(wu).unwrap();
    admin.reinstate(wu).unwrap();
    admin.perform([Action::Revoke(aside), Action::Revoke(made)]).unwrap();
}
