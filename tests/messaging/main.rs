//! The ready-made catalog: that it is built and well made, that its page is up to date, and the stories it was made
//! for, told through a directory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod made;
mod page;
mod setup;
mod stories;
