//! Makes an explanation: collects what concerns a request in the plain organization, and judges it
//! with the rules of the reference evaluator.

use jiff::Timestamp;

use crate::access::context::{Context, Truth};
use crate::access::decision::Reason;
use crate::access::explain::bar::{Bar, bars};
use crate::access::explain::condition::JudgedCondition;
use crate::access::explain::explanation::Explanation;
use crate::access::explain::named::Named;
use crate::access::explain::path::{ExplainedPath, Part, PathOutcome, Way};
use crate::access::explain::permission::{Cut, ExplainedPermission, requested_and_needed};
use crate::access::explain::routes::{roles, way};
use crate::access::paths::{paths, paths_to_all};
use crate::access::reference::rules::{ReferenceOwned, ReferencePath, ReferenceQuestion, Rules};
use crate::access::target::Target;
use crate::catalog::{CatalogCore, Parts};
use crate::id::SubAccountId;
use crate::model::{Effect, Organization, Scope, SubAccountKind, Validity};
use crate::permission::Bits;

/// Explains one request.
pub(super) fn explain(
    organization: &Organization,
    catalog: &CatalogCore,
    id: SubAccountId,
    need: Bits,
    target: Target,
    context: &Context,
    now: Timestamp,
) -> Explanation {
    let rules = Rules { organization, catalog, now };
    let sub_account = organization.sub_accounts().get(&id);
    let scope = rules.resolve(target);
    let bars = bars(&rules, need, sub_account, scope, context);
    let mut permissions = requested_and_needed(catalog, need);
    let mut is_owned = None;
    if let (Some(sub_account), Ok(scope)) = (sub_account, scope) {
        let question = ReferenceQuestion::new(sub_account, scope, context, now);
        let explainer = Explainer::new(&rules, question);
        is_owned = match explainer.owned {
            ReferenceOwned::Yes => Some(true),
            ReferenceOwned::No => Some(false),
            ReferenceOwned::Unknown => None,
        };
        explainer.fill(&mut permissions);
    }
    decide(&mut permissions, &bars);
    let first_missing = || {
        let mut asked_for = permissions.iter().filter(|permission| permission.is_asked_for);
        asked_for.find_map(|permission| permission.decision.reason())
    };
    let reason = bars.first().map(Bar::reason).or_else(first_missing);
    Explanation {
        organization: Named::new(organization.id(), Some(organization.profile().name.clone())),
        revision: organization.revision(),
        at: now,
        sub_account: id,
        scope: scope.ok().map(|scope| Named::scope(organization, scope)),
        is_owned,
        decision: reason.map_or(Ok(()), Err).into(),
        bars,
        permissions,
    }
}

/// Sets the decision about each permission alone: deny for a bar or if it is missing, else allow.
fn decide(permissions: &mut [ExplainedPermission], bars: &[Bar]) {
    let bar = bars.iter().find(|bar| !bar.is_of_request()).map(Bar::reason);
    for permission in permissions {
        permission.decision = bar.or(permission.lacks).map_or(Ok(()), Err).into();
    }
}

/// One sub-account at one scope, with every assignment that concerns it there.
struct Explainer<'a> {
    rules: &'a Rules<'a>,
    question: ReferenceQuestion<'a>,
    owned: ReferenceOwned,
    paths: Vec<JudgedPath<'a>>,
    boundary: Bits,
    service_bound: Bits,
}

/// An assignment that concerns the sub-account, judged as far as every permission has in common.
struct JudgedPath<'a> {
    path: ReferencePath<'a>,
    way: Way,
    parts: Parts,
    /// Why it does not take effect, whatever the permission.
    failure: Option<PathOutcome>,
    /// The permissions of the delegator, which bound a delegation.
    delegated: Bits,
}

impl<'a> Explainer<'a> {
    fn new(rules: &'a Rules<'a>, question: ReferenceQuestion<'a>) -> Self {
        let organization = rules.organization;
        let chain = rules.chain(question.scope);
        let found = paths(organization, question.sub_account.id);
        let mut paths: Vec<_> = found
            .into_iter()
            .chain(paths_to_all(organization))
            .map(|path| ReferencePath { assignment: path.assignment, membership: path.membership })
            .filter(|path| chain.contains(&path.assignment.scope))
            .map(|path| JudgedPath::new(rules, &question, path))
            .collect();
        paths.sort_by_key(|it| {
            let made = it.path.assignment;
            let depth = chain.iter().position(|scope| *scope == made.scope);
            (made.effect, depth, made.id, it.path.membership.map(|made| made.id))
        });
        Self {
            owned: rules.owned(question.sub_account.id, question.scope, question.context),
            boundary: rules.boundary(question.sub_account),
            service_bound: rules.service_bound(&question),
            paths,
            rules,
            question,
        }
    }

    /// Fills in the paths and cuts of each permission, and why it is missing.
    fn fill(&self, permissions: &mut [ExplainedPermission]) {
        let vocabulary = self.rules.catalog.vocabulary();
        let bit = |permission: &ExplainedPermission| vocabulary.bit(permission.name.as_str());
        let mut before = Bits::NONE;
        for permission in &mut *permissions {
            let Some(bit) = bit(permission) else {
                permission.lacks = Some(Reason::UnknownPermission);
                continue;
            };
            let paths = self.paths.iter();
            permission.paths = paths.flat_map(|path| self.explained(path, bit)).collect();
            permission.cuts = self.cuts(bit);
            permission.lacks = permission.reason_of_its_own();
            if permission.lacks.is_none() {
                before = before.union(bit);
            }
        }
        // Prerequisites (D10) come last.
        let effective = self.rules.without_unmet_prerequisites(before);
        for permission in permissions {
            if permission.lacks.is_none()
                && !bit(permission).is_some_and(|bit| effective.holds(bit))
            {
                permission.lacks = Some(Reason::PrerequisiteMissing);
            }
        }
    }

    /// The paths of an assignment for one permission: one for each part that holds it.
    fn explained(&self, judged: &JudgedPath<'_>, bit: Bits) -> Vec<ExplainedPath> {
        let Rules { organization, catalog, .. } = *self.rules;
        let made = judged.path.assignment;
        let parts = [(Part::Any, judged.parts.any), (Part::Own, judged.parts.own)];
        let holding = parts.into_iter().filter(|(_, bits)| bits.holds(bit));
        let explained = holding.map(|(part, _)| {
            let roles = roles(self.rules, &made.grant, bit, part);
            let conditions = Rules::both(judged.path).flat_map(|it| &it.conditions);
            ExplainedPath {
                assignment: made.id,
                effect: made.effect,
                is_unknown: roles.last().is_some_and(|role| !self.rules.is_known(role)),
                roles: roles.iter().map(|it| Named::role(organization, catalog, it)).collect(),
                part,
                way: judged.way.clone(),
                scope: Named::scope(organization, made.scope),
                reach: made.reach.clone(),
                ends: Rules::both(judged.path).filter_map(|it| it.validity.ends()).min(),
                conditions: conditions
                    .map(|it| JudgedCondition::new(it, self.question.context.meets(it)))
                    .collect(),
                delegator: made.delegator,
                outcome: self.outcome(judged, bit, part),
            }
        });
        explained.collect()
    }

    /// Whether an assignment takes effect for one permission in one part.
    fn outcome(&self, judged: &JudgedPath<'_>, bit: Bits, part: Part) -> PathOutcome {
        if let Some(failure) = &judged.failure {
            return failure.clone();
        }
        let made = judged.path.assignment;
        if made.effect == Effect::Deny {
            let is_lifted = part == Part::Own && self.owned == ReferenceOwned::No;
            return if is_lifted { PathOutcome::NotOwned } else { PathOutcome::Acts };
        }
        if let Some(masking) = self.mask(made.scope, bit) {
            return PathOutcome::Masked(Named::scope(self.rules.organization, masking));
        }
        match (made.delegator, part, self.owned) {
            (Some(delegator), ..) if !judged.delegated.holds(bit) => {
                PathOutcome::DelegatorLacks(delegator)
            }
            (_, Part::Any, _) | (_, Part::Own, ReferenceOwned::Yes) => PathOutcome::Acts,
            (_, Part::Own, ReferenceOwned::No) => PathOutcome::NotOwned,
            (_, Part::Own, ReferenceOwned::Unknown) => PathOutcome::OwnershipUnknown,
        }
    }

    /// The first scope on the way down from `above` that does not inherit a permission.
    fn mask(&self, above: Scope, bit: Bits) -> Option<Scope> {
        let way = self.rules.way_down(above, self.question.scope);
        let steps = way.iter().zip(way.iter().skip(1));
        let mut masking = steps.filter(|(from, to)| !self.rules.flow(**from, **to).holds(bit));
        masking.next().map(|(_, to)| *to)
    }

    /// The limits that exclude a permission, whatever grants it.
    fn cuts(&self, bit: Bits) -> Vec<Cut> {
        let ReferenceQuestion { sub_account, scope, .. } = self.question;
        let named = |scope| Named::scope(self.rules.organization, scope);
        let mut cuts = Vec::new();
        if let Some(archived) = self.rules.archived(scope)
            && !self.rules.catalog.archived().holds(bit)
        {
            cuts.push(Cut::Archived(named(archived)));
        }
        let chain = self.rules.chain(scope).into_iter();
        let ceilings = chain.filter(|scope| !self.rules.own_ceiling(*scope).holds(bit));
        cuts.extend(ceilings.map(|scope| Cut::Ceiling(named(scope))));
        if !self.boundary.holds(bit) {
            cuts.push(Cut::Boundary);
        }
        if sub_account.kind == SubAccountKind::Service && !self.service_bound.holds(bit) {
            cuts.push(Cut::ServiceOwner(sub_account.owner));
        }
        cuts
    }
}

impl<'a> JudgedPath<'a> {
    fn new(rules: &Rules<'a>, question: &ReferenceQuestion<'_>, path: ReferencePath<'a>) -> Self {
        let failure = Self::failure(rules, question, path);
        // The permissions of a delegator are expensive to compute, so only where they matter.
        let delegated = match failure {
            None if path.assignment.effect == Effect::Allow => {
                rules.delegated(path.assignment, question)
            }
            _ => Bits::NONE,
        };
        let to = question.sub_account.id;
        let way = match path.membership {
            None => way(rules, path.assignment, to),
            Some(membership) => Way::MemberOf {
                scope: Named::scope(rules.organization, membership.scope),
                by: membership.id,
                way: Box::new(way(rules, membership, to)),
            },
        };
        let parts = match path.assignment.effect {
            Effect::Allow => rules.parts(&path.assignment.grant),
            Effect::Deny => rules.takes(&path.assignment.grant),
        };
        Self { path, way, parts, failure, delegated }
    }

    fn failure(
        rules: &Rules<'a>,
        question: &ReferenceQuestion<'_>,
        path: ReferencePath<'a>,
    ) -> Option<PathOutcome> {
        if !rules.reaches(path.assignment, question.scope) {
            return Some(PathOutcome::OutOfReach);
        }
        let windows = || Rules::both(path).map(|it| it.validity);
        match Rules::check_validity(path, question.now) {
            Ok(()) => {}
            Err(Reason::NotYetValid) => {
                let starts = windows().filter_map(Validity::starts).max();
                return starts.map(PathOutcome::NotStarted);
            }
            Err(_) => {
                let ended = windows().filter_map(Validity::ends).min();
                return ended.map(PathOutcome::Ended);
            }
        }
        match (path.assignment.effect, Rules::conditions(path, question)) {
            (_, Truth::True) | (Effect::Deny, Truth::Unknown) => None,
            (_, Truth::False) => Some(PathOutcome::ConditionUnmet),
            (Effect::Allow, Truth::Unknown) => Some(PathOutcome::ConditionUnknown),
        }
    }
}
