//! Scenes: an organization in memory, created in a few lines.

use jiff::{SignedDuration, Timestamp};

use crate::access::Snapshot;
use crate::catalog::Catalog;
use crate::directory::{CommitError, Directory, LoadError, NewResource, NewWorkspace, System};
use crate::governance::NewAssignment;
use crate::id::{OrganizationId, SubAccountId, WorkspaceId};
use crate::model::{Login, RoleRef, Scope};
use crate::permission::Permissions;
use crate::testing::clock::FixedClock;
use crate::text::TextError;

/// An organization in memory, with a clock that stands still. People are found by login, workspaces
/// and resources by key.
#[derive(Debug)]
pub struct Scene<P> {
    /// The directory.
    pub directory: Directory<P>,
    /// The clock of the directory. Starts at noon UTC on the first of January 2030.
    pub clock: FixedClock,
    /// The organization.
    pub organization: OrganizationId,
    /// The first owner, with the login `owner`.
    pub owner: SubAccountId,
}

/// Builds a [`Scene`] line by line. [`build`](Self::build) returns the first error.
#[derive(Debug)]
#[must_use = "a scene does nothing until `build`"]
pub struct SceneBuilder<P> {
    made: Result<Scene<P>, SceneError>,
}

/// Why a scene cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SceneError {
    /// A line names a scope that no line before it has created.
    #[error("there is no `{0}` in the scene; add it in an earlier line")]
    Unknown(String),
    /// An invalid login, key or name.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The change was refused.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The organization cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl<P: Permissions> Scene<P> {
    /// Returns a scene of an organization with an owner and nothing else.
    pub fn builder(catalog: Catalog<P>) -> SceneBuilder<P> {
        SceneBuilder { made: Self::create(catalog) }
    }

    fn create(catalog: Catalog<P>) -> Result<Self, SceneError> {
        let noon = SignedDuration::from_secs(1_893_499_200);
        let clock = FixedClock::at(Timestamp::UNIX_EPOCH.checked_add(noon).unwrap_or_default());
        let directory = Directory::new(catalog).with_clock(clock.clone());
        let founded = directory.create_organization("Scene", &Login::new("owner")?)?;
        Ok(Self { directory, clock, organization: founded.organization, owner: founded.owner })
    }

    /// Returns the present snapshot of the organization.
    ///
    /// # Errors
    ///
    /// As [`Directory::snapshot`].
    pub fn snapshot(&self) -> Result<Snapshot<P>, LoadError> {
        self.directory.snapshot(self.organization)
    }

    /// The host's own code, which may make any change in the scene.
    pub fn system(&self) -> System<'_, P> {
        self.directory.system("scene")
    }

    fn workspace(&self, key: &str) -> Result<WorkspaceId, SceneError> {
        let found = self.snapshot()?.workspace(key);
        found.ok_or_else(|| SceneError::Unknown(key.to_owned()))
    }

    /// The organization for the empty text, otherwise a workspace.
    fn scope(&self, key: &str) -> Result<Scope, SceneError> {
        if key.is_empty() { Ok(Scope::Organization) } else { Ok(self.workspace(key)?.into()) }
    }
}

impl<P: Permissions> SceneBuilder<P> {
    /// Adds a workspace with this key, which is also its name.
    pub fn workspace(self, key: &str) -> Self {
        self.with(|scene| {
            let admin = scene.system().administer(scene.organization);
            admin.create_workspace(NewWorkspace::new(key).key(key))?;
            Ok(())
        })
    }

    /// Adds a resource of a kind with a key, in a workspace.
    pub fn resource(self, workspace: &str, kind: &str, key: &str) -> Self {
        self.with(|scene| {
            let resource = NewResource::new(kind, scene.workspace(workspace)?).key(key);
            scene.system().administer(scene.organization).create_resource(&resource)?;
            Ok(())
        })
    }

    /// Adds an active member with a role in a workspace, or at the organization if `workspace` is
    /// empty. If there is a member with this login, adds the role to it.
    pub fn member(self, login: &str, role: impl Into<RoleRef>, workspace: &str) -> Self {
        let role = role.into();
        self.with(|scene| {
            let (login, scope) = (Login::new(login)?, scene.scope(workspace)?);
            let admin = scene.system().administer(scene.organization);
            let member = match scene.snapshot()?.sub_account(&login) {
                Some(id) => id,
                None => admin.create_member(&login)?,
            };
            admin.create_assignment(NewAssignment::new(member, role, scope))?;
            Ok(())
        })
    }

    /// Makes any other change.
    pub fn change<E: Into<SceneError>>(
        self,
        change: impl FnOnce(&Scene<P>) -> Result<(), E>,
    ) -> Self {
        self.with(|scene| change(scene).map_err(Into::into))
    }

    /// Returns the scene.
    ///
    /// # Errors
    ///
    /// [`SceneError`] of the first line that failed.
    pub fn build(self) -> Result<Scene<P>, SceneError> {
        self.made
    }

    fn with(self, change: impl FnOnce(&Scene<P>) -> Result<(), SceneError>) -> Self {
        let made = self.made.and_then(|scene| change(&scene).map(|()| scene));
        Self { made }
    }
}
