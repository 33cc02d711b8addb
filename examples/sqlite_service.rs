//! A durable service that is stopped in the middle, again and again, and goes on each time where it was.
//!
//! `cargo run --example sqlite_service --features sqlite-bundled`
//!
//! The program starts itself as a service of its own process. The service keeps an organization in a SQLite file, adds one
//! workspace after another, and says so each time a commit has been acknowledged. It is killed without warning while it
//! works. Whatever it said it had done must be there when it starts again.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, fs, thread};

use tenantry::model::Workspace;
use tenantry::store::{SqliteStore, Store};
use tenantry::{
    Action, Catalog, Context, Directory, Login, NewSubAccount, OrganizationId, SubAccountId,
    SystemRole, WorkspaceId,
};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u64 {
        const VIEW = 1 << 0;
        const REPLY = 1 << 1;
        const ADMINISTER = 1 << 2;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");

/// How often the service is killed.
const KILLS: usize = 3;
/// How many workspaces it has made each time when that happens.
const WORKSPACES: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    match env::args_os().nth(1) {
        Some(file) => serve(Path::new(&file)),
        None => tell(),
    }
}

fn open(file: &Path) -> Result<(Directory<Permission>, OrganizationId), Box<dyn Error>> {
    let catalog = Catalog::builder()
        .role(OWNER, Permission::all())
        .role(AGENT, Permission::VIEW | Permission::REPLY)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()?;
    let store = SqliteStore::open(file)?;
    let known = store.organizations(None, 1)?;
    let directory = Directory::with_store(catalog, store);
    let organization = match known.first() {
        Some(organization) => *organization,
        None => directory.create_organization("Acme", &owner()?)?.organization,
    };
    Ok((directory, organization))
}

fn owner() -> Result<Login, Box<dyn Error>> {
    Ok("lin@acme.example".parse()?)
}

/// The service: never stops by itself.
fn serve(file: &Path) -> Result<(), Box<dyn Error>> {
    let (directory, organization) = open(file)?;
    let directory = Arc::new(directory);
    // One thread for everything that is not urgent: changes made by other processes, and checkpoints.
    let stop = Arc::new(AtomicBool::new(false));
    thread::spawn({
        let (directory, stop) = (Arc::clone(&directory), Arc::clone(&stop));
        move || {
            while !stop.load(Ordering::Relaxed) {
                if let Err(error) = directory.maintain(Duration::from_secs(1)) {
                    eprintln!("the store does not answer: {error}");
                }
            }
        }
    });
    let snapshot = directory.snapshot(organization)?;
    let lin = snapshot.sub_account(owner()?).ok_or("the owner is not there")?;
    let admin = directory.administer(organization, lin, &Context::new());
    let mut number = snapshot.organization().workspaces().len();
    say(number)?;
    loop {
        number += 1;
        let id = u128::try_from(number)?;
        let (workspace, agent) = (WorkspaceId::from_u128(id), SubAccountId::from_u128(id));
        // One commit: nobody will ever find the workspace without its agent.
        admin.perform([
            Action::CreateWorkspace(Workspace::new(workspace, format!("Room {number}").parse()?)),
            NewSubAccount::member(agent, format!("agent{number}@acme.example").parse()?).into(),
            Action::assign(agent, AGENT, workspace),
        ])?;
        say(number)?;
    }
}

/// Says how many workspaces are finished, each with its agent. What was said was durable before.
fn say(number: usize) -> Result<(), Box<dyn Error>> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{number}")?;
    Ok(output.flush()?)
}

/// The story around it.
fn tell() -> Result<(), Box<dyn Error>> {
    let folder = Folder::new()?;
    let file = folder.0.join("acme.sqlite");
    let mut said = 0;
    for kill in 1..=KILLS {
        let mut service =
            Command::new(env::current_exe()?).arg(&file).stdout(Stdio::piped()).spawn()?;
        let output = service.stdout.take().ok_or("the service says nothing")?;
        let mut lines = BufReader::new(output).lines();
        let found: usize = lines.next().ok_or("the service did not start")??.parse()?;
        println!("start {kill}: the service finds {found} workspaces; it had said {said}");
        assert!(found >= said, "something that was acknowledged is lost");
        for line in lines.by_ref().take(WORKSPACES) {
            said = line?.parse()?;
        }
        service.kill()?;
        service.wait()?;
        // What it said in its last moments counts as well.
        for line in lines.map_while(Result::ok) {
            said = line.parse().unwrap_or(said);
        }
        println!("         it says it has made {said}, and is killed in the middle of the next");
    }

    let (directory, organization) = open(&file)?;
    let snapshot = directory.snapshot(organization)?;
    let workspaces = snapshot.organization().workspaces();
    println!("at last: {} workspaces, revision {}", workspaces.len(), snapshot.revision());
    assert!(workspaces.len() >= said, "something that was acknowledged is lost");
    for number in 1..=said {
        let agent = snapshot.sub_account(format!("agent{number}@acme.example"));
        let agent = agent.ok_or("an agent that was acknowledged is lost")?;
        let may_reply = |scope| snapshot.subject(agent).can(Permission::REPLY, scope);
        let count = workspaces.keys().filter(|it| may_reply(**it)).count();
        assert_eq!(count, 1, "agent {number} may reply in one workspace and nowhere else");
    }
    println!("every one of the {said} agents may reply in a workspace of theirs, and nowhere else");
    Ok(())
}

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let folder = env::temp_dir().join(format!("tenantry-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
