//! What the tests of governance share: an application, random actions, and what everybody holds and
//! reaches, computed plainly.

mod application;
mod bound;
mod crowd;
mod draw;
mod everybody;
mod harmless;
mod held;
mod imagined;
mod lasting;
#[allow(dead_code, reason = "the exhaustive search asks for more of it")]
mod lifted;
mod machine;
mod matrix;
mod owners;
mod promises;
mod random;

pub(crate) use application::{Permission, next, plain, strict};
pub(crate) use crowd::takes_away_from_a_crowd;
pub(crate) use draw::Numbers;
pub(crate) use harmless::Tally;
pub(crate) use machine::{By, Machine};
pub(crate) use random::Random;
