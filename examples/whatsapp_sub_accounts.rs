//! A trading company with one main account and many sub-accounts, as on WhatsApp: people are asked and agree, may send,
//! receive or both, visit for a while, work in teams with spaces of their own, and lose a telephone.

mod stage;

use stage::{Calendar, Story, Tenant, midnight};
use tenantry::messaging::{
    self, ADMINISTRATOR, BOT, MANAGER, Permission, RECEIVER, SENDER, SUB_ACCOUNT_OPERATOR, USER,
    VIEWER, VISITOR,
};
use tenantry::{
    Action, Condition, Context, Label, Login, NewAssignment, NewResource, NewSubAccount,
    NewWorkspace, Reason, Scope, SubAccountId,
};

fn main() -> Story {
    let (directory, calendar) = stage::directory(messaging::catalog(), "2031-03-01")?;
    let founded = directory.create_organization("Harbor", &"lin@harbor.example".parse()?)?;
    let harbor = Tenant::new(&directory, founded);
    the_main_account_comes_first(&harbor)?;
    people_are_asked_and_agree(&harbor, &calendar)?;
    message_rights_are_graded(&harbor)?;
    administrators_coordinate_and_visitors_listen(&harbor, &calendar)?;
    teams_have_exclusive_spaces(&harbor)?;
    labels_give_a_purpose(&harbor)?;
    named_people_operate_a_sub_account(&harbor)?;
    bots_and_other_platforms_are_connected(&harbor)?;
    the_main_account_searches_what_was_kept(&harbor)?;
    a_telephone_is_lost(&harbor)?;
    everybody_understands_what_they_may(&harbor)
}

fn the_main_account_comes_first(harbor: &Tenant<'_>) -> Story {
    println!("The main account comes first: it makes workspaces, and strangers make nothing.");
    let lin = harbor.by(harbor.owner);
    lin.create_workspace(NewWorkspace::new("Sales").key("sales"))?;
    lin.create_workspace(NewWorkspace::new("Logistics").key("logistics"))?;
    let stranger = SubAccountId::from_u128(1);
    let made = harbor.by(stranger).create_member(&"mallory@elsewhere.example".parse()?);
    harbor.refused("G1", "a stranger makes a sub-account", made)
}

fn people_are_asked_and_agree(harbor: &Tenant<'_>, calendar: &Calendar) -> Story {
    println!("\nPeople are asked, by e-mail or by name, and have nothing before they agree.");
    let (lin, sales) = (harbor.by(harbor.owner), harbor.workspace("sales")?);
    let ask = |login: &Login| lin.invite(login).role(USER, sales).issue();
    let [wu, bo, kai, zoe]: [Login; 4] =
        ["wu@harbor.example".parse()?, "bo".parse()?, "kai".parse()?, "zoe".parse()?];
    let asked = ask(&wu)?;
    let sends = || harbor.check(asked.sub_account, Permission::SEND_MESSAGES, sales);
    assert_eq!(sends().reason(), Some(Reason::Invited));
    println!("  wu was asked; may wu send? {}", sends());
    harbor.refused("-", "the same login is asked a second time", ask(&wu))?;
    harbor.directory.accept(&asked.token, &wu)?;
    assert!(sends().is_allow());
    println!("  wu agreed; may wu send? {}", sends());

    let (declined, withdrawn, late) = (ask(&bo)?, ask(&kai)?, ask(&zoe)?);
    harbor.directory.decline(&declined.token, &bo)?;
    lin.withdraw(withdrawn.invitation)?;
    let dead = harbor.directory.accept(&withdrawn.token, &kai);
    harbor.refused("-", "kai accepts what was withdrawn", dead)?;
    calendar.turn_to("2031-03-09")?;
    let dead = harbor.directory.accept(&late.token, &zoe);
    harbor.refused("-", "zoe accepts after more than a week", dead)
}

fn message_rights_are_graded(harbor: &Tenant<'_>) -> Story {
    println!("\nSending and receiving are two rights: either, or both, and changed at any time.");
    let (lin, sales) = (harbor.by(harbor.owner), harbor.workspace("sales")?);
    let mei = lin.create_member(&"mei@harbor.example".parse()?)?;
    let grade = || {
        let both = [Permission::SEND_MESSAGES, Permission::RECEIVE_MESSAGES];
        both.map(|right| harbor.can(mei, right, sales))
    };
    let sends = lin.assign(mei, SENDER, sales)?;
    assert_eq!(grade(), [true, false]);
    let receives = lin.replace(sends, NewAssignment::new(mei, RECEIVER, sales))?;
    assert_eq!(grade(), [false, true]);
    let both = NewAssignment::new(mei, USER, sales);
    let plan = lin.plan([Action::Revoke(receives), both.into()])?;
    println!("  before it is saved:\n    {}", harbor.readable(&plan.impact().to_string())?);
    harbor.directory.commit(plan)?;
    assert_eq!(grade(), [true, true]);
    println!("  mei only sent, then only received, and does both now");
    Ok(())
}

fn administrators_coordinate_and_visitors_listen(
    harbor: &Tenant<'_>,
    calendar: &Calendar,
) -> Story {
    println!("\nAn administrator coordinates, a user works, a visitor listens for a while.");
    let (lin, sales) = (harbor.by(harbor.owner), harbor.workspace("sales")?);
    let (ada, wu) = (lin.create_member(&"ada".parse()?)?, harbor.who("wu@harbor.example")?);
    lin.assign(ada, ADMINISTRATOR, Scope::Organization)?;
    let coordinates = Permission::ASSIGN_TASKS | Permission::ASSIGN_CONVERSATIONS;
    assert!(harbor.can(ada, coordinates, sales) && !harbor.can(wu, coordinates, sales));

    let (opens, closes) = (midnight("2031-03-12")?, midnight("2031-03-15")?);
    let fair = NewAssignment::of(VISITOR, sales).starts(opens).ends(closes);
    let (login, ends) = ("vic@visitor.example".parse()?, midnight("2031-03-20")?);
    let vic = harbor.by(ada).create(|id| NewSubAccount::guest(id, login, ends), [fair])?;
    let hears = || harbor.check(vic, Permission::RECEIVE_MESSAGES, sales);
    assert_eq!(hears().reason(), Some(Reason::NotYetValid));
    calendar.turn_to("2031-03-12")?;
    assert!(hears().is_allow() && !harbor.can(vic, Permission::SEND_MESSAGES, sales));
    println!("  the fair is on: vic hears the team, and writes nothing");
    let raised = lin.grant(vic, Permission::ASSIGN_ROLES, sales);
    harbor.refused("I5", "the visitor is to hand out roles", raised)?;
    calendar.turn_to("2031-03-15")?;
    assert_eq!(hears().reason(), Some(Reason::Expired));
    println!("  the fair is over; does vic hear the team? {}", hears());
    Ok(())
}

fn teams_have_exclusive_spaces(harbor: &Tenant<'_>) -> Story {
    println!("\nTeams have spaces of their own: what is given in one says nothing of the other.");
    let (lin, logistics) = (harbor.by(harbor.owner), harbor.workspace("logistics")?);
    let drivers = lin.create_team("Drivers")?;
    lin.assign(drivers, USER, logistics)?;
    let (dan, wu) = (lin.create_member(&"dan".parse()?)?, harbor.who("wu@harbor.example")?);
    lin.add_to_team(dan, drivers)?;
    assert!(harbor.now()?.team_members(drivers).contains(&dan));
    let talks = Permission::SEND_MESSAGES | Permission::RECEIVE_MESSAGES;
    let sales = harbor.workspace("sales")?;
    assert!(harbor.can(dan, talks, logistics) && !harbor.can(dan, talks, sales));
    assert!(harbor.can(wu, talks, sales) && !harbor.can(wu, talks, logistics));

    let group = |key| lin.create_resource(&NewResource::new("group", logistics).key(key));
    let (route, depot) = (group("route 7")?, group("depot")?);
    lin.deny(drivers, Permission::SHARE_FILES, route)?;
    let shares = |at| harbor.check(dan, Permission::SHARE_FILES, at);
    assert!(shares(depot).is_allow() && !shares(route).is_allow());
    println!("  drivers share files in the depot group, and in that of route 7? {}", shares(route));
    lin.remove_from_team(dan, drivers)?;
    assert!(!harbor.can(dan, talks, depot));
    println!("  dan is no driver any more, and hears nothing of logistics");
    Ok(())
}

fn labels_give_a_purpose(harbor: &Tenant<'_>) -> Story {
    println!("\nLabels say what a group is for, and rights can follow a label.");
    let (lin, sales) = (harbor.by(harbor.owner), harbor.workspace("sales")?);
    let group = |key| lin.create_resource(&NewResource::new("group", sales).key(key));
    let (wholesale, retail) = (group("wholesale")?, group("retail")?);
    lin.set_labels(wholesale, ["key customers"])?;
    let eva = lin.create_member(&"eva".parse()?)?;
    let label = Label::new("key customers")?;
    lin.create_assignment(NewAssignment::new(eva, VIEWER, sales).labelled(label))?;
    let sees = |at| harbor.can(eva, Permission::VIEW_CONTACTS, at);
    assert!(sees(wholesale) && !sees(retail));
    lin.set_labels(retail, ["key customers", "2031"])?;
    assert!(sees(retail) && !harbor.can(eva, Permission::VIEW_CONTACT_DETAILS, retail));
    println!("  eva sees who the key customers are, and not their telephone numbers");
    Ok(())
}

fn named_people_operate_a_sub_account(harbor: &Tenant<'_>) -> Story {
    println!("\nA sub-account is operated by those who are named, and by nobody above them.");
    let (lin, sales) = (harbor.by(harbor.owner), harbor.workspace("sales")?);
    let number = NewResource::new("whatsapp_number", sales).key("+1 555 0100");
    let number = lin.create_resource(&number)?;
    let (wu, ada) = (harbor.who("wu@harbor.example")?, harbor.who("ada")?);
    lin.create_assignment(
        NewAssignment::new(wu, SUB_ACCOUNT_OPERATOR, number).when(Condition::Mfa),
    )?;
    let operates = |who, mfa| {
        let session = Context::new().mfa(mfa);
        harbor.directory.check_in(&session, harbor.id, who, Permission::OPERATE_AS, number)
    };
    assert!(operates(wu, true).is_allow());
    assert_eq!(operates(wu, false).reason(), Some(Reason::ConditionUnmet));
    assert_eq!(operates(ada, true).reason(), Some(Reason::NotGranted));
    println!("  wu, without a second factor? {}", operates(wu, false));
    println!("  the administrator? {}", operates(ada, true));
    Ok(())
}

fn bots_and_other_platforms_are_connected(harbor: &Tenant<'_>) -> Story {
    println!("\nBots and other platforms are sub-accounts for which somebody answers.");
    let (lin, sales) = (harbor.by(harbor.owner), harbor.workspace("sales")?);
    let rob = lin.create_member(&"rob".parse()?)?;
    lin.assign(rob, MANAGER, sales)?;
    let (until, role) = (midnight("2032-01-01")?, NewAssignment::of(BOT, sales));
    let greeter = lin.create(|id| NewSubAccount::service(id, rob).ends(until), [role])?;
    let slack = lin.create_service(rob)?;
    lin.assign(slack, SENDER, sales)?;
    let sends = |who| harbor.check(who, Permission::SEND_MESSAGES, sales);
    let raised = lin.grant(greeter, Permission::INVITE, sales);
    harbor.refused("I5", "the bot is to invite people", raised)?;
    lin.suspend(slack)?;
    assert!(sends(greeter).is_allow() && !sends(slack).is_allow());
    println!("  the connection to Slack is cut, and the greeter goes on");
    lin.suspend(rob)?;
    assert!(!sends(greeter).is_allow());
    println!("  while nobody answers for the greeter: {}", sends(greeter));
    lin.reinstate(rob)?;
    Ok(())
}

fn the_main_account_searches_what_was_kept(harbor: &Tenant<'_>) -> Story {
    println!("\nOnly the main account has messages kept, and searches those of all sub-accounts.");
    let (ada, root) = (harbor.who("ada")?, Scope::Organization);
    let searches = Permission::KEEP_HISTORY | Permission::SUPERVISE_HISTORY;
    for workspace in [harbor.workspace("sales")?, harbor.workspace("logistics")?] {
        assert!(harbor.can(harbor.owner, searches, workspace));
        assert!(!harbor.can(ada, Permission::SUPERVISE_HISTORY, workspace));
    }
    let taken = harbor.by(ada).grant(ada, Permission::SUPERVISE_HISTORY, root);
    harbor.refused("G2", "the administrator takes that right", taken)
}

fn a_telephone_is_lost(harbor: &Tenant<'_>) -> Story {
    println!("\nA telephone is lost, and the platform is told: it acts at the very next check.");
    let platform = harbor.directory.system("abuse desk").administer(harbor.id);
    let (rob, sales) = (harbor.who("rob")?, harbor.workspace("sales")?);
    let reads = || harbor.check(rob, Permission::VIEW_CONVERSATIONS, sales);
    platform.suspend(rob)?;
    assert_eq!(reads().reason(), Some(Reason::Suspended));
    platform.reinstate(rob)?;
    assert!(reads().is_allow());
    println!("  it was in the car: reactivated, and everything is as it was");

    let fay: Login = "fay".parse()?;
    let promised = harbor.by(rob).invite(&fay).role(USER, sales).issue()?;
    platform.require_credential_reset(rob)?;
    assert_eq!(reads().reason(), Some(Reason::CredentialResetRequired));
    println!("  this time it was stolen; may rob read? {}", reads());
    let dead = harbor.directory.accept(&promised.token, &fay);
    harbor.refused("-", "an invitation that was sent from it is accepted", dead)?;
    platform.credential_was_reset(rob)?;
    assert!(reads().is_allow());
    Ok(())
}

fn everybody_understands_what_they_may(harbor: &Tenant<'_>) -> Story {
    println!("\nEverybody can read what they may do, and why they may not do the rest.");
    let (now, wu, sales) =
        (harbor.now()?, harbor.who("wu@harbor.example")?, harbor.workspace("sales")?);
    let description = harbor.readable(&now.subject(wu).describe(sales).to_string())?;
    assert!(description.contains("Send messages"));
    for line in description.lines() {
        println!("  {line}");
    }
    let talks: Vec<_> = now.subject(wu).workspaces_with(Permission::SEND_MESSAGES).collect();
    assert_eq!(talks, [sales]);
    let explanation = now.explain(wu, Permission::EXPORT_CONTACTS, sales);
    assert_eq!(explanation.decision.reason(), Some(Reason::NotGranted));
    assert!(explanation.missing().contains("EXPORT_CONTACTS"));
    println!("  export contacts? {}", explanation.decision);
    let remedy = now.remedy(wu, Permission::EXPORT_CONTACTS, sales);
    assert!(remedy.roles.iter().any(|it| it.assigners.contains(&harbor.owner)));
    for line in harbor.readable(&remedy.to_string())?.lines() {
        println!("  {line}");
    }
    Ok(())
}
