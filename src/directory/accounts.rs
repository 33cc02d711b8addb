//! Accounts: every organization in which a person can sign in.

use crate::directory::directory::Directory;
use crate::directory::error::LoadError;
use crate::id::{OrganizationId, SubAccountId};
use crate::model::{Login, Status};
use crate::permission::Permissions;

/// One organization in which a login is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The organization.
    pub organization: OrganizationId,
    /// The sub-account with the login.
    pub sub_account: SubAccountId,
    /// Whether the sub-account is active, invited, suspended or gone.
    pub status: Status,
}

impl<P: Permissions> Directory<P> {
    /// Returns every organization in which `login` is known, in the order of their ids: the choice
    /// that a person has after signing in.
    ///
    /// Asks the store, and loads the organizations that it names.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn accounts_of(&self, login: &Login) -> Result<Vec<Account>, LoadError> {
        let mut accounts = Vec::new();
        for organization in self.loader.store.organizations_of(login)? {
            let snapshot = self.snapshot(organization)?;
            // The store also names organizations where it is a former login.
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
}
