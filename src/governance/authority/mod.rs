//! The actor's authority over a change (G1 to G7), checked by what the change does.
//!
//! No rule is written for a kind of action. Three checks cover all of them: the actor has the
//! permissions that each action requires ([`requirement`](self::requirement)); whatever any holder
//! gains lies within the actor's own reach ([`coverage`](self::coverage)); and no holder that loses
//! something outranks the actor ([`rank`](self::rank)).
//!
//! [`judge`](self::judge) runs them; [`authority_check`](self::authority_check) is the state that
//! they share.

pub(super) mod adoption;
pub(super) mod approval;
pub(super) mod authority_check;
pub(super) mod coverage;
pub(super) mod gain;
pub(super) mod judge;
pub(super) mod losses;
pub(super) mod permitted;
pub(super) mod principal;
pub(super) mod promise;
pub(super) mod rank;
pub(super) mod requirement;
pub(super) mod security;
