//! Who may change what, with its impact known beforehand.
//!
//! An [`Action`] is a command. Its effects are drafted first; then it is judged by what they come to, not by what it is
//! called: nobody can hand out, by any path, what they neither hold themselves nor are licensed to assign, nobody takes
//! from those above them, and some things hold whoever acts.
//!
//! - `action` and the files named after nouns hold the commands, `effects` what they do.
//! - `view`, `holding` and `reach` compute what an account could ever have. `limits` and `world` say
//!   what can keep it from them and go away later.
//! - `affected`, `comparison`, `likeness` and `gain` compare before and after. `growth` and
//!   `narrower` recognize what only takes away, `bounds` and `losses` judge that without sampling.
//! - `begun` finds what goes along with an account. `authority` judges G1 to G6 by `requirement`, `coverage`, `promise`, `rank` and
//!   `security`; `owners`, `separation`, `role_holders` and `guardrails`
//!   under `invariants` judge I1 to I6; `plan` brings them together.
//! - `remedy` asks the same judgement who could give somebody what is missing.
//!
//! Nothing here commits anything.

mod action;
mod affected;
mod assign;
mod authority;
mod begun;
mod bounds;
mod comparison;
mod coverage;
mod effects;
mod error;
mod gain;
mod growth;
mod guardrails;
mod holding;
mod impact;
mod invariants;
mod invitation;
mod likeness;
mod limits;
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
mod role_holders;
mod security;
mod separation;
mod sub_account;
mod token;
mod view;
mod world;

pub use action::{Action, Departure};
pub use assign::NewAssignment;
pub use error::{ActionError, PlanError};
pub use impact::{Answer, Circumstance, Difference, Effects, Extent, Impact, Owned, Step};
pub use invariants::{Violation, violations};
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
