//! What the stories share: an organization as a story speaks of it, a calendar whose pages it turns itself, and the way
//! it shows what was refused.

#![allow(dead_code, reason = "not every story needs all of it")]

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use tenantry::clock::Clock;
use tenantry::directory::CommitError;
use tenantry::messaging::Permission;
use tenantry::{
    Administration, Catalog, Context, CreatedOrganization, Decision, Directory, OrganizationId,
    Scope, Snapshot, SubAccountId, Timestamp, WorkspaceId,
};

pub(crate) type Story<T = ()> = Result<T, Box<dyn Error>>;

/// A directory whose days a story turns.
pub(crate) fn directory(
    catalog: Catalog<Permission>,
    day: &str,
) -> Story<(Directory<Permission>, Arc<Calendar>)> {
    let calendar = Arc::new(Calendar(Mutex::new(midnight(day)?)));
    Ok((Directory::new(catalog).with_clock(Arc::clone(&calendar)), calendar))
}

/// One organization in a directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tenant<'a> {
    pub(crate) directory: &'a Directory<Permission>,
    pub(crate) id: OrganizationId,
    /// Its first owner.
    pub(crate) owner: SubAccountId,
}

impl<'a> Tenant<'a> {
    pub(crate) const fn new(
        directory: &'a Directory<Permission>,
        founded: CreatedOrganization,
    ) -> Self {
        Self { directory, id: founded.organization, owner: founded.owner }
    }

    /// What somebody may change, in a session of which nothing is known.
    pub(crate) fn by(&self, who: SubAccountId) -> Administration<'a, Permission> {
        self.directory.administer(self.id, who, &Context::new())
    }

    pub(crate) fn now(&self) -> Story<Snapshot<Permission>> {
        Ok(self.directory.snapshot(self.id)?)
    }

    pub(crate) fn check(
        &self,
        who: SubAccountId,
        what: Permission,
        at: impl Into<Scope>,
    ) -> Decision {
        self.directory.check(self.id, who, what, at.into())
    }

    pub(crate) fn can(&self, who: SubAccountId, what: Permission, at: impl Into<Scope>) -> bool {
        self.check(who, what, at).is_allow()
    }

    /// The sub-account that signs in with a login.
    pub(crate) fn who(&self, login: &str) -> Story<SubAccountId> {
        Ok(self.now()?.sub_account(login).ok_or("nobody signs in with this login")?)
    }

    /// The workspace with a key of the host's.
    pub(crate) fn workspace(&self, key: &str) -> Story<WorkspaceId> {
        Ok(self.now()?.workspace(key).ok_or("no workspace has this key")?)
    }

    /// Says what was refused and why, and asserts that it was: by this rule of the specification, or, for `-`, because
    /// it makes no sense any more.
    #[track_caller]
    pub(crate) fn refused<T>(
        &self,
        rule: &str,
        what: &str,
        outcome: Result<T, CommitError>,
    ) -> Story {
        let error = outcome.err();
        let found = error.as_ref().map(|error| error.rule().unwrap_or("-"));
        assert_eq!(found, Some(rule), "{what}: {error:?}");
        let why = error.map(|error| error.to_string()).unwrap_or_default();
        println!("  refused: {what}\n    {}", self.readable(&why)?);
        Ok(())
    }

    /// A text with names in the place of ids.
    pub(crate) fn readable(&self, text: &str) -> Story<String> {
        let now = self.now()?;
        let organization = now.organization();
        let mut names = Vec::new();
        for id in organization.sub_accounts().keys() {
            names.push((id.to_string(), organization.login_of(*id).unwrap_or("(a program)")));
        }
        for (id, it) in organization.workspaces() {
            names.push((id.to_string(), it.name.as_str()));
        }
        for (id, it) in organization.resources() {
            names.push((id.to_string(), it.key.as_ref().map_or("(no key)", |key| key.as_str())));
        }
        for (id, it) in organization.roles() {
            names.push((id.to_string(), it.name.as_str()));
        }
        for (id, it) in organization.teams() {
            names.push((id.to_string(), it.name.as_str()));
        }
        let named = names.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name));
        Ok(named.replace('\n', "\n    "))
    }
}

/// A clock that shows the day to which it was turned.
#[derive(Debug)]
pub(crate) struct Calendar(Mutex<Timestamp>);

impl Calendar {
    pub(crate) fn turn_to(&self, day: &str) -> Story {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = midnight(day)?;
        println!("  [{day}]");
        Ok(())
    }
}

impl Clock for Calendar {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first instant of a day: `2031-03-01`.
pub(crate) fn midnight(day: &str) -> Story<Timestamp> {
    Ok(format!("{day}T00:00:00Z").parse()?)
}
