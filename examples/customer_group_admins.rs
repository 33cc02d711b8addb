//! A retailer whose customers sit in groups on WeCom, DingTalk and Slack, and the people who look after those groups:
//! how their duties are defined, how they are appointed, tried out, rotated, and relieved.

mod stage;

use stage::{Calendar, Story, Tenant, midnight};
use tenantry::catalog::{DutyDefinition, Sensitivity, Separation};
use tenantry::messaging::{
    self, AGENT, GROUP_ADMINISTRATOR, MANAGER, Permission, REVIEWER, USER, VISITOR,
};
use tenantry::{
    Action, Catalog, Login, NewAssignment, NewResource, NewRole, NewWorkspace, Reason, ResourceId,
    RoleDefinition, RoleId, Scope, ScopeKinds, SystemRole,
};

/// Leads the administrators of a group: one or two of them, and none who reviews their access.
const LEAD: SystemRole = SystemRole::new("group lead");

fn catalog() -> Result<Catalog<Permission>, tenantry::catalog::CatalogError> {
    messaging::builder()
        .define(
            RoleDefinition::new(LEAD)
                .title("Group lead")
                .any(Permission::ASSIGN_ROLES | Permission::VIEW_ACCOUNTS)
                .includes([GROUP_ADMINISTRATOR])
                .assignable(ScopeKinds::RESOURCE)
                .holders(0, Some(2)),
        )
        .separate(
            "Who leads a group does not review its administrators",
            2,
            Separation::Anywhere,
            [LEAD, REVIEWER].map(DutyDefinition::Role),
        )
        .build()
}

fn main() -> Story {
    let (directory, calendar) = stage::directory(catalog()?, "2031-03-01")?;
    let founded =
        directory.create_organization("Brightline", &"lin@brightline.example".parse()?)?;
    let shop = Tenant::new(&directory, founded);
    let announcer = duties_are_defined_before_anybody_is_appointed(&shop)?;
    groups_keep_the_names_of_their_platforms(&shop)?;
    an_admin_is_appointed_by_a_link(&shop, &calendar)?;
    another_is_confirmed_directly(&shop)?;
    only_who_may_appoint_appoints(&shop)?;
    candidates_meet_criteria(&shop)?;
    powers_are_ticked_and_saved(&shop, announcer)?;
    customers_stay_customers(&shop)?;
    complaints_have_a_team(&shop)?;
    an_admin_is_tried_out_helped_and_rotated(&shop, &calendar)?;
    an_admin_is_relieved_after_a_second_look(&shop)
}

fn group(shop: &Tenant<'_>, platform: &str, key: &str) -> Story<ResourceId> {
    Ok(shop.now()?.resource(platform, key).ok_or("no group has this key")?)
}

fn duties_are_defined_before_anybody_is_appointed(shop: &Tenant<'_>) -> Story<RoleId> {
    println!("Duties are defined before anybody is appointed: each power is a right of its own.");
    let lin = shop.by(shop.owner);
    lin.create_workspace(NewWorkspace::new("Customers").key("customers"))?;
    let catalog = shop.directory.catalog();
    let powers = catalog.role_permissions(GROUP_ADMINISTRATOR).ok_or("no such role")?;
    let keeps_order = Permission::REMOVE_CONTENT | Permission::MUTE_MEMBERS;
    let members_and_files = Permission::REMOVE_MEMBERS | Permission::SHARE_FILES;
    let serves = Permission::REPLY | Permission::ANNOUNCE | Permission::MANAGE_ACTIVITIES;
    assert!(powers.contains(keeps_order | members_and_files | serves));
    assert!(!powers.intersects(Permission::ASSIGN_ROLES | Permission::EXPORT_CONTACTS));
    for it in catalog.describe(keeps_order | serves) {
        println!("  {}", it.title.as_ref().map_or("", |title| title.as_str()));
    }
    let announces = NewRole::new("Announcer", Permission::ANNOUNCE);
    Ok(lin.create_role(&announces.assignable(ScopeKinds::RESOURCE))?)
}

fn groups_keep_the_names_of_their_platforms(shop: &Tenant<'_>) -> Story {
    println!("\nGroups of three platforms are registered under the names that they have there.");
    let (lin, customers) = (shop.by(shop.owner), shop.workspace("customers")?);
    for (platform, key) in [("wecom", "wrOgAAA"), ("dingtalk", "cidXy"), ("slack", "C024BE91L")] {
        let id = lin.create_resource(&NewResource::new(platform, customers).key(key))?;
        assert_eq!(group(shop, platform, key)?, id);
    }
    assert_eq!(shop.now()?.resource("slack", "wrOgAAA"), None);
    Ok(())
}

fn an_admin_is_appointed_by_a_link(shop: &Tenant<'_>, calendar: &Calendar) -> Story {
    println!("\nMei is appointed by a link: whoever opens it as Mei, once, in time.");
    let (lin, wecom) = (shop.by(shop.owner), group(shop, "wecom", "wrOgAAA")?);
    assert!("mei\n@brightline.example".parse::<Login>().is_err());
    let mei: Login = "mei@brightline.example".parse()?;
    let invite = lin.invite(&mei).name("Mei Chen").role(GROUP_ADMINISTRATOR, wecom);
    let invited = invite.expires(midnight("2031-03-03")?).issue()?;
    let removes = || shop.check(invited.sub_account, Permission::REMOVE_CONTENT, wecom);
    assert_eq!(removes().reason(), Some(Reason::Invited));
    calendar.turn_to("2031-03-03")?;
    let late = shop.directory.accept(&invited.token, &mei);
    shop.refused("-", "Mei opens it two days later", late)?;
    let token = lin.resend(invited.invitation)?;
    let other = shop.directory.accept(&token, &"mallory".parse()?);
    shop.refused("-", "somebody else opens the new one", other)?;
    shop.directory.accept(&token, &mei)?;
    assert!(removes().is_allow());
    println!("  Mei opens the new one, and may remove content: {}", removes());
    shop.refused("-", "it is opened once more", shop.directory.accept(&token, &mei))
}

fn another_is_confirmed_directly(shop: &Tenant<'_>) -> Story {
    println!(
        "\nWu is confirmed directly: account and role in one step. A group has several admins."
    );
    let wecom = group(shop, "wecom", "wrOgAAA")?;
    let role = NewAssignment::of(GROUP_ADMINISTRATOR, wecom).reason("knows them all");
    let wu = shop.by(shop.owner).create_member_with(&"wu@brightline.example".parse()?, [role])?;
    assert!(shop.can(wu, Permission::MUTE_MEMBERS | Permission::ANNOUNCE, wecom));
    let now = shop.now()?;
    let holders = now.holders(GROUP_ADMINISTRATOR, wecom.into());
    for it in &holders {
        let at = if it.at == wecom.into() { "at the group" } else { "above it" };
        println!("  {}: as {} {at}", shop.readable(&it.sub_account.to_string())?, it.role);
    }
    let appointed = holders.iter().filter(|it| it.role == GROUP_ADMINISTRATOR.into());
    assert_eq!(appointed.count(), 2, "Mei and Wu; whoever made the group has it too");
    let admins: Vec<_> = now.sub_accounts_with(Permission::REMOVE_MEMBERS, wecom).collect();
    assert!(admins.len() == 3 && admins.contains(&shop.owner), "the owner is one from above");
    Ok(())
}

fn only_who_may_appoint_appoints(shop: &Tenant<'_>) -> Story {
    println!("\nKeeping order is one thing, appointing others is another.");
    let (lin, wecom) = (shop.by(shop.owner), group(shop, "wecom", "wrOgAAA")?);
    let (mei, wu) = (shop.who("mei@brightline.example")?, shop.who("wu@brightline.example")?);
    let bo = lin.create_member(&"bo@brightline.example".parse()?)?;
    let appoint = Action::assign(bo, GROUP_ADMINISTRATOR, wecom);
    shop.refused("G1", "Mei appoints Bo", shop.by(mei).check(appoint.clone()))?;
    lin.assign(wu, LEAD, wecom)?;
    shop.by(wu).perform([appoint])?;
    println!("  Wu leads the group, and appoints Bo");
    let more = shop.by(wu).grant(bo, Permission::IMPORT_CONTACTS, wecom);
    shop.refused("G2", "Wu gives Bo what Wu does not have", more)
}

fn candidates_meet_criteria(shop: &Tenant<'_>) -> Story {
    println!("\nCandidates meet criteria: duties that exclude each other, and so many holders.");
    let (lin, slack) = (shop.by(shop.owner), group(shop, "slack", "C024BE91L")?);
    let rita = lin.create_member(&"rita@brightline.example".parse()?)?;
    lin.assign(rita, REVIEWER, Scope::Organization)?;
    shop.refused("I2", "a reviewer is to lead a group", lin.assign(rita, LEAD, slack))?;
    lin.assign(shop.who("mei@brightline.example")?, LEAD, slack)?;
    let third = lin.assign(shop.who("bo@brightline.example")?, LEAD, slack);
    shop.refused("I3", "there is to be a third lead", third)
}

fn powers_are_ticked_and_saved(shop: &Tenant<'_>, announcer: RoleId) -> Story {
    println!("\nPowers are ticked, looked at, and saved all together.");
    let (lin, dingtalk) = (shop.by(shop.owner), group(shop, "dingtalk", "cidXy")?);
    let bo = shop.who("bo@brightline.example")?;
    let held = lin.assign(bo, announcer, dingtalk)?;
    assert_eq!(shop.now()?.subject(bo).permissions(dingtalk), Permission::ANNOUNCE);
    let ticked = Permission::SHARE_FILES | Permission::VIEW_FILES | Permission::LIST_MEMBERS;
    let ticked = NewAssignment::new(bo, shop.directory.catalog().grant(ticked)?, dingtalk);
    let plan = lin.plan([Action::Revoke(held), ticked.into()])?;
    println!("  to be saved:\n    {}", shop.readable(&plan.impact().to_string())?);
    shop.directory.commit(plan)?;
    assert!(shop.can(bo, Permission::SHARE_FILES, dingtalk));
    assert!(!shop.can(bo, Permission::ANNOUNCE, dingtalk));
    Ok(())
}

fn customers_stay_customers(shop: &Tenant<'_>) -> Story {
    println!(
        "\nCustomers sit in the group as guests: whatever they are given, this they never hold."
    );
    let (lin, wecom) = (shop.by(shop.owner), group(shop, "wecom", "wrOgAAA")?);
    let customer = lin.create_guest(&"kim@customer.example".parse()?, midnight("2032-01-01")?)?;
    lin.assign(customer, VISITOR, wecom)?;
    assert!(shop.can(customer, Permission::RECEIVE_MESSAGES, wecom));
    let reads = Permission::VIEW_CONTACTS | Permission::VIEW_CONTACT_DETAILS;
    let taken = lin.grant(customer, reads | Permission::EXPORT_CONTACTS, wecom);
    shop.refused("I5", "a customer is to export contacts", taken)?;
    let exports = shop.directory.catalog().describe(Permission::EXPORT_CONTACTS).next();
    assert!(exports.is_some_and(|it| it.sensitivity == Sensitivity::Sensitive));
    Ok(())
}

fn complaints_have_a_team(shop: &Tenant<'_>) -> Story {
    println!("\nComplaints have a team of their own, with a role of its own.");
    let (lin, customers) = (shop.by(shop.owner), shop.workspace("customers")?);
    let takes = Permission::VIEW_CONVERSATIONS | Permission::HANDLE_COMPLAINTS;
    let care = lin.create_role(&NewRole::new("Customer care", takes))?;
    let (team, cora) = (lin.create_team("Care")?, lin.create_member(&"cora".parse()?)?);
    lin.assign(team, care, customers)?;
    lin.add_to_team(cora, team)?;
    let wecom = group(shop, "wecom", "wrOgAAA")?;
    assert!(shop.can(cora, takes, wecom) && !shop.can(cora, Permission::MUTE_MEMBERS, wecom));
    println!(
        "  Cora handles complaints of every group; mute anybody? {}",
        shop.check(cora, Permission::MUTE_MEMBERS, wecom)
    );
    Ok(())
}

fn an_admin_is_tried_out_helped_and_rotated(shop: &Tenant<'_>, calendar: &Calendar) -> Story {
    println!("\nNia is on probation until May, with a mentor who passes on work until April.");
    let (lin, slack) = (shop.by(shop.owner), group(shop, "slack", "C024BE91L")?);
    let customers = shop.workspace("customers")?;
    let (nia, mentor) = (lin.create_member(&"nia".parse()?)?, lin.create_member(&"max".parse()?)?);
    lin.assign(mentor, MANAGER, customers)?;
    let may = midnight("2031-05-01")?;
    let trial =
        lin.create_assignment(NewAssignment::new(nia, GROUP_ADMINISTRATOR, slack).ends(may))?;
    shop.by(mentor).delegate(nia, AGENT, customers, midnight("2031-04-01")?)?;
    let orders = || shop.can(nia, Permission::REMOVE_CONTENT, slack);
    let asks_ai = || shop.can(nia, Permission::USE_AI_SOURCES, customers);
    assert!(orders() && asks_ai());
    calendar.turn_to("2031-04-01")?;
    assert!(orders() && !asks_ai());
    println!("  the mentor's help is over; the trial goes on");
    // Rotation: from this group to the next, without a moment in both or in neither.
    let dingtalk = group(shop, "dingtalk", "cidXy")?;
    let june = midnight("2031-06-01")?;
    let next = NewAssignment::new(nia, GROUP_ADMINISTRATOR, dingtalk);
    let stays = NewAssignment::new(nia, GROUP_ADMINISTRATOR, slack).ends(june);
    lin.perform([Action::Revoke(trial), stays.into(), next.starts(june).into()])?;
    let places = || [slack, dingtalk].map(|at| shop.can(nia, Permission::ANNOUNCE, at));
    assert_eq!(places(), [true, false]);
    calendar.turn_to("2031-06-01")?;
    assert_eq!(places(), [false, true]);
    println!("  Nia has passed, and moved from Slack to DingTalk on the day that was set");
    Ok(())
}

fn an_admin_is_relieved_after_a_second_look(shop: &Tenant<'_>) -> Story {
    println!("\nMei is relieved of one group: what that comes to is confirmed first.");
    let (lin, customers) = (shop.by(shop.owner), shop.workspace("customers")?);
    let (mei, wecom) = (shop.who("mei@brightline.example")?, group(shop, "wecom", "wrOgAAA")?);
    lin.assign(mei, USER, customers)?;
    let holders = shop.now()?.holders(GROUP_ADMINISTRATOR, wecom.into());
    let role = holders.iter().find(|it| it.sub_account == mei && it.at == wecom.into());
    let role = role.ok_or("never appointed")?.assignment;
    let outdated = lin.plan([Action::Revoke(role)])?;
    lin.rename_workspace(customers, "Our customers")?;
    shop.refused("-", "an outdated plan is confirmed", shop.directory.commit(outdated))?;
    let plan = lin.plan([Action::Revoke(role)])?;
    assert_eq!(plan.impact().sub_accounts().collect::<Vec<_>>(), [mei]);
    println!("  confirmed:\n    {}", shop.readable(&plan.impact().to_string())?);
    shop.directory.commit(plan)?;
    assert!(!shop.can(mei, Permission::REMOVE_CONTENT, wecom));
    assert!(shop.can(mei, Permission::SEND_MESSAGES, wecom), "an ordinary member still");
    assert!(shop.can(mei, Permission::REMOVE_CONTENT, group(shop, "slack", "C024BE91L")?));
    lin.remove(mei, None)?;
    assert_eq!(shop.check(mei, Permission::SEND_MESSAGES, wecom).reason(), Some(Reason::Removed));
    println!("  Mei was an ordinary member there, led another group, and has now left the company");
    Ok(())
}
