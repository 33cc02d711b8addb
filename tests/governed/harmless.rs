//! How many harmless changes are refused: random actions in random organizations, judged by
//! governance and by what they would come to.
//!
//! The organizations are made by the host alone and no action of the group is committed, so that
//! two versions of governance are asked the same questions.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use tenantry::access::Snapshot;
use tenantry::catalog::Catalog;
use tenantry::governance::{ActionError, IdSource, PlanError, Proposer, propose};
use tenantry::model::{Organization, OrganizationStatus};
use tenantry::{Action, Context, PermissionNames, SubAccountId};
use uuid::Uuid;

use super::application::{Permission, founded, moment, points, sessions};
use super::bound::{Bound, Point};
use super::draw::Draw;
use super::everybody::{Act, Transition, Worlds};
use super::held::is_active;
use super::lifted::{Catalogs, LimitKind, Subset, limits_of};
use super::matrix::Matrix;
use super::owners::owners_of;
use super::promises::{creator, g3_who_loses_is_not_above};
use super::random::Random;

/// Subsets drawn at random for every change, besides nothing, everything, each kind and each single
/// limit.
const DRAWN: usize = 64;

/// What was asked, and what came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Actions that the host could do.
    pub(crate) possible: usize,
    pub(crate) accepted: usize,
    /// Refused for want of the permission (G1), by approval, security or invariants: not looked at.
    pub(crate) refused_otherwise: usize,
    /// By rule: refused, how many of them give nobody anything, and how many of these take nothing
    /// from whom they must not either.
    pub(crate) refused: BTreeMap<&'static str, [usize; 3]>,
    /// Accepted, and by this model a gain.
    pub(crate) accepted_harmful: usize,
    /// By what was done: how many harmless ones are refused.
    pub(crate) by_kind: BTreeMap<String, usize>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { possible, accepted, refused_otherwise, accepted_harmful, .. } = self;
        writeln!(f, "possible for the host       {possible}")?;
        writeln!(f, "accepted                    {accepted}")?;
        writeln!(f, "accepted and a gain         {accepted_harmful}")?;
        writeln!(f, "refused by another rule     {refused_otherwise}")?;
        writeln!(f, "rule  refused  no gain  harmless  share of refused  share of possible")?;
        let total =
            self.refused.values().fold([0; 3], |[a, b, c], [x, y, z]| [a + x, b + y, c + z]);
        for (rule, [refused, no_gain, harmless]) in
            self.refused.iter().map(|(rule, counts)| (*rule, *counts)).chain([("all", total)])
        {
            let number = |it: usize| f64::from(u32::try_from(it).unwrap_or(u32::MAX));
            let of = |all: usize| 100.0 * number(harmless) / number(all.max(1));
            writeln!(
                f,
                "{rule:<5} {refused:>7} {no_gain:>8} {harmless:>9} {:>16.2}% {:>17.2}%",
                of(refused),
                of(*possible)
            )?;
        }
        for (kind, count) in &self.by_kind {
            writeln!(f, "  {count:>5} harmless refused: {kind}")?;
        }
        Ok(())
    }
}

/// Ids that count.
struct Counter(u128);

impl IdSource for Counter {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        self.0 += 1;
        Ok(Uuid::from_u128(self.0))
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        Ok([7; 32])
    }
}

impl Tally {
    /// Makes an organization by so many steps of the host, and asks so many questions about it.
    pub(crate) fn ask(
        &mut self,
        catalog: &Catalog<Permission>,
        seed: u64,
        steps: usize,
        questions: usize,
    ) {
        let mut random = Random(seed);
        let hour = i64::from(random.next().to_le_bytes()[0] % 3);
        let now = moment(hour);
        let mut fresh = 1000;
        let mut organization = founded();
        for _ in 0..steps {
            let snapshot = Snapshot::compile(organization.clone(), catalog);
            let numbers = random.numbers();
            let actions = Draw::new(&snapshot, now, None, &mut fresh, &numbers).actions();
            let made = by(&snapshot, &Proposer::Host, &Context::new(), &actions, now);
            if let Ok(made) = made {
                organization = made;
            }
        }
        let catalogs = Catalogs::new(catalog);
        let owners = owners_of(&organization, &catalogs, now);
        let judge = Judge {
            bound: Bound::new(&organization, &catalogs, owners, creator()),
            matrix: Matrix::new(&organization, &catalogs, now),
            catalogs,
            now,
            worlds: Worlds::default(),
        };
        let snapshot = Snapshot::compile(organization.clone(), catalog);
        let group: Vec<SubAccountId> = organization
            .sub_accounts()
            .values()
            .filter(|it| is_active(it) && judge.bound.is_in_group(it.id))
            .map(|it| it.id)
            .collect();
        for _ in 0..questions {
            let numbers = random.numbers();
            let Some(actor) = random.one_of(&group).copied() else { continue };
            let sessions = sessions();
            let context = random.one_of(&sessions).unwrap();
            let actions = Draw::new(&snapshot, now, Some(actor), &mut fresh, &numbers).actions();
            self.question(&judge, &snapshot, (actor, context), &actions);
        }
    }

    fn question(
        &mut self,
        judge: &Judge,
        snapshot: &Snapshot<Permission>,
        (actor, context): (SubAccountId, &Context),
        actions: &[Action],
    ) {
        if actions.is_empty() {
            return;
        }
        let host = by(snapshot, &Proposer::Host, context, actions, judge.now);
        let Ok(after) = host else { return };
        self.possible += 1;
        let proposer = Proposer::SubAccount(actor);
        let act = Act { actor: Some(actor), session: Some(context), actions };
        match by(snapshot, &proposer, context, actions, judge.now) {
            Ok(made) => {
                self.accepted += 1;
                // What the actor itself makes is the actor's: another organization than the host
                // would make.
                if let Some(gain) = judge.gains(&made, &act, 8) {
                    self.accepted_harmful += 1;
                    if std::env::var_os("HARMLESS_SHOW").is_some() {
                        eprintln!("accepted: {actor} {context:?}: {actions:?}: {gain}");
                    }
                }
            }
            Err(PlanError::Refused(refusal)) if ["G2", "G3", "G4"].contains(&refusal.rule()) => {
                let counts = self.refused.entry(refusal.rule()).or_default();
                counts[0] += 1;
                if judge.gains(&after, &act, DRAWN).is_none() {
                    counts[1] += 1;
                    if judge.loses(&after, actor).is_ok() && !actions.iter().any(is_made_limited) {
                        counts[2] += 1;
                        let kind: Vec<_> = actions.iter().map(kind_of).collect();
                        let kind = format!("{} {}", refusal.rule(), kind.join(" and "));
                        *self.by_kind.entry(kind).or_default() += 1;
                        if std::env::var_os("HARMLESS_SHOW").is_some() {
                            eprintln!("harmless: {actor} {context:?}: {actions:?}: {refusal}");
                        }
                    }
                }
            }
            Err(_) => self.refused_otherwise += 1,
        }
    }
}

/// Whether something is made with a limit, which takes from whoever would have it there otherwise,
/// or everybody is kept out.
fn is_made_limited(action: &Action) -> bool {
    let is_limit = |inherits: &PermissionNames, ceiling: &Option<PermissionNames>| {
        *inherits != PermissionNames::Full || ceiling.is_some()
    };
    match action {
        Action::SetOrganizationStatus(status) => *status != OrganizationStatus::Active,
        Action::CreateWorkspace(it) => is_limit(&it.inherits, &it.ceiling),
        Action::CreateResource(it) => is_limit(&it.inherits, &it.ceiling),
        _ => false,
    }
}

fn kind_of(action: &Action) -> String {
    let words = format!("{action:?}");
    words.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

fn by(
    snapshot: &Snapshot<Permission>,
    proposer: &Proposer<'_, Permission>,
    context: &Context,
    actions: &[Action],
    now: Timestamp,
) -> Result<Organization, PlanError> {
    let mut mint = Counter(1 << 64);
    propose(snapshot, proposer, context, actions, now, &mut mint).map(|(_, after)| after)
}

/// What one organization's changes are judged by.
struct Judge {
    bound: Bound<Permission>,
    matrix: Matrix,
    catalogs: Catalogs<Permission>,
    now: Timestamp,
    worlds: Worlds<Permission>,
}

impl Judge {
    /// What anybody gains by a change that the actor does not reach, or the group together; none if
    /// nothing was found.
    fn gains(&self, after: &Organization, act: &Act<'_>, drawn: usize) -> Option<String> {
        let (before, now) = (self.bound.start(), self.now);
        let mut bound = self.bound.clone();
        bound.moved(before, after);
        let step = Transition {
            before,
            after,
            catalogs: &self.catalogs,
            now,
            creator: creator(),
            worlds: &self.worlds,
        };
        let single = limits_of(before, now).into_iter().chain(limits_of(after, now));
        let single = single.filter(|limit| LimitKind::enabled().contains(&limit.kind()));
        let single = single.map(|limit| Subset::Limits([limit].into()));
        let fixed = Subset::sampled(0).take_while(|it| !matches!(it, Subset::Drawn(_)));
        let fixed: Vec<Subset> = fixed.chain(single).collect();
        let random = Subset::sampled(1).filter(|it| matches!(it, Subset::Drawn(_))).take(drawn);
        let all = points();
        for (number, subset) in fixed.into_iter().chain(random).enumerate() {
            // Nothing and everything at all points, the others at a part that differs from one to
            // the next.
            let some: Vec<Point> = if number < 2 {
                all.to_vec()
            } else {
                all.iter().skip(number % 7).step_by(7).cloned().collect()
            };
            if let Err(found) = bound.check(after, now, &subset, &some) {
                return Some(found);
            }
            if let Err(found) = step.check(act, &subset, &some) {
                return Some(found);
            }
        }
        None
    }

    /// Whether whoever loses something may lose it to the actor.
    fn loses(&self, after: &Organization, actor: SubAccountId) -> Result<(), String> {
        let after = Matrix::new(after, &self.catalogs, self.now);
        g3_who_loses_is_not_above(&self.matrix, &after, Some(actor), &self.catalogs.full, self.now)
    }
}
