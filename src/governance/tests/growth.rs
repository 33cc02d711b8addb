//! Who may gain by a change, as its rows tell, misses nobody; and what bounds a holder bounds it at
//! every time, in every session and in every imagined world.
//!
//! `PROPTEST_CASES` sets how many organizations there are; each is changed [`CHANGES`] times.

mod draw;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::access::generate::{apply_random_steps, empty_organization, random_steps};
use crate::access::{Context, Reference};
use crate::catalog::{Catalog, RoleDefinition};
use crate::governance::bounds::{Bounded, Limits, Side};
use crate::governance::comparison::Change as Comparison;
use crate::governance::growth::Growth;
use crate::governance::holding::{Holder, Holding};
use crate::governance::limits::Side as Standpoint;
use crate::governance::names::{NameSet, Register};
use crate::governance::reach::{Asking, Circumstances, Layer, OWNERSHIPS, Owning, Place};
use crate::governance::tests::growth::draw::{Draw, Twist, changed, lifted, twists};
use crate::governance::view::View;
use crate::governance::world::{Among, BounderLimits, World};
use crate::id::SubAccountId;
use crate::model::{
    LoginMethod, Organization, OrganizationStatus, Profile, Scope, SecurityPolicy, Status,
    SubAccount, SystemRole, Workspace, WorkspaceStatus,
};

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

/// The instant with this number; everything is judged as of the first.
fn instant(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(number)
}

/// Sessions that differ in all that conditions are about.
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

/// Everybody, real and imagined.
fn holders(organization: &Organization) -> Vec<Holder> {
    let people = organization.sub_accounts().keys().copied().map(Holder::SubAccount);
    let teams = organization.teams().keys().copied().map(Holder::TeamMember);
    let members = organization.scopes().map(Holder::MemberOf);
    people.chain(teams).chain(members).collect()
}

/// A question: a time, a session and a world, chosen by turns so that many of them are asked
/// without asking all.
#[derive(Debug)]
struct Question {
    time: Timestamp,
    session: Context,
    /// In which every label may be carried, and services may be unbound.
    world: World<'static>,
    /// In which any other limit may be lifted as well.
    lifted: World<'static>,
}

fn every<T: PartialEq>(is_lifted: bool) -> Among<T> {
    if is_lifted { Among::ALL } else { Among::NONE }
}

fn question(turn: usize) -> Question {
    let sessions = sessions();
    let number = turn.wrapping_mul(2_654_435_761) >> 7;
    let is_set = |bit: usize| number >> bit & 1 == 1;
    let world = World {
        labels_for_allows: every(is_set(6)),
        labels_for_denies: every(is_set(6)),
        service_bound: is_set(7),
        ..World::of(Standpoint::Impact, None)
    };
    let lifted = World {
        organization_ceiling: is_set(8),
        ceilings: every(is_set(9)),
        masks: every(is_set(10)),
        archive: true,
        prerequisites: is_set(11),
        boundary: is_set(12),
        ends_until: is_set(13).then(|| instant(0)),
        bounder_limits: is_set(14).then(|| BounderLimits { except: None, now: instant(0) }),
        ..world.clone()
    };
    Question {
        time: instant(i64::try_from(number % 4).unwrap()),
        session: sessions[number / 4 % sessions.len()].clone(),
        world,
        lifted,
    }
}

fn has<'a>(
    view: &View<'a>,
    holding: &Holding<'a>,
    place: Place,
    owning: Owning,
    layer: Layer<'_>,
    question: &Question,
) -> NameSet {
    let given = Circumstances::Given(&question.session);
    let asking = Asking::new(place, question.time, given, owning, &question.lifted);
    view.has(holding, &asking.layer(layer))
}

/// Who gains anything in spite of what the rows tell, if anybody does.
fn unforeseen(
    before: &Organization,
    after: &Organization,
    (affected, growth): (&BTreeSet<Holder>, &Growth),
    seed: usize,
) -> Option<String> {
    let register = Register::new(CATALOG.core().vocabulary());
    let change = Comparison::new(before, after, CATALOG.core(), &register, instant(0));
    let mut turn = seed;
    for holder in affected.iter().copied().filter(|it| !growth.may_reach(*it)) {
        let Some(later) = change.after.holding(holder) else { continue };
        // Who was not there before is in the growth.
        let Some(earlier) = change.before.holding(holder) else {
            return Some(format!("{holder:?} is new"));
        };
        let everywhere = change.pairs_below(Scope::Organization, &[]);
        let everywhere = everywhere.into_iter().chain(change.pairs_of_all(holder, &[]));
        let plain = before.scopes().filter(|it| after.contains(*it)).flat_map(|scope| {
            [Place::At(scope), Place::Below(scope)].map(|place| {
                crate::governance::comparison::Pair {
                    after: place,
                    before: place,
                    lost_from: Some(place),
                }
            })
        });
        for pair in everywhere.chain(plain) {
            for (number, (old, new)) in change.ownings(&pair).into_iter().enumerate() {
                for _ in 0..4 {
                    turn = turn.wrapping_add(1);
                    let question = question(turn);
                    for layer in [Layer::Own, Layer::Reach] {
                        let had = has(&change.before, &earlier, pair.before, old, layer, &question);
                        let has = has(&change.after, &later, pair.after, new, layer, &question);
                        let gained = has.difference(had);
                        if !gained.is_empty() {
                            let gained = register.names(gained);
                            return Some(format!(
                                "{holder:?} gains {gained} ({layer:?}) at {pair:?}, ownership {number}, {question:?}"
                            ));
                        }
                    }
                }
            }
        }
    }
    None
}

/// The organization as governance sees it when it asks about somebody: all that is set aside, set
/// aside.
fn set_aside(organization: &Organization, who: SubAccountId) -> Organization {
    let profile = Profile {
        status: OrganizationStatus::Active,
        security: SecurityPolicy::default(),
        ..organization.profile().clone()
    };
    let status = WorkspaceStatus::Active;
    let workspaces = organization.workspaces().values();
    let workspaces = workspaces.map(|it| Workspace { status, ..it.clone() }.into());
    let row = organization.sub_accounts().get(&who).unwrap().clone();
    let row = SubAccount { status: Status::Active, credential_reset_required: false, ..row };
    changed(organization, workspaces.chain([profile.into(), row.into()]))
}

/// Whether somebody has passed something on to itself or its services have: what that is worth
/// depends on its status, which cannot be set aside for it alone.
fn bounds_itself(organization: &Organization, who: SubAccountId) -> bool {
    let accounts = organization.sub_accounts();
    let is_its_own = |id| id == who || accounts.get(&id).is_some_and(|it| it.owner == Some(who));
    organization.assignments().values().any(|it| it.delegator.is_some_and(is_its_own))
}

/// As [`unforeseen`], by the naive evaluator and for one sub-account.
fn unforeseen_by_reference(
    before: &Organization,
    after: &Organization,
    growth: &Growth,
    seed: usize,
) -> Option<String> {
    let people: Vec<_> = before.sub_accounts().keys().copied().collect();
    let who = *people.get(seed % people.len().max(1))?;
    if growth.may_reach(Holder::SubAccount(who))
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

fn drawn(first: &crate::access::generate::RandomSteps, also: &[Twist]) -> Organization {
    let mut organization = empty_organization();
    apply_random_steps(&mut organization, CATALOG.document(), first);
    for twist in also {
        organization = Draw::new(&organization, CATALOG.document(), twist).enriched();
    }
    organization
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn g2_nobody_gains_whom_the_rows_do_not_name(
        first in random_steps(20..110),
        also in twists(4..14),
        changes in twists(CHANGES..CHANGES + 1),
        seed in any::<u32>(),
    ) {
        let organization = drawn(&first, &also);
        for (number, twist) in changes.iter().enumerate() {
            let after = Draw::new(&organization, CATALOG.document(), twist).twisted();
            let register = Register::new(CATALOG.core().vocabulary());
            let Comparison { affected, growth, .. } =
                Comparison::new(&organization, &after, CATALOG.core(), &register, instant(0));
            let affected = affected.holders;
            if growth == Growth::Affected {
                continue;
            }
            let seed = usize::try_from(seed).unwrap().wrapping_add(number * 7_919);
            let rows = || after.differences(&organization);
            let found = unforeseen(&organization, &after, (&affected, &growth), seed);
            prop_assert!(found.is_none(), "{}\n{:#?}", found.unwrap(), rows());
            let found = unforeseen_by_reference(&organization, &after, &growth, seed);
            prop_assert!(found.is_none(), "{}\n{:#?}", found.unwrap(), rows());
            // The same with limits lifted before and after alike.
            let lift = |it| lifted(it, seed);
            let found = unforeseen(&lift(&organization), &lift(&after), (&affected, &growth), seed);
            prop_assert!(found.is_none(), "lifted: {}\n{:#?}", found.unwrap(), rows());
        }
    }

    #[test]
    fn g3_bounds_hold_at_every_time_in_every_session_and_world(
        first in random_steps(20..110),
        also in twists(4..14),
        seed in any::<u32>(),
    ) {
        let organization = drawn(&first, &also);
        let register = Register::new(CATALOG.core().vocabulary());
        let view = View::new(&organization, CATALOG.core(), &register);
        let mut turn = usize::try_from(seed).unwrap();
        for holder in holders(&organization) {
            let holding = view.holding(holder).unwrap();
            for scope in organization.scopes() {
                for place in [Place::At(scope), Place::Below(scope)] {
                    for owned in OWNERSHIPS {
                        turn += 1;
                        let question = question(turn);
                        let owning = Owning::Claimed(owned);
                        bounds_hold(&view, &holding, place, owning, &question)?;
                    }
                }
            }
        }
    }
}

fn bounds_hold<'a>(
    view: &View<'a>,
    holding: &Holding<'a>,
    place: Place,
    owning: Owning,
    question: &Question,
) -> Result<(), TestCaseError> {
    let bounded = |side, limits| Bounded { place, owning, side, limits, now: instant(0) };
    let given = Circumstances::Given(&question.session);
    for (side, layer) in
        [(Side::Own, Layer::Own), (Side::Licences, Layer::Licences), (Side::Reach, Layer::Reach)]
    {
        for (limits, organization_ceiling) in [(Limits::All, false), (Limits::AllButHost, true)] {
            let world = World { organization_ceiling, ..question.world.clone() };
            let asked = Asking::new(place, question.time, given, owning, &world).layer(layer);
            let has = view.has(holding, &asked);
            let most = view.at_most(holding, &bounded(side, limits));
            let told = || format!("{side:?} at {place:?}, {owning:?}, {question:?}, {holding:?}");
            prop_assert!(most.holds(has), "more than the most: {}", told());
            let by_right = view.has(holding, &Asking { delegations: false, ..asked });
            let least = view.at_least(holding, &bounded(side, limits));
            prop_assert!(by_right.holds(least), "less than the least: {}", told());
            let lifted = view.at_most(holding, &bounded(side, Limits::Lifted));
            prop_assert!(lifted.holds(most), "less with limits lifted: {}", told());
            let asked = Asking::new(place, question.time, given, owning, &question.lifted);
            let has = view.has(holding, &asked.layer(layer));
            prop_assert!(lifted.holds(has), "more with limits lifted: {}", told());
        }
    }
    Ok(())
}
