//! Verifies and times engines that hold the same facts. Every answer is compared with the reference before anything is
//! timed, while it is timed by the number of allows, and once more after the changes. Engines take turns, so that
//! their ratios hold on a noisy machine.

use std::fmt;
use std::ops::Range;
use std::time::{Duration, Instant};

use allocation_counter::{measure, opt_out};

use crate::clock::Clock;
use crate::engine::{Engine, Facts, Grant};
use crate::workload::rounds::median;
use crate::workload::{QUESTIONS, Question};

/// How long one engine takes in one round, the same for all: each begins with caches that the engine before has used.
const ROUND: Duration = Duration::from_millis(20);
/// However slow an engine is, so many questions are asked in a round.
const AT_LEAST: usize = 256;
/// How long an engine may take to be loaded, as foretold from the size before.
const LOADING: Duration = Duration::from_mins(5);
/// How much memory an engine may take, likewise.
const MEMORY: f64 = 4.0 * 1024.0 * 1024.0 * 1024.0;

/// What is asked and changed at one size, and what the answers have to be.
pub struct Case<'a> {
    pub facts: &'a [Facts],
    pub questions: &'a [Question],
    /// The answers to the questions, before the changes.
    pub before: &'a [bool],
    /// The same after them.
    pub after: &'a [bool],
    pub changes: &'a [Change],
    pub rounds: usize,
}

/// An assignment that is made, with a question that it allows and was not allowed before.
pub struct Change {
    pub grant: Grant,
    pub question: Question,
}

/// What was measured of one engine at one size.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Nanoseconds for one answer.
    pub check: f64,
    /// Bytes that stay allocated for each assignment.
    pub bytes: f64,
    /// Nanoseconds of loading for each assignment.
    pub load: f64,
    /// Nanoseconds until one assignment is made and the next check sees it.
    pub change: f64,
}

/// An engine with what came of it: figures, or why there are none.
pub struct Outcome {
    pub name: &'static str,
    pub package: &'static str,
    pub figures: Result<Figures, String>,
}

/// An engine answered otherwise than the reference.
#[derive(Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub engine: &'static str,
    pub question: String,
    pub answered: bool,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, question, answered } = self;
        let [answered, right] = [*answered, !*answered].map(|it| if it { "allow" } else { "deny" });
        write!(formatter, "{engine} answers {answered} where {right} is right: {question}")
    }
}

impl std::error::Error for Disagreement {}

/// An engine that is to be measured at sizes that grow.
pub struct Entry {
    name: &'static str,
    package: &'static str,
    load: fn(&Case<'_>) -> Loaded,
    /// Assignments, bytes and duration of the last loading.
    last: Option<(usize, f64, Duration)>,
}

/// An engine that is loaded, with what loading took.
struct Loaded {
    contestant: Box<dyn Contestant>,
    bytes: f64,
    took: Duration,
}

impl Entry {
    pub fn of<E: Engine + 'static>() -> Self {
        Self { name: E::NAME, package: E::PACKAGE, load: load::<E>, last: None }
    }

    /// Why it is not measured with so many assignments, if it grows beyond what is reasonable.
    fn refusal(&self, assignments: usize) -> Option<String> {
        let (before, bytes, took) = self.last?;
        let times = assignments as f64 / before as f64;
        let (bytes, took) = (bytes * times, took.mul_f64(times));
        let gibibytes = bytes / (1024.0 * 1024.0 * 1024.0);
        (bytes > MEMORY || took > LOADING).then(|| {
            format!("not measured: {before} assignments foretell {gibibytes:.1} GiB and {took:.0?} of loading")
        })
    }
}

/// Loads every engine that can be, verifies it, and measures all in turns.
pub fn run(entries: &mut [Entry], case: &Case<'_>) -> Result<Vec<Outcome>, Disagreement> {
    let assignments = case.facts.iter().map(|facts| facts.assignments.len()).sum::<usize>();
    let mut outcomes = Vec::new();
    let mut turns = Vec::new();
    for entry in entries {
        let (name, package) = (entry.name, entry.package);
        if let Some(refusal) = entry.refusal(assignments) {
            outcomes.push(Outcome { name, package, figures: Err(refusal) });
            continue;
        }
        eprintln!("  {name}: loading");
        let Loaded { mut contestant, bytes, took } = (entry.load)(case);
        entry.last = Some((assignments, bytes, took));
        let start = Clock::start();
        contestant.verify(case.before)?;
        let each = start.elapsed().as_secs_f64() / case.before.len() as f64;
        let each = each.max(1e-9);
        let asked = (ROUND.as_secs_f64() / each) as usize;
        turns.push(Turn {
            contestant,
            outcome: outcomes.len(),
            asked: asked.clamp(AT_LEAST, QUESTIONS).min(case.before.len()),
            checks: Vec::new(),
            changes: Vec::new(),
        });
        let per = |total: f64| total / assignments as f64;
        let load = per(took.as_nanos() as f64);
        let figures = Figures { check: f64::NAN, bytes: per(bytes), load, change: f64::NAN };
        outcomes.push(Outcome { name, package, figures: Ok(figures) });
    }
    // Nothing is counted here, so that those who allocate in a check do not pay for it.
    let mut taken = Ok(());
    opt_out(|| taken = take_turns(&mut turns, case));
    taken?;
    for turn in turns {
        if let Some(Outcome { figures: Ok(figures), .. }) = outcomes.get_mut(turn.outcome) {
            figures.check = median(turn.checks);
            figures.change = median(turn.changes);
        }
    }
    Ok(outcomes)
}

/// An engine in the rounds.
struct Turn {
    contestant: Box<dyn Contestant>,
    /// Its position in the outcomes.
    outcome: usize,
    /// Questions in one round.
    asked: usize,
    checks: Vec<f64>,
    changes: Vec<f64>,
}

fn take_turns(turns: &mut [Turn], case: &Case<'_>) -> Result<(), Disagreement> {
    for round in 0..case.rounds {
        for turn in &mut *turns {
            // Another stretch of the list in each round: who is asked little shall not find everything in the cache.
            let start = (round * turn.asked) % (case.before.len() - turn.asked + 1);
            let took = turn.contestant.time(start..start + turn.asked, case.before)?;
            turn.checks.push(took.as_nanos() as f64 / turn.asked as f64);
        }
    }
    for change in case.changes {
        for turn in &mut *turns {
            let took = turn.contestant.change(change)?;
            turn.changes.push(took.as_nanos() as f64);
        }
    }
    turns.iter_mut().try_for_each(|turn| turn.contestant.verify(case.after))
}

/// An engine behind its questions, so that engines of all types stand in one list.
trait Contestant {
    /// Fails at the first answer that is not as expected.
    fn verify(&mut self, expected: &[bool]) -> Result<(), Disagreement>;

    /// Answers a stretch of the questions, and fails if the allows are not as many as expected.
    fn time(&mut self, stretch: Range<usize>, expected: &[bool]) -> Result<Duration, Disagreement>;

    /// Makes an assignment and asks; fails unless it was denied before and is allowed now.
    fn change(&mut self, change: &Change) -> Result<Duration, Disagreement>;
}

struct Prepared<E: Engine> {
    engine: E,
    questions: Vec<E::Question>,
}

impl<E: Engine> Contestant for Prepared<E> {
    fn verify(&mut self, expected: &[bool]) -> Result<(), Disagreement> {
        assert_eq!(self.questions.len(), expected.len());
        for (number, (question, right)) in self.questions.iter().zip(expected).enumerate() {
            let answered = self.engine.check(question);
            let question = || format!("question {number}");
            compare::<E>(answered, *right, question)?;
        }
        Ok(())
    }

    fn time(&mut self, stretch: Range<usize>, expected: &[bool]) -> Result<Duration, Disagreement> {
        let questions = &self.questions[stretch.clone()];
        let engine = &mut self.engine;
        let start = Clock::start();
        let allowed = questions.iter().filter(|question| engine.check(question)).count();
        let took = start.elapsed();
        let right = expected[stretch.clone()].iter().filter(|right| **right).count();
        let question = || format!("{right} of the questions {stretch:?}, not {allowed}");
        if allowed == right { Ok(took) } else { Err(disagreement::<E>(allowed > right, question)) }
    }

    fn change(&mut self, change: &Change) -> Result<Duration, Disagreement> {
        let question = self.engine.question(&change.question);
        let asked = |when: &str| format!("{:?}, {when} the change", change.question);
        compare::<E>(self.engine.check(&question), false, || asked("before"))?;
        // Too short for the other clock, which takes long to read.
        let start = Instant::now();
        self.engine.grant(&change.grant);
        let answered = self.engine.check(&question);
        let took = start.elapsed();
        compare::<E>(answered, true, || asked("after"))?;
        Ok(took)
    }
}

fn compare<E: Engine>(
    answered: bool,
    right: bool,
    question: impl FnOnce() -> String,
) -> Result<(), Disagreement> {
    if answered == right { Ok(()) } else { Err(disagreement::<E>(answered, question)) }
}

fn disagreement<E: Engine>(answered: bool, question: impl FnOnce() -> String) -> Disagreement {
    Disagreement { engine: E::NAME, question: question(), answered }
}

fn load<E: Engine + 'static>(case: &Case<'_>) -> Loaded {
    let mut engine = E::new(case.facts);
    let mut took = Duration::ZERO;
    let counted = measure(|| {
        let start = Clock::start();
        engine.load(case.facts);
        took = start.elapsed();
    });
    let questions = case.questions.iter().map(|question| engine.question(question)).collect();
    let contestant = Box::new(Prepared { engine, questions });
    Loaded { contestant, bytes: counted.bytes_current as f64, took }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bare::Bare;
    use crate::engine::Assignment;
    use crate::workload::Permission;
    use tenantry::{OrganizationId, SubAccountId, WorkspaceId};

    /// The bare table, but it lies when it is asked for the `N`th time, counted from 0.
    struct Liar<const N: usize> {
        honest: Bare,
        asked: usize,
    }

    impl<const N: usize> Engine for Liar<N> {
        const NAME: &'static str = "liar";
        const PACKAGE: &'static str = "none";
        type Question = Question;

        fn new(facts: &[Facts]) -> Self {
            Self { honest: Bare::new(facts), asked: 0 }
        }

        fn load(&mut self, facts: &[Facts]) {
            self.honest.load(facts);
        }

        fn question(&self, question: &Question) -> Question {
            *question
        }

        fn check(&mut self, question: &Question) -> bool {
            let lies = self.asked == N;
            self.asked += 1;
            self.honest.check(question) != lies
        }

        fn grant(&mut self, grant: &Grant) {
            self.honest.grant(grant);
        }
    }

    /// One assignment, one question that it allows and one that it does not, one round and one change.
    fn measured<E: Engine + 'static>() -> Result<Vec<Outcome>, Disagreement> {
        let sub_account = SubAccountId::from_u128(1);
        let [here, there] = [2, 3].map(WorkspaceId::from_u128);
        let at = |workspace| Assignment { sub_account, workspace, role: 0 };
        let facts = [Facts {
            organization: OrganizationId::from_u128(4),
            accounts: vec![sub_account],
            workspaces: vec![here, there],
            assignments: vec![at(here)],
        }];
        let asked = |workspace| {
            let permission = Permission::VIEW;
            Question { organization: 0, sub_account, workspace, permission }
        };
        let grant = Grant { organization: 0, assignment: at(there) };
        let case = Case {
            facts: &facts,
            questions: &[asked(here), asked(there)],
            before: &[true, false],
            after: &[true, true],
            changes: &[Change { grant, question: asked(there) }],
            rounds: 1,
        };
        run(&mut [Entry::of::<E>()], &case)
    }

    #[test]
    fn whoever_is_honest_is_measured() {
        let outcomes = measured::<Bare>().unwrap();
        assert!(outcomes[0].figures.as_ref().is_ok_and(|figures| figures.check.is_finite()));
    }

    /// Two answers are verified, two timed, two are about the change, two are verified again.
    #[test]
    fn a_lie_is_found_whenever_it_is_told() {
        let lies = [
            measured::<Liar<0>>(),
            measured::<Liar<1>>(),
            measured::<Liar<2>>(),
            measured::<Liar<3>>(),
            measured::<Liar<4>>(),
            measured::<Liar<5>>(),
            measured::<Liar<6>>(),
            measured::<Liar<7>>(),
        ];
        for (time, measured) in lies.into_iter().enumerate() {
            assert!(measured.is_err_and(|it| it.engine == "liar"), "lie {time} was not found");
        }
        assert!(measured::<Liar<8>>().is_ok(), "nobody is asked a ninth time");
    }

    #[test]
    fn what_grows_too_large_is_refused_with_its_reason() {
        let mut entry = Entry::of::<Bare>();
        assert_eq!(entry.refusal(1_000_000), None);
        entry.last = Some((100_000, 3e8, Duration::from_secs(1)));
        assert_eq!(entry.refusal(1_000_000), None);
        entry.last = Some((100_000, 9e8, Duration::from_secs(1)));
        assert!(entry.refusal(1_000_000).is_some_and(|why| why.contains("8.4 GiB")));
        entry.last = Some((100_000, 3e8, Duration::from_secs(40)));
        assert!(entry.refusal(1_000_000).is_some_and(|why| why.contains("400s")));
    }
}
