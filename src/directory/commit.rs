//! Committing: draft on the newest snapshot, compare-and-swap, then make visible.

use crate::access::Snapshot;
use crate::directory::random::SystemMint;
use crate::directory::{Administration, CommitError, Directory, Founded, load};
use crate::governance::{Action, ActionError, Mint, draft};
use crate::id::{OrganizationId, SubAccountId};
use crate::model::personal::Purpose;
use crate::model::record::{Actor, Commit, Expected, RecordBody};
use crate::model::{
    Assignment, ChangeSet, Login, Organization, Profile, RoleRef, Scope, SubAccount,
};
use crate::permission::Permissions;
use crate::store::StoreError;
use crate::text::{Name, TextError};

/// How often a commit is drafted anew because others came first.
const ATTEMPTS: u32 = 64;

/// How often an identical commit is sent again because its outcome is not known.
const RESENDS: u32 = 3;

/// The host's own code at work in a directory.
#[derive(Debug, Clone)]
pub struct System<'a, P> {
    directory: &'a Directory<P>,
    actor: Result<Actor, TextError>,
}

impl<'a, P: Permissions> System<'a, P> {
    pub(super) fn new(directory: &'a Directory<P>, name: &str) -> Self {
        Self { directory, actor: Actor::system(name) }
    }

    /// The changes that it may make in one organization.
    pub fn administer(&self, organization: OrganizationId) -> Administration<'a, P> {
        Administration::new(self.directory, organization, self.actor.clone())
    }
}

/// Runs actions as one commit and returns the organization as it then is.
pub(super) fn commit<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    actor: &Actor,
    actions: &[Action],
) -> Result<Snapshot<P>, CommitError> {
    let mut mint = SystemMint { clock: &*directory.clock };
    for _ in 0..ATTEMPTS {
        let newest = directory.snapshot(organization)?;
        let before = newest.organization();
        let time = directory.clock().now().max(before.time());
        let catalog = directory.catalog.core();
        let (set, next) = draft(before, catalog, actions, time, &mut mint)?;
        let words = actions.iter().map(ToString::to_string).collect();
        let expected = Expected::At(before.revision());
        match store(directory, organization, expected, actor, words, set, &mut mint) {
            Ok(()) => return Ok(show(directory, newest.next(next))),
            Err(StoreError::Conflict { .. }) => directory.refresh(organization)?,
            Err(error) => return Err(CommitError::Store(error)),
        };
    }
    Err(CommitError::Contended { attempts: ATTEMPTS })
}

/// Founds an organization with its first owner.
pub(super) fn found<P: Permissions>(
    directory: &Directory<P>,
    name: &str,
    login: &Login,
) -> Result<Founded, CommitError> {
    let mut mint = SystemMint { clock: &*directory.clock };
    let organization = OrganizationId::from(mint.id()?);
    let owner = SubAccountId::from(mint.id()?);
    let name = Name::new(name).map_err(ActionError::from)?;
    let words = vec![format!("found organization `{name}`")];
    let login = mint.row(Purpose::Login, login.as_str())?;
    let role = RoleRef::System(directory.catalog.core().owner().clone());
    let sub_account = SubAccount { login: Some(login.reference()), ..SubAccount::member(owner) };
    let assignment = Assignment::allow(mint.id()?.into(), owner, role, Scope::Organization);
    let set = ChangeSet {
        time: directory.clock().now(),
        changes: vec![Profile::new(name).into(), sub_account.into(), assignment.into()],
        personal: vec![login],
    };
    let next = Organization::found(organization, &set).map_err(ActionError::from)?;
    let actor = Actor::system("tenantry").map_err(ActionError::from)?;
    store(directory, organization, Expected::Absent, &actor, words, set, &mut mint)
        .map_err(CommitError::Store)?;
    show(directory, load::compile(directory, next));
    Ok(Founded { organization, owner })
}

/// Sends one change set to the store; the same bytes again as long as nobody knows whether they landed.
fn store<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    expected: Expected,
    actor: &Actor,
    words: Vec<String>,
    set: ChangeSet,
    mint: &mut SystemMint<'_>,
) -> Result<(), StoreError> {
    let fingerprint = directory.catalog.fingerprint();
    let body = RecordBody::new(set.time, actor.clone(), fingerprint, words, set.changes);
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Backend(error);
    let record = body.encode().map_err(|error| failed(error.into()))?;
    let id = mint.id().map_err(|error| failed(error.into()))?.into();
    let commit = Commit { organization, expected, id, record, personal: set.personal };
    let mut resends = 0;
    loop {
        match directory.store.commit(&commit) {
            Err(StoreError::OutcomeUnknown(_)) if resends < RESENDS => resends += 1,
            outcome => return outcome.map(drop),
        }
    }
}

/// Memory moves only now, after the store has acknowledged.
fn show<P: Permissions>(directory: &Directory<P>, snapshot: Snapshot<P>) -> Snapshot<P> {
    directory.publish(&snapshot);
    snapshot
}
