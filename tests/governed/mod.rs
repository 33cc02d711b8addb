//! What the tests of governance share: an application, random actions, and what everybody holds and reaches, computed
//! plainly.

mod application;
mod bound;
mod draw;
mod everybody;
mod harmless;
mod held;
mod imagined;
mod lasting;
mod lifted;
mod machine;
mod matrix;
mod owners;
mod promises;
mod random;

pub(crate) use application::{Permission, next, plain, strict};
pub(crate) use draw::Numbers;
pub(crate) use harmless::Tally;
pub(crate) use machine::{By, Machine};
pub(crate) use random::Random;
