//! Request: asks to join, to rejoin or for access, until it is decided.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{RequestId, SubAccountId};
use crate::model::assignment::Grant;
use crate::model::maker::Maker;
use crate::model::personal::{Personal, Purpose};
use crate::model::scope::Scope;

/// An open request. Removed when it is decided; the records keep the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What is asked for.
    pub wants: Wants,
    /// Who asks. The host, if the person has no sub-account yet.
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    pub requester: Maker,
    /// The reason that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal>,
    /// The instant from which it can no longer be approved.
    pub expires: Timestamp,
}

impl Request {
    /// The purposes of the references that [`personal`](Self::personal) lists, in the same order.
    pub(crate) const PURPOSES: [Purpose; 3] = [Purpose::Applicant, Purpose::Name, Purpose::Reason];

    /// The sub-accounts that ask and for which access is asked.
    pub(crate) fn concerned(&self) -> impl Iterator<Item = SubAccountId> {
        let beneficiary = match self.wants {
            Wants::Join { .. } => None,
            Wants::Rejoin { sub_account, .. } | Wants::Access { sub_account, .. } => {
                Some(sub_account)
            }
        };
        self.requester.sub_account().into_iter().chain(beneficiary)
    }

    /// The references to personal data, in a fixed order.
    pub(crate) const fn personal(&self) -> [Option<Personal>; 3] {
        let (login, name) = match self.wants {
            Wants::Join { login, name } => (Some(login), name),
            Wants::Rejoin { .. } | Wants::Access { .. } => (None, None),
        };
        [login, name, self.reason]
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wants {
    /// To become a sub-account.
    Join {
        /// The login of the person who asks. No sub-account has it until the request is approved.
        login: Personal,
        /// The person's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Personal>,
    },
    /// To become active again after leaving or removal.
    Rejoin {
        /// The sub-account to readmit.
        sub_account: SubAccountId,
        /// Whether to restore the assignments that it had.
        restore: bool,
    },
    /// To get more permissions.
    Access {
        /// The sub-account that is to get them.
        sub_account: SubAccountId,
        /// A role or permissions.
        grant: Grant,
        /// Where: the scope and everything below.
        scope: Scope,
        /// The instant at which the access ends. `None` for no end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends: Option<Timestamp>,
    },
}
