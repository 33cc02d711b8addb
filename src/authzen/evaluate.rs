//! Evaluation: answers AuthZEN questions from a snapshot.

use crate::access::{Decision, Query, Reason, Snapshot};
use crate::authzen::batch::EvaluationsRequest;
use crate::authzen::mapping::Mapping;
use crate::authzen::request::EvaluationRequest;
use crate::authzen::response::{EvaluationResponse, EvaluationsAnswer};
use crate::permission::Permissions;

/// Answers one question by [`Snapshot::check_in`], with the arguments that `mapping` returns.
///
/// A deny has its reason and rule as codes, for the policy enforcement point and its log. Do not
/// pass them on to the subject: they distinguish an unknown sub-account from one without the
/// permission.
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

/// Answers a batch in order, each item as if it were asked alone, all from this one snapshot and at
/// one instant.
///
/// An invalid item is a deny with its error in the context, and counts as a deny where the
/// requested [`Semantic`](crate::authzen::Semantic) stops at one.
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
        // There is one decision per query. If one were missing, it would be a deny.
        Ok(_) => decided.next().unwrap_or_default(),
        Err(answer) => answer,
    }))
}

/// Maps a request to a query, or to the reason why it names something unknown. Maps in the order of
/// a check: permissions, sub-account, target.
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
