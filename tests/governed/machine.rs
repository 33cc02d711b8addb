//! A directory over a store, moved on step by step, every promise checked after every step.
//!
//! The group acts, and between any two of its steps the host may: it sets ceilings and lifts them,
//! flags and suspends and lets in again, ends and prolongs, gives and takes, and the clock goes on.
//! What the group may come to reach is taken anew after everything that it did not do itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tenantry::access::Snapshot;
use tenantry::catalog::Catalog;
use tenantry::directory::CommitError;
use tenantry::model::{Assignee, Effect, Organization, Scope};
use tenantry::store::{MemoryStore, Store};
use tenantry::{
    Action, Administration, Clock, ConsentId, Context, Directory, Impact, InvitationId, Login,
    PermissionNames, SubAccountId,
};

use super::application::{
    APPRENTICE, HOME, LIN, MOMENTS, OPERATOR, ORGANIZATION, Permission, moment, points, sessions,
    store,
};
use super::bound::{Bound, Point, scopes};
use super::draw::{Draw, token};
use super::everybody::{Act, Transition, Worlds};
use super::held::is_active;
use super::lasting::{
    Checked, departed_leave_nothing, inviter_of, same_but_revision,
    what_was_denied_stays_with_the_login,
};
use super::lifted::{Catalogs, LimitKind, Subset};
use super::matrix::Matrix;
use super::promises::{
    creator_of, g3_who_loses_is_not_above, g4_nobody_rises_by_themselves, g5_g6_not_alone,
    impact_is_what_differs, invariants_hold, only_lift, promised,
};

/// Who acts for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    System,
    Owners,
    /// Everybody else, all of one mind.
    Group,
}

/// Who takes one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Actor {
    Host,
    SubAccount(SubAccountId),
    Operator(SubAccountId),
}

impl Actor {
    const fn sub_account(self) -> Option<SubAccountId> {
        match self {
            Self::SubAccount(id) => Some(id),
            Self::Host | Self::Operator(_) => None,
        }
    }
}

/// A clock that is set.
#[derive(Debug)]
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct Machine {
    store: MemoryStore,
    /// The process of every release that runs, over the store that all share, and which of them
    /// takes the next step.
    releases: Vec<Directory<Permission>>,
    turn: usize,
    /// The catalog by which that one decides.
    catalogs: Catalogs<Permission>,
    hand: Arc<Hand>,
    hour: i64,
    fresh: u128,
    matrix: Matrix,
    by: By,
    bound: Bound<Permission>,
    /// From what subsets of limits are drawn.
    seed: u64,
    /// How many changes were compared; each looks at other subsets and other points.
    compared: usize,
    /// Invitations that somebody of the group made or touched.
    invited: BTreeSet<InvitationId>,
    /// Who gave a consent, if a sub-account did.
    givers: BTreeMap<ConsentId, SubAccountId>,
    /// Every login that an account ever had.
    logins: BTreeMap<SubAccountId, BTreeSet<String>>,
    /// How many changes were accepted.
    pub(crate) accepted: usize,
}

impl Machine {
    /// The start, with a process for each of some catalogs. More than one share the store; the
    /// first one begins.
    pub(crate) fn new(catalogs: &[&Catalog<Permission>], seed: u64) -> Self {
        let store = store(catalogs[0]);
        let hand = Arc::new(Hand(Mutex::new(moment(0))));
        let release = |catalog: &&Catalog<Permission>| {
            let clock: Arc<dyn Clock> = Arc::clone(&hand) as _;
            Directory::with_store((*catalog).clone(), store.clone()).with_clock(clock)
        };
        let releases: Vec<_> = catalogs.iter().map(release).collect();
        let start = releases[0].snapshot(ORGANIZATION).unwrap();
        let catalogs = Catalogs::new(start.catalog());
        let matrix = Matrix::new(start.organization(), &catalogs, moment(0));
        let bound = bound(&matrix, &catalogs);
        let mut machine = Self {
            store,
            releases,
            turn: 0,
            catalogs,
            hand,
            hour: 0,
            fresh: 1000,
            matrix,
            by: By::System,
            bound,
            seed,
            compared: 0,
            invited: BTreeSet::new(),
            givers: BTreeMap::new(),
            logins: BTreeMap::new(),
            accepted: 0,
        };
        machine.note_logins();
        machine
    }

    fn now(&self) -> Timestamp {
        moment(self.hour)
    }

    /// The organization as it was before the step that failed, for whoever looks into it.
    pub(crate) fn rows(&self) -> String {
        let organization = &self.matrix.organization;
        let mut rows = vec![format!("now {} {}", self.hour, json(organization.profile()))];
        rows.extend(organization.workspaces().values().map(json));
        rows.extend(organization.resources().values().map(json));
        rows.extend(organization.sub_accounts().values().map(json));
        rows.extend(organization.memberships().keys().map(json));
        rows.extend(organization.teams().values().map(json));
        rows.extend(organization.roles().values().map(json));
        rows.extend(organization.assignments().values().map(json));
        rows.extend(organization.consents().values().map(json));
        rows.extend(organization.invitations().values().map(json));
        rows.join("\n")
    }

    fn directory(&self) -> &Directory<Permission> {
        &self.releases[self.turn]
    }

    const fn catalogs(&self) -> &Catalogs<Permission> {
        &self.catalogs
    }

    fn snapshot(&self) -> Snapshot<Permission> {
        self.directory().snapshot(ORGANIZATION).unwrap()
    }

    /// Others act from now on.
    pub(crate) fn begin(&mut self, by: By) {
        self.by = by;
        self.take_bound();
    }

    /// What the group reaches now is what it may reach.
    fn take_bound(&mut self) {
        self.bound = bound(&self.matrix, self.catalogs());
    }

    /// Something happened that nobody in the organization did: everything is worked out anew.
    fn look_again(&mut self) {
        let now = self.now();
        let snapshot = self.snapshot();
        if snapshot.catalog().fingerprint() != self.catalogs.full.fingerprint() {
            self.catalogs = Catalogs::new(snapshot.catalog());
        }
        self.matrix = Matrix::new(snapshot.organization(), &self.catalogs, now);
        self.note_logins();
        self.take_bound();
    }

    fn note_logins(&mut self) {
        let organization = &self.matrix.organization;
        for id in organization.sub_accounts().keys() {
            if let Some(login) = organization.login_of(*id) {
                self.logins.entry(*id).or_default().insert(login.to_owned());
            }
        }
    }

    /// One step: the clock moves on, the host does something, somebody asks for something, and
    /// everything is checked.
    pub(crate) fn step(&mut self, numbers: &[u8]) -> Checked {
        let [first, rest @ ..] = numbers else { return Ok(()) };
        if first.is_multiple_of(24) && self.hour + 1 < MOMENTS {
            self.hour += 1;
            *self.hand.0.lock().unwrap() = self.now();
            self.look_again();
        }
        if first % 24 == 7 && self.releases.len() > 1 {
            self.take_turns()?;
        }
        if first % 16 == 11 {
            promised("k6", || self.taking_away_stays_possible(rest))?;
        }
        let host_moves = match self.by {
            By::System => first.is_multiple_of(2),
            By::Group => first % 5 == 1,
            By::Owners => false,
        };
        if host_moves {
            return self.host_moves(rest);
        }
        let (before, now) = (self.snapshot(), self.now());
        let mut fresh = self.fresh;
        let mut draw = Draw::new(&before, now, None, &mut fresh, rest);
        let Some(actor) = self.actor(&mut draw) else { return Ok(()) };
        let context = draw.one_of(sessions()).unwrap();
        if draw.below(8) == 0 {
            let answered = draw.one_of(self.answerable());
            self.fresh = fresh;
            return match answered {
                Some((id, invited)) => self.answer(id, invited, *first),
                None => Ok(()),
            };
        }
        let position = 6.min(rest.len());
        let acting = actor.sub_account();
        let known: Vec<String> = self.logins.values().flatten().cloned().collect();
        let draw = Draw::new(&before, now, acting, &mut fresh, &rest[position..]);
        let actions = draw.among_logins(&known).actions();
        self.fresh = fresh;
        if actions.is_empty() {
            return promised("empty", || self.nothing_is_done(&before, actor, &context));
        }
        self.act(&before, actor, &context, &actions)
    }

    /// Who takes the next step.
    fn actor(&self, draw: &mut Draw<'_>) -> Option<Actor> {
        let organization = &self.matrix.organization;
        let is_owner = |id: &SubAccountId| self.matrix.owners.contains(id);
        let people = organization.sub_accounts().values();
        match self.by {
            By::System => Some(Actor::Host),
            By::Owners => {
                let owners = people.map(|it| it.id).filter(is_owner);
                draw.one_of(owners.map(Actor::SubAccount))
            }
            By::Group => {
                let (number, strange) = (draw.below(256), draw.below(32) == 0);
                let others = people.filter(|it| !is_owner(&it.id) && is_active(it) != strange);
                let others = others.map(|it| Actor::SubAccount(it.id));
                let is_let_in = organization.consents().values().any(|it| it.operators == HOME);
                let operators = [OPERATOR, APPRENTICE].map(Actor::Operator);
                let operators = operators.into_iter().filter(|_| is_let_in);
                let all: Vec<_> = others.chain(operators).collect();
                all.get(number % all.len().max(1)).copied()
            }
        }
    }

    /// Open invitations that whoever acts now may see answered: the group those that it had a hand
    /// in.
    fn answerable(&self) -> Vec<(InvitationId, SubAccountId)> {
        let open = self.matrix.organization.invitations().values();
        let is_of_group = |it: &&tenantry::model::Invitation| {
            self.by != By::Group
                || self.invited.contains(&it.id)
                || inviter_of(it).is_some_and(|inviter| !self.matrix.owners.contains(&inviter))
        };
        open.filter(is_of_group).map(|it| (it.id, it.sub_account)).collect()
    }

    fn administration(&self, actor: Actor, context: &Context) -> Administration<'_, Permission> {
        let directory = self.directory();
        match actor {
            Actor::Host => directory.system("test").administer(ORGANIZATION),
            Actor::SubAccount(id) => directory.administer(ORGANIZATION, id, context),
            Actor::Operator(id) => {
                directory.administer_as_operator(ORGANIZATION, HOME, id, context)
            }
        }
    }

    /// Another release takes the next steps.
    fn take_turns(&mut self) -> Checked {
        self.turn = (self.turn + 1) % self.releases.len();
        let refreshed = self.directory().refresh(ORGANIZATION);
        refreshed.map_err(|error| format!("editions: {error}"))?;
        self.look_again();
        Ok(())
    }

    /// The host does one of the things that lift limits, or set them.
    fn host_moves(&mut self, numbers: &[u8]) -> Checked {
        let (before, now) = (self.snapshot(), self.now());
        let mut fresh = self.fresh;
        let action = Draw::new(&before, now, None, &mut fresh, numbers).host_move(LIN);
        self.fresh = fresh;
        let Some(action) = action else { return Ok(()) };
        let told = |error: String| format!("the host between two steps: {action:#?}\n{error}");
        let done = self.administration(Actor::Host, &Context::new()).perform([action.clone()]);
        if done.is_err() {
            return self.nothing_happened(&before).map_err(told);
        }
        let matrix = Matrix::new(self.snapshot().organization(), self.catalogs(), now);
        let actions = [action.clone()];
        self.check(&matrix, |machine, matrix| {
            promised("departed", || {
                let by = (true, None);
                let (old, new) = (&machine.matrix.organization, &matrix.organization);
                departed_leave_nothing(old, new, by, &actions, &machine.givers, now)
            })
        })
        .map_err(told)?;
        self.note(Actor::Host, &actions, &matrix.organization);
        self.matrix = matrix;
        self.note_logins();
        self.take_bound();
        Ok(())
    }

    /// Somebody does something.
    fn act(
        &mut self,
        before: &Snapshot<Permission>,
        actor: Actor,
        context: &Context,
        actions: &[Action],
    ) -> Checked {
        let now = self.now();
        let told =
            |error: String| format!("{:?} {actor:?} {context:?}: {actions:#?}\n{error}", self.by);
        let administration = self.administration(actor, context);
        let Ok(plan) = administration.plan(actions.to_vec()) else {
            return self.nothing_happened(before).map_err(told);
        };
        let impact = plan.impact().clone();
        let after = match self.directory().commit(plan) {
            Ok(after) => after,
            Err(error) => return Err(told(format!("planned, and not committed: {error}"))),
        };
        self.accepted += 1;
        let matrix = Matrix::new(after.organization(), self.catalogs(), now);
        let checked = self.check(&matrix, |machine, matrix| {
            let changed = after.organization() != before.organization();
            promised("empty", || match actor {
                Actor::SubAccount(id) if !machine.is_in(id) => {
                    Err("somebody who is not active did something".to_owned())
                }
                _ if same_but_revision(before.organization(), after.organization()) && changed => {
                    Err("a commit was stored that changes nothing".to_owned())
                }
                _ => Ok(()),
            })?;
            machine.is_promised(matrix, actor, context, actions, &impact)
        });
        checked.map_err(told)?;
        self.note(actor, actions, &matrix.organization);
        self.moved_on(matrix)
            .map_err(|error| format!("{:?} {actor:?} {context:?}: {actions:#?}\n{error}", self.by))
    }

    /// A change that does nothing is stored by nobody, and not even accepted of somebody who is not
    /// active.
    fn nothing_is_done(
        &self,
        before: &Snapshot<Permission>,
        actor: Actor,
        context: &Context,
    ) -> Checked {
        let nothing: [Action; 0] = [];
        let done = self.administration(actor, context).perform(nothing);
        match actor {
            Actor::SubAccount(id) if done.is_ok() && !self.is_in(id) => {
                Err(format!("{id} is not active, and its empty change is accepted"))
            }
            _ => self.nothing_happened(before).map_err(|_| "an empty change is stored".to_owned()),
        }
    }

    /// K6: an owner can take away whatever it likes, and whoever keeps people out can keep out whom
    /// it outranks, whatever comes to whom by that.
    fn taking_away_stays_possible(&self, numbers: &[u8]) -> Checked {
        let (snapshot, now) = (self.snapshot(), self.now());
        let organization = snapshot.organization();
        let mut fresh = self.fresh;
        let mut draw = Draw::new(&snapshot, now, None, &mut fresh, numbers);
        let owner = draw.one_of(self.matrix.owners.iter().copied());
        let people = organization.sub_accounts().values().filter(|it| is_active(it));
        let others = people.map(|it| it.id).filter(|it| !self.matrix.owners.contains(it));
        let others: Vec<SubAccountId> = others.collect();
        let target = draw.one_of(others.clone());
        let revoked = draw.one_of(organization.assignments().values().cloned());
        let Some((owner, target)) = owner.zip(target) else { return Ok(()) };
        let mut taken = vec![
            Action::Suspend(target),
            Action::SetCredentialResetRequired(target, true),
            Action::SetBoundary(target, Some(PermissionNames::none())),
        ];
        taken.extend(
            revoked.filter(|it| it.effect == Effect::Allow).map(|it| Action::Revoke(it.id)),
        );
        let met = sessions().into_iter().next().unwrap();
        for action in taken {
            let checked = self.administration(Actor::SubAccount(owner), &met).check(action.clone());
            if let Err(CommitError::Refused(refusal)) = checked
                && refusal.rule() != "G1"
            {
                return Err(format!("K6: the owner may not {action}: {refusal}"));
            }
        }
        // Whoever loses a membership of a place may lose a deny by it.
        let denies_members = organization.assignments().values().any(|it| {
            it.effect == Effect::Deny
                && matches!(it.assignee, Assignee::MembersOf(scope) if scope != Scope::Organization)
        });
        let keeper = draw.one_of(others);
        for action in [Action::Suspend(target), Action::SetCredentialResetRequired(target, true)] {
            let Some(keeper) = keeper.filter(|_| !denies_members) else { continue };
            let checked =
                self.administration(Actor::SubAccount(keeper), &met).check(action.clone());
            if let Err(CommitError::Refused(refusal)) = checked
                && ["G2", "G4"].contains(&refusal.rule())
            {
                return Err(format!("K6: {keeper} may not {action}: {refusal}"));
            }
        }
        Ok(())
    }

    fn is_in(&self, id: SubAccountId) -> bool {
        let now = self.now();
        let row = self.matrix.organization.sub_accounts().get(&id);
        row.is_some_and(|it| is_active(it) && it.ends.is_none_or(|ends| now < ends))
    }

    /// What is promised of one accepted change, whoever made it.
    fn is_promised(
        &self,
        matrix: &Matrix,
        actor: Actor,
        context: &Context,
        actions: &[Action],
        impact: &Impact,
    ) -> Checked {
        let (old, now, catalogs) = (&self.matrix, self.now(), self.catalogs());
        let catalog = &catalogs.full;
        promised("impact", || impact_is_what_differs(impact, old, matrix, catalog, now))?;
        let acting = actor.sub_account();
        promised("departed", || {
            let by = (actor == Actor::Host, acting);
            let (old, new) = (&old.organization, &matrix.organization);
            departed_leave_nothing(old, new, by, actions, &self.givers, now)
        })?;
        if actor == Actor::Host {
            return Ok(());
        }
        if self.by == By::Owners {
            let Some(acting) = acting else { return Ok(()) };
            if only_lift(actions, old) {
                return Ok(());
            }
            return promised("g4", || g4_nobody_rises_by_themselves(old, matrix, acting, now));
        }
        if let Some(acting) = acting {
            promised("g5", || g5_g6_not_alone(old, matrix, acting, actions))?;
            promised("g4", || g4_nobody_rises_by_themselves(old, matrix, acting, now))?;
        }
        promised("g6", || self.owners_are_not_locked_out(actions))?;
        promised("g2", || {
            let act = Act { actor: acting, session: Some(context), actions };
            self.is_covered(matrix, &act)
        })?;
        promised("g3", || g3_who_loses_is_not_above(old, matrix, acting, catalog, now))
    }

    /// G2 and G4, without some subsets of the limits.
    fn is_covered(&self, matrix: &Matrix, act: &Act<'_>) -> Checked {
        let step = Transition {
            before: &self.matrix.organization,
            after: &matrix.organization,
            catalogs: self.catalogs(),
            now: self.now(),
            creator: creator_of(&self.matrix.organization, &self.catalogs.full),
            worlds: &Worlds::default(),
        };
        for (subset, points) in self.subsets(2) {
            step.check(act, &subset, &points)?;
        }
        Ok(())
    }

    /// Subsets of limits to look at now, each with some of the points: nothing, everything, a kind
    /// by itself and as many at random. Which ones differs from change to change.
    fn subsets(&self, random: usize) -> Vec<(Subset, Vec<Point>)> {
        let fixed = LimitKind::enabled().len() + 2;
        // A run keeps to a few subsets, so that what the group reached at first is worked out once.
        let drawn = (0..random).map(|it| fixed + (self.compared * random + it) % 24);
        let kind = (fixed > 2).then(|| 2 + self.compared % (fixed - 2).max(1));
        let numbers: BTreeSet<usize> = [0, 1].into_iter().chain(kind).chain(drawn).collect();
        let sampled = Subset::sampled(self.seed).enumerate();
        let sampled = sampled.filter(|(number, _)| numbers.contains(number)).take(numbers.len());
        let stride = |number: usize| if number == 0 { 3 } else { 7 };
        sampled
            .map(|(number, subset)| {
                let first = (self.compared + number) % stride(number);
                let points = points().iter().skip(first).step_by(stride(number));
                (subset, points.cloned().collect())
            })
            .collect()
    }

    /// Remembers what cannot be read off the organization later.
    fn note(&mut self, actor: Actor, actions: &[Action], after: &Organization) {
        let is_of_group = self.by == By::Group;
        self.note_pardons(actions);
        for action in actions {
            match action {
                Action::Invite(_) | Action::ResendInvitation { .. } | Action::Adopt(_)
                    if is_of_group =>
                {
                    let before = self.matrix.organization.invitations();
                    let open = after.invitations().values();
                    let touched = open.filter(|it| before.get(&it.id) != Some(it));
                    self.invited.extend(touched.map(|it| it.id));
                }
                Action::GiveConsent(consent) => {
                    let giver = actor.sub_account();
                    self.givers.extend(giver.map(|giver| (consent.id, giver)));
                }
                _ => {}
            }
            // Whoever adopts stands behind it; the host needs nobody to.
            match (action, actor) {
                (Action::Adopt(from), Actor::SubAccount(to)) => {
                    self.givers.values_mut().filter(|it| *it == from).for_each(|it| *it = to);
                }
                (Action::Adopt(from), Actor::Host) => self.givers.retain(|_, it| it != from),
                _ => {}
            }
        }
    }

    /// Whoever revokes a deny gives what it took, to whom it took it from: that login is bound no
    /// more.
    fn note_pardons(&mut self, actions: &[Action]) {
        let organization = &self.matrix.organization;
        for action in actions {
            let Action::Revoke(id) = action else { continue };
            let Some(deny) = organization.assignments().get(id) else { continue };
            let Assignee::SubAccount(pardoned) = deny.assignee else { continue };
            if let Some(login) = organization.login_of(pardoned) {
                let others = self.logins.iter_mut().filter(|(who, _)| **who != pardoned);
                others.for_each(|(_, logins)| drop(logins.take(login)));
            }
        }
    }

    /// G6: whatever policy somebody sets who is no owner, owners can open what was shut to them.
    fn owners_are_not_locked_out(&self, actions: &[Action]) -> Checked {
        let is_set = actions.iter().any(|it| matches!(it, Action::SetSecurityPolicy(_)));
        let before = &self.matrix.organization.profile().security;
        if !is_set || !before.conditions.is_empty() {
            return Ok(());
        }
        for owner in &self.matrix.owners {
            for session in sessions() {
                let owner = self.administration(Actor::SubAccount(*owner), &session);
                let loosened = owner.check(Action::SetSecurityPolicy(before.clone()));
                if let Err(error) = loosened {
                    return Err(format!("G6: an owner in {session:?} is locked out: {error}"));
                }
            }
        }
        Ok(())
    }

    /// Somebody answers an invitation.
    fn answer(&mut self, id: InvitationId, invited: SubAccountId, number: u8) -> Checked {
        let before = self.snapshot();
        let organization = before.organization();
        let row = organization.sub_accounts().get(&invited).unwrap();
        let invitation = organization.invitations().get(&id).unwrap();
        let inviter = inviter_of(invitation);
        let signs_in = row.login.as_ref().and_then(|login| organization.personal(login));
        let Some(signs_in) = signs_in else { return Ok(()) };
        let signs_in: Login = signs_in.parse().unwrap();
        let answered = if number.is_multiple_of(5) {
            self.directory().decline(&token(id), &signs_in)
        } else {
            self.directory().accept(&token(id), &signs_in).map(drop)
        };
        if answered.is_err() {
            return self.nothing_happened(&before);
        }
        self.accepted += 1;
        let after = self.snapshot();
        let matrix = Matrix::new(after.organization(), self.catalogs(), self.now());
        let told = |error: String| format!("{invited} answers {id} of {inviter:?}: {error}");
        let is_judged = inviter.is_some_and(|inviter| !self.matrix.owners.contains(&inviter));
        self.check(&matrix, |machine, matrix| {
            promised("g2", || {
                if !is_judged {
                    return Ok(());
                }
                let actions = [Action::AcceptInvitation(id)];
                let act = Act { actor: inviter, session: None, actions: &actions };
                machine.is_covered(matrix, &act)
            })
        })
        .map_err(told)?;
        self.moved_on(matrix).map_err(told)
    }

    fn nothing_happened(&self, before: &Snapshot<Permission>) -> Checked {
        let after = self.snapshot();
        let stored = self.store.revisions(&[ORGANIZATION]).unwrap();
        if after.organization() != before.organization() || stored != [Some(before.revision())] {
            return Err("something was refused, and happened".to_owned());
        }
        Ok(())
    }

    /// Checks what must hold of every change, and what must hold of this one.
    fn check(&self, after: &Matrix, also: impl FnOnce(&Self, &Matrix) -> Checked) -> Checked {
        self.is_as_recorded(&after.organization)?;
        self.is_as_by_reference(after)?;
        invariants_hold(after, &self.catalogs().full)?;
        promised("logins", || {
            let catalog = &self.catalogs().full;
            let (organization, ahead) = (&after.organization, ahead(self.now()));
            what_was_denied_stays_with_the_login(organization, catalog, &self.logins, &ahead)
        })?;
        also(self, after)
    }

    /// Whoever loads the organization has what is live here.
    fn is_as_recorded(&self, live: &Organization) -> Checked {
        let catalog = self.directory().catalog().clone();
        let other = Directory::with_store(catalog, self.store.clone());
        let loaded = other.snapshot(ORGANIZATION).unwrap();
        if loaded.organization() == live {
            Ok(())
        } else {
            Err("what was recorded is not what is live".to_owned())
        }
    }

    /// A sample of what everybody holds, asked of the naive evaluator.
    fn is_as_by_reference(&self, matrix: &Matrix) -> Checked {
        let turn = usize::try_from(self.fresh).unwrap();
        for (number, who) in matrix.sub_accounts().enumerate() {
            for (other, scope) in scopes(&matrix.organization).into_iter().enumerate() {
                if (turn + number + other).is_multiple_of(7) {
                    let point = (turn + 5 * number + 11 * other) % points().len();
                    let asked = &points()[point].context;
                    let plain = matrix.held.by_reference(who, scope, asked);
                    if plain != matrix.has(who, scope, point) {
                        return Err(format!("{who} at {scope:?}: the reference says {plain:?}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Collusion safety, while the group acts: what it reaches together never grows.
    fn moved_on(&mut self, matrix: Matrix) -> Checked {
        self.bound.moved(&self.matrix.organization, &matrix.organization);
        self.matrix = matrix;
        self.note_logins();
        if self.by != By::Group {
            self.take_bound();
            return Ok(());
        }
        self.compared += 1;
        let after = &self.matrix.organization;
        promised("collusion", || {
            for (subset, points) in self.subsets(2) {
                self.bound.check(after, self.now(), &subset, &points)?;
            }
            Ok(())
        })
    }
}

fn json(row: impl serde::Serialize) -> String {
    serde_json::to_string(&row).unwrap().replace("00000000-0000-0000-0000-0000000", "")
}

/// The points that lie ahead.
fn ahead(now: Timestamp) -> Vec<Point> {
    points().iter().filter(|it| it.time >= now).cloned().collect()
}

fn bound(matrix: &Matrix, catalogs: &Catalogs<Permission>) -> Bound<Permission> {
    let creator = creator_of(&matrix.organization, &catalogs.full);
    Bound::new(&matrix.organization, catalogs, matrix.owners.clone(), creator)
}
