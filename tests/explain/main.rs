//! What an explanation shows, piece by piece, and how it reads; what a description lists.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod bars;
mod description;
mod outcomes;
mod ways;
mod words;

use support::{Permission, World, sub_account_id};
use tenantry::access::{Context, ExplainedPath, Explanation};

/// Explains a request, whose decision must be that of the check asked in every way.
#[track_caller]
fn explain(
    world: &World,
    context: &Context,
    who: &str,
    what: Permission,
    place: &str,
) -> Explanation {
    let decision = world.check_in(context, who, what, place);
    let snapshot = world.snapshot();
    let explanation = snapshot.explain_in(context, sub_account_id(who), what, world.scope(place));
    assert_eq!(explanation.decision, decision);
    explanation
}

/// The paths of a permission.
#[track_caller]
fn paths<'e>(explanation: &'e Explanation, permission: &str) -> &'e [ExplainedPath] {
    &explanation.permission(permission).unwrap().paths
}
