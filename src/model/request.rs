//! Request: what somebody would like to have and somebody else is to decide.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{RequestId, SubAccountId};
use crate::model::assignment::Grant;
use crate::model::maker::Maker;
use crate::model::personal::{Personal, Purpose};
use crate::model::scope::Scope;

/// A request that is not decided yet. It is removed when it is; the records keep what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What is asked for.
    pub wants: Wants,
    /// Who asks; the host for somebody who is not here.
    #[serde(default, skip_serializing_if = "Maker::is_host")]
    pub requester: Maker,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal>,
    /// The instant from which on it cannot be approved.
    pub expires: Timestamp,
}

impl Request {
    /// What each of the references that [`personal`](Self::personal) lists stands for.
    pub(crate) const PURPOSES: [Purpose; 3] = [Purpose::Applicant, Purpose::Name, Purpose::Reason];

    /// Who asks, and for whom, as far as they are sub-accounts.
    pub(crate) fn concerned(&self) -> impl Iterator<Item = SubAccountId> {
        let beneficiary = match self.wants {
            Wants::Join { .. } => None,
            Wants::Rejoin { sub_account, .. } | Wants::Access { sub_account, .. } => {
                Some(sub_account)
            }
        };
        self.requester.sub_account().into_iter().chain(beneficiary)
    }

    /// The references to personal data that it makes, each in a place of its own.
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
        /// The login of whoever asks; nobody's until the request is approved.
        login: Personal,
        /// The person's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Personal>,
    },
    /// To come back after leaving or removal.
    Rejoin {
        /// Who comes back.
        sub_account: SubAccountId,
        /// Whether with the assignments it had, or without any.
        restore: bool,
    },
    /// To be given something more.
    Access {
        /// Who is to have it.
        sub_account: SubAccountId,
        /// A role or permissions.
        grant: Grant,
        /// Where: there and below.
        scope: Scope,
        /// The instant at which it ends; none for no end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends: Option<Timestamp>,
    },
}
