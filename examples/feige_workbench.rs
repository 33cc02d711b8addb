//! A shop with a customer-service workbench, as in Feige: the shop's administrator makes sub-accounts with the rights
//! that their work needs, looks at the list, changes a role for everybody who has it, and disables and deletes.

mod stage;

use stage::{Calendar, Story, Tenant, midnight};
use tenantry::messaging::{self, AGENT, MANAGER, Permission, USER, USER_ADMINISTRATOR, VIEWER};
use tenantry::{
    Action, Condition, Context, Login, LoginMethod, NewAssignment, NewResource, NewRole,
    NewSubAccount, NewWorkspace, Reason, RoleId, Scope, Status, SubAccountId,
};

fn main() -> Story {
    let (directory, calendar) = stage::directory(messaging::catalog(), "2031-03-01")?;
    let founded = directory.create_organization("Moonlight", &"boss@moonlight.example".parse()?)?;
    let shop = Tenant::new(&directory, founded);
    shop.by(shop.owner).create_workspace(NewWorkspace::new("Shop").key("shop"))?;
    only_who_signed_in_is_anybody(&shop)?;
    rights_have_names_and_groups(&shop);
    let after_sales = roles_follow_the_work(&shop)?;
    one_form_makes_an_account(&shop, after_sales)?;
    only_administrators_make_accounts(&shop, after_sales)?;
    a_link_activates_another(&shop, &calendar)?;
    the_list_shows_status_and_rights(&shop)?;
    agents_answer_what_is_theirs(&shop)?;
    a_role_is_edited_for_all_who_have_it(&shop, after_sales)?;
    sessions_meet_the_policy(&shop)?;
    accounts_are_disabled_and_deleted(&shop)
}

fn only_who_signed_in_is_anybody(shop: &Tenant<'_>) -> Story {
    println!("Signing in is the host's affair; whoever it does not know may do nothing.");
    let workbench = shop.workspace("shop")?;
    let nobody = SubAccountId::from_u128(1);
    let sees = |who| shop.check(who, Permission::VIEW_CONVERSATIONS, workbench);
    assert_eq!(shop.now()?.sub_account("boss@moonlight.exampl"), None);
    assert_eq!(sees(nobody).reason(), Some(Reason::UnknownSubAccount));
    assert!(sees(shop.owner).is_allow());
    println!("  somebody unknown: {}", sees(nobody));
    Ok(())
}

fn rights_have_names_and_groups(shop: &Tenant<'_>) {
    println!("\nRights have names, titles and groups: what a form offers to be ticked.");
    let catalog = shop.directory.catalog();
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for it in catalog.describe(catalog.permissions()) {
        let group = it.group.as_ref().map_or("", |group| group.as_str());
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, members)) => *members += 1,
            None => groups.push((group, 1)),
        }
    }
    assert_eq!(groups.iter().map(|(_, members)| members).sum::<usize>(), 96);
    let offered: Vec<_> = groups.iter().map(|(name, of)| format!("{name} ({of})")).collect();
    println!("  {}", offered.join(", "));
}

fn roles_follow_the_work(shop: &Tenant<'_>) -> Story<RoleId> {
    println!("\nA role for each kind of work: full, looking on, answering, after-sales.");
    let boss = shop.by(shop.owner);
    let answers = Permission::VIEW_CONVERSATIONS | Permission::REPLY;
    let looks_after = answers | Permission::VIEW_CONTACTS | Permission::VIEW_CONTACT_DETAILS;
    let full = boss.create_role(&NewRole::full("Full"))?;
    let answering = boss.create_role(&NewRole::new("Answering", answers))?;
    let after_sales = boss.create_role(&NewRole::new("After-sales", looks_after))?;
    let (now, catalog) = (shop.now()?, shop.directory.catalog());
    let grants = |role| now.organization().roles().get(&role).map(|it| catalog.known(&it.any));
    assert_eq!(grants(full), Some(catalog.permissions()), "what later releases add too");
    assert_eq!((grants(answering), grants(after_sales)), (Some(answers), Some(looks_after)));
    let views = catalog.role_permissions(VIEWER).ok_or("no such role")?;
    assert!(!views.intersects(Permission::REPLY | Permission::VIEW_CONTACT_DETAILS));
    let copy = boss.clone_role(AGENT, "Agent with a difference")?;
    boss.delete_role(copy)?;
    println!("  three roles were made, another was copied and deleted; those of the catalog stay");
    Ok(after_sales)
}

fn one_form_makes_an_account(shop: &Tenant<'_>, after_sales: RoleId) -> Story {
    println!("\nOne form, one commit: login, name and rights; the account is in the list at once.");
    let (boss, workbench) = (shop.by(shop.owner), shop.workspace("shop")?);
    let before = shop.now()?.revision();
    let login: Login = "cs01@moonlight.example".parse()?;
    let work = NewAssignment::of(after_sales, workbench);
    let form = |id| NewSubAccount::member(id, login.clone()).name("Zhou Yan");
    let zhou = boss.create(form, [work.clone()])?;
    assert_eq!(shop.now()?.revision(), before.next());
    assert_eq!(shop.who("cs01@moonlight.example")?, zhou);
    assert_eq!(shop.now()?.organization().name_of(zhou), Some("Zhou Yan"));
    assert!(shop.can(zhou, Permission::REPLY | Permission::VIEW_CONTACT_DETAILS, workbench));
    shop.refused("-", "the same login is given to somebody else", boss.create(form, [work]))
}

fn only_administrators_make_accounts(shop: &Tenant<'_>, after_sales: RoleId) -> Story {
    println!("\nOnly administrators make accounts, and hand out no more than they may.");
    let (boss, workbench) = (shop.by(shop.owner), shop.workspace("shop")?);
    let (zhou, new) = (shop.who("cs01@moonlight.example")?, "cs02".parse()?);
    shop.refused("G1", "an agent makes an account", shop.by(zhou).create_member(&new))?;
    let ada = boss.create_member(&"ada@moonlight.example".parse()?)?;
    boss.assign(ada, USER_ADMINISTRATOR, Scope::Organization)?;
    let ada = shop.by(ada);
    let second = ada.create_member(&new)?;
    ada.assign(second, AGENT, workbench)?;
    assert!(shop.can(second, Permission::USE_AI_SOURCES, workbench));
    assert!(!shop.can(shop.who("ada@moonlight.example")?, Permission::USE_AI_SOURCES, workbench));
    println!("  the user administrator makes an agent, without being one");
    shop.refused(
        "G2",
        "and gives a role outside its licence",
        ada.assign(second, after_sales, workbench),
    )?;
    shop.refused("G3", "and disables the boss", ada.suspend(shop.owner))
}

fn a_link_activates_another(shop: &Tenant<'_>, calendar: &Calendar) -> Story {
    println!(
        "\nOr a link is mailed: the account waits until its owner has finished, once, in time."
    );
    let (boss, workbench) = (shop.by(shop.owner), shop.workspace("shop")?);
    let login: Login = "cs03@moonlight.example".parse()?;
    let invite = boss.invite(&login).name("Qian Li").role(USER, workbench).role(AGENT, workbench);
    let invited = invite.expires(midnight("2031-03-04")?).issue()?;
    let talks = || shop.check(invited.sub_account, Permission::SEND_MESSAGES, workbench);
    assert_eq!(talks().reason(), Some(Reason::Invited));
    // Whoever finds the token in a log finds nothing.
    assert!(!format!("{:?}", invited.token).contains(&invited.token.to_string()));
    calendar.turn_to("2031-03-03")?;
    assert_eq!(shop.directory.accept(&invited.token, &login)?, invited.sub_account);
    assert!(talks().is_allow());
    shop.refused("-", "the link is used again", shop.directory.accept(&invited.token, &login))?;
    let late = boss.invite(&"cs04".parse()?).role(USER, workbench).issue()?;
    calendar.turn_to("2031-03-10")?;
    let late = shop.directory.accept(&late.token, &"cs04".parse()?);
    shop.refused("-", "another link is used a week later", late)
}

fn the_list_shows_status_and_rights(shop: &Tenant<'_>) -> Story {
    println!("\nThe list: every sub-account with its status and what it may do in the workbench.");
    let (now, workbench) = (shop.now()?, shop.workspace("shop")?);
    let mut shown = 0;
    for (id, it) in now.organization().sub_accounts() {
        if matches!(it.status, Status::Active | Status::Invited | Status::Suspended) {
            let login = now.organization().login_of(*id);
            let rights = now.subject(*id).permissions(workbench).iter().count();
            println!(
                "  {:24} {:10} {rights} rights",
                login.unwrap_or("-"),
                format!("{:?}", it.status)
            );
            shown += 1;
        }
    }
    assert_eq!(shown, 6);
    Ok(())
}

fn agents_answer_what_is_theirs(shop: &Tenant<'_>) -> Story {
    println!(
        "\nAn agent answers the conversations that are assigned to it, until they are handed on."
    );
    let (boss, workbench) = (shop.by(shop.owner), shop.workspace("shop")?);
    let (qian, second) = (shop.who("cs03@moonlight.example")?, shop.who("cs02")?);
    let new = NewResource::new("conversation", workbench).key("order 1001").owner(qian);
    let conversation = boss.create_resource(&new)?;
    let answers = |who| shop.check(who, Permission::REPLY, conversation);
    assert!(answers(qian).is_allow());
    assert_eq!(answers(second).reason(), Some(Reason::NotOwned));
    println!("  the other agent? {}", answers(second));
    boss.set_resource_owner(conversation, Some(second))?;
    let now = shop.now()?;
    let who: Vec<_> = now.sub_accounts_with(Permission::REPLY, conversation).collect();
    assert!(who.contains(&second) && !who.contains(&qian));
    assert!(answers(second).is_allow() && !answers(qian).is_allow());
    Ok(())
}

fn a_role_is_edited_for_all_who_have_it(shop: &Tenant<'_>, after_sales: RoleId) -> Story {
    println!("\nA role is edited once, for all who have it; the effect is known beforehand.");
    let (boss, workbench) = (shop.by(shop.owner), shop.workspace("shop")?);
    let zhou = shop.who("cs01@moonlight.example")?;
    let less = Permission::VIEW_CONVERSATIONS | Permission::REPLY | Permission::VIEW_CONTACTS;
    let edited = NewRole::new("After-sales", less | Permission::HANDLE_COMPLAINTS);
    let plan = boss.plan([Action::ReplaceRole(boss.role(after_sales, &edited)?)])?;
    println!("    {}", shop.readable(&plan.impact().to_string())?);
    assert_eq!(plan.impact().sub_accounts().collect::<Vec<_>>(), [zhou]);
    assert!(shop.can(zhou, Permission::VIEW_CONTACT_DETAILS, workbench), "nothing is done yet");
    shop.directory.commit(plan)?;
    assert!(!shop.can(zhou, Permission::VIEW_CONTACT_DETAILS, workbench));
    assert!(shop.can(zhou, Permission::HANDLE_COMPLAINTS, workbench));
    Ok(())
}

fn sessions_meet_the_policy(shop: &Tenant<'_>) -> Story {
    println!("\nHow somebody has to sign in is a policy of the shop, asked of every session.");
    let (zhou, workbench) = (shop.who("cs01@moonlight.example")?, shop.workspace("shop")?);
    let strong = Context::new().mfa(true).login_method("password".parse::<LoginMethod>()?);
    let boss = shop.directory.administer(shop.id, shop.owner, &strong);
    let locked_out = shop.by(shop.owner).set_security_policy([Condition::Mfa]);
    shop.refused("G6", "the boss locks itself out", locked_out)?;
    boss.set_security_policy([Condition::Mfa])?;
    let weak = Context::new().mfa(false);
    let answers =
        |session| shop.directory.check_in(session, shop.id, zhou, Permission::REPLY, workbench);
    assert!(answers(&strong).is_allow());
    assert_eq!(answers(&weak).reason(), Some(Reason::SecurityPolicyUnmet));
    println!("  without a second factor: {}", answers(&weak));
    boss.set_security_policy([])?;
    Ok(())
}

fn accounts_are_disabled_and_deleted(shop: &Tenant<'_>) -> Story {
    println!("\nDisabling keeps everything; deleting does not; erasing leaves not even a name.");
    let (boss, workbench) = (shop.by(shop.owner), shop.workspace("shop")?);
    let zhou = shop.who("cs01@moonlight.example")?;
    let answers = || shop.check(zhou, Permission::REPLY, workbench);
    boss.suspend(zhou)?;
    assert_eq!(answers().reason(), Some(Reason::Suspended));
    boss.reinstate(zhou)?;
    assert!(answers().is_allow());
    let successor = shop.who("cs03@moonlight.example")?;
    boss.assign(successor, MANAGER, workbench)?;
    boss.remove(zhou, Some(successor))?;
    assert_eq!(answers().reason(), Some(Reason::Removed));
    boss.erase(zhou)?;
    assert_eq!(shop.now()?.organization().name_of(zhou), None);
    assert_eq!(shop.now()?.sub_account("cs01@moonlight.example"), None);
    println!("  cs01 was disabled, enabled, deleted and erased; may it answer? {}", answers());
    Ok(())
}
