//! Leaving a team and coming back, as in Kehutong: what stepping down, leaving and being taken out each cost and keep,
//! who decides on coming back, and why no team is ever without a head. Each team is an organization; one person may be
//! in several.

mod stage;

use stage::{Calendar, Story, Tenant, midnight};
use tenantry::messaging::{self, ADMINISTRATOR, AGENT, Permission, REVIEWER, USER, VIEWER};
use tenantry::{
    Action, Context, Login, NewAssignment, NewRequest, NewResource, NewWorkspace, Reason,
    ResourceId, Scope, Status, SubAccountId,
};

fn main() -> Story {
    let (directory, calendar) = stage::directory(messaging::catalog(), "2031-03-01")?;
    let found = |name, login: &str| -> Story<_> {
        let founded = directory.create_organization(name, &login.parse()?)?;
        let team = Tenant::new(&directory, founded);
        team.by(team.owner).create_workspace(NewWorkspace::new("Customers").key("customers"))?;
        Ok(team)
    };
    let (east, west) = (found("East", "hua")?, found("West", "wei")?);
    a_member_sees_the_own_teams(&east, &west)?;
    members_work_on_what_is_theirs(&east)?;
    administrators_can_be_reached(&east)?;
    an_administrator_steps_down(&east)?;
    a_member_leaves_after_a_second_look(&east)?;
    who_cannot_leave_is_taken_out(&east)?;
    a_former_member_asks_to_come_back(&east)?;
    nobody_approves_for_themselves(&east)?;
    another_team_is_joined_by_application(&west, &calendar)?;
    the_last_head_does_not_leave(&east)
}

fn status(team: &Tenant<'_>, who: SubAccountId) -> Story<Status> {
    let now = team.now()?;
    Ok(now.organization().sub_accounts().get(&who).ok_or("nobody")?.status)
}

fn resource(team: &Tenant<'_>, kind: &str, key: &str) -> Story<ResourceId> {
    Ok(team.now()?.resource(kind, key).ok_or("nothing has this key")?)
}

fn a_member_sees_the_own_teams(east: &Tenant<'_>, west: &Tenant<'_>) -> Story {
    println!("Pei is in two teams, with other rights in each.");
    let pei: Login = "pei".parse()?;
    for (team, role) in [(east, AGENT), (west, VIEWER)] {
        let role = NewAssignment::of(role, team.workspace("customers")?);
        team.by(team.owner).create_member_with(&pei, [role])?;
    }
    for account in east.directory.accounts_of(&pei)? {
        let team = east.directory.snapshot(account.organization)?;
        let customers = team.workspace("customers").ok_or("no such workspace")?;
        let writes = team.subject(account.sub_account).can(Permission::SEND_MESSAGES, customers);
        assert_eq!(writes, account.organization == east.id);
        println!("  {}: may Pei write there? {writes}", team.organization().profile().name);
        assert_eq!(account.status, Status::Active);
    }
    assert_eq!(east.directory.accounts_of(&pei)?.len(), 2);
    Ok(())
}

fn members_work_on_what_is_theirs(east: &Tenant<'_>) -> Story {
    println!("\nCustomers and tasks: whoever they are assigned to works on them.");
    let (hua, customers) = (east.by(east.owner), east.workspace("customers")?);
    let pei = east.who("pei")?;
    let contact = NewResource::new("contact", customers).key("Tang").owner(pei);
    let task = NewResource::new("task", customers).key("call Tang").owner(pei);
    let (contact, task) = (hua.create_resource(&contact)?, hua.create_resource(&task)?);
    hua.create_resource(&NewResource::new("contact", customers).key("Song").owner(east.owner))?;
    assert!(east.can(pei, Permission::EDIT_CONTACTS, contact));
    assert!(east.can(pei, Permission::VIEW_TASKS | Permission::UPDATE_TASKS, task));
    assert!(!east.can(pei, Permission::ASSIGN_TASKS, task));
    assert!(east.can(east.owner, Permission::ASSIGN_TASKS | Permission::VIEW_REPORTS, task));
    let now = east.now()?;
    let seen: Vec<_> =
        now.subject(pei).resources_with("contact", Permission::VIEW_CONTACTS).collect();
    assert_eq!(seen, [contact]);
    println!(
        "  of two customers Pei sees Tang; and Song? {}",
        east.check(pei, Permission::VIEW_CONTACTS, resource(east, "contact", "Song")?)
    );
    let profile = now.subject(pei).owning(true).can(Permission::EDIT_PROFILE, customers);
    assert!(profile, "everybody edits the own profile");
    Ok(())
}

fn administrators_can_be_reached(east: &Tenant<'_>) -> Story {
    println!("\nMembers see who administers the team, and how to reach them.");
    let (hua, root) = (east.by(east.owner), Scope::Organization);
    let yun = hua.create_member(&"yun".parse()?)?;
    hua.assign(yun, ADMINISTRATOR, root)?;
    hua.assign(yun, USER, east.workspace("customers")?)?;
    let (now, pei) = (east.now()?, east.who("pei")?);
    assert!(east.can(pei, Permission::LIST_ADMINISTRATORS, east.workspace("customers")?));
    let administrators: Vec<_> = now.administrators(&Context::new(), root).collect();
    assert!(administrators.len() == 2 && administrators.contains(&yun));
    for id in administrators {
        println!("  {}", east.readable(&id.to_string())?);
    }
    Ok(())
}

fn an_administrator_steps_down(east: &Tenant<'_>) -> Story {
    println!("\nYun steps down: the management goes, the membership stays.");
    let (yun, customers) = (east.who("yun")?, east.workspace("customers")?);
    let manages = Permission::ADD_MEMBERS | Permission::REMOVE_MEMBERS | Permission::EDIT_WORKSPACE;
    assert!(east.can(yun, manages, customers));
    let me = east.by(yun);
    me.step_down(Scope::Organization, Some(USER.into()))?;
    let talks = Permission::VIEW_GROUPS | Permission::SEND_MESSAGES | Permission::LIST_MEMBERS;
    assert!(east.can(yun, talks, customers));
    for gone in [Permission::ADD_MEMBERS, Permission::REMOVE_MEMBERS, Permission::EDIT_WORKSPACE] {
        assert!(!east.can(yun, gone, customers));
    }
    println!(
        "  she still talks, and sees the team; edit it? {}",
        east.check(yun, Permission::EDIT_WORKSPACE, customers)
    );
    east.refused("G1", "Yun takes it back", me.assign(yun, ADMINISTRATOR, Scope::Organization))
}

fn a_member_leaves_after_a_second_look(east: &Tenant<'_>) -> Story {
    println!(
        "\nPei leaves: what it costs is shown, then confirmed. Nobody's permission is needed."
    );
    let (pei, contact) = (east.who("pei")?, resource(east, "contact", "Tang")?);
    let plan = east.by(pei).plan([Action::Leave(pei.into())])?;
    println!("    {}", east.readable(&plan.impact().to_string())?);
    assert_eq!(status(east, pei)?, Status::Active);
    east.directory.commit(plan)?;
    assert_eq!(status(east, pei)?, Status::Left);
    let reads = east.check(pei, Permission::VIEW_CONTACTS, contact);
    assert_eq!(reads.reason(), Some(Reason::Left));
    println!("  reading is over: {reads}");
    // What Pei had stays on file; the customer waits for somebody else.
    let now = east.now()?;
    assert_eq!(now.assigned_to(pei).len(), 1);
    let tang = now.organization().resources().get(&contact).ok_or("the customer is gone")?;
    assert_eq!(tang.owner, None);
    east.by(east.owner).set_resource_owner(contact, Some(east.who("yun")?))?;
    Ok(())
}

fn who_cannot_leave_is_taken_out(east: &Tenant<'_>) -> Story {
    println!("\nBao was suspended and cannot leave; an administrator takes him out.");
    let (hua, customers) = (east.by(east.owner), east.workspace("customers")?);
    let bao = hua.create_member(&"bao".parse()?)?;
    hua.assign(bao, AGENT, customers)?;
    let contact = NewResource::new("contact", customers).key("Meng").owner(bao);
    let contact = hua.create_resource(&contact)?;
    hua.suspend(bao)?;
    east.refused("G1", "Bao leaves", east.by(bao).leave())?;
    hua.remove(bao, Some(east.owner))?;
    assert_eq!(status(east, bao)?, Status::Removed);
    let now = east.now()?;
    let meng = now.organization().resources().get(&contact).ok_or("the customer is gone")?;
    assert_eq!(meng.owner, Some(east.owner));
    println!("  his customer Meng is Hua's in the same commit");
    Ok(())
}

fn a_former_member_asks_to_come_back(east: &Tenant<'_>) -> Story {
    println!("\nPei asks to come back, with a reason; an administrator of the team decides.");
    let (host, customers) = (east.directory.system("team page"), east.workspace("customers")?);
    let (host, hua, pei) = (host.administer(east.id), east.by(east.owner), east.who("pei")?);
    let until = midnight("2031-04-01")?;
    let ask = |restore| {
        let rejoin = |id| NewRequest::rejoin(id, pei, restore, until).reason("the project is back");
        host.request(rejoin)
    };
    let request = ask(true)?;
    assert_eq!(status(east, pei)?, Status::Left);
    let now = east.now()?;
    let asked = now.organization().requests().get(&request).ok_or("no request")?;
    let reason = asked.reason.as_ref().and_then(|reason| now.organization().personal(reason));
    println!("  pei, East: {:?}", reason.ok_or("no reason")?);
    east.refused(
        "G1",
        "Yun approves, who has stepped down",
        east.by(east.who("yun")?).approve(request, []),
    )?;
    hua.approve(request, [])?;
    assert!(east.can(pei, Permission::USE_AI_SOURCES, customers), "an agent, as before");
    println!("  restored: Pei is an agent again");
    east.by(pei).leave()?;
    let afresh = NewAssignment::of(VIEWER, customers);
    hua.approve(ask(false)?, [afresh])?;
    assert!(east.can(pei, Permission::VIEW_CONTACTS, customers));
    assert!(!east.can(pei, Permission::USE_AI_SOURCES, customers));
    println!("  and, the second time, afresh: Pei looks on");
    Ok(())
}

fn nobody_approves_for_themselves(east: &Tenant<'_>) -> Story {
    println!("\nNobody approves for themselves, not even an administrator.");
    let (hua, root, until) = (east.by(east.owner), Scope::Organization, midnight("2031-04-01")?);
    let zhen = hua.create_member(&"zhen".parse()?)?;
    hua.assign(zhen, ADMINISTRATOR, root)?;
    let zhen = east.by(zhen);
    let request = zhen.request_access(REVIEWER, root, until)?;
    east.refused("G5", "Zhen approves what Zhen asked for", zhen.approve(request, []))?;
    hua.reject(request)?;
    east.refused("-", "it is approved after it was turned down", hua.approve(request, []))
}

fn another_team_is_joined_by_application(west: &Tenant<'_>, calendar: &Calendar) -> Story {
    println!("\nThree apply to West: one is let in, one is turned down, one is forgotten.");
    let (host, wei) = (west.directory.system("team page"), west.by(west.owner));
    let host = host.administer(west.id);
    let until = midnight("2031-03-15")?;
    let apply = |name: &str| -> Story<_> {
        Ok(host.request_join(&name.parse()?, "I sell in the west", until)?)
    };
    let (yun, tao, lu) = (apply("yun")?, apply("tao")?, apply("lu")?);
    assert_eq!(west.now()?.sub_account("yun"), None, "nobody before it is approved");
    let user = NewAssignment::of(USER, west.workspace("customers")?);
    wei.approve(yun, [user.clone()])?;
    wei.reject(tao)?;
    calendar.turn_to("2031-03-15")?;
    west.refused("-", "the third is approved too late", wei.approve(lu, [user]))?;
    assert!(west.can(west.who("yun")?, Permission::SEND_MESSAGES, west.workspace("customers")?));
    assert_eq!(west.directory.accounts_of(&"yun".parse()?)?.len(), 2);
    Ok(())
}

fn the_last_head_does_not_leave(east: &Tenant<'_>) -> Story {
    println!("\nThe last head of a team hands it over first.");
    let (hua, zhen) = (east.by(east.owner), east.who("zhen")?);
    east.refused("I1", "Hua leaves", hua.leave())?;
    hua.transfer_ownership(zhen)?;
    hua.leave()?;
    assert_eq!(status(east, east.owner)?, Status::Left);
    assert!(east.can(zhen, Permission::TRANSFER_OWNERSHIP, Scope::Organization));
    println!("  Zhen owns the team, and Hua has left it");
    east.by(zhen).erase(east.owner)?;
    assert_eq!(east.now()?.sub_account("hua"), None);
    println!("  at Hua's wish, the team has forgotten name and login");
    Ok(())
}
