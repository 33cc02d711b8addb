//! The host's own code as an actor.

use crate::directory::administration::Administration;
use crate::directory::directory::Directory;
use crate::directory::session::Session;
use crate::id::OrganizationId;
use crate::permission::Permissions;

/// The host's own code, acting in a directory under a name.
#[derive(Debug, Clone)]
pub struct System<'a, P> {
    directory: &'a Directory<P>,
    session: Session,
}

impl<P: Permissions> Directory<P> {
    /// Acts as the host's own code, under a name that the audit trail shows.
    pub fn system(&self, name: &str) -> System<'_, P> {
        System { directory: self, session: Session::host(name) }
    }
}

impl<'a, P: Permissions> System<'a, P> {
    /// The changes that the host may make in one organization: all that are well-formed and break
    /// no invariant. The rules of who may do what (G) do not bind the host, the invariants (I) do.
    pub fn administer(&self, organization: OrganizationId) -> Administration<'a, P> {
        Administration::new(self.directory, organization, self.session.clone())
    }
}
