//! Many conditional allows to one account: whatever meets there, it can be taken away again, and an
//! owner stays one.

use tenantry::directory::CommitError;
use tenantry::model::{Condition, Networks, Scope};
use tenantry::{
    Action, Context, Directory, Grant, NewAssignment, PermissionNames, Refusal, SubAccountId,
};

use super::application::{
    LIN, ORGANIZATION, Permission, USER_ADMINISTRATOR, moment, names, plain, store,
};
use super::random::Random;

const AL: SubAccountId = SubAccountId::from_u128(4);
const DANA: SubAccountId = SubAccountId::from_u128(2);

/// Gives an account so many allows, each with a network and a window of its own, and an owner as
/// many. An owner, and an account that has everything without being one, can take them away.
pub(crate) fn takes_away_from_a_crowd(seed: u64, count: u8) -> Result<(), String> {
    let mut random = Random(seed);
    let directory = Directory::with_store(plain().clone(), store(plain()));
    let host = directory.system("crowd").administer(ORGANIZATION);
    let mut made = Vec::new();
    for number in 0..count {
        let network = format!("10.{number}.0.0/16").parse().unwrap();
        let condition = Condition::Network(Networks::new([network]).unwrap());
        let bits = random.numbers();
        let grant = Grant::any(names(u16::from_le_bytes([bits[0], bits[1] & 0xf]) | 1));
        for who in [AL, LIN] {
            let mut new = NewAssignment::new(who, grant.clone(), Scope::Organization);
            new = new.when(condition.clone());
            if bits[2].is_multiple_of(2) {
                new = new.ends(moment(1_000_000 + i64::from(number)));
            }
            // The host is bound by nothing that counts circumstances.
            let id = host
                .create_assignment(new)
                .map_err(|error| format!("the host may not give: {error}"))?;
            if who == AL {
                made.push(id);
            }
        }
    }
    // No owner, and has everything that anybody was given, at all times and in all sessions.
    let chief = SubAccountId::from_u128(3);
    host.grant(chief, Permission::all(), Scope::Organization)
        .map_err(|error| format!("the host may not give: {error}"))?;
    let takers = [LIN, chief].map(|it| directory.administer(ORGANIZATION, it, &Context::new()));
    let mut taken: Vec<Action> = made.into_iter().map(Action::Revoke).collect();
    let deny = Grant::any(names((Permission::VIEW | Permission::EXPORT).bits()));
    taken.push(NewAssignment::new(AL, deny, Scope::Organization).denying().into());
    taken.push(Action::SetBoundary(AL, Some(PermissionNames::none())));
    taken.extend([Action::Suspend(AL), Action::SetCredentialResetRequired(AL, true)]);
    taken.push(Action::Remove(AL.into()));
    for action in taken {
        for taker in &takers {
            if let Err(error) = taker.check(action.clone()) {
                return Err(format!("whoever surely reaches it may not {action}: {error}"));
            }
        }
    }
    // Somebody who keeps people out takes nothing from an owner, however much the owner was given
    // besides.
    host.assign(DANA, USER_ADMINISTRATOR, Scope::Organization).ok();
    let other = directory.administer(ORGANIZATION, DANA, &Context::new());
    match other.check(Action::Suspend(LIN)) {
        Err(CommitError::Refused(Refusal::TakesFromOwner(_))) => Ok(()),
        other => Err(format!("an owner is not taken for one: {other:?}")),
    }
}
