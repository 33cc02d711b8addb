//! Directory: all organizations of one service, each as an atomically swapped snapshot over a store.
//!
//! A check loads one pointer and reads; it never does I/O, never takes a lock and never waits for a writer. A commit is
//! drafted on the newest snapshot, stored by compare-and-swap, and only then made visible.

mod administration;
mod commit;
mod error;
mod invite;
mod load;
mod new;
mod people;
mod random;
mod session;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::SignedDuration;

pub use administration::Administration;
pub use error::{CommitError, LoadError};
pub use invite::{Invite, Invited};
pub use new::{NewResource, NewRole, NewWorkspace};
pub use session::System;

use crate::access::{Context, Decision, Query, Reason, Snapshot, Target};
use crate::catalog::Catalog;
use crate::clock::{Clock, HighWater, SystemClock};
use crate::directory::session::Session;
use crate::governance::{Action, Plan, Token};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::Login;
use crate::permission::Permissions;
use crate::store::{MemoryStore, Store};
use crate::table::Table;

/// The organizations of a service. Share it behind an `Arc`; every method takes `&self`.
pub struct Directory<P> {
    catalog: Catalog<P>,
    store: Box<dyn Store>,
    clock: Arc<HighWater>,
    loaded: ArcSwap<Table<OrganizationId, Snapshot<P>>>,
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

impl<P: Permissions> Directory<P> {
    /// A directory in memory, on the machine's clock.
    pub fn new(catalog: Catalog<P>) -> Self {
        Self::with_store(catalog, MemoryStore::new())
    }

    /// A directory over a store, on the machine's clock.
    pub fn with_store(catalog: Catalog<P>, store: impl Store) -> Self {
        Self {
            catalog,
            store: Box::new(store),
            clock: Arc::new(HighWater::new(SystemClock)),
            loaded: ArcSwap::from_pointee(Table::new()),
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

    /// What the application defines.
    pub const fn catalog(&self) -> &Catalog<P> {
        &self.catalog
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

    /// An organization as it is now: the newest revision that this process has seen, loaded from the store if it was not
    /// asked for before.
    ///
    /// # Errors
    ///
    /// [`LoadError::Unknown`] if there is no such organization, otherwise what kept it from being loaded.
    pub fn snapshot(&self, organization: OrganizationId) -> Result<Snapshot<P>, LoadError> {
        if let Some(snapshot) = self.loaded.load().get(&organization) {
            return Ok(snapshot.clone());
        }
        self.refresh(organization)
    }

    /// An organization as the store has it: reads what was committed elsewhere, and makes it visible here.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn refresh(&self, organization: OrganizationId) -> Result<Snapshot<P>, LoadError> {
        load::refresh(self, organization)
    }

    /// May `sub_account` of `organization` do all of `permissions` at `target`, with nothing known of the request?
    ///
    /// Never does I/O: an organization that is not loaded is unknown. Load it with [`snapshot`](Self::snapshot).
    pub fn check(
        &self,
        organization: OrganizationId,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        self.check_in(&Context::new(), organization, sub_account, permissions, target)
    }

    /// May `sub_account` of `organization` do all of `permissions` at `target`, in `context`?
    ///
    /// Never does I/O: an organization that is not loaded is unknown.
    pub fn check_in(
        &self,
        context: &Context,
        organization: OrganizationId,
        sub_account: SubAccountId,
        permissions: P,
        target: impl Into<Target>,
    ) -> Decision {
        match self.loaded.load().get(&organization) {
            Some(snapshot) => snapshot.check_in(context, sub_account, permissions, target),
            None => Decision::Deny(Reason::UnknownOrganization),
        }
    }

    /// Answers questions about one organization, all on one revision. Never does I/O.
    pub fn check_all(&self, organization: OrganizationId, queries: &[Query<P>]) -> Vec<Decision> {
        match self.loaded.load().get(&organization) {
            Some(snapshot) => snapshot.check_all(queries),
            None => vec![Decision::Deny(Reason::UnknownOrganization); queries.len()],
        }
    }

    fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Makes a snapshot visible, unless a newer one is.
    fn publish(&self, snapshot: &Snapshot<P>) {
        let id = snapshot.organization().id();
        self.loaded.rcu(|loaded| {
            let newest = loaded.get(&id).map(Snapshot::revision);
            if newest >= Some(snapshot.revision()) {
                return Arc::clone(loaded);
            }
            let mut next = Table::clone(loaded);
            next.insert(id, snapshot.clone());
            Arc::new(next)
        });
    }
}

impl<P> fmt::Debug for Directory<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("loaded", &self.loaded.load().len())
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
