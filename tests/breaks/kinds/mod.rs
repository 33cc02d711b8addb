//! More of each kind of break. The comment in a story says by which later act of somebody else the
//! group would have risen; where a step is accepted, it says why.

mod consents;
mod limits;
mod new_places;
mod people;
mod policy;
mod taking_away;
