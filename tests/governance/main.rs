//! Who may change what, as an outside user sees it: the rules G1 to G7 and I1 to I7 through the public API, ordinary
//! stories that must stay possible, the life of sub-accounts, races, and incidents of other systems.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_imports,
    reason = "a test stops at the first surprise"
)]

mod setup;

mod alike;
mod g1_permission;
mod g2_circumstances;
mod g2_coverage;
mod g2_licence;
mod g2_phantom;
mod g2_rise;
mod g2_scopes;
mod g3_rank;
mod g4_oneself;
mod g5_g6;
mod g7_adoption;
mod g7_logins;
mod g7_makers;
mod i1_owners;
mod i2_i5_separation;
mod i3_limits;
mod i7_time;
mod impact;
mod incidents;
mod k1_limits;
mod k2_new_places;
mod k3_operators;
mod life;
mod matrix;
mod paths;
mod plans;
mod races;
mod remedy;
mod stories;
mod taking_away;
