//! Committing: draft and judge on the newest snapshot, compare-and-swap, then make visible.

use jiff::Timestamp;

use crate::access::Snapshot;
use crate::directory::fleet::{Loaded, Size};
use crate::directory::random::SystemMint;
use crate::directory::session::Session;
use crate::directory::{Adoption, CommitError, Directory, Founded, LoadError, history, load};
use crate::governance::{
    Action, ActionError, Mint, Plan, Proposal, Violation, With, still_makes_sense,
};
use crate::id::{OrganizationId, PersonalId, SubAccountId};
use crate::model::personal::Purpose;
use crate::model::record::{
    Actor, CatalogText, Chain, Commit, DecodeError, Entry, Expected, PersonalRow,
};
use crate::model::{
    Assignment, ChangeSet, Login, Organization, OrganizationStatus, Profile, RoleRef, Scope,
    SubAccount,
};
use crate::permission::Permissions;
use crate::store::StoreError;
use crate::text::Name;

/// How often a commit is drafted anew because others came first.
const ATTEMPTS: u32 = 64;

/// How often an identical commit is sent again because its outcome is not known.
const RESENDS: u32 = 3;

/// Drafts and judges actions on the newest organization: what would be stored, and the organization as it would be.
pub(super) fn drafted<P: Permissions>(
    directory: &Directory<P>,
    before: &Snapshot<P>,
    session: &Session,
    actions: &[Action],
    with: With,
) -> Result<Proposal, CommitError> {
    let mut mint = SystemMint { clock: &*directory.clock };
    let time = time_of_next(directory, before.organization(), actions)?;
    let mut propose =
        |actions: &[Action]| session.consider(directory, before, actions, time, &mut mint, with);
    match propose(actions) {
        // The host may always take somebody out. With the last owner the organization is locked (I6).
        Err(CommitError::Violation(Violation::TooFewOwners { .. }))
            if session.is_host() && actions.iter().any(takes_out) =>
        {
            let lock = Action::SetOrganizationStatus(OrganizationStatus::Suspended);
            let actions: Vec<_> = actions.iter().cloned().chain([lock]).collect();
            propose(&actions)
        }
        proposed => proposed,
    }
}

const fn takes_out(action: &Action) -> bool {
    matches!(
        action,
        Action::Suspend(_) | Action::Remove(_) | Action::SetCredentialResetRequired(_, true)
    )
}

/// The time of the next revision (I7). Only one that sets the time anew may be dated before the
/// last one.
fn time_of_next<P: Permissions>(
    directory: &Directory<P>,
    before: &Organization,
    actions: &[Action],
) -> Result<Timestamp, CommitError> {
    let (now, after) = (directory.clock().now(), before.time());
    if matches!(actions, [Action::ResetTime]) {
        return Ok(now);
    }
    if after.duration_since(now) > directory.max_skew {
        return Err(CommitError::ClockBehind { now, after });
    }
    Ok(now.max(after))
}

/// Runs actions as one commit and returns the organization as it then is.
pub(super) fn commit<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    session: &Session,
    actions: &[Action],
) -> Result<Snapshot<P>, CommitError> {
    commit_if(directory, organization, session, actions, |_| Ok(()))
}

/// As [`commit`], if the organization fits, as it is when it comes to that.
pub(super) fn commit_if<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    session: &Session,
    actions: &[Action],
    fits: impl Fn(&Organization) -> Result<(), CommitError>,
) -> Result<Snapshot<P>, CommitError> {
    let actor = session.actor()?;
    for _ in 0..ATTEMPTS {
        let newest = load::loaded(directory, organization)?;
        fits(newest.organization())?;
        let Proposal { set, after, .. } =
            drafted(directory, &newest.snapshot, session, actions, With::Judgement)?;
        if set.changes.is_empty() {
            match unchanged(directory, &newest, actions)? {
                Some(snapshot) => return Ok(snapshot),
                None => continue,
            }
        }
        let erase = history::erased_by(directory, &newest, actions)?;
        match store(directory, newest, after, actor, words(actions), set, erase) {
            Err(StoreError::Conflict { .. }) => load::refresh(directory, organization)?,
            stored => return stored.map_err(CommitError::Store),
        };
    }
    Err(CommitError::Contended { attempts: ATTEMPTS })
}

/// The organization after a commit that changes nothing: as it is, no revision more. `None` if it
/// is not what it was judged on any more, so that the commit may change something after all. The
/// store is asked, as it is by a commit: of what is only believed to be so nobody is told that it
/// is.
fn unchanged<P: Permissions>(
    directory: &Directory<P>,
    judged: &Loaded<P>,
    actions: &[Action],
) -> Result<Option<Snapshot<P>>, CommitError> {
    let organization = judged.organization().id();
    let newest = load::refresh(directory, organization)?;
    if newest.revision() != judged.revision() {
        return Ok(None);
    }
    // Side rows that came to be after an erasure, and to which nothing refers any more, go all the
    // same.
    let erase = history::erased_by(directory, &newest, actions)?;
    if !erase.is_empty() {
        directory.store.erase(organization, &erase).map_err(CommitError::Store)?;
    }
    Ok(Some(newest.snapshot))
}

/// Plans actions: everything but storing them.
pub(super) fn plan<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    session: &Session,
    actions: Vec<Action>,
) -> Result<Plan, CommitError> {
    let before = directory.snapshot(organization)?;
    let Proposal { set, after, impact } =
        drafted(directory, &before, session, &actions, With::Impact)?;
    Ok(Plan {
        organization,
        revision: before.revision(),
        catalog: before.catalog().fingerprint(),
        actor: session.actor()?.clone(),
        context: session.context.clone(),
        actions,
        impact,
        expires: after.time().saturating_add(directory.plan_lifetime).unwrap_or(Timestamp::MAX),
        set,
        after,
    })
}

/// Commits a plan on the revision that it was made on, or not at all.
pub(super) fn planned<P: Permissions>(
    directory: &Directory<P>,
    plan: Plan,
) -> Result<Snapshot<P>, CommitError> {
    let Plan {
        organization,
        revision: planned,
        catalog,
        actor,
        context,
        actions,
        set,
        after,
        expires,
        ..
    } = plan;
    let newest = load::loaded(directory, organization)?;
    let before = &newest.snapshot;
    if before.revision() != planned {
        return Err(CommitError::Conflict { planned });
    }
    let time = time_of_next(directory, before.organization(), &actions)?;
    if expires <= time {
        return Err(CommitError::PlanExpired { at: expires });
    }
    // The revision is the one that was planned on, so this is what the same changes lead to now.
    let was = set.time;
    let (set, after) = (ChangeSet { time, ..set }, after.dated(time));
    actions.iter().try_for_each(|action| still_makes_sense(before.organization(), action, time))?;
    // A judgement follows from the organization before and after, the session, and what time it is as far as anything
    // starts or ends. An operator's follows from another organization as well.
    let same_until = |of: &Organization| of.next_instant(was).is_none_or(|next| time < next);
    let is_operator = matches!(actor, Actor::Operator { .. });
    // A plan of another directory may have been made by another catalog.
    let is_same_catalog = before.catalog().fingerprint() == catalog;
    if is_operator || !is_same_catalog || !same_until(before.organization()) || !same_until(&after)
    {
        let session = Session::of(actor.clone(), context);
        session.judge(directory, before, &after, &actions)?;
    }
    if set.changes.is_empty() {
        let unchanged = unchanged(directory, &newest, &actions)?;
        return unchanged.ok_or(CommitError::Conflict { planned });
    }
    let erase = history::erased_by(directory, &newest, &actions)?;
    match store(directory, newest, after, &actor, words(&actions), set, erase) {
        Err(StoreError::Conflict { .. }) => Err(CommitError::Conflict { planned }),
        stored => stored.map_err(CommitError::Store),
    }
}

/// Stores a record that changes nothing, so that it brings along the catalog by which the organization is decided here, if
/// `is_wanted` says so of the newest revision.
pub(super) fn adopt<P: Permissions>(
    directory: &Directory<P>,
    organization: OrganizationId,
    is_wanted: impl Fn(&Chain) -> Result<bool, CommitError>,
) -> Result<Adoption, CommitError> {
    let actor = Actor::system("tenantry").map_err(ActionError::from)?;
    for _ in 0..ATTEMPTS {
        let newest = load::refresh(directory, organization)?;
        if !is_wanted(&newest.chain)? {
            return Ok(Adoption::InForce);
        }
        let time = time_of_next(directory, newest.organization(), &[])?;
        let set = ChangeSet { time, changes: Vec::new(), personal: Vec::new() };
        let after = newest.organization().clone().with(&set).map_err(ActionError::from)?;
        let words = vec![format!("adopt edition {} of the catalog", directory.catalog().edition())];
        match store(directory, newest, after, &actor, words, set, Vec::new()) {
            Err(StoreError::Conflict { .. }) => {}
            Ok(snapshot) => return Ok(Adoption::Adopted(snapshot.revision())),
            Err(error) => return Err(CommitError::Store(error)),
        }
    }
    Err(CommitError::Contended { attempts: ATTEMPTS })
}

fn words(actions: &[Action]) -> Vec<String> {
    actions.iter().map(ToString::to_string).collect()
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
    let role = RoleRef::System(directory.catalog().core().owner().clone());
    let sub_account = SubAccount { login: Some(login.reference()), ..SubAccount::member(owner) };
    let assignment = Assignment::allow(mint.id()?.into(), owner, role, Scope::Organization);
    let set = ChangeSet {
        time: directory.clock().now(),
        changes: vec![Profile::new(name).into(), sub_account.into(), assignment.into()],
        personal: vec![login],
    };
    let next = Organization::found(organization, &set).map_err(ActionError::from)?;
    let actor = Actor::system("tenantry").map_err(ActionError::from)?;
    let asked = directory.monotonic();
    let entry = Entry { time: set.time, actor, actions: words, changes: set.changes };
    let first = Chain::new(organization);
    let rows = Rows { personal: set.personal, erase: Vec::new() };
    let mut failed = None;
    // Whoever finds it in the store waits until it is visible, and so cannot have made anything newer of it before.
    let (founded, _) = directory.fleet.load_once(organization, || {
        let catalog = directory.catalog().text();
        let written = send(directory, &first, catalog, Expected::Absent, entry, rows);
        let (chain, tail) = written.map_err(|error| {
            failed = Some(error);
            LoadError::Abandoned(organization)
        })?;
        let size = Size { checkpoint: 0, tail };
        let loaded =
            Loaded { snapshot: load::compile(directory, next, directory.catalog()), chain, size };
        directory.fleet.admit(&loaded, asked);
        Ok(loaded)
    });
    if let Some(error) = failed {
        return Err(CommitError::Store(error));
    }
    founded?;
    Ok(Founded { organization, owner })
}

/// Stores one change set on top of what is loaded. Memory moves only after the store has acknowledged.
fn store<P: Permissions>(
    directory: &Directory<P>,
    newest: Loaded<P>,
    after: Organization,
    actor: &Actor,
    actions: Vec<String>,
    set: ChangeSet,
    erase: Vec<PersonalId>,
) -> Result<Snapshot<P>, StoreError> {
    let asked = directory.monotonic();
    let ChangeSet { time, changes, personal } = set;
    let entry = Entry { time, actor: actor.clone(), actions, changes };
    let expected = Expected::At(newest.revision());
    let rows = Rows { personal, erase };
    let catalog = newest.snapshot.catalog().text();
    let (chain, bytes) = send(directory, &newest.chain, catalog, expected, entry, rows)?;
    let Loaded { snapshot, size, .. } = newest;
    let size = Size { tail: size.tail.saturating_add(bytes), ..size };
    let stored = Loaded { snapshot: snapshot.next(after), chain, size };
    let snapshot = stored.snapshot.clone();
    // It is committed either way. If it cannot be made visible, it will be loaded when it is asked for.
    drop(load::publish(directory, stored, asked));
    Ok(snapshot)
}

/// The side rows that come and go with a record.
struct Rows {
    personal: Vec<PersonalRow>,
    erase: Vec<PersonalId>,
}

/// Sends one record to the store; the same bytes again as long as nobody knows whether they landed. Gives the chain that
/// ends with it, and its size.
fn send<P: Permissions>(
    directory: &Directory<P>,
    chain: &Chain,
    catalog: &CatalogText,
    expected: Expected,
    entry: Entry,
    Rows { personal, erase }: Rows,
) -> Result<(Chain, usize), StoreError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| StoreError::Backend(error);
    let (record, next) = match chain.append(entry, catalog) {
        Err(DecodeError::TooLarge { bytes, limit }) => {
            return Err(StoreError::TooLarge { bytes, limit });
        }
        appended => appended.map_err(|error| failed(error.into()))?,
    };
    let mut mint = SystemMint { clock: &*directory.clock };
    let id = mint.id().map_err(|error| failed(error.into()))?.into();
    let bytes = record.len();
    let organization = chain.organization();
    let commit = Commit { organization, expected, id, record, personal, erase };
    let mut resends = 0;
    loop {
        match directory.store.commit(&commit) {
            Err(StoreError::OutcomeUnknown(_)) if resends < RESENDS => resends += 1,
            // That this sending wrote nothing says nothing of the ones before it.
            Err(error) if resends > 0 && !speaks_for_all(&error) => {
                return Err(StoreError::OutcomeUnknown(error.into()));
            }
            outcome => return outcome.map(|_| (next, bytes)),
        }
    }
}

/// Whether what the last sending of a commit was answered with holds for those before it: a conflict proves that none of
/// them landed or will.
const fn speaks_for_all(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Conflict { .. } | StoreError::CommitIdReused | StoreError::OutcomeUnknown(_)
    )
}
