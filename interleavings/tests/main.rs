//! Interleavings: what must hold in whatever order threads take their turns.
//!
//! A directory runs here as it is, over the store in memory, on the locks, atomics and swapped pointers that `src/sync.rs` hands
//! out. In this package they are shuttle's: one thread runs at a time, and at each step of each lock, atomic or pointer a seed
//! decides whose turn it is. Half of the schedules are drawn at random; the other half change turns at few places (PCT), which
//! is all that most races need. When a test fails its schedule is written out, and can be run again.
//!
//! Why not every order, as loom tries them: one commit takes more steps than that can be done for, and what goes wrong goes
//! wrong between loads, commits and evictions. What turns do not show is memory that is ordered more weakly than turns are;
//! `tests/stress` runs with real threads.
//!
//! ```sh
//! cd interleavings
//! cargo test
//! TENANTRY_SCHEDULES=100000 cargo test         # more of each kind
//! SHUTTLE_RANDOM_SEED=7 cargo test             # others
//! TENANTRY_REPLAY=9101.. cargo test the_test   # the one that was written out, in the test that wrote it
//! ```

mod commits;
mod elsewhere;
mod evictions;
mod loads;
mod setup;
mod staleness;
mod watched;
