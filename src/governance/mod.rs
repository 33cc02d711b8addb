//! Who may change what, with its impact known beforehand.
//!
//! An [`Action`] is a command. Its effects are drafted first; then it is judged by what they come to, not by what it is
//! called: nobody can hand out, by any path, what they neither hold themselves nor are licensed to assign, nobody takes
//! from those above them, and some things hold whoever acts.
//!
//! `action` and the files named after nouns hold the commands, `effects` what they do, `view`,
//! `holding` and `reach` what somebody could ever have, `bounds` the most and the least of it.
//! `affected`, `comparison`, `likeness` and `gain` say what a change makes of it, `growth` who may
//! gain at all. `requirement`, `coverage`, `losses` and `rank` under `authority` are the rules G1
//! to G6, `owners` and `invariants` the rules I1 to I6, and `plan` brings them together. `remedy`
//! asks the same judgement who could give somebody what is missing. Nothing here commits anything.

mod action;
mod affected;
mod assign;
mod authority;
mod bounds;
mod comparison;
mod coverage;
mod effects;
mod error;
mod gain;
mod growth;
mod holding;
mod impact;
mod invariants;
mod invitation;
mod likeness;
mod losses;
mod mint;
mod names;
mod narrower;
mod owners;
mod plan;
mod promise;
mod rank;
mod reach;
mod refusal;
mod remedy;
mod request;
mod requirement;
mod sub_account;
mod token;
mod view;

pub use action::{Action, Departure};
pub use assign::NewAssignment;
pub use error::{ActionError, PlanError};
pub use impact::{Answer, Circumstance, Difference, Effects, Extent, Impact, Owned, Step};
pub use invariants::Violation;
pub use invitation::NewInvitation;
pub use mint::Mint;
pub use plan::{Plan, Proposer, propose};
pub use refusal::{Refusal, Whom};
pub use remedy::{HelpfulRole, Hindrance, Remedy};
pub use request::NewRequest;
pub use sub_account::NewSubAccount;
pub use token::{ParseTokenError, Token};

pub(crate) use effects::still_makes_sense;
pub(crate) use plan::{Proposal, With, consider, judge};

#[cfg(test)]
mod tests;
