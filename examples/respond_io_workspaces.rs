//! A group of companies with workspaces that share one organization, and a franchise that is an organization of its own,
//! as on respond.io: what workspaces share and what they do not, what no two organizations ever share, and how support
//! is let in.

mod stage;

use stage::{Calendar, Story, Tenant, midnight};
use tenantry::catalog::Limits;
use tenantry::messaging::{
    self, ADMINISTRATOR, AGENT, BILLING_ADMINISTRATOR, MANAGER, Permission, USER,
};
use tenantry::model::condition::LoginMethods;
use tenantry::{Condition, Context, LoginMethod, NewResource, NewWorkspace, Reason, Scope, Status};

fn main() -> Story {
    // The plan that is sold: eight seats for each organization.
    let plan = messaging::builder().limits(Limits { seats: Some(8), ..Limits::NONE }).build()?;
    let (directory, calendar) = stage::directory(plan, "2031-03-01")?;
    let founded = directory.create_organization("Northwind", &"lin@northwind.example".parse()?)?;
    let group = Tenant::new(&directory, founded);
    workspaces_are_separate_sub_accounts(&group)?;
    one_person_is_different_things_in_each(&group)?;
    settings_are_for_owners_and_managers(&group)?;
    ai_sources_stay_where_they_are(&group)?;
    what_the_organization_gives_flows_down(&group)?;
    money_and_modules_are_apart(&group)?;
    let founded = directory.create_organization("Lisbon", &"ines@lisbon.example".parse()?)?;
    let franchise = Tenant::new(&directory, founded);
    organizations_share_nothing(&group, &franchise)?;
    sign_in_rules_differ(&group, &franchise)?;
    seats_are_counted_for_each(&group, &franchise)?;
    support_is_let_in_for_a_week(&franchise, &calendar)?;
    a_workspace_is_put_away(&group)
}

fn workspaces_are_separate_sub_accounts(group: &Tenant<'_>) -> Story {
    println!("Workspaces of one organization: people, channels and settings of their own.");
    let lin = group.by(group.owner);
    for (name, key) in [("Support", "support"), ("Sales", "sales"), ("People", "hr")] {
        let before = group.now()?.revision();
        let workspace = lin.create_workspace(NewWorkspace::new(name).key(key))?;
        let channel = NewResource::new("channel", workspace).name("WhatsApp");
        lin.create_resource(&channel.key(&format!("{key} number")))?;
        // Nothing is a draft: each edit is saved when it returns, under a revision of its own.
        assert_eq!(group.now()?.revision(), before.next().next());
    }
    let wu = lin.create_member(&"wu@northwind.example".parse()?)?;
    lin.assign(wu, USER, group.workspace("support")?)?;
    assert!(group.can(wu, Permission::SEND_MESSAGES, group.workspace("support")?));
    let elsewhere = group.check(wu, Permission::SEND_MESSAGES, group.workspace("sales")?);
    assert_eq!(elsewhere.reason(), Some(Reason::NotGranted));
    println!("  wu works in Support; in Sales? {elsewhere}");
    Ok(())
}

fn one_person_is_different_things_in_each(group: &Tenant<'_>) -> Story {
    println!("\nMei manages Support and is an agent in Sales: each access level stands alone.");
    let (lin, mei) = (group.by(group.owner), "mei@example.com".parse()?);
    let invite = lin.invite(&mei).role(MANAGER, group.workspace("support")?);
    let invited = invite.role(AGENT, group.workspace("sales")?).issue()?;
    let mei = group.directory.accept(&invited.token, &mei)?;
    let now = group.now()?;
    let exports: Vec<_> = now.subject(mei).workspaces_with(Permission::EXPORT_CONTACTS).collect();
    assert_eq!(exports, [group.workspace("support")?]);
    let works: Vec<_> = now.subject(mei).workspaces_with(Permission::SEND_MESSAGES).collect();
    assert_eq!(works.len(), 2);
    println!("  she works in {} workspaces, and exports contacts from one", works.len());
    Ok(())
}

fn settings_are_for_owners_and_managers(group: &Tenant<'_>) -> Story {
    println!("\nSettings of a workspace are for its manager and for owners.");
    let (support, sales) = (group.workspace("support")?, group.workspace("sales")?);
    let mei = group.by(group.who("mei@example.com")?);
    mei.rename_workspace(support, "Customer support")?;
    group.refused("G1", "Mei renames the other workspace", mei.rename_workspace(sales, "Mine"))?;
    let wu = group.by(group.who("wu@northwind.example")?);
    group.refused("G1", "a user renames the own one", wu.rename_workspace(support, "Ours"))
}

fn ai_sources_stay_where_they_are(group: &Tenant<'_>) -> Story {
    println!("\nAI sources belong to a workspace; sharing one is a grant of its own.");
    let (lin, sales) = (group.by(group.owner), group.workspace("sales")?);
    let prices = lin.create_resource(&NewResource::new("ai_source", sales).key("price list"))?;
    let bo = lin.create_member(&"bo@northwind.example".parse()?)?;
    lin.assign(bo, AGENT, group.workspace("support")?)?;
    let asks = || group.check(bo, Permission::USE_AI_SOURCES, prices);
    assert_eq!(asks().reason(), Some(Reason::NotGranted));
    println!("  an agent of Support asks the price list of Sales? {}", asks());
    lin.grant(bo, Permission::USE_AI_SOURCES, prices)?;
    assert!(asks().is_allow() && !group.can(bo, Permission::USE_AI_SOURCES, sales));
    Ok(())
}

fn what_the_organization_gives_flows_down(group: &Tenant<'_>) -> Story {
    println!("\nWhat the organization gives flows into its workspaces, as far as they let it in.");
    let (lin, root) = (group.by(group.owner), Scope::Organization);
    let (support, hr) = (group.workspace("support")?, group.workspace("hr")?);
    let ada = lin.create_member(&"ada@northwind.example".parse()?)?;
    lin.assign(ada, ADMINISTRATOR, root)?;
    let reads = |at| group.check(ada, Permission::VIEW_CONVERSATIONS, at);
    assert!(reads(support).is_allow() && reads(hr).is_allow());
    lin.set_inheritance(hr, Some(Permission::VIEW_BILLING | Permission::MANAGE_BILLING))?;
    assert_eq!(reads(hr).reason(), Some(Reason::Masked));
    println!("  the administrator reads People, which shuts it out? {}", reads(hr));
    lin.set_ceiling(support, Some(Permission::all() - Permission::DELETE_CONVERSATIONS))?;
    let deletes = |who| group.check(who, Permission::DELETE_CONVERSATIONS, support);
    assert_eq!(deletes(group.owner).reason(), Some(Reason::Ceiling));
    // The host's own ceiling is the plan that was paid for.
    let host = group.directory.system("billing").administer(group.id);
    host.set_ceiling(root, Some(Permission::all() - Permission::SEND_BROADCASTS))?;
    let unpaid = group.check(group.owner, Permission::SEND_BROADCASTS, support);
    assert_eq!(unpaid.reason(), Some(Reason::Ceiling));
    println!("  broadcasts, which the plan lacks, for the owner? {unpaid}");
    group.refused("G1", "the owner lifts that", lin.set_ceiling(root, None))
}

fn money_and_modules_are_apart(group: &Tenant<'_>) -> Story {
    println!("\nBilling is not administration, and each module has a right of its own.");
    let (lin, sales) = (group.by(group.owner), group.workspace("sales")?);
    let bill = lin.create_member(&"bill@northwind.example".parse()?)?;
    lin.assign(bill, BILLING_ADMINISTRATOR, Scope::Organization)?;
    let ada = group.who("ada@northwind.example")?;
    let pays = Permission::MANAGE_BILLING | Permission::MANAGE_CHANNEL_FEES;
    assert!(group.can(bill, pays, sales) && !group.can(ada, Permission::VIEW_BILLING, sales));
    assert!(!group.can(bill, Permission::VIEW_CONVERSATIONS, sales));
    let temp = lin.create_member(&"temp@northwind.example".parse()?)?;
    let modules = [
        Permission::IMPORT_CONTACTS,
        Permission::EXPORT_REPORTS | Permission::VIEW_REPORTS,
        Permission::VIEW_FILES,
        Permission::USE_LABELS,
    ];
    let mut given = Permission::empty();
    for module in modules {
        let granted = lin.grant(temp, module, sales)?;
        assert_eq!(group.now()?.subject(temp).permissions(sales), module);
        lin.revoke(granted)?;
        given |= module;
    }
    println!("  one at a time: {given:?}");
    lin.remove(temp, None)?;
    Ok(())
}

fn organizations_share_nothing(group: &Tenant<'_>, franchise: &Tenant<'_>) -> Story {
    println!(
        "\nThe franchise is an organization of its own: nothing of the group's means anything there."
    );
    let ines = franchise.by(franchise.owner);
    let shop = ines.create_workspace(NewWorkspace::new("Shop").key("support"))?;
    assert_ne!(shop, group.workspace("support")?, "the same key, and another workspace");
    let mei = ines.create_member(&"mei@example.com".parse()?)?;
    ines.assign(mei, AGENT, shop)?;
    let outsider = group.who("mei@example.com")?;
    let across = ines.assign(outsider, AGENT, shop);
    franchise.refused("-", "the group's Mei is given something here", across)?;
    let across = ines.assign(mei, AGENT, group.workspace("support")?);
    franchise.refused("-", "Mei is given something in the group's workspace", across)?;
    let at = franchise.check(outsider, Permission::USE_AI_SOURCES, shop);
    assert_eq!(at.reason(), Some(Reason::UnknownSubAccount));
    // One person, two sub-accounts: what to choose from after signing in.
    let accounts = group.directory.accounts_of(&"mei@example.com".parse()?)?;
    let is_in = |organization, who| {
        let found = accounts.iter().find(|it| it.organization == organization);
        found.is_some_and(|it| it.sub_account == who && it.status == Status::Active)
    };
    assert!(is_in(group.id, outsider) && is_in(franchise.id, mei));
    println!("  Mei chooses between {} organizations after signing in", accounts.len());
    Ok(())
}

fn sign_in_rules_differ(group: &Tenant<'_>, franchise: &Tenant<'_>) -> Story {
    println!("\nThe group requires single sign-on; the franchise does not.");
    let saml: LoginMethod = "saml".parse()?;
    let (sso, password) = (
        Context::new().login_method(saml.clone()),
        Context::new().login_method("password".parse()?),
    );
    let lin = group.directory.administer(group.id, group.owner, &sso);
    lin.set_security_policy([Condition::LoginMethod(LoginMethods::new([saml])?)])?;
    let sends = |tenant: &Tenant<'_>, session| -> Story<_> {
        let (who, at) = (tenant.who("mei@example.com")?, tenant.workspace("support")?);
        Ok(tenant.directory.check_in(session, tenant.id, who, Permission::SEND_MESSAGES, at))
    };
    assert!(sends(group, &sso)?.is_allow() && sends(franchise, &password)?.is_allow());
    assert_eq!(sends(group, &password)?.reason(), Some(Reason::SecurityPolicyUnmet));
    println!("  with a password, in the group? {}", sends(group, &password)?);
    lin.set_security_policy([])?;
    Ok(())
}

fn seats_are_counted_for_each(group: &Tenant<'_>, franchise: &Tenant<'_>) -> Story {
    println!("\nSeats are counted in each organization, when somebody becomes active.");
    let lin = group.by(group.owner);
    assert_eq!(group.now()?.organization().seats(), 6);
    for number in 7..=8 {
        lin.create_member(&format!("agent {number}").parse()?)?;
    }
    let waiting = lin.invite(&"agent 9".parse()?).issue()?;
    let full = group.directory.accept(&waiting.token, &"agent 9".parse()?);
    group.refused("I3", "a ninth is to become active", full)?;
    lin.suspend(group.who("agent 8")?)?;
    group.directory.accept(&waiting.token, &"agent 9".parse()?)?;
    assert_eq!(
        (group.now()?.organization().seats(), franchise.now()?.organization().seats()),
        (8, 2)
    );
    println!("  a seat was freed, and taken; the franchise has seats of its own");
    Ok(())
}

fn support_is_let_in_for_a_week(franchise: &Tenant<'_>, calendar: &Calendar) -> Story {
    println!("\nThe vendor's support is let in: by consent, for a week, and for this alone.");
    let vendor = "olga@vendor.example".parse()?;
    let vendor = franchise.directory.create_organization("Vendor", &vendor)?;
    let vendor = Tenant::new(franchise.directory, vendor);
    let (ines, shop) = (franchise.by(franchise.owner), franchise.workspace("support")?);
    let sees = |what| -> Story<_> {
        let (visited, home) = (franchise.now()?, vendor.now()?);
        Ok(visited.operator(&home, vendor.owner).check(what, shop))
    };
    assert_eq!(sees(Permission::VIEW_WORKSPACE_SETTINGS)?.reason(), Some(Reason::NoConsent));
    let mask = Permission::VIEW_WORKSPACE_SETTINGS
        | Permission::VIEW_ACCOUNTS
        | Permission::RESET_CREDENTIALS;
    ines.give_consent(vendor.id, Scope::Organization, mask, midnight("2031-03-08")?)?;
    assert!(sees(Permission::VIEW_WORKSPACE_SETTINGS)?.is_allow());
    println!("  support reads conversations? {}", sees(Permission::VIEW_CONVERSATIONS)?);
    assert_eq!(sees(Permission::VIEW_CONVERSATIONS)?.reason(), Some(Reason::ConsentMask));
    let (directory, nothing_known) = (franchise.directory, Context::new());
    let olga =
        directory.administer_as_operator(franchise.id, vendor.id, vendor.owner, &nothing_known);
    olga.require_credential_reset(franchise.who("mei@example.com")?)?;
    let higher = olga.require_credential_reset(franchise.owner);
    franchise.refused("G3", "support resets the owner", higher)?;
    calendar.turn_to("2031-03-08")?;
    assert_eq!(sees(Permission::VIEW_WORKSPACE_SETTINGS)?.reason(), Some(Reason::NoConsent));
    println!("  after a week: {}", sees(Permission::VIEW_WORKSPACE_SETTINGS)?);
    Ok(())
}

fn a_workspace_is_put_away(group: &Tenant<'_>) -> Story {
    println!("\nA workspace is put away: it can be looked at, and not worked in.");
    let (lin, support) = (group.by(group.owner), group.workspace("support")?);
    let mei = group.who("mei@example.com")?;
    lin.archive_workspace(support)?;
    assert!(group.can(mei, Permission::VIEW_CONVERSATIONS, support));
    let sends = group.check(mei, Permission::SEND_MESSAGES, support);
    assert_eq!(sends.reason(), Some(Reason::Archived));
    println!("  the manager sends something? {sends}");
    lin.unarchive_workspace(support)?;
    assert!(group.can(mei, Permission::SEND_MESSAGES, support));
    Ok(())
}
