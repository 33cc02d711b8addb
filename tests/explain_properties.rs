//! Explanations, remedies and descriptions as properties of random organizations: they say what is decided, everything
//! they say has a consequence that can be tried, and whom they name can do what is said.
//!
//! `PROPTEST_CASES` sets how many organizations each property sees.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says where"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tenantry::access::{
    Cut, ExplainedPermission, Explanation, OnWhat, Ownership, PathOutcome, Snapshot, Target, Way,
};
use tenantry::catalog::Catalog;
use tenantry::governance::{ActionError, IdSource, Obstacle, Proposer, propose};
use tenantry::model::{ChangeSet, Condition, Effect, Remove};
use tenantry::{
    Action, AssignmentId, Context, Decision, Organization, PermissionNames, Reason, Remedy,
    RoleRef, Scope, SubAccountId,
};

use common::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

fn either_catalog() -> impl Strategy<Value = &'static Catalog<Permission>> {
    proptest::bool::weighted(0.2).prop_map(|newer| if newer { newer_catalog() } else { catalog() })
}

fn permission(of: &Catalog<Permission>, explained: &ExplainedPermission) -> Option<Permission> {
    of.permission(explained.name.as_str())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_explanation_decides_as_the_check_does(
        blueprint in blueprint(),
        contexts in contexts(),
        catalog in either_catalog(),
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog);
        let targets: Vec<Target> =
            world.scopes().into_iter().map(Into::into).chain(world.detours()).collect();
        let requests: Vec<_> = requests().collect();
        let mut turns = contexts.iter().cycle().zip(requests.iter().cycle());
        for who in world.sub_accounts().into_iter().chain([NOBODY]) {
            for target in &targets {
                let (context, asked) = turns.next().unwrap();
                let subject = snapshot.subject(who).in_context(context.clone());
                // One request of its own in turn, and all of them in one.
                for asked in [*asked, catalog.permissions()] {
                    let explanation = subject.explain(asked, *target);
                    let decision = snapshot.check_in(context, who, asked, *target);
                    prop_assert_eq!(explanation.decision, decision, "{}", explanation);
                    prop_assert_eq!(&explanation, &snapshot.explain_in(context, who, asked, *target));
                    for explained in &explanation.permissions {
                        let Some(one) = permission(catalog, explained) else {
                            // What this process does not know cannot be asked for, and nobody has it.
                            prop_assert!(!explained.is_effective());
                            continue;
                        };
                        let alone = snapshot.check_in(context, who, one, *target);
                        prop_assert_eq!(explained.decision, alone, "{}", explanation);
                    }
                }
                let all = subject.explain(catalog.permissions(), *target);
                let effective: Permission = all
                    .permissions
                    .iter()
                    .filter(|explained| explained.is_effective())
                    .filter_map(|explained| permission(catalog, explained))
                    .collect();
                prop_assert_eq!(effective, subject.permissions(*target));
            }
        }
    }

    #[test]
    fn every_decision_shows_what_it_comes_from(
        blueprint in blueprint(),
        contexts in contexts(),
        catalog in either_catalog(),
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog);
        let mut turns = contexts.iter().cycle();
        for who in world.sub_accounts() {
            for scope in world.scopes() {
                let context = turns.next().unwrap();
                let explanation = snapshot.explain_in(context, who, catalog.permissions(), scope);
                for one in &explanation.permissions {
                    prop_assert!(shows(&explanation, one), "{}\n{}", one.name, explanation);
                }
                let json = serde_json::to_string(&explanation).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Explanation>(&json).unwrap(), &explanation);
                let missing = explanation.missing();
                prop_assert_eq!(
                    missing.is_empty() && explanation.bars.is_empty(),
                    explanation.decision.is_allow()
                );
            }
        }
    }

    #[test]
    fn without_what_is_said_to_grant_or_deny_nothing_is_granted_or_denied(
        blueprint in blueprint(),
        contexts in contexts(),
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog());
        for asked in in_turn(&world.blueprint, &contexts).into_iter().step_by(3) {
            let who = world.ids.sub_account(asked.who);
            let scope = world.ids.scope(asked.place);
            let everything = catalog().permissions();
            let explanation = snapshot.explain_in(&asked.context, who, everything, scope);
            for one in &explanation.permissions {
                let bit = permission(catalog(), one).unwrap();
                let decide = |without: BTreeSet<AssignmentId>| {
                    let organization = without_assignments(&world.organization, &without);
                    let context = asked.context.clone().at(explanation.at);
                    Snapshot::compile(organization, catalog()).check_in(&context, who, bit, scope)
                };
                let acting = |effect| {
                    let paths = one.paths.iter().filter(move |path| {
                        path.effect == effect && path.outcome == PathOutcome::Acts
                    });
                    paths.map(|path| path.assignment).collect::<BTreeSet<_>>()
                };
                // A delegator may come to have what it passes on when a deny goes that it met as a member.
                let by_delegation = one.paths.iter().any(|path| path.delegator.is_some());
                if one.is_effective() && !by_delegation {
                    prop_assert!(!decide(acting(Effect::Allow)).is_allow(), "{}", explanation);
                }
                if one.decision == Decision::Deny(Reason::Denied) {
                    let decided = decide(acting(Effect::Deny));
                    prop_assert_ne!(decided.reason(), Some(Reason::Denied), "{}", explanation);
                }
            }
        }
    }

    #[test]
    fn what_is_said_to_help_helps_and_who_is_said_to_give_it_may(
        blueprint in blueprint(),
        contexts in contexts(),
        is_governed in proptest::bool::weighted(0.8),
        pattern in any::<u64>(),
    ) {
        let world = World::new(if is_governed { governed(blueprint) } else { blueprint });
        let snapshot = world.snapshot(catalog());
        let several = Permission::from_bits_truncate(pattern & (pattern >> 17));
        let all: Vec<Permission> = requests().chain([several]).collect();
            let mut requests = all.iter().copied().cycle().skip(pattern.count_ones() as usize);
        let some = in_turn(&world.blueprint, &contexts).into_iter().skip(several.bits().count_ones() as usize % 4);
        for asked in some.step_by(4) {
            let who = world.ids.sub_account(asked.who);
            let scope = world.ids.scope(asked.place);
            let permissions = requests.next().unwrap();
            let case = Case { snapshot: &snapshot, who, scope, permissions, context: &asked.context };
            let remedy = snapshot.remedy_in(&asked.context, who, permissions, scope);
            case.judge(&remedy).map_err(|wrong| TestCaseError::fail(format!("{wrong}\n{remedy}")))?;
        }
    }

    #[test]
    fn a_description_lists_what_the_subject_may_do_and_marks_what_depends_on_ownership(
        blueprint in blueprint(),
        contexts in contexts(),
    ) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog());
        for asked in in_turn(&world.blueprint, &contexts) {
            let who = world.ids.sub_account(asked.who);
            let scope = world.ids.scope(asked.place);
            let subject = snapshot.subject(who).in_context(asked.context.clone());
            let description = subject.describe(scope);
            let listed = |on: &[OnWhat]| -> Permission {
                let all = description.groups.iter().flat_map(|group| &group.permissions);
                all.filter(|one| on.contains(&one.on))
                    .filter_map(|one| catalog().permission(one.name.as_str()))
                    .collect()
            };
            let (whole, own) = (OnWhat::Everything, OnWhat::Owned);
            let (not_own, known) = (OnWhat::NotOwned, OnWhat::Known);
            let explanation = subject.explain(Permission::VIEW, scope);
            if explanation.is_owned.is_some() {
                prop_assert_eq!(listed(&[whole, own, not_own, known]), subject.permissions(scope));
                prop_assert_eq!(listed(&[known]), Permission::empty());
            } else {
                let if_owned = subject.owning(true).permissions(scope);
                let if_not = subject.owning(Ownership::NotOwned).permissions(scope);
                prop_assert_eq!(listed(&[whole, own, known]), if_owned);
                prop_assert_eq!(listed(&[whole, not_own, known]), if_not);
                prop_assert_eq!(listed(&[whole]), subject.permissions(scope));
            }
            prop_assert_eq!(
                description.barred,
                explanation.bars.first().map(tenantry::access::Bar::reason)
            );
        }
    }
}

/// Whether an explanation shows what one of its decisions comes from.
fn shows(explanation: &Explanation, one: &ExplainedPermission) -> bool {
    let failed = |of: &dyn Fn(&PathOutcome) -> bool| {
        one.paths.iter().any(|path| path.effect == Effect::Allow && of(&path.outcome))
    };
    let cut = |of: &dyn Fn(&Cut) -> bool| one.cuts.iter().any(of);
    let is_clear = one.is_granted() && !one.is_denied() && one.cuts.is_empty();
    let needs_all = one
        .needs
        .iter()
        .all(|name| explanation.permission(name.as_str()).is_some_and(|it| it.lacks.is_none()));
    match one.decision {
        Decision::Allow => is_clear && needs_all && explanation.bars.is_empty(),
        Decision::Deny(reason)
            if explanation.bars.first().is_some_and(|bar| bar.reason() == reason) =>
        {
            true
        }
        Decision::Deny(reason) => match reason {
            Reason::Denied => one.is_denied() && one.is_granted(),
            Reason::Ceiling => cut(&|cut| matches!(cut, Cut::Ceiling(_))) && one.is_granted(),
            Reason::Boundary => cut(&|cut| *cut == Cut::Boundary),
            Reason::ServiceOwnerLacks => cut(&|cut| matches!(cut, Cut::ServiceOwner(_))),
            Reason::Archived => cut(&|cut| matches!(cut, Cut::Archived(_))),
            Reason::PrerequisiteMissing => is_clear && !needs_all,
            Reason::UnknownPermission => one.paths.is_empty() && !one.is_asked_for,
            Reason::NotGranted => one.paths.iter().all(|path| path.effect == Effect::Deny),
            reason => !one.is_granted() && failed(&|outcome| outcome.reason() == Some(reason)),
        },
    }
}

fn without_assignments(of: &Organization, without: &BTreeSet<AssignmentId>) -> Organization {
    let changes = without.iter().map(|id| Remove::Assignment(*id).into()).collect();
    let changes = ChangeSet { time: of.time(), changes, personal: Vec::new() };
    if without.is_empty() { of.clone() } else { of.clone().with(&changes).unwrap() }
}

/// The same organization with somebody who holds everything, and somebody who administers one workspace.
fn governed(mut blueprint: Blueprint) -> Blueprint {
    let administers = ["ASSIGN", "MANAGE", "REPLY", "VIEW"];
    let administers = administers.map(|name| tenantry::PermissionName::new(name).unwrap());
    for position in [0, 1] {
        blueprint.sub_accounts[position] = active_member();
    }
    blueprint.assignments.extend([
        plain(Whom::SubAccount(0), Place::Root, PermissionNames::Full),
        plain(Whom::SubAccount(1), Place::Workspace(0), administers.into_iter().collect()),
    ]);
    blueprint
}

/// Counts.
struct Counter(u128);

impl IdSource for Counter {
    fn id(&mut self) -> Result<uuid::Uuid, ActionError> {
        self.0 += 1;
        Ok(uuid::Uuid::from_u128(self.0))
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        Ok([7; 32])
    }
}

/// One request, as a remedy is asked for.
struct Case<'a> {
    snapshot: &'a Snapshot<Permission>,
    who: SubAccountId,
    scope: Scope,
    permissions: Permission,
    context: &'a Context,
}

impl Case<'_> {
    /// The organization in which somebody has assigned a role.
    fn assigned(
        &self,
        by: &Proposer<'_, Permission>,
        session: &Context,
        role: &RoleRef,
        remedy: &Remedy,
    ) -> Option<Organization> {
        let actions = [Action::assign(self.who, role.clone(), self.scope)];
        let mut mint = Counter(1 << 100);
        propose(self.snapshot, by, session, &actions, remedy.at, &mut mint)
            .ok()
            .map(|(_, after)| after)
    }

    /// Whether the request would be allowed once the host has assigned a role.
    fn would_allow(&self, role: &RoleRef, context: &Context, remedy: &Remedy) -> bool {
        let after = self.assigned(&Proposer::Host, &Context::new(), role, remedy);
        after.is_some_and(|after| {
            let after = Snapshot::compile(after, catalog());
            after.check_in(context, self.who, self.permissions, self.scope).is_allow()
        })
    }

    fn judge(&self, remedy: &Remedy) -> Result<(), String> {
        let json = serde_json::to_string(remedy).unwrap();
        ensure(serde_json::from_str::<Remedy>(&json).unwrap() == *remedy, "it is not its JSON")?;
        let explanation =
            self.snapshot.explain_in(self.context, self.who, self.permissions, self.scope);
        ensure(remedy.missing == explanation.missing(), "something else is missing")?;
        ensure(remedy.is_allowed == explanation.decision.is_allow(), "it is decided otherwise")?;
        if remedy.is_allowed {
            let says_nothing = remedy.obstacles.is_empty() && remedy.roles.is_empty();
            return ensure(says_nothing, "nothing is missing");
        }
        // As of the moment that was explained.
        let context = self.context.clone().at(explanation.at);
        let owned = context.clone().ownership(true);
        let roles = system_roles()
            .chain(self.snapshot.organization().roles().keys().map(|id| RoleRef::Custom(*id)));
        if !remedy.obstacles.is_empty() {
            ensure(remedy.roles.is_empty(), "roles beside obstacles")?;
            for role in roles {
                let helps = self.would_allow(&role, &context, remedy);
                ensure(!helps, format!("{role} helps all the same"))?;
            }
            return Ok(());
        }
        let missing = catalog().known(&remedy.missing);
        for role in roles {
            let named = remedy.roles.iter().find(|it| it.role.id == role);
            let helps_now = self.would_allow(&role, &context, remedy);
            let helps_if_owned =
                explanation.is_owned.is_none() && self.would_allow(&role, &owned, remedy);
            if let Some(named) = named {
                let helps = helps_now || (named.is_only_on_own && helps_if_owned);
                ensure(helps, format!("{role} does not help"))?;
                self.judge_assigners(&role, &named.assigners, named.has_more_candidates, remedy)?;
            } else if let RoleRef::System(name) = &role {
                let any = catalog().role_permissions(name.clone()).unwrap();
                let helps = any.contains(missing) && helps_now;
                ensure(!helps, format!("{role} helps and is not named"))?;
            }
        }
        Ok(())
    }

    fn judge_assigners(
        &self,
        role: &RoleRef,
        assigners: &[SubAccountId],
        has_more: bool,
        remedy: &Remedy,
    ) -> Result<(), String> {
        let policy = &self.snapshot.organization().profile().security.conditions;
        let session = session(policy);
        for id in self.snapshot.organization().sub_accounts().keys() {
            let accepted = session.as_ref().is_some_and(|session| {
                self.assigned(&Proposer::SubAccount(*id), session, role, remedy).is_some()
            });
            match (assigners.contains(id), accepted) {
                (true, false) => return Err(format!("{id} may not assign {role}")),
                (false, true) if !has_more => return Err(format!("{id} may assign {role}")),
                _ => {}
            }
        }
        Ok(())
    }
}

fn ensure(holds: bool, what: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn system_roles() -> impl Iterator<Item = RoleRef> {
    catalog().document().roles.iter().map(|role| RoleRef::System(role.name.clone()))
}

/// A session that meets a policy of these tests and says nothing else.
fn session(policy: &[Condition]) -> Option<Context> {
    let mut session = Context::new();
    let mut methods = BTreeSet::new();
    for condition in policy {
        session = match condition {
            Condition::Mfa => session.mfa(true),
            Condition::Network(_) => session.network([10, 1, 0, 0].into()),
            Condition::LoginMethod(some) => {
                let method = ["passkey", "saml"].map(|name| name.parse().unwrap());
                let method = method.into_iter().find(|method| some.contain(method)).unwrap();
                methods.insert(method.clone());
                session.login_method(method)
            }
            _ => return None,
        };
    }
    (methods.len() < 2).then_some(session)
}

/// What is never seen is never tested: over a fixed number of organizations from a fixed seed everything comes up that
/// an explanation and a remedy can say.
#[test]
fn the_random_organizations_give_everything_that_there_is_to_say() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let drawn = (blueprint(), contexts());
    for _ in 0..60 {
        let (blueprint, contexts) = drawn.new_tree(&mut runner).unwrap().current();
        let world = World::new(governed(blueprint));
        let snapshot = world.snapshot_on(catalog(), Arc::clone(&TestClock::at(start())) as _);
        let snapshot = if world.blueprint.workspaces.len().is_multiple_of(2) {
            world.snapshot(catalog())
        } else {
            snapshot
        };
        for (number, asked) in in_turn(&world.blueprint, &contexts).into_iter().enumerate() {
            let who = world.ids.sub_account(asked.who);
            let scope = world.ids.scope(asked.place);
            let all = catalog().permissions();
            let explanation = snapshot.explain_in(&asked.context, who, all, scope);
            for one in &explanation.permissions {
                one.paths.iter().for_each(|path| {
                    *seen.entry(word(path.effect, &path.outcome)).or_default() += 1;
                    *seen.entry(way(&path.way)).or_default() += 1;
                });
                one.cuts.iter().for_each(|cut| *seen.entry(of_cut(cut)).or_default() += 1);
            }
            // Looking for remedies is dear.
            if number % 5 > 0 {
                continue;
            }
            let remedy = snapshot.remedy_in(&asked.context, who, Permission::REPLY, scope);
            remedy.obstacles.iter().for_each(|it| *seen.entry(hindrance(it)).or_default() += 1);
            for role in &remedy.roles {
                *seen.entry("a role helps").or_default() += 1;
                let who = if role.assigners.is_empty() { "nobody assigns" } else { "assigned" };
                *seen.entry(who).or_default() += 1;
                if role.is_only_on_own {
                    *seen.entry("on what is owned").or_default() += 1;
                }
            }
        }
    }
    let expected = [
        "allow acts",
        "allow out of reach",
        "allow not started",
        "allow ended",
        "allow unmet",
        "allow unknown",
        "allow masked",
        "allow delegator",
        "allow not owned",
        "allow owned?",
        "deny acts",
        "deny out of reach",
        "deny not started",
        "deny ended",
        "deny unmet",
        "deny not owned",
        "by name",
        "team",
        "member",
        "everyone",
        "archived",
        "ceiling",
        "boundary",
        "service owner",
        "barred",
        "denied",
        "cut",
        "a role helps",
        "nobody assigns",
        "assigned",
        "on what is owned",
    ];
    for word in expected {
        assert!(seen.get(word).is_some_and(|count| *count > 3), "{word}: {seen:#?}");
    }
    assert_eq!(seen.len(), expected.len(), "{seen:#?}");
}

fn word(effect: Effect, outcome: &PathOutcome) -> &'static str {
    match (effect, outcome) {
        (Effect::Allow, PathOutcome::Acts) => "allow acts",
        (Effect::Allow, PathOutcome::OutOfReach) => "allow out of reach",
        (Effect::Allow, PathOutcome::NotStarted(_)) => "allow not started",
        (Effect::Allow, PathOutcome::Ended(_)) => "allow ended",
        (Effect::Allow, PathOutcome::ConditionUnmet) => "allow unmet",
        (Effect::Allow, PathOutcome::ConditionUnknown) => "allow unknown",
        (Effect::Allow, PathOutcome::Masked(_)) => "allow masked",
        (Effect::Allow, PathOutcome::DelegatorLacks(_)) => "allow delegator",
        (Effect::Allow, PathOutcome::NotOwned) => "allow not owned",
        (Effect::Allow, PathOutcome::OwnershipUnknown) => "allow owned?",
        (Effect::Deny, PathOutcome::Acts) => "deny acts",
        (Effect::Deny, PathOutcome::OutOfReach) => "deny out of reach",
        (Effect::Deny, PathOutcome::NotStarted(_)) => "deny not started",
        (Effect::Deny, PathOutcome::Ended(_)) => "deny ended",
        (Effect::Deny, PathOutcome::ConditionUnmet) => "deny unmet",
        (Effect::Deny, PathOutcome::NotOwned) => "deny not owned",
        (_, other) => panic!("a deny is said to be {other:?}"),
    }
}

fn way(way: &Way) -> &'static str {
    match way {
        Way::ByName => "by name",
        Way::Team(_) => "team",
        Way::MemberOf { .. } => "member",
        Way::Everyone => "everyone",
        other => panic!("{other:?}"),
    }
}

fn of_cut(cut: &Cut) -> &'static str {
    match cut {
        Cut::Archived(_) => "archived",
        Cut::Ceiling(_) => "ceiling",
        Cut::Boundary => "boundary",
        Cut::ServiceOwner(_) => "service owner",
        other => panic!("{other:?}"),
    }
}

fn hindrance(hindrance: &Obstacle) -> &'static str {
    match hindrance {
        Obstacle::Bar(_) => "barred",
        Obstacle::Denied { .. } => "denied",
        Obstacle::Cut { .. } => "cut",
        other => panic!("{other:?}"),
    }
}
