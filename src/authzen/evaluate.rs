//! Evaluation: AuthZEN questions, asked of a snapshot like every other question.

use crate::access::{Decision, Query, Reason, Snapshot};
use crate::authzen::batch::EvaluationsRequest;
use crate::authzen::mapping::Mapping;
use crate::authzen::request::EvaluationRequest;
use crate::authzen::response::{EvaluationResponse, EvaluationsAnswer};
use crate::permission::Permissions;

/// Answers one question, as [`Snapshot::check_in`] answers what `mapping` makes of it.
///
/// A deny carries its reason and rule as codes, for the policy enforcement point and its log. They tell apart what the
/// one who asks should not be able to tell apart (an unknown sub-account from one without the permission), so they are
/// not for passing on.
pub fn evaluate<P: Permissions>(
    snapshot: &Snapshot<P>,
    mapping: &(impl Mapping<P> + ?Sized),
    request: &EvaluationRequest<'_>,
) -> EvaluationResponse {
    match query(snapshot, mapping, request) {
        Ok(Query { sub_account, permissions, target, context }) => {
            snapshot.check_in(&context, sub_account, permissions, target).into()
        }
        Err(reason) => Decision::Deny(reason).into(),
    }
}

/// Answers a batch in its order, each item as if it were asked alone, all on this one snapshot and at one instant.
///
/// An item that is not a question is a deny with the fault in its context, and counts as a deny where the requested
/// [`Semantic`](crate::authzen::Semantic) stops at one.
pub fn evaluate_all<P: Permissions>(
    snapshot: &Snapshot<P>,
    mapping: &(impl Mapping<P> + ?Sized),
    request: &EvaluationsRequest,
) -> EvaluationsAnswer {
    let questions: Vec<Result<Query<P>, EvaluationResponse>> = request
        .requests()
        .map(|request| {
            query(snapshot, mapping, &request?).map_err(|reason| Decision::Deny(reason).into())
        })
        .collect();
    let decisions = snapshot.check_all(questions.iter().flatten());
    let mut decided = decisions.into_iter().map(EvaluationResponse::from);
    request.answer(questions.into_iter().map(|question| match question {
        // There is one decision for each query; a missing one would be a deny.
        Ok(_) => decided.next().unwrap_or_default(),
        Err(answer) => answer,
    }))
}

/// What the request asks in tenantry's terms, or why it asks for nothing that is known here. The order is that of a
/// check: what, who, where.
fn query<P: Permissions>(
    snapshot: &Snapshot<P>,
    mapping: &(impl Mapping<P> + ?Sized),
    request: &EvaluationRequest<'_>,
) -> Result<Query<P>, Reason> {
    Ok(Query {
        permissions: mapping
            .permissions(snapshot, &request.action)
            .ok_or(Reason::UnknownPermission)?,
        sub_account: mapping
            .sub_account(snapshot, &request.subject)
            .ok_or(Reason::UnknownSubAccount)?,
        target: mapping.target(snapshot, &request.resource),
        context: mapping.context(snapshot, request),
    })
}
