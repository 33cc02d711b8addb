//! gatehouse: policies are Rust code and it holds no data, so what a check finds is the host's own, here a hash table of
//! each tenant's sub-accounts with their roles. Its checker decides with one predicate over the three roles of the
//! sub-account; the policy for roles that it comes with copies them into new lists first.

use foldhash::fast::FixedState;
use gatehouse::{EvaluationSession, PermissionChecker, PolicyBuilder, PolicyDomain};
use hashbrown::HashMap;

use crate::engine::{Assignment, Engine, Facts, Grant};
use crate::ready::ready;
use crate::workload::{Permission, Question, ROLES};

pub struct Gatehouse {
    checker: PermissionChecker<Domain>,
    tenants: Vec<HashMap<u128, SubAccount, FixedState>>,
}

/// What a decision is about.
struct Domain;

/// A sub-account with its roles, as a service has it in its session.
#[derive(Default)]
struct SubAccount {
    /// The workspace, and the role by its position in [`ROLES`].
    roles: Vec<(u128, usize)>,
}

impl PolicyDomain for Domain {
    type Subject = SubAccount;
    type Action = Permission;
    type Resource = u128;
    type Context = ();
}

impl Engine for Gatehouse {
    const NAME: &'static str = "gatehouse";
    const PACKAGE: &'static str = "gatehouse";
    type Question = Question;

    fn new(_: &[Facts]) -> Self {
        let policy = PolicyBuilder::new("role in the workspace")
            .when(|subject: &SubAccount, action: &Permission, workspace: &u128, ()| {
                let mut here = subject.roles.iter().filter(|(place, _)| place == workspace);
                here.any(|(_, role)| ROLES[*role].1.contains(*action))
            })
            .build();
        let mut checker = PermissionChecker::new();
        checker.add_policy(policy);
        Self { checker, tenants: Vec::new() }
    }

    fn load(&mut self, facts: &[Facts]) {
        self.tenants = facts.iter().map(sub_accounts).collect();
    }

    fn question(&self, question: &Question) -> Question {
        *question
    }

    fn check(&mut self, question: &Question) -> bool {
        let Some(subject) =
            self.tenants[question.organization].get(&question.sub_account.to_u128())
        else {
            return false;
        };
        let session = EvaluationSession::empty();
        let bound = self.checker.bind(&session, subject, &question.permission, &());
        ready(bound.check(&question.workspace.to_u128())).is_granted()
    }

    fn grant(&mut self, Grant { organization, assignment }: &Grant) {
        add(&mut self.tenants[*organization], assignment);
    }
}

fn sub_accounts(facts: &Facts) -> HashMap<u128, SubAccount, FixedState> {
    let mut table = HashMap::with_hasher(FixedState::with_seed(1));
    for assignment in &facts.assignments {
        add(&mut table, assignment);
    }
    table
}

fn add(table: &mut HashMap<u128, SubAccount, FixedState>, assignment: &Assignment) {
    let subject = table.entry(assignment.sub_account.to_u128()).or_default();
    subject.roles.push((assignment.workspace.to_u128(), assignment.role));
}
