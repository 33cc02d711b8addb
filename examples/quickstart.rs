//! The main job: describe permissions and roles, make an organization, and ask who may do what, where, and why not.

use tenantry::{Catalog, Directory, Login, NewResource, SystemRole};

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
const AGENT: SystemRole = SystemRole::new("agent");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What the application defines, once: an agent views everything and replies to what is its own.
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .role_with(AGENT, Permission::VIEW, Permission::REPLY)
        .needs(Permission::REPLY, Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()?;
    let directory = Directory::new(catalog);

    // A customer signs up; a workspace, an inbox under the host's own key, and an agent follow.
    let (lin, wu): (Login, Login) = ("lin@acme.example".parse()?, "wu@acme.example".parse()?);
    let acme = directory.create_organization("Acme", &lin)?;
    let admin = directory.system("sign-up").administer(acme.organization);
    let support = admin.create_workspace("Support")?;
    let sales = admin.create_workspace("Sales")?;
    let agent = admin.create_member(&wu)?;
    admin.create_resource(&NewResource::new("inbox", support).key("17").owner(agent))?;
    admin.assign(agent, AGENT, support)?;

    // On every request: no lock, no I/O, and an answer with its reason.
    let snapshot = directory.snapshot(acme.organization)?;
    let me = snapshot.subject(agent);
    println!("view support:   {}", me.check(Permission::VIEW, support));
    println!("view sales:     {}", me.check(Permission::VIEW, sales));
    println!("reply inbox 17: {}", me.check(Permission::REPLY, snapshot.resource("inbox", "17")));
    println!("reply inbox 18: {}", me.check(Permission::REPLY, snapshot.resource("inbox", "18")));
    println!("buttons:        {:?}", me.permissions(support));

    // Limits come on top of whatever was granted, and are seen at once.
    admin.suspend(agent)?;
    println!(
        "suspended:      {}",
        directory.check(acme.organization, agent, Permission::VIEW, support)
    );
    Ok(())
}
