//! Effective permissions in words.

use tenantry::PermissionName;
use tenantry::access::{Context, Description, OnWhat, Reason, Subject};
use tenantry::catalog::{PermissionInfo, Sensitivity};
use tenantry::model::Status;

use crate::support::{
    COLLEAGUE, OWNER, Permission, ROOT, World, allow, builder, own, sub_account_id, workspace_id,
};

fn world() -> World {
    let titled = builder()
        .describe(
            Permission::VIEW,
            PermissionInfo::new("Read conversations").group("Conversations"),
        )
        .describe(
            Permission::EXPORT,
            PermissionInfo::new("Export contacts")
                .group("Contacts")
                .sensitivity(Sensitivity::Sensitive),
        )
        .describe(Permission::REPLY, PermissionInfo::new("Reply").group("Conversations"))
        .describe(
            Permission::ADMINISTER,
            PermissionInfo::new("Administer").sensitivity(Sensitivity::Critical),
        );
    let world = World::with_catalog("acme", titled.build().unwrap());
    world.workspace("support");
    world.resource("inbox", "support");
    world.member("lin");
    world
}

fn text(describe: impl FnOnce(Subject<'_, Permission>) -> Description, world: &World) -> String {
    let snapshot = world.snapshot();
    let description = describe(snapshot.subject(sub_account_id("lin")));
    let text = description.to_string();
    text.replace(&sub_account_id("lin").to_string(), "lin")
}

#[test]
fn permissions_stand_under_the_catalogs_headings_by_their_titles() {
    let world = world();
    world.allow("lin", OWNER, ROOT);
    let expected = "sub-account lin at workspace `support` may\n\
        \x20 CLOSE\n  Administer (critical)\n\
        Conversations:\n  Read conversations\n  Reply\n\
        Contacts:\n  Export contacts (sensitive)";
    let described = text(|lin| lin.describe(workspace_id("support")), &world);
    assert_eq!(described, expected);
}

#[test]
fn what_depends_on_ownership_is_marked_unless_ownership_is_known() {
    let world = world();
    world.allow("lin", COLLEAGUE, ROOT);
    world.allow("lin", Permission::EXPORT, ROOT);
    world.deny("lin", own(Permission::EXPORT), ROOT);
    let described = |context: Context| {
        let snapshot = world.snapshot();
        let lin = snapshot.subject(sub_account_id("lin")).in_context(context);
        let description = lin.describe(world.scope("inbox"));
        let all = description.groups.into_iter().flat_map(|group| group.permissions);
        all.map(|one| (one.name, one.on)).collect::<Vec<_>>()
    };
    let list = |list: &[(&str, OnWhat)]| -> Vec<_> {
        list.iter().map(|(name, on)| (PermissionName::new(name).unwrap(), *on)).collect()
    };
    let (view, reply) = (("VIEW", OnWhat::Everything), ("REPLY", OnWhat::Owned));
    let (close, export) = (("CLOSE", OnWhat::Owned), ("EXPORT", OnWhat::NotOwned));
    assert_eq!(described(Context::new()), list(&[close, view, reply, export]));
    assert_eq!(described(Context::new().ownership(true)), list(&[close, view, reply]));
    assert_eq!(described(Context::new().ownership(false)), list(&[view, export]));
    world.register_owner("inbox", "lin");
    assert_eq!(described(Context::new()), list(&[close, view, reply]));
}

#[test]
fn what_is_granted_on_either_by_different_things_needs_to_be_known() {
    let world = world();
    world.member("wu");
    world.allow("wu", Permission::EXPORT, ROOT);
    world.deny("wu", own(Permission::EXPORT), ROOT);
    world.allow("lin", own(Permission::EXPORT), ROOT);
    world.assign(allow("lin", Permission::EXPORT, ROOT).passed_on_by("wu"));
    for (context, is_allowed) in [
        (Context::new(), false),
        (Context::new().ownership(true), true),
        (Context::new().ownership(false), true),
    ] {
        let decision = world.check_in(&context, "lin", Permission::EXPORT, "inbox");
        assert_eq!(decision.is_allow(), is_allowed);
    }
    assert_eq!(
        text(|lin| lin.describe(world.scope("inbox")), &world).lines().last(),
        Some("  Export contacts, only what is known to be owned or not (sensitive)")
    );
}

#[test]
fn who_may_do_nothing_is_told_why_if_they_are_barred() {
    let world = world();
    let snapshot = world.snapshot();
    let nobody = snapshot.subject(sub_account_id("nobody")).describe(workspace_id("support"));
    assert_eq!(nobody.barred, Some(Reason::UnknownSubAccount));
    assert_eq!(
        text(|lin| lin.describe(workspace_id("support")), &world),
        "sub-account lin at workspace `support` may do nothing"
    );
    assert_eq!(
        text(|lin| lin.describe(workspace_id("nowhere")), &world),
        "sub-account lin at an unknown scope may do nothing: the scope is not known in this organization"
    );
    world.allow("lin", OWNER, ROOT);
    world.status("lin", Status::Suspended);
    assert_eq!(
        text(|lin| lin.describe(workspace_id("support")), &world),
        "sub-account lin at workspace `support` may do nothing: the sub-account is suspended"
    );
}
