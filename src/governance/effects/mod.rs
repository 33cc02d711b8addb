//! Effects: the change set that a list of actions comes to, with derived removals written out.
//!
//! Nothing here checks whether the actor may do it; that is checked afterwards, on the drafted
//! change.

mod builder;
pub(super) mod draft;
mod expiry;
mod logins;
mod people;
mod reduce;
mod roles;
mod scopes;
mod security;
mod time;

pub(crate) use expiry::check_not_expired;

#[cfg(test)]
mod tests;
