//! What the property tests share: an application with a catalog, a clock that can be set, and random organizations.
//!
//! A [`Blueprint`] is an organization in small numbers instead of ids. It is what the strategies draw and what a failing
//! test prints; a [`World`] is the same organization made from it, with ids chosen by [`Ids`], so that one blueprint can
//! be built in many ways that must not matter.

#![allow(dead_code, unused_imports, reason = "every test file uses a part of what is shared")]

mod application;
mod blueprint;
mod clock;
mod corruption;
mod requests;
mod strategies;
mod variations;
mod world;

pub(crate) use application::{Permission, UNNAMED, catalog, newer_catalog, requests};
pub(crate) use blueprint::{AssignmentPlan, Blueprint, Place, Whom};
pub(crate) use clock::{RestlessClock, TestClock};
pub(crate) use corruption::{corruptions, later, sound_changes};
pub(crate) use requests::{as_ipv6, context, contexts, moments, start, timeless};
pub(crate) use strategies::{
    Sizes, assignment, blueprint, deny, plain_allow, some_names, windowed,
};
pub(crate) use variations::{
    active_member, add_strangers, depends_on, left_at, left_by, limit, plain, without_conditions,
};
pub(crate) use world::{
    Answers, Ids, KINDS, NOBODY, VISITED, World, everywhere, in_turn, replay, shuffle,
};
