//! What happens to a store in these tests, in a process of its own: the test binary runs itself.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fmt};

use tenantry::model::record::Revision;
use tenantry::store::{SqliteStore, Store, StoreError};
use tenantry::{Action, Directory, NewSubAccount, OrganizationId, SubAccountId};

use crate::application::{Permission, catalog, login};
use crate::moment;
use crate::telling::{Kind, Said, Telling, Voice};

pub(crate) const ROLE: &str = "TENANTRY_CRASH_ROLE";
pub(crate) const FILE: &str = "TENANTRY_CRASH_FILE";
pub(crate) const VOICE: &str = "TENANTRY_CRASH_VOICE";

/// How many members join at once in the largest commit: enough for dozens of pages.
const CROWD: u32 = 40;

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything that is ever done to a store, from making it to closing it. What fails is tried again, in the same process.
    Live,
    /// The same, up to the first failure.
    LiveUntilItFails,
    /// Opens what is there, says what it sees and closes it. What fails is tried again.
    Look,
}

const ROLES: [Role; 3] = [Role::Live, Role::LiveUntilItFails, Role::Look];

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Does what it is told to; nothing in an ordinary run.
#[test]
fn child() {
    let Ok(role) = env::var(ROLE) else { return };
    let [file, voice] = [FILE, VOICE].map(|name| PathBuf::from(env::var_os(name).unwrap()));
    let voice = Voice::new(&voice);
    let role = ROLES.into_iter().find(|it| it.to_string() == role).unwrap();
    match role {
        Role::Look => look(&file, &voice),
        Role::Live | Role::LiveUntilItFails => {
            if live(&file, &voice, role == Role::Live).is_none() {
                return;
            }
        }
    }
    voice.say(&Said::Ended);
}

/// How often something is tried before a fault that comes once is taken for one that stays.
const ATTEMPTS: usize = 3;

/// Does something, again if it failed and may be tried again; `None` if it went on failing.
fn tried<T, E: fmt::Debug>(again: bool, mut something: impl FnMut() -> Result<T, E>) -> Option<T> {
    for _ in 0..ATTEMPTS {
        match something() {
            Ok(value) => return Some(value),
            Err(_) if !again => return None,
            Err(_) => {}
        }
    }
    panic!("it fails, though nothing is wrong any more: {:?}", something().err());
}

fn open(file: &Path, voice: &Voice, again: bool) -> Option<SqliteStore> {
    let opened = tried(again, || {
        let opened = SqliteStore::open(file);
        if let Err(error) = &opened {
            voice.say(&Said::NotOpened(Kind::of(error)));
        }
        opened
    })?;
    voice.say(&Said::Opened);
    Some(opened)
}

/// Looks twice: a handle that has listed the organizations has read what it needs to find them, so another one loads them.
fn look(file: &Path, voice: &Voice) {
    let store = open(file, voice, true).unwrap();
    let all = read(voice, || store.organizations(None, 100));
    drop(store);
    let store = open(file, voice, true).unwrap();
    for organization in all {
        let loaded = read(voice, || store.load(organization));
        assert!(loaded.is_some(), "an organization is taken for none");
    }
    voice.say(&Said::Sees(read(voice, || moment::of(&store))));
    voice.say(&Said::Closes);
}

fn read<T>(voice: &Voice, mut read: impl FnMut() -> Result<T, StoreError>) -> T {
    let answer = tried(true, || {
        let answer = read();
        if let Err(error) = &answer {
            voice.say(&Said::NotRead(Kind::of(error)));
        }
        answer
    });
    answer.unwrap()
}

/// A life: two organizations are founded, members join one of them alone and together, a checkpoint is made, records are
/// archived, somebody is erased, and in between members go on joining.
fn live(file: &Path, voice: &Voice, again: bool) -> Option<()> {
    let store = open(file, voice, again)?;
    let store = Arc::new(Telling::new(store, voice.clone()));
    let directory = Directory::with_store(catalog(), Arc::clone(&store));
    let found = |name, number| {
        let founded = tried(again, || directory.create_organization(name, &login(number)))?;
        voice.say(&Said::Joined(founded.organization, vec![number]));
        Some(founded.organization)
    };
    let acme = found("Acme", 0)?;
    let other = found("Other", 0)?;
    let join =
        |numbers: Range<u32>| tried(again, || joined(&directory, acme, numbers.clone(), voice));
    join(1..2)?;
    join(2..3)?;
    tried(again, || directory.checkpoint(acme))?;
    join(3..4)?;
    let second = Revision::FIRST.next();
    tried(again, || directory.archive(acme, second, |_| Ok::<_, ()>(())))?;
    join(4..5)?;
    tried(again, || erased(&directory, &*store, other))?;
    join(5..5 + CROWD)?;
    join(5 + CROWD..6 + CROWD)?;
    voice.say(&Said::Closes);
    Some(())
}

/// Makes members, in one commit.
fn joined(
    directory: &Directory<Permission>,
    organization: OrganizationId,
    numbers: Range<u32>,
    voice: &Voice,
) -> Result<(), Box<dyn std::error::Error>> {
    let member = |number: u32| {
        let id = SubAccountId::from_u128(number.into());
        let name = format!("Member {number} {}", "of the crowd ".repeat(20));
        Action::from(NewSubAccount::member(id, login(number)).name(&name))
    };
    let system = directory.system("crash");
    system.administer(organization).perform(numbers.clone().map(member))?;
    voice.say(&Said::Joined(organization, numbers.collect()));
    Ok(())
}

/// Erases the login of an organization's first owner.
fn erased(
    directory: &Directory<Permission>,
    store: &dyn Store,
    organization: OrganizationId,
) -> Result<(), StoreError> {
    let snapshot = directory.snapshot(organization).unwrap();
    let sub_accounts = snapshot.organization().sub_accounts();
    let rows: Vec<_> = sub_accounts.values().filter_map(|it| it.login).map(|it| it.id).collect();
    store.erase(organization, &rows)
}
