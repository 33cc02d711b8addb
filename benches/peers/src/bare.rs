//! The floor: one look-up in a hash table from (sub-account, workspace) to a set of permissions. It knows no tenants,
//! roles, reasons or revisions.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::engine::{Engine, Facts, Grant};
use crate::workload::{Question, ROLES};

pub struct Bare(HashMap<(u128, u128), u64, FixedState>);

impl Engine for Bare {
    const NAME: &'static str = "bare table";
    const PACKAGE: &'static str = "hashbrown";
    type Question = Question;

    fn new(_: &[Facts]) -> Self {
        Self(HashMap::with_hasher(FixedState::with_seed(1)))
    }

    fn load(&mut self, facts: &[Facts]) {
        for assignment in facts.iter().flat_map(|facts| &facts.assignments) {
            let pair = (assignment.sub_account.to_u128(), assignment.workspace.to_u128());
            self.0.insert(pair, ROLES[assignment.role].1.bits());
        }
    }

    fn question(&self, question: &Question) -> Question {
        *question
    }

    fn check(&mut self, question: &Question) -> bool {
        let pair = (question.sub_account.to_u128(), question.workspace.to_u128());
        let need = question.permission.bits();
        self.0.get(&pair).is_some_and(|bits| bits & need == need)
    }

    fn grant(&mut self, Grant { assignment, .. }: &Grant) {
        let pair = (assignment.sub_account.to_u128(), assignment.workspace.to_u128());
        self.0.insert(pair, ROLES[assignment.role].1.bits());
    }
}
