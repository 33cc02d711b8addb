//! casbin: role-based access control with domains, one enforcer for each tenant, a workspace as the domain.
//!
//! An enforcer goes through all its policy lines and runs the matcher on each. With a line for each permission of each
//! role a check took more than four times as long: permissions stand in the role graph above the roles that hold them, so
//! that there are no lines and the matcher runs once, as a search through a graph as large as one workspace.
//!
//! The cache that casbin offers is left off: a remembered answer is not an evaluation, and a change clears it. Its
//! functions are async; none of them waits with policies in memory, and checks are not async at all.

use std::collections::HashSet;

use casbin::rhai::ImmutableString;
use casbin::{CoreApi, DefaultModel, Enforcer, MgmtApi};

use crate::engine::{Assignment, Engine, Facts, Grant, name, names, text};
use crate::ready::ready;
use crate::workload::{Question, ROLES};

const MODEL: &str = "
[request_definition]
r = sub, dom, act

[policy_definition]
p = sub

[role_definition]
g = _, _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = g(r.sub, r.act, r.dom)
";

pub struct Casbin {
    model: DefaultModel,
    tenants: Vec<Enforcer>,
}

pub struct Asked {
    organization: usize,
    /// Strings that are shared instead of copied.
    request: [ImmutableString; 3],
}

impl Engine for Casbin {
    const NAME: &'static str = "casbin";
    const PACKAGE: &'static str = "casbin";
    type Question = Asked;

    fn new(_: &[Facts]) -> Self {
        Self { model: ready(DefaultModel::from_str(MODEL)).unwrap(), tenants: Vec::new() }
    }

    fn load(&mut self, facts: &[Facts]) {
        self.tenants = facts.iter().map(|facts| self.enforcer(facts)).collect();
    }

    fn question(&self, question: &Question) -> Asked {
        let sub_account = text(question.sub_account.to_u128());
        let workspace = text(question.workspace.to_u128());
        let request = [sub_account.into(), workspace.into(), name(question.permission).into()];
        Asked { organization: question.organization, request }
    }

    fn check(&mut self, asked: &Asked) -> bool {
        self.tenants[asked.organization].enforce(asked.request.to_vec()).unwrap()
    }

    fn grant(&mut self, Grant { organization, assignment }: &Grant) {
        let added = self.tenants[*organization].add_grouping_policy(link(assignment));
        assert!(ready(added).unwrap(), "the assignment was there already");
    }
}

impl Casbin {
    fn enforcer(&self, facts: &Facts) -> Enforcer {
        let mut enforcer = ready(Enforcer::new(self.model.clone(), ())).unwrap();
        let used: HashSet<_> = facts.workspaces.iter().map(|id| id.to_u128()).collect();
        let mut links: Vec<_> = facts.assignments.iter().map(link).collect();
        links.extend(used.into_iter().map(text).flat_map(permissions));
        ready(enforcer.add_grouping_policies(links)).unwrap();
        enforcer
    }
}

/// From a sub-account to its role in a workspace.
fn link(assignment: &Assignment) -> Vec<String> {
    let sub_account = text(assignment.sub_account.to_u128());
    let workspace = text(assignment.workspace.to_u128());
    vec![sub_account, role(assignment.role), workspace]
}

/// From every role to the permissions that it holds, in a workspace.
fn permissions(workspace: String) -> impl Iterator<Item = Vec<String>> {
    ROLES.iter().enumerate().flat_map(move |(position, (_, granted))| {
        let workspace = workspace.clone();
        names(*granted)
            .map(move |permission| vec![role(position), permission.to_owned(), workspace.clone()])
    })
}

fn role(position: usize) -> String {
    format!("role {}", ROLES[position].0.name())
}
