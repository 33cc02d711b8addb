//! The floor, as the benches have it.

pub use crate::workload::bare::Bare;

use crate::engine::{Engine, Facts, Grant};
use crate::workload::bare::pair;
use crate::workload::{Question, ROLES};

impl Engine for Bare {
    const NAME: &'static str = "bare table";
    const PACKAGE: &'static str = "hashbrown";
    type Question = Question;

    fn new(_: &[Facts]) -> Self {
        Self::empty()
    }

    fn load(&mut self, facts: &[Facts]) {
        for (organization, facts) in facts.iter().enumerate() {
            for assignment in &facts.assignments {
                self.grant(&Grant { organization, assignment: *assignment });
            }
        }
    }

    fn question(&self, question: &Question) -> Question {
        *question
    }

    fn check(&mut self, question: &Question) -> bool {
        self.allows(question)
    }

    fn grant(&mut self, Grant { assignment, .. }: &Grant) {
        let pair = pair(assignment.sub_account, assignment.workspace);
        self.insert(pair, ROLES[assignment.role].1);
    }
}
