//! The main job: describe permissions and roles, make an organization, invite somebody, ask who may do what, where, and
//! why not - and see who may change that, with its impact beforehand.

use tenantry::{Action, Catalog, Context, Directory, Login, NewResource, Scope, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy)]
    struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const ADMINISTER = 1 << 3;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const MANAGER: SystemRole = SystemRole::new("manager");
const AGENT: SystemRole = SystemRole::new("agent");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What the application defines, once: an agent views everything and replies to what is its own.
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .role(MANAGER, Permission::VIEW | Permission::REPLY | Permission::ADMINISTER)
        .role_with(AGENT, Permission::VIEW, Permission::REPLY)
        .needs(Permission::REPLY, Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()?;
    let directory = Directory::new(catalog);
    let (lin, mei, wu): (Login, Login, Login) =
        ("lin@acme.example".parse()?, "mei@acme.example".parse()?, "wu@acme.example".parse()?);

    // A customer signs up. Its first owner makes a workspace and somebody who manages it.
    let acme = directory.create_organization("Acme", &lin)?;
    let session = Context::new().mfa(true);
    let owner = directory.administer(acme.organization, acme.owner, &session);
    let support = owner.create_workspace("Support")?;
    let sales = owner.create_workspace("Sales")?;
    let manager = owner.create_member(&mei)?;
    owner.assign(manager, MANAGER, support)?;

    // The manager invites an agent; the host mails the token, and the agent accepts it.
    let mei = directory.administer(acme.organization, manager, &session);
    let invited = mei.invite(&wu).role(AGENT, support).issue()?;
    let agent = directory.accept(&invited.token, &wu)?;
    mei.create_resource(&NewResource::new("inbox", support).key("17").owner(agent))?;

    // On every request: no lock, no I/O, and an answer with its reason.
    let snapshot = directory.snapshot(acme.organization)?;
    let me = snapshot.subject(agent);
    println!("view support:   {}", me.check(Permission::VIEW, support));
    println!("view sales:     {}", me.check(Permission::VIEW, sales));
    println!("reply inbox 17: {}", me.check(Permission::REPLY, snapshot.resource("inbox", "17")));
    println!("reply inbox 18: {}", me.check(Permission::REPLY, snapshot.resource("inbox", "18")));
    println!("buttons:        {:?}", me.permissions(support));

    // Nobody hands out what they do not have, and nobody takes from those above them.
    let export = Action::assign(agent, OWNER, support);
    if let Err(refused) = mei.check(export.clone()) {
        println!("manager makes an owner: {refused}");
    }
    if let Err(refused) = mei.suspend(acme.owner) {
        println!("manager suspends one:   {refused}");
    }

    // An owner may; what it would come to is known before it is done.
    let plan = owner.plan([export])?;
    println!("planned:\n{}", plan.impact());
    directory.commit(plan)?;

    // Limits come on top of whatever was granted, and are seen at once.
    owner.deny(agent, Permission::EXPORT, Scope::Organization)?;
    println!(
        "export:         {}",
        directory.check(acme.organization, agent, Permission::EXPORT, support)
    );
    Ok(())
}
