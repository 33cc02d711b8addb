//! What the tests of incidents are made of.

use crate::support::{
    COLLEAGUE, Draft, LEAD, OWNER, Permission, ROOT, World, allow, at, number, office,
    organization_id, own, stored,
};
use tenantry::PermissionNames;
use tenantry::access::{Context, Decision};
use tenantry::id::ConsentId;
use tenantry::model::{Condition, Consent, Effect, Grant, Maker, Scope};

pub(crate) const PLACES: [&str; 5] = [ROOT, "support", "inbox", "thread", "note"];

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.roll(last + 1));
        }
    }

    pub(crate) fn permissions(&mut self) -> Permission {
        let all: Vec<_> = Permission::all().iter().collect();
        let one = *self.pick(&all);
        if self.roll(2) == 0 { one } else { one | *self.pick(&all) }
    }
}

/// People of every kind in teams, and something of everything else.
pub(crate) fn crowd() -> World {
    let world = World::with_chain();
    world.label("inbox", "vip");
    world.team("company");
    world.sub_team("crew", "company");
    for who in ["ada", "lin", "wu"] {
        world.member(who);
    }
    world.guest("gus", at(300));
    world.service("bot", "ada");
    world.join("lin", "crew");
    world.join("gus", "company");
    world.register_owner("note", "lin");
    world
}

pub(crate) fn any_draft(dice: &mut Dice) -> Draft {
    let assignees = [
        "ada",
        "lin",
        "wu",
        "gus",
        "bot",
        "crew",
        "company",
        "members of organization",
        "members of support",
        "members of inbox",
    ];
    let (assignee, place) = (*dice.pick(&assignees), *dice.pick(&PLACES));
    let grant: Grant = match dice.roll(5) {
        0 => OWNER.into(),
        1 => LEAD.into(),
        2 => COLLEAGUE.into(),
        3 => own(dice.permissions()),
        _ => Grant::any(stored(dice.permissions())),
    };
    let mut draft = allow(assignee, grant, place);
    draft = match dice.roll(6) {
        0 => draft.here(),
        1 => draft.labelled("vip"),
        _ => draft,
    };
    draft = match dice.roll(6) {
        0 => draft.until(at(100)),
        1 => draft.from(at(150)),
        2 => draft.between(at(50), at(200)),
        _ => draft,
    };
    draft = match dice.roll(6) {
        0 => draft.on(Condition::Mfa),
        1 => draft.on(office()),
        _ => draft,
    };
    match dice.roll(8) {
        0 | 1 => draft.effect(Effect::Deny),
        2 => draft.passed_on_by("wu"),
        3 => draft.passed_on_by("ada"),
        _ => draft,
    }
}

pub(crate) fn contexts() -> [Context; 6] {
    [
        Context::new(),
        Context::new().mfa(true),
        Context::new().mfa(false).ownership(true),
        Context::new().ownership(false).network([10, 0, 0, 1].into()),
        Context::new().at(at(160)).network([11, 0, 0, 1].into()),
        Context::new().at(at(400)).mfa(true).ownership(true),
    ]
}

/// Every question there is to ask in a crowd.
pub(crate) fn everything(world: &World) -> Vec<Decision> {
    let mut answers = Vec::new();
    for who in ["ada", "lin", "wu", "gus", "bot"] {
        for place in PLACES {
            for context in contexts() {
                answers.extend(world.survey(&context, who, place));
            }
        }
    }
    answers
}

pub(crate) fn consent(scope: Scope) -> Consent {
    Consent {
        id: ConsentId::from_u128(number("consent")),
        operators: organization_id("vendor"),
        scope,
        mask: PermissionNames::Full,
        starts: None,
        ends: at(1_000),
        by: Maker::Host,
    }
}
