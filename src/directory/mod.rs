//! Directory: all organizations of one service, each as an atomically swapped snapshot over a store.
//!
//! A check loads one pointer and reads; it never does I/O, never takes a lock and never waits for a writer. A commit is
//! drafted on the newest snapshot, stored by compare-and-swap, and only then made visible.

mod administration;
mod catalogs;
mod commit;
mod consistency;
mod error;
mod fleet;
mod flight;
mod history;
mod invite;
mod load;
mod new;
mod people;
mod random;
mod requests;
mod scopes;
mod session;
mod settings;
mod teams;
mod upkeep;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

pub use administration::Administration;
pub use catalogs::{Adoption, CatalogInForce, CatalogStanding};
pub use consistency::Consistency;
pub use error::{CatalogUnusable, CommitError, LoadError};
pub use invite::{Invite, Invited};
pub use new::{NewResource, NewRole, NewWorkspace};
pub use session::System;
pub use upkeep::{ArchiveError, Tended};

use crate::access::{Context, Decision, Query, Reason, Snapshot, Target};
use crate::catalog::Catalog;
use crate::clock::{Clock, HighWater, SystemClock};
use crate::directory::catalogs::Catalogs;
use crate::directory::fleet::Fleet;
use crate::directory::session::Session;
use crate::governance::{Action, Plan, Token};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::record::Revision;
use crate::model::{Login, Status};
use crate::permission::Permissions;
use crate::store::{MemoryStore, Store};

/// The organizations of a service. Share it behind an `Arc`; every method takes `&self`.
pub struct Directory<P> {
    catalogs: Catalogs<P>,
    store: Box<dyn Store>,
    clock: Arc<HighWater>,
    fleet: Fleet<P>,
    /// How long a plan can be committed.
    plan_lifetime: SignedDuration,
    /// How far this clock may be behind the last revision.
    max_skew: SignedDuration,
}

/// What was founded: an organization and its first owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Founded {
    /// The organization.
    pub organization: OrganizationId,
    /// Its first owner.
    pub owner: SubAccountId,
}

/// Where somebody who signs in is known, and as whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The organization.
    pub organization: OrganizationId,
    /// Who they are there.
    pub sub_account: SubAccountId,
    /// Whether they are in, invited, kept out or gone.
    pub status: Status,
}

impl<P: Permissions> Directory<P> {
    /// A directory in memory, on the machine's clock.
    pub fn new(catalog: Catalog<P>) -> Self {
        Self::with_store(catalog, MemoryStore::new())
    }

    /// A directory over a store, on the machine's clock.
    pub fn with_store(catalog: Catalog<P>, store: impl Store) -> Self {
        Self {
            catalogs: Catalogs::new(catalog),
            store: Box::new(store),
            clock: Arc::new(HighWater::new(SystemClock)),
            fleet: Fleet::new(),
            plan_lifetime: SignedDuration::from_mins(10),
            max_skew: SignedDuration::from_mins(5),
        }
    }

    /// The same directory on another clock; a clock that steps back is held at the latest time it showed.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(HighWater::new(clock)), ..self }
    }

    /// The same directory, in which a plan can be committed for so long; ten minutes by default.
    #[must_use]
    pub fn with_plan_lifetime(self, lifetime: SignedDuration) -> Self {
        Self { plan_lifetime: lifetime, ..self }
    }

    /// The same directory, which commits nothing while its clock is further behind the last revision than this; five
    /// minutes by default (I7).
    #[must_use]
    pub fn with_max_skew(self, max_skew: SignedDuration) -> Self {
        Self { max_skew, ..self }
    }

    /// The same directory, which keeps at most about so many nouns in memory
    /// ([`Organization::nouns`](crate::Organization::nouns), all loaded organizations together); without limit by default.
    /// What nobody has asked for lately goes first, and is loaded again when it is asked for with
    /// [`snapshot`](Self::snapshot). The organization that is loaded last always fits.
    #[must_use]
    pub fn with_capacity(mut self, nouns: usize) -> Self {
        self.fleet.capacity = nouns;
        self
    }

    /// The same directory, which answers no longer than this with what the store has not confirmed; without limit by
    /// default. Only the store's own word counts, by [`refresh`](Self::refresh), [`tend`](Self::tend) or a commit: if
    /// nobody asks it, or it does not answer, checks are denied as [`Reason::Stale`]. Snapshots in hand go on answering.
    #[must_use]
    pub fn with_max_staleness(mut self, staleness: Duration) -> Self {
        self.fleet.max_staleness = Some(staleness);
        self
    }

    /// What the application of this process defines. An organization in which a catalog of another
    /// release is in force is decided by that one, which is its
    /// [`Snapshot::catalog`](crate::Snapshot::catalog).
    pub const fn catalog(&self) -> &Catalog<P> {
        self.catalogs.own()
    }

    /// Founds an organization whose first owner signs in with `login`.
    ///
    /// # Errors
    ///
    /// [`CommitError::Action`] if the name cannot be kept, [`CommitError::Store`] if the store fails.
    pub fn create_organization(&self, name: &str, login: &Login) -> Result<Founded, CommitError> {
        commit::found(self, name, login)
    }

    /// The changes that a sub-account may make in its organization, in a session of which `context` says what is known.
    /// Times are the directory's: what the context says of the time does not count.
    pub fn administer(
        &self,
        organization: OrganizationId,
        sub_account: SubAccountId,
        context: &Context,
    ) -> Administration<'_, P> {
        Administration::new(self, organization, Session::sub_account(sub_account, context))
    }

    /// The changes that an operator, a sub-account of the host's own organization `home`, may make in an organization
    /// that has let it in (D12).
    pub fn administer_as_operator(
        &self,
        organization: OrganizationId,
        home: OrganizationId,
        operator: SubAccountId,
        context: &Context,
    ) -> Administration<'_, P> {
        Administration::new(self, organization, Session::operator(home, operator, context))
    }

    /// Commits a plan, if the organization is still what it was when the plan was made. Authority and invariants are
    /// judged once more, as of now.
    ///
    /// # Errors
    ///
    /// [`CommitError::Conflict`] if the organization has moved on, [`CommitError::PlanExpired`] if it is too late,
    /// otherwise as [`Administration::perform`].
    pub fn commit(&self, plan: Plan) -> Result<Snapshot<P>, CommitError> {
        commit::planned(self, plan)
    }

    /// Joins an organization by an invitation: whoever holds the token and signs in with the login that it is bound to.
    ///
    /// # Errors
    ///
    /// [`CommitError::DeadInvitation`] if the token opens nothing any more, [`CommitError::WrongLogin`] if it is for
    /// another login, [`CommitError::Refused`] if the inviter could not give today what was promised, otherwise as
    /// [`Administration::perform`].
    pub fn accept(&self, token: &Token, login: &Login) -> Result<SubAccountId, CommitError> {
        invite::answer(self, token, login, Action::AcceptInvitation)
    }

    /// Declines an invitation.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept).
    pub fn decline(&self, token: &Token, login: &Login) -> Result<(), CommitError> {
        invite::answer(self, token, login, Action::DeclineInvitation).map(drop)
    }

    /// The host's own code, acting under a name that the audit trail shows.
    pub fn system(&self, name: &str) -> System<'_, P> {
        System::new(self, name)
    }

    /// Every organization in which somebody signs in with `login`, in the order of their ids: what a person chooses from
    /// after signing in. Asks the store, and loads the organizations that it names.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn accounts_of(&self, login: &Login) -> Result<Vec<Account>, LoadError> {
        let mut accounts = Vec::new();
        for organization in self.store.organizations_of(login)? {
            let snapshot = self.snapshot(organization)?;
            // A login that somebody had before leads here too.
            let holder = snapshot.sub_account(login);
            let holder = holder.and_then(|id| snapshot.organization().sub_accounts().get(&id));
            accounts.extend(holder.map(|it| Account {
                organization,
                sub_account: it.id,
                status: it.status,
            }));
        }
        Ok(accounts)
    }

    /// How many organizations are loaded.
    pub fn loaded(&self) -> usize {
        self.fleet.len()
    }

    /// An organization as it is now: the newest revision that this process has seen, loaded from the store if it is not
    /// loaded, and confirmed by the store if it is [stale](Self::with_max_staleness). However many ask for an organization
    /// that is not loaded, the store is asked once.
    ///
    /// # Errors
    ///
    /// [`LoadError::Unknown`] if there is no such organization, otherwise what kept it from being loaded.
    pub fn snapshot(&self, organization: OrganizationId) -> Result<Snapshot<P>, LoadError> {
        load::loaded(self, organization).map(|loaded| loaded.snapshot)
    }

    /// An organization at least as new as is asked for.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot); [`LoadError::Behind`] if the store has not come as far.
    pub fn snapshot_with(
        &self,
        organization: OrganizationId,
        consistency: Consistency,
    ) -> Result<Snapshot<P>, LoadError> {
        consistency::snapshot(self, organization, consistency)
    }

    /// Believes the store from now on only if it has an organization at `revision` or later: for
    /// hosts that keep elsewhere how far each organization has come. A store that was put back to
    /// an older copy looks whole to a process that starts afresh, and what was revoked since would
    /// be allowed again.
    ///
    /// Never does I/O. The expectation holds until the directory is dropped, through evictions, and
    /// is never lowered. If what is loaded is older, it is loaded anew when it is asked for; until
    /// then checks say [`Reason::NotLoaded`]. A load that finds less fails as
    /// [`LoadError::WentBack`], and so does every commit. Ask for one question alone with
    /// [`Consistency::AtLeast`].
    ///
    /// A revision is a number, so an older copy in which others have since made as many revisions
    /// is believed.
    pub fn expect_at_least(&self, organization: OrganizationId, revision: Revision) {
        self.fleet.expect(organization, revision);
    }

    /// An organization as the store has it: reads what was committed elsewhere, and makes it visible here.
    ///
    /// If the store cannot be reached, what is loaded stays and goes on answering. If it has something newer that cannot be
    /// read, a catalog in force by which this process cannot decide, or less than it had, the organization is unavailable from then on: every check of the directory is denied as
    /// [`Reason::Unavailable`] and nothing is committed, until a later `refresh` can read it.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn refresh(&self, organization: OrganizationId) -> Result<Snapshot<P>, LoadError> {
        load::refresh(self, organization).map(|loaded| loaded.snapshot)
    }

    /// May `sub_account` of `organization` do all of `permissions` at `target`, with nothing known of the request?
    ///
    /// Never does I/O: for an organization that is not loaded the answer is [`Reason::NotLoaded`]. Load it with
    /// [`snapshot`](Self::snapshot).
    pub fn check(
        &self,
        organization: OrganizationId,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.check_in(Context::nothing(), organization, sub_account, permissions, target)
    }

    /// May `sub_account` of `organization` do all of `permissions` at `target`, in `context`?
    ///
    /// Never does I/O, as [`check`](Self::check).
    pub fn check_in(
        &self,
        context: &Context,
        organization: OrganizationId,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.ask(organization, |it| it.check_in(context, sub_account, permissions, target))
            .unwrap_or_else(Decision::Deny)
    }

    /// Answers questions about one organization, all on one revision. Never does I/O.
    pub fn check_all(&self, organization: OrganizationId, queries: &[Query<P>]) -> Vec<Decision> {
        self.ask(organization, |it| it.check_all(queries))
            .unwrap_or_else(|reason| vec![Decision::Deny(reason); queries.len()])
    }

    fn ask<T>(
        &self,
        organization: OrganizationId,
        question: impl FnOnce(&Snapshot<P>) -> T,
    ) -> Result<T, Reason> {
        self.fleet.ask(organization, || self.monotonic(), question)
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

impl<P> fmt::Debug for Directory<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("loaded", &self.fleet.len())
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
