//! What the tests of governance share: an application, random actions, and what everybody holds and reaches, computed
//! plainly.

mod application;
mod draw;
mod held;
mod imagined;
mod machine;
mod matrix;
mod promises;

pub(crate) use application::{plain, strict};
pub(crate) use draw::Numbers;
pub(crate) use machine::{By, Machine};
