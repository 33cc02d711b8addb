//! The gainers of a change, derived from its rows, include every holder that gains; and bounds hold
//! at every time, in every session and with any limits lifted.
//!
//! `PROPTEST_CASES` sets how many organizations there are; each is changed [`CHANGES`] times.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::access::generate::{apply_random_steps, empty_organization, random_steps};
use crate::access::{Context, Reference};
use crate::catalog::{Catalog, RoleDefinition};
use crate::governance::comparison::gainers::Gainers;
use crate::governance::comparison::tests::change_generator::{
    ChangeSeed, RowGenerator, change_seeds, lifted,
};
use crate::governance::comparison::tests::instant::instant;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::bounds::{BoundQuery, LimitMode};
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::lifted_limits::{BounderLimits, LiftedLimits, Selection};
use crate::governance::reach::limits::Perspective;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::{NameSet, NameTable};
use crate::governance::reach::query::{
    Circumstances, OWNERSHIPS, OwnershipSource, ReachKind, ReachQuery,
};
use crate::governance::reach::tests::set_aside::set_aside;
use crate::governance::reach::view::View;
use crate::id::SubAccountId;
use crate::model::{LoginMethod, Organization, Scope, SystemRole};

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u8 {
        const VIEW = 1;
        const REPLY = 1 << 1;
        const EXPORT = 1 << 2;
        const BILL = 1 << 3;
        const ADMINISTER = 1 << 4;
    }
}

const OWNER: SystemRole = SystemRole::new("owner");
const AGENT: SystemRole = SystemRole::new("agent");
const CHIEF: SystemRole = SystemRole::new("chief");

static CATALOG: LazyLock<Catalog<Permission>> = LazyLock::new(|| {
    Catalog::builder()
        .role(OWNER, Permission::all())
        .role_with(AGENT, Permission::VIEW, Permission::REPLY)
        .define(RoleDefinition::new(CHIEF).any(Permission::BILL).assigns([AGENT]))
        .needs(Permission::REPLY, Permission::VIEW)
        .owner(OWNER)
        .administration(Permission::ADMINISTER)
        .build()
        .unwrap()
});

/// How often each organization is changed.
const CHANGES: usize = 24;

/// Sessions that differ in everything that conditions are about.
fn sessions() -> Vec<Context> {
    let method = |name: &str| Context::new().login_method(LoginMethod::new(name).unwrap());
    vec![
        Context::new(),
        method("saml").mfa(true).network([10, 1, 0, 1].into()),
        method("saml").mfa(true).network([10, 2, 0, 1].into()),
        method("password").mfa(false).network([11, 0, 0, 1].into()),
        method("password").mfa(true),
        method("key").network([10, 1, 0, 1].into()),
        Context::new().mfa(true),
        Context::new().network([10, 1, 0, 1].into()),
    ]
}

/// All holders, existing and hypothetical.
fn holders(organization: &Organization) -> Vec<HolderId> {
    let people = organization.sub_accounts().keys().copied().map(HolderId::SubAccount);
    let teams = organization.teams().keys().copied().map(HolderId::TeamMember);
    let members = organization.scopes().map(HolderId::MemberOf);
    people.chain(teams).chain(members).collect()
}

/// A question: a time, a session and lifted limits. Chosen in turns, so that many combinations are
/// asked without asking all.
#[derive(Debug)]
struct GainQuestion {
    time: Timestamp,
    session: Context,
    /// Limits of which only labels and the bound of services may be lifted.
    world: LiftedLimits<'static>,
    /// Limits of which any other may be lifted as well.
    lifted: LiftedLimits<'static>,
}

fn every<T: PartialEq>(is_lifted: bool) -> Selection<T> {
    if is_lifted { Selection::ALL } else { Selection::NONE }
}

fn question(turn: usize) -> GainQuestion {
    let sessions = sessions();
    let number = turn.wrapping_mul(2_654_435_761) >> 7;
    let is_set = |bit: usize| number >> bit & 1 == 1;
    let world = LiftedLimits {
        labels_for_allows: every(is_set(6)),
        labels_for_denies: every(is_set(6)),
        service_bound: is_set(7),
        ..LiftedLimits::of(Perspective::Impact, None)
    };
    let lifted = LiftedLimits {
        organization_ceiling: is_set(8),
        ceilings: every(is_set(9)),
        masks: every(is_set(10)),
        archive: true,
        prerequisites: is_set(11),
        boundary: is_set(12),
        ends_until: is_set(13).then(|| instant(0)),
        bounder_limits: is_set(14).then(|| BounderLimits {
            except: None,
            now: instant(0),
            kept: None,
        }),
        ..world.clone()
    };
    GainQuestion {
        time: instant(i64::try_from(number % 4).unwrap()),
        session: sessions[number / 4 % sessions.len()].clone(),
        world,
        lifted,
    }
}

fn has<'a>(
    view: &View<'a>,
    holding: &Holding<'a>,
    place: Location,
    ownership: OwnershipSource,
    kind: ReachKind<'_>,
    question: &GainQuestion,
) -> NameSet {
    let given = Circumstances::Given(&question.session);
    let query = ReachQuery::new(place, question.time, given, ownership, &question.lifted);
    view.reach(holding, &query.kind(kind))
}

/// A holder that gains something although the rows do not tell, if there is one.
fn unforeseen(
    before: &Organization,
    after: &Organization,
    (affected, gainers): (&BTreeSet<HolderId>, &Gainers),
    seed: usize,
) -> Option<String> {
    let names = NameTable::new(CATALOG.core().vocabulary());
    let change = Transition::new(before, after, CATALOG.core(), &names, instant(0));
    let mut turn = seed;
    for holder in affected.iter().copied().filter(|it| !gainers.contains(*it)) {
        let Some(later) = change.after.holding(holder) else { continue };
        // A new holder is always among the gainers.
        let Some(earlier) = change.before.holding(holder) else {
            return Some(format!("{holder:?} is new"));
        };
        let everywhere = change.pairs_below(Scope::Organization, &[]);
        let everywhere = everywhere.into_iter().chain(change.all_pairs(holder, &[]));
        let plain = before.scopes().filter(|it| after.contains(*it)).flat_map(|scope| {
            [Location::At(scope), Location::Below(scope)].map(|place| {
                crate::governance::comparison::pair::LocationPair {
                    after: place,
                    before: place,
                    lost_from: Some(place),
                }
            })
        });
        for pair in everywhere.chain(plain) {
            for (number, (old, new)) in change.ownership_cases(&pair).into_iter().enumerate() {
                for _ in 0..4 {
                    turn = turn.wrapping_add(1);
                    let question = question(turn);
                    for kind in [ReachKind::Own, ReachKind::OwnAndAssignable] {
                        let had = has(&change.before, &earlier, pair.before, old, kind, &question);
                        let has = has(&change.after, &later, pair.after, new, kind, &question);
                        let gained = has.difference(had);
                        if !gained.is_empty() {
                            let gained = names.resolve(gained);
                            return Some(format!(
                                "{holder:?} gains {gained} ({kind:?}) at {pair:?}, \
                                 ownership {number}, {question:?}"
                            ));
                        }
                    }
                }
            }
        }
    }
    None
}

/// Whether an account has delegated something to itself or to its services. Such a delegation
/// depends on the status of the account, which cannot be set aside for one account alone.
fn bounds_itself(organization: &Organization, who: SubAccountId) -> bool {
    let accounts = organization.sub_accounts();
    let is_its_own = |id| id == who || accounts.get(&id).is_some_and(|it| it.owner == Some(who));
    organization.assignments().values().any(|it| it.delegator.is_some_and(is_its_own))
}

/// As [`unforeseen`], by the naive evaluator and for one sub-account.
fn unforeseen_by_reference(
    before: &Organization,
    after: &Organization,
    gainers: &Gainers,
    seed: usize,
) -> Option<String> {
    let people: Vec<_> = before.sub_accounts().keys().copied().collect();
    let who = *people.get(seed % people.len().max(1))?;
    if gainers.contains(HolderId::SubAccount(who))
        || [before, after].into_iter().any(|it| bounds_itself(it, who))
    {
        return None;
    }
    let (before, after) = (set_aside(before, who), set_aside(after, who));
    let now = instant(0);
    let [had, has] = [&before, &after].map(|it| Reference::new(it, &CATALOG, now));
    for scope in before.scopes().filter(|it| after.contains(*it)) {
        for (number, session) in sessions().into_iter().enumerate() {
            let owned = OWNERSHIPS[(seed + number) % 3];
            let time = instant(i64::try_from((seed / 3 + number) % 4).unwrap());
            let context = session.at(time).ownership(owned);
            let gained = has
                .permissions(who, scope, &context)
                .difference(had.permissions(who, scope, &context));
            if !gained.is_empty() {
                return Some(format!("{who} gains {gained:?} at {scope:?} in {context:?}"));
            }
        }
    }
    None
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        cases: cases.unwrap_or(48),
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    }
}

fn drawn(first: &crate::access::generate::RandomSteps, also: &[ChangeSeed]) -> Organization {
    let mut organization = empty_organization();
    apply_random_steps(&mut organization, CATALOG.document(), first);
    for seed_bytes in also {
        organization = RowGenerator::new(&organization, CATALOG.document(), seed_bytes).enriched();
    }
    organization
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn g2_nobody_gains_whom_the_rows_do_not_name(
        first in random_steps(20..110),
        also in change_seeds(4..14),
        changes in change_seeds(CHANGES..CHANGES + 1),
        seed in any::<u32>(),
    ) {
        let organization = drawn(&first, &also);
        for (number, seed_bytes) in changes.iter().enumerate() {
            let document = CATALOG.document();
            let after = RowGenerator::new(&organization, document, seed_bytes).twisted();
            let names = NameTable::new(CATALOG.core().vocabulary());
            let Transition { affected, gainers, .. } =
                Transition::new(&organization, &after, CATALOG.core(), &names, instant(0));
            let affected = affected.holders;
            if gainers == Gainers::Affected {
                continue;
            }
            let seed = usize::try_from(seed).unwrap().wrapping_add(number * 7_919);
            let rows = || after.differences(&organization);
            let found = unforeseen(&organization, &after, (&affected, &gainers), seed);
            prop_assert!(found.is_none(), "{}\n{:#?}", found.unwrap(), rows());
            let found = unforeseen_by_reference(&organization, &after, &gainers, seed);
            prop_assert!(found.is_none(), "{}\n{:#?}", found.unwrap(), rows());
            // The same with limits lifted before and after alike.
            let lift = |it| lifted(it, seed);
            let (before, after) = (lift(&organization), lift(&after));
            let found = unforeseen(&before, &after, (&affected, &gainers), seed);
            prop_assert!(found.is_none(), "lifted: {}\n{:#?}", found.unwrap(), rows());
        }
    }

    #[test]
    fn g3_bounds_hold_at_every_time_in_every_session_and_world(
        first in random_steps(20..110),
        also in change_seeds(4..14),
        seed in any::<u32>(),
    ) {
        let organization = drawn(&first, &also);
        let names = NameTable::new(CATALOG.core().vocabulary());
        let view = View::new(&organization, CATALOG.core(), &names);
        let mut turn = usize::try_from(seed).unwrap();
        for holder in holders(&organization) {
            let holding = view.holding(holder).unwrap();
            for scope in organization.scopes() {
                for place in [Location::At(scope), Location::Below(scope)] {
                    for owned in OWNERSHIPS {
                        turn += 1;
                        let question = question(turn);
                        let ownership = OwnershipSource::Claimed(owned);
                        bounds_hold(&view, &holding, place, ownership, &question)?;
                    }
                }
            }
        }
    }
}

fn bounds_hold<'a>(
    view: &View<'a>,
    holding: &Holding<'a>,
    place: Location,
    ownership: OwnershipSource,
    question: &GainQuestion,
) -> Result<(), TestCaseError> {
    let bounded = |side, limits| BoundQuery {
        location: place,
        ownership,
        kind: side,
        limits,
        now: instant(0),
    };
    let given = Circumstances::Given(&question.session);
    for (side, kind) in [
        (ReachKind::Own, ReachKind::Own),
        (ReachKind::Assignable, ReachKind::Assignable),
        (ReachKind::OwnAndAssignable, ReachKind::OwnAndAssignable),
    ] {
        for (limits, organization_ceiling) in
            [(LimitMode::All, false), (LimitMode::AllButHost, true)]
        {
            let world = LiftedLimits { organization_ceiling, ..question.world.clone() };
            let asked = ReachQuery::new(place, question.time, given, ownership, &world).kind(kind);
            let has = view.reach(holding, &asked);
            let most = view.at_most(holding, &bounded(side, limits));
            let told =
                || format!("{side:?} at {place:?}, {ownership:?}, {question:?}, {holding:?}");
            prop_assert!(most.holds(has), "more than the most: {}", told());
            let by_right = view.reach(holding, &ReachQuery { delegations: false, ..asked });
            let least = view.at_least(holding, &bounded(side, limits));
            prop_assert!(by_right.holds(least), "less than the least: {}", told());
            let lifted = view.at_most(holding, &bounded(side, LimitMode::Lifted));
            prop_assert!(lifted.holds(most), "less with limits lifted: {}", told());
            let asked = ReachQuery::new(place, question.time, given, ownership, &question.lifted);
            let has = view.reach(holding, &asked.kind(kind));
            prop_assert!(lifted.holds(has), "more with limits lifted: {}", told());
        }
    }
    Ok(())
}
