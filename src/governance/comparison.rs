//! Comparing what a holder has before and after a change: at every place where it could differ, at every instant from
//! now on at which something begins or ends, and under all circumstances that its conditions can tell apart.
//!
//! Conditions count as independent of each other, so that more circumstances are judged than can come about, never
//! fewer.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::Ownership;
use crate::access::context::Truth;
use crate::access::revision_diff::RevisionDiff;
use crate::catalog::CatalogCore;
use crate::governance::affected::{Affected, owned_by, registered_owner};
use crate::governance::growth::Growth;
use crate::governance::holding::{Claim, Holder, Holding};
use crate::governance::names::Register;
use crate::governance::reach::{Owning, Place, touches};
use crate::governance::view::View;
use crate::id::{RoleId, SubAccountId};
use crate::model::{Assignment, Condition, Organization, Scope};

/// The organization before and after a change, and who is affected by it.
pub(super) struct Change<'a> {
    pub(super) before: View<'a>,
    pub(super) after: View<'a>,
    pub(super) affected: Affected,
    /// Which of those affected may gain something.
    pub(super) growth: Growth,
    /// The assignments that differ, before and after.
    pub(super) assignments: Vec<(Option<&'a Assignment>, Option<&'a Assignment>)>,
    /// The workspaces and resources whose own rows differ.
    pub(super) scopes: BTreeSet<Scope>,
    /// The custom roles that differ, and those that include them.
    pub(super) roles: BTreeSet<RoleId>,
    /// The sub-accounts whose own rows differ.
    pub(super) sub_accounts: BTreeSet<SubAccountId>,
    /// From when on differences count.
    pub(super) now: Timestamp,
}

/// One thing that can be asked about, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) after: Place,
    /// Where it was asked about before: for what comes into being, where its parent was.
    pub(super) before: Place,
    /// Where whatever is lost must have been held; nowhere for what is gone for everybody.
    pub(super) lost_from: Option<Place>,
}

impl Pair {
    pub(super) fn is_new(&self) -> bool {
        self.after != self.before && self.lost_from.is_some()
    }
}

/// Instants and circumstances at which all that matter at one pair of places can be told apart.
pub(super) struct Samples<'a> {
    /// In order, the first one now.
    times: Vec<Timestamp>,
    /// Conditions that are assumed to be met, unmet or unknown; at least one set, perhaps empty.
    circumstances: Vec<Vec<(&'a Condition, Truth)>>,
}

/// One instant with its circumstances.
#[derive(Clone, Copy)]
pub(super) struct Point<'s> {
    pub(super) from: Timestamp,
    pub(super) until: Option<Timestamp>,
    pub(super) assumed: &'s [(&'s Condition, Truth)],
}

/// More instants and circumstances than can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooIntricate;

/// The most points that are judged at one place for one holder.
const POINTS: usize = 4_096;

/// One who is asked about, in one of the views, at one place.
type Party<'p, 'a> = (&'p View<'a>, &'p Rc<Holding<'a>>, Place);

impl<'a> Change<'a> {
    /// What lies between two organizations, from `now` on.
    pub(super) fn new(
        before: &'a Organization,
        after: &'a Organization,
        catalog: &'a CatalogCore,
        register: &'a Register<'a>,
        now: Timestamp,
    ) -> Self {
        let touched = RevisionDiff::between(before, after);
        let before = View::new(before, catalog, register);
        let after = View::new(after, catalog, register);
        let mut affected = Affected::by(&touched, &before, &after);
        affected.scopes.extend(Claim::differing(before.everyone(), after.everyone()));
        Self {
            affected,
            growth: Growth::between(&before, &after),
            assignments: touched.assignments,
            scopes: touched.scopes,
            roles: touched.roles,
            sub_accounts: touched.sub_accounts,
            before,
            after,
            now,
        }
    }

    /// The three ways in which a thing can belong to a holder, before and after.
    pub(super) fn ownings(&self, pair: &Pair) -> [(Owning, Owning); 3] {
        let claimed = |ownership| (Owning::Claimed(ownership), Owning::Claimed(ownership));
        let registered = |view: &View<'_>, place| match place {
            Place::At(scope) => registered_owner(view.organization, scope),
            Place::Below(_) => None,
        };
        let after = registered(&self.after, pair.after);
        // Who owns what is not registered yet is the host's to say.
        let before = if pair.is_new() { after } else { registered(&self.before, pair.before) };
        [
            claimed(Ownership::Owned),
            claimed(Ownership::NotOwned),
            (Owning::Registered(before), Owning::Registered(after)),
        ]
    }

    /// The places where a holder may have something else than before. At any other it has what it has at the nearest of
    /// these above.
    pub(super) fn pairs(&self, holder: Holder, also: &[Rc<Holding<'a>>]) -> BTreeSet<Pair> {
        let (before, after) = (self.before.holding(holder), self.after.holding(holder));
        let mut scopes = self.affected.scopes.clone();
        match (&before, &after) {
            (Some(before), Some(after)) => {
                scopes.extend(before.differing(after));
                if before.differs_as_a_whole(after) || self.is_bound_anew(before, after) {
                    scopes.extend(self.scopes_of(before, after));
                }
            }
            (Some(only), None) | (None, Some(only)) => scopes.extend(self.scopes_of(only, only)),
            (None, None) => {}
        }
        self.pairs_within(&scopes, before.into_iter().chain(after), also)
    }

    /// The places where a holder may have anything at all.
    pub(super) fn pairs_of_all(&self, holder: Holder, also: &[Rc<Holding<'a>>]) -> BTreeSet<Pair> {
        let (before, after) = (self.before.holding(holder), self.after.holding(holder));
        let scopes = match (&before, &after) {
            (Some(before), Some(after)) => self.scopes_of(before, after),
            (Some(only), None) | (None, Some(only)) => self.scopes_of(only, only),
            (None, None) => BTreeSet::new(),
        };
        self.pairs_within(&scopes, before.into_iter().chain(after), also)
    }

    /// The places at and below a scope where anybody may have something else than at the nearest of them above.
    pub(super) fn pairs_below(&self, scope: Scope, also: &[Rc<Holding<'a>>]) -> BTreeSet<Pair> {
        self.pairs_within(&BTreeSet::from([scope]), std::iter::empty(), also)
    }

    fn scopes_of(&self, one: &Holding<'_>, other: &Holding<'_>) -> BTreeSet<Scope> {
        let everyone = self.before.everyone().iter().chain(self.after.everyone());
        let everyone = everyone.map(|claim| claim.assignment.scope);
        one.scopes().chain(other.scopes()).chain(everyone).collect()
    }

    /// Whether somebody who bounds the holder is affected too (D13).
    fn is_bound_anew(&self, before: &Holding<'_>, after: &Holding<'_>) -> bool {
        let everyone = self.before.everyone().iter().chain(self.after.everyone());
        let claims = before.claims.iter().chain(&after.claims).chain(everyone);
        let delegators = claims.filter_map(|claim| claim.assignment.delegator);
        let mut bounding = delegators.chain(before.owner).chain(after.owner);
        bounding.any(|id| self.affected.holders.contains(&Holder::SubAccount(id)))
    }

    fn pairs_within(
        &self,
        scopes: &BTreeSet<Scope>,
        holdings: impl Iterator<Item = Rc<Holding<'a>>>,
        also: &[Rc<Holding<'a>>],
    ) -> BTreeSet<Pair> {
        let mut pairs = BTreeSet::new();
        if scopes.is_empty() {
            return pairs;
        }
        let mut inner: BTreeSet<Scope> = BTreeSet::new();
        for holding in holdings.chain(also.iter().cloned()) {
            inner.extend(holding.scopes());
            for view in [&self.before, &self.after] {
                let bounding = bounding(view, &holding);
                inner.extend(bounding.iter().flat_map(|it| it.scopes()));
                // Where nobody claims anything, what belongs to a service does not belong to its owner, and the other way
                // round: what comes of that can be said of the resource alone.
                if !bounding.is_empty() {
                    let holders = bounding.iter().chain([&holding]).filter_map(|it| it.id);
                    inner.extend(holders.flat_map(|id| owned_by(view.organization, id)));
                }
            }
        }
        for view in [&self.before, &self.after] {
            inner.extend(view.organization.limited());
            inner.extend(view.everyone().iter().map(|claim| claim.assignment.scope));
        }
        let is_inner = |scope: &Scope| {
            let within =
                |above| self.before.is_within(*scope, above) || self.after.is_within(*scope, above);
            !scopes.contains(scope) && scopes.iter().any(|above| within(*above))
        };
        for scope in scopes.iter().copied().chain(inner.iter().copied().filter(is_inner)) {
            self.pairs_at(scope, &mut pairs);
        }
        pairs
    }

    fn pairs_at(&self, scope: Scope, pairs: &mut BTreeSet<Pair>) {
        let is_in = |view: &View<'_>| view.organization.contains(scope);
        match (is_in(&self.before), is_in(&self.after)) {
            (true, true) => {
                for place in [Place::At(scope), Place::Below(scope)] {
                    pairs.insert(Pair { after: place, before: place, lost_from: Some(place) });
                }
            }
            (false, true) => {
                // What is new is compared with what was so where it is put: at its parent, or,
                // for a workspace, below the organization.
                let parent = self.before.nearest(scope, &self.after);
                let lost_from = Some(Place::Below(parent));
                let before = match parent {
                    Scope::Organization => Place::Below(parent),
                    Scope::Workspace(_) | Scope::Resource(_) => Place::At(parent),
                };
                for after in [Place::At(scope), Place::Below(scope)] {
                    pairs.insert(Pair { after, before, lost_from });
                }
            }
            (true, false) => {
                // What was in a deleted workspace is gone; what was in a resource is asked about where that was.
                let parent = self.after.nearest(scope, &self.before);
                if parent != Scope::Organization {
                    for before in [Place::At(scope), Place::Below(scope)] {
                        let after = Place::At(parent);
                        pairs.insert(Pair { after, before, lost_from: None });
                    }
                }
            }
            (false, false) => {}
        }
    }
}

impl Samples<'_> {
    /// Whether it makes a difference that the answer to a condition is this one.
    pub(super) fn tell_apart(&self, condition: &Condition, truth: Truth) -> bool {
        self.circumstances.iter().flatten().any(|assumed| *assumed == (condition, truth))
    }

    /// Whether there is one instant and no condition.
    pub(super) fn is_single(&self) -> bool {
        matches!(self.times.as_slice(), [_])
            && matches!(self.circumstances.as_slice(), [one] if one.is_empty())
    }

    pub(super) fn points(&self) -> impl Iterator<Item = Point<'_>> {
        self.times.iter().enumerate().flat_map(move |(position, from)| {
            let until = self.times.get(position + 1).copied();
            self.circumstances.iter().map(move |assumed| Point { from: *from, until, assumed })
        })
    }
}

/// The instants and circumstances that matter to some parties, each at its place.
pub(super) fn samples<'p, 'a>(
    now: Timestamp,
    parties: impl IntoIterator<Item = Party<'p, 'a>>,
) -> Result<Samples<'a>, TooIntricate>
where
    'a: 'p,
{
    let mut times = BTreeSet::from([now]);
    // Which answers make a difference: an allow acts only when met, a deny acts unless unmet.
    let mut conditions: BTreeMap<&'a Condition, BTreeSet<Truth>> = BTreeMap::new();
    for (view, holding, place) in parties {
        let Some(node) = view.node(place.scope()) else { continue };
        let reaches = |claim: &&Claim<'a>| touches(claim, &node, place, |_| true).is_some();
        for claim in view.claims(holding).filter(reaches) {
            times.extend(claim.starts.into_iter().chain(claim.ends));
            for condition in claim.conditions() {
                let matters = conditions.entry(condition).or_default();
                matters.insert(Truth::Unknown);
                matters.insert(if claim.is_allow() { Truth::True } else { Truth::False });
            }
        }
        times.extend(holding.ends);
        let consented = holding.consent.into_iter();
        times.extend(consented.flat_map(|it| it.starts.into_iter().chain([it.ends])));
        // The conditions of who bounds it count as met.
        for bounding in bounding(view, holding) {
            let claims = view.claims(&bounding).filter(reaches);
            times.extend(claims.flat_map(|claim| claim.starts.into_iter().chain(claim.ends)));
            times.extend(bounding.ends);
        }
    }
    times.retain(|time| *time >= now);
    let mut circumstances = vec![Vec::new()];
    for (condition, truths) in conditions {
        circumstances = circumstances
            .iter()
            .flat_map(|so_far: &Vec<_>| {
                truths
                    .iter()
                    .map(move |truth| so_far.iter().copied().chain([(condition, *truth)]).collect())
            })
            .collect();
        if circumstances.len().saturating_mul(times.len()) > POINTS {
            return Err(TooIntricate);
        }
    }
    let times: Vec<_> = times.into_iter().collect();
    if times.len() > POINTS { Err(TooIntricate) } else { Ok(Samples { times, circumstances }) }
}

/// Everybody on whom it depends what a holder has (D13): the owner of a service, delegators, and theirs.
pub(super) fn bounding<'a>(view: &View<'a>, holding: &Holding<'a>) -> Vec<Rc<Holding<'a>>> {
    let of = |holding: &Holding<'a>| -> Vec<_> {
        let delegators = view.claims(holding).filter_map(|claim| claim.assignment.delegator);
        delegators.chain(holding.owner).collect()
    };
    let mut ahead = of(holding);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(id) = ahead.pop() {
        if seen.insert(id)
            && let Some(holding) = view.holding(Holder::SubAccount(id))
        {
            ahead.extend(of(&holding));
            found.push(holding);
        }
    }
    found
}
