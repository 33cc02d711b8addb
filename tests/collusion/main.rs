//! Collusion safety, exhaustively: in a world small enough to be searched, nothing that a group of people can do by
//! accepted actions, in any order, lets them reach together what they did not reach at the start, at any time, in any
//! session; and the owner, who does nothing, stays one.
//!
//! Each story is a start and a menu; every state that can be made of it is visited, breadth first. `COLLUSION_DEPTH`
//! searches so many steps deeper.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and says where"
)]

#[path = "../governed/held.rs"]
#[allow(dead_code, reason = "a search asks for reach alone")]
mod held;
#[path = "../governed/imagined.rs"]
mod imagined;
mod model;
mod stories;
