//! Logins: an account that takes over a login is bound by the denies and boundaries of the accounts
//! that had it.

use crate::governance::effects::builder::{ChangeSetBuilder, found};
use crate::governance::error::ActionError;
use crate::id::SubAccountId;
use crate::model::link::Relation;
use crate::model::personal::Purpose;
use crate::model::{Assignment, Change, Effect, EntityId, Login, Put, SubAccount};
use crate::permission::PermissionNames;

impl ChangeSetBuilder<'_> {
    /// Gives a sub-account another login, with the restrictions that come with it (I4).
    pub(super) fn set_login(&mut self, id: SubAccountId, login: &Login) -> Result<(), ActionError> {
        let organization = self.organization;
        let entity = EntityId::SubAccount(id);
        let mut sub_account = found(organization.sub_accounts(), &id, entity)?;
        let before = sub_account.login.as_ref().and_then(|login| organization.personal(login));
        if let Some(before) = before {
            sub_account.former_logins.insert(organization.login_hash(&Login::new(before)?));
        }
        sub_account.former_logins.remove(&organization.login_hash(login));
        sub_account.login = self.personal(Purpose::Login, Some(login.as_str()))?;
        self.bind_to_login(login, &mut sub_account)?;
        self.put(sub_account);
        Ok(())
    }

    /// Applies the restrictions of all accounts that ever had a login to the account that takes it
    /// over: their boundaries, and copies of the denies assigned to them by name that have not
    /// ended, with their original makers.
    pub(super) fn bind_to_login(
        &mut self,
        login: &Login,
        to: &mut SubAccount,
    ) -> Result<(), ActionError> {
        let organization = self.organization;
        for former in organization.sub_accounts_by_former_login(login) {
            if former == to.id {
                continue;
            }
            let had = organization.sub_accounts().get(&former);
            let boundary = had.and_then(|had| had.boundary.as_ref());
            to.boundary = intersect_limits(to.boundary.take(), boundary);
            for deny in organization.assignments_by(former, Relation::Assignee) {
                if deny.effect == Effect::Deny && !deny.validity.is_over(self.set.time) {
                    self.copy_deny(deny, to.id)?;
                }
            }
        }
        Ok(())
    }

    /// Copies a deny to another account, unless the account has an equal one.
    fn copy_deny(&mut self, it: &Assignment, to: SubAccountId) -> Result<(), ActionError> {
        let mut carried = Assignment { assignee: to.into(), reason: None, ..it.clone() };
        let is_put = self.set.changes.iter().any(|change| match change {
            Change::Put(Put::Assignment(other)) => other.same_as(&carried),
            Change::Put(_) | Change::Remove(_) | Change::ResetTime(_) => false,
        });
        if is_put || self.find_equivalent(&carried).is_some() {
            return Ok(());
        }
        carried.id = self.ids.id()?.into();
        let reason = it.reason.as_deref().and_then(|reason| self.organization.personal(reason));
        carried.reason = self.personal(Purpose::Reason, reason)?.map(Into::into);
        self.put(carried);
        Ok(())
    }
}

/// The intersection of two limits; `None` is no limit.
fn intersect_limits(
    one: Option<PermissionNames>,
    other: Option<&PermissionNames>,
) -> Option<PermissionNames> {
    match (one, other) {
        (one, None | Some(PermissionNames::Full)) => one,
        (None | Some(PermissionNames::Full), Some(other)) => Some(other.clone()),
        (Some(one), Some(other)) => {
            Some(one.iter().filter(|name| other.contains(name.as_str())).cloned().collect())
        }
    }
}
