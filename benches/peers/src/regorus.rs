//! regorus: Rego, compiled once for its virtual machine, with one machine for each tenant that has the tenant's data. Two
//! look-ups decide: the role by sub-account and workspace, the permission in the role's set. Its interpreter, which
//! evaluates the policy's syntax tree, took more than four times as long.

use std::collections::HashMap;
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::value::Object;
use regorus::{Engine as Policies, Value};

use crate::engine::{Assignment, Engine, Facts, Grant, name, names, text};
use crate::workload::{Question, ROLES};

const POLICY: &str = "
package tenant
import rego.v1

default allow := false

allow if {
    role := data.assignments[input.sub_account][input.workspace]
    data.roles[role][input.permission]
}
";
const ENTRY: &str = "data.tenant.allow";
const ASSIGNMENTS: &str = "assignments";

pub struct Regorus {
    program: Arc<Program>,
    keys: [Value; 3],
    roles: Vec<Value>,
    /// What every tenant's data has: which role grants what.
    granted: Value,
    tenants: Vec<Tenant>,
}

struct Tenant {
    machine: RegoVM,
    /// What the machine answers from; the two share it.
    data: Value,
}

pub struct Asked {
    organization: usize,
    values: [Value; 3],
}

impl Engine for Regorus {
    const NAME: &'static str = "regorus";
    const PACKAGE: &'static str = "regorus";
    type Question = Asked;

    fn new(_: &[Facts]) -> Self {
        let mut engine = Policies::new();
        engine.add_policy("tenant.rego".to_owned(), POLICY.to_owned()).unwrap();
        let compiled = engine.compile_with_entrypoint(&ENTRY.into()).unwrap();
        let roles: Vec<_> = ROLES.iter().map(|(role, _)| Value::from(role.name())).collect();
        let sets = ROLES.iter().map(|(_, granted)| {
            object(names(*granted).map(|name| (Value::from(name), Value::from(true))))
        });
        Self {
            program: Compiler::compile_from_policy(&compiled, &[ENTRY]).unwrap(),
            keys: ["sub_account", "workspace", "permission"].map(Value::from),
            granted: object(roles.iter().cloned().zip(sets)),
            roles,
            tenants: Vec::new(),
        }
    }

    fn load(&mut self, facts: &[Facts]) {
        self.tenants = facts.iter().map(|facts| self.tenant(facts)).collect();
    }

    fn question(&self, question: &Question) -> Asked {
        let sub_account = value(question.sub_account.to_u128());
        let workspace = value(question.workspace.to_u128());
        let values = [sub_account, workspace, Value::from(name(question.permission))];
        Asked { organization: question.organization, values }
    }

    fn check(&mut self, asked: &Asked) -> bool {
        let input = object(self.keys.iter().cloned().zip(asked.values.iter().cloned()));
        let machine = &mut self.tenants[asked.organization].machine;
        machine.set_input(input);
        machine.execute().unwrap() == Value::Bool(true)
    }

    /// Changes the data in place, while the machine does not share it.
    fn grant(&mut self, Grant { organization, assignment }: &Grant) {
        let Tenant { machine, data } = &mut self.tenants[*organization];
        machine.set_data(Value::Null).unwrap();
        let assignments = data.as_object_mut().unwrap().get_mut(&ASSIGNMENTS.into()).unwrap();
        let sub_account = value(assignment.sub_account.to_u128());
        let assignments = assignments.as_object_mut().unwrap();
        let held = assignments.get_or_insert_with(sub_account, Value::new_object);
        let workspace = value(assignment.workspace.to_u128());
        let role = self.roles[assignment.role].clone();
        let before = held.as_object().unwrap().clone();
        *held = object(before.into_iter().chain([(workspace, role)]));
        machine.set_data(data.clone()).unwrap();
    }
}

impl Regorus {
    fn tenant(&self, facts: &Facts) -> Tenant {
        // One string for each workspace, however many have a role there.
        let workspaces: HashMap<_, _> =
            facts.workspaces.iter().map(|id| (*id, value(id.to_u128()))).collect();
        let mut held: HashMap<_, Vec<_>> = HashMap::new();
        for Assignment { sub_account, workspace, role } in &facts.assignments {
            let entry = (workspaces[workspace].clone(), self.roles[*role].clone());
            held.entry(sub_account.to_u128()).or_default().push(entry);
        }
        let assignments = object(held.into_iter().map(|(id, roles)| (value(id), object(roles))));
        let granted = self.granted.clone();
        let data = object([(ASSIGNMENTS.into(), assignments), ("roles".into(), granted)]);
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&self.program));
        machine.set_data(data.clone()).unwrap();
        Tenant { machine, data }
    }
}

/// An object in its compact form, which is searched by halves.
fn object(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Value::from(entries.into_iter().collect::<Object>())
}

fn value(id: u128) -> Value {
    Value::from(text(id))
}
