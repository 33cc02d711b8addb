//! Who may change what. Here so far: the commands, and the effects that each of them has.

mod action;
mod assign;
mod effects;
mod error;
mod mint;
#[cfg(test)]
mod tests;

pub use action::{Action, NewSubAccount};
pub use assign::NewAssignment;
pub use error::ActionError;
pub use mint::Mint;

pub(crate) use effects::draft;
