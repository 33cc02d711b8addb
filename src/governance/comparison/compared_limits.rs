//! Compared limits: the combinations of lifted limits under which a gain is checked.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::Holding;
use crate::governance::reach::lifted_limits::{AccountLimit, BounderLimits, LiftedLimits};
use crate::governance::reach::limits::{Limit, Perspective, Treatment};
use crate::governance::reach::names::NameSet;
use crate::governance::reach::view::{ScopePath, View};
use crate::model::{Reach, Scope, SubAccountKind};
use crate::text::Label;

/// One limit that is compared both ways.
#[derive(Debug)]
enum LimitSwitch<'a> {
    Mask(Scope),
    Label(&'a Label),
    Prerequisites,
    ServiceBound,
    BounderLimits(BounderLimits),
    /// A ceiling that the change raises.
    Ceiling(Scope),
    /// The boundary, which the change raises.
    Boundary,
    /// The end, which has passed and which the change postpones.
    PassedEnd,
    /// The archive, from which the change restores a workspace.
    Archive,
}

/// The limits lifted on both sides of a gain, and for the actor whose reach must cover it.
#[derive(Debug)]
pub(crate) struct ComparedLimits<'a> {
    pub(crate) before: Rc<LiftedLimits<'a>>,
    pub(crate) after: Rc<LiftedLimits<'a>>,
    pub(crate) actor: LiftedLimits<'a>,
}

/// With more switches than this at one location, the sides are compared in one step: the most that
/// the holder can have afterwards against the least that it had before, covered by the least that
/// the actor reaches. That refuses more, never less.
const SWITCHES: usize = 6;

/// The holdings that are compared at one pair of locations.
pub(crate) struct ComparedHoldings<'g, 'a> {
    pub(crate) before: Option<&'g Rc<Holding<'a>>>,
    pub(crate) after: Option<&'g Rc<Holding<'a>>>,
    pub(crate) actor: Option<&'g Rc<Holding<'a>>>,
}

impl<'a> ComparedHoldings<'_, 'a> {
    /// The combinations of lifted limits under which the holdings are compared at a pair of
    /// locations.
    pub(crate) fn comparisons(
        &self,
        change: &Transition<'a>,
        pair: &LocationPair,
    ) -> Vec<ComparedLimits<'a>> {
        let switches = self.switches(change, pair);
        let base = LiftedLimits::of(Perspective::Gainer, Some(change.now));
        if switches.len() > SWITCHES {
            return vec![coarse(&base, &switches, change.now)];
        }
        // A limit of a bounding account that the change raises is also compared with the others
        // lifted: a flag, an end or a boundary that goes away later must not hide the gain.
        let raised = self.raised_bounder_limits(change).map(|kept| LiftedLimits {
            bounder_limits: Some(self.bounder_limits_but(Some(kept), change.now)),
            ..base.clone()
        });
        let mut compared: Vec<_> = raised.collect();
        compared.push(base);
        for switch in &switches {
            let flipped: Vec<_> =
                compared.iter().map(|lifted| switch.flipped(lifted.clone())).collect();
            compared.extend(flipped);
        }
        let on_both_sides = |lifted: LiftedLimits<'a>| {
            let (actor, before) = (lifted.for_actor(change.now), Rc::new(lifted));
            ComparedLimits { after: Rc::clone(&before), before, actor }
        };
        compared.into_iter().map(on_both_sides).collect()
    }

    /// The lifted limits under which the actor reaches least at a pair of locations.
    pub(crate) fn least(&self, change: &Transition<'a>, pair: &LocationPair) -> LiftedLimits<'a> {
        let base = LiftedLimits::of(Perspective::Gainer, Some(change.now));
        coarse(&base, &self.switches(change, pair), change.now).actor
    }

    /// The limits of accounts that bound the holdings (D13) which the change raises.
    fn raised_bounder_limits(&self, change: &Transition<'a>) -> impl Iterator<Item = AccountLimit> {
        let before = self.before.map_or_else(Vec::new, |it| change.before.bounders(it));
        let after = self.after.map_or_else(Vec::new, |it| change.after.bounders(it));
        let now = change.now;
        AccountLimit::ALL.into_iter().filter(move |limit| {
            after.iter().any(|after| {
                let mut same = before.iter().filter(|before| before.id == after.id);
                same.any(|before| after.raises(*limit, before, now))
            })
        })
    }

    /// Whether the change raises a limit of the holding itself.
    fn raises(&self, limit: AccountLimit, now: Timestamp) -> bool {
        let both = self.before.zip(self.after);
        both.is_some_and(|(before, after)| after.raises(limit, before, now))
    }

    /// Lifts the limits of bounding accounts, except `kept` and every limit of the actor.
    fn bounder_limits_but(&self, kept: Option<AccountLimit>, now: Timestamp) -> BounderLimits {
        BounderLimits { except: self.actor.and_then(|it| it.id), now, kept }
    }

    /// Every limit that is compared both ways and makes a difference to one of the holdings.
    fn switches(&self, change: &Transition<'a>, pair: &LocationPair) -> Vec<LimitSwitch<'a>> {
        let (earlier, later) = (&change.before, &change.after);
        let paths = [earlier.path_to(pair.before.scope()), later.path_to(pair.after.scope())];
        let [path_before, path_after] = &paths;
        let mut found = EncounteredLimits::default();
        let sides = [
            (earlier, self.before, path_before),
            (later, self.after, path_after),
            (earlier, self.actor, path_before),
        ];
        for (view, holding, path) in sides {
            let (Some(holding), Some(path)) = (holding, path) else { continue };
            found.note(view, holding, path);
            for bounding in view.bounders(holding) {
                found.note(view, &bounding, path);
            }
        }
        let both_ways = |limit: &Limit| {
            matches!(
                limit.treatment(Perspective::Gainer),
                Treatment::BothWays | Treatment::LiftedUnlessRaised
            )
        };
        let limits = Limit::ALL.into_iter().filter(both_ways);
        limits.flat_map(|limit| self.switches_of(limit, change, &found, &paths)).collect()
    }

    fn switches_of(
        &self,
        limit: Limit,
        change: &Transition<'a>,
        found: &EncounteredLimits<'a>,
        [before, after]: &[Option<Rc<ScopePath<'a>>>; 2],
    ) -> Vec<LimitSwitch<'a>> {
        let full = change.before.names.full();
        let one = |is_there: bool, switch| is_there.then_some(switch).into_iter().collect();
        match limit {
            Limit::Mask => found.masks.iter().copied().map(LimitSwitch::Mask).collect(),
            Limit::Label => found.labels.iter().copied().map(LimitSwitch::Label).collect(),
            Limit::Prerequisite => {
                let alone = NameSet::known(change.before.catalog.without_prerequisites());
                let universe = NameSet::known(change.before.catalog.vocabulary().universe());
                let dependent = found.gives.intersection(universe).difference(alone);
                one(!dependent.is_empty(), LimitSwitch::Prerequisites)
            }
            Limit::ServiceBound => {
                let is_service = |it: &&Rc<Holding<'_>>| it.kind == SubAccountKind::Service;
                let mut sides = self.before.iter().chain(self.after.iter()).copied();
                one(sides.any(|it| is_service(&it)), LimitSwitch::ServiceBound)
            }
            Limit::BounderLimits => {
                let lifted = self.bounder_limits_but(None, change.now);
                let sides = [(&change.before, self.before), (&change.after, self.after)];
                let is_passed_on = sides.into_iter().any(|(view, holding)| {
                    holding.is_some_and(|holding| {
                        let mut delegators =
                            view.applied_to(holding).filter_map(|it| it.assignment.delegator);
                        delegators.any(|it| Some(it) != lifted.except)
                    })
                });
                one(is_passed_on, LimitSwitch::BounderLimits(lifted))
            }
            Limit::ScopeCeiling => {
                let ceiling = |path: &Option<Rc<ScopePath<'a>>>, scope| {
                    let step = path.iter().flat_map(|it| &it.steps).find(|it| it.scope == scope);
                    step.map_or(full, |step| step.ceiling)
                };
                let limited = before.iter().flat_map(|path| &path.steps).map(|step| step.scope);
                let is_raised =
                    |scope: &Scope| !ceiling(before, *scope).holds(ceiling(after, *scope));
                limited.filter(is_raised).map(LimitSwitch::Ceiling).collect()
            }
            Limit::Boundary => {
                one(self.raises(AccountLimit::Boundary, change.now), LimitSwitch::Boundary)
            }
            Limit::PassedEnd => {
                one(self.raises(AccountLimit::PassedEnd, change.now), LimitSwitch::PassedEnd)
            }
            Limit::Archive => {
                let is_archived = |path: &Option<Rc<ScopePath<'a>>>| {
                    path.as_ref().is_some_and(|it| it.is_archived)
                };
                one(is_archived(before) && !is_archived(after), LimitSwitch::Archive)
            }
            Limit::OrganizationCeiling
            | Limit::CredentialFlag
            | Limit::Status
            | Limit::FutureEnd
            | Limit::Window
            | Limit::Condition
            | Limit::Deny
            | Limit::SecurityPolicy => Vec::new(),
        }
    }
}

/// Limits that apply to some holdings on the path to a location.
struct EncounteredLimits<'a> {
    /// Scopes whose mask blocks something that the holdings have.
    masks: BTreeSet<Scope>,
    /// Labels that their assignments require and that no scope on the path carries.
    labels: BTreeSet<&'a Label>,
    /// Everything that they have on the path, whatever limits it.
    gives: NameSet,
}

impl Default for EncounteredLimits<'_> {
    fn default() -> Self {
        Self { masks: BTreeSet::new(), labels: BTreeSet::new(), gives: NameSet::NONE }
    }
}

impl<'a> EncounteredLimits<'a> {
    fn note(&mut self, view: &View<'a>, holding: &Holding<'a>, path: &ScopePath<'a>) {
        if let Some(consent) = holding.consent {
            self.note_allow(path, consent.scope, view.names.set(&consent.mask));
        }
        for applied in view.applied_to(holding) {
            let scope = applied.assignment.scope;
            if let Reach::Labelled(label) = &applied.assignment.reach {
                let mut steps = path.steps.iter().skip_while(|step| step.scope != scope).peekable();
                if steps.peek().is_some() && !steps.any(|step| step.labels.contains(label)) {
                    self.labels.insert(label);
                }
            }
            if applied.is_allow() {
                self.note_allow(path, scope, applied.gives.reach().both());
            }
        }
    }

    fn note_allow(&mut self, path: &ScopePath<'_>, scope: Scope, gives: NameSet) {
        let mut steps = path.steps.iter().skip_while(|step| step.scope != scope);
        if steps.next().is_none() {
            return;
        }
        self.gives = self.gives.union(gives);
        self.masks.extend(steps.filter(|it| !it.inherits.holds(gives)).map(|it| it.scope));
    }
}

impl<'a> LimitSwitch<'a> {
    /// The limits with this switch flipped.
    fn flipped(&self, mut lifted: LiftedLimits<'a>) -> LiftedLimits<'a> {
        match self {
            Self::Mask(scope) => lifted.masks.flip(*scope),
            Self::Label(label) => {
                lifted.labels_for_allows.flip(label);
                lifted.labels_for_denies.flip(label);
            }
            Self::Prerequisites => lifted.prerequisites = !lifted.prerequisites,
            Self::ServiceBound => lifted.service_bound = !lifted.service_bound,
            Self::BounderLimits(bounders) => lifted.bounder_limits = Some(*bounders),
            Self::Ceiling(scope) => lifted.ceilings.flip(*scope),
            Self::Boundary => lifted.boundary = false,
            Self::PassedEnd => lifted.ends_until = None,
            Self::Archive => lifted.archive = false,
        }
        lifted
    }

    /// Whether more is held without the flip.
    const fn is_lifted_at_first(&self) -> bool {
        match self {
            Self::Ceiling(_) | Self::Boundary | Self::PassedEnd | Self::Archive => true,
            Self::Mask(_)
            | Self::Label(_)
            | Self::Prerequisites
            | Self::ServiceBound
            | Self::BounderLimits(_) => false,
        }
    }
}

/// The combination in which the most is held afterwards, the least was held before, and the actor
/// reaches least.
fn coarse<'a>(
    base: &LiftedLimits<'a>,
    switches: &[LimitSwitch<'a>],
    now: Timestamp,
) -> ComparedLimits<'a> {
    let (mut most, mut least) = (base.clone(), base.clone());
    for switch in switches {
        if let LimitSwitch::Label(label) = switch {
            // A label lets both allows and denies act.
            most.labels_for_allows.flip(label);
            least.labels_for_denies.flip(label);
        } else if switch.is_lifted_at_first() {
            least = switch.flipped(least);
        } else {
            most = switch.flipped(most);
        }
    }
    let actor = least.for_actor(now);
    ComparedLimits { actor, before: Rc::new(least), after: Rc::new(most) }
}
