//! Listings: all answers to one question at once (D11).
//!
//! A listing goes through candidates in the order of their ids and judges each as a check would; what it gives is exactly
//! what the check allows. `candidates` says who or what can be concerned at all, so that a listing costs what there is to
//! be found rather than what there is; `page` cuts a listing into pages whose cursors cannot lead astray.

mod candidates;
#[cfg(feature = "authzen")]
mod numbered;
mod page;

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use crate::access::compile::Line;
use crate::access::context::{Context, Ownership};
use crate::access::evaluate::{Now, Owned, Question};
use crate::access::nodes::Node;
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::Kind;
use crate::permission::{Bits, Permissions};

use self::candidates::{About, Candidate, Candidates};

pub use self::page::{Cursor, CursorError, Page, ParseCursorError};

/// Something listed, with what of it: all, or only what the sub-account owns there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed<T> {
    /// The check allows.
    All(T),
    /// The check allows what the sub-account [owns](Context::ownership), and denies anything else.
    Own(T),
}

/// Everything for which one check allows, in the order of ids, all at the same instant.
///
/// It is an iterator, and it can be read in [pages](Self::page). Made by
/// [`Subject::workspaces_with`](super::Subject::workspaces_with),
/// [`Subject::resources_with`](super::Subject::resources_with) and
/// [`Snapshot::sub_accounts_with`].
///
/// Each step computes in the time of a check. What cannot be concerned is not looked at, unless more than 65,536
/// assignments and places have to be read to know what can.
#[must_use = "a listing does nothing until it is read"]
pub struct Listing<'a, P, T> {
    snapshot: &'a Snapshot<P>,
    about: About<'a>,
    /// Any of these is enough; each stands with everything that it needs (D10).
    needs: Vec<Bits>,
    context: Context,
    /// The same, claiming what is asked about, if what lacks nothing but that is listed too.
    claiming: Option<Context>,
    now: Now<'a>,
    /// Where it stands; before the first step it stands nowhere.
    candidates: Option<Candidates<'a>>,
    item: PhantomData<fn() -> T>,
}

/// What a listing gives.
pub trait Item: sealed::Item {}

impl<T: sealed::Item> Item for T {}

mod sealed {
    use crate::access::listing::Listed;
    use crate::id::{ResourceId, SubAccountId, WorkspaceId};

    pub trait Item {
        fn of(found: Listed<u128>) -> Self;
    }

    macro_rules! items {
        ($($id:ident)*) => {
            $(
                impl Item for $id {
                    fn of(found: Listed<u128>) -> Self {
                        match found {
                            Listed::All(id) | Listed::Own(id) => Self::from_u128(id),
                        }
                    }
                }
            )*
        };
    }

    items! { WorkspaceId ResourceId SubAccountId }

    impl<T: Item> Item for Listed<T> {
        fn of(found: Listed<u128>) -> Self {
            match found {
                Listed::All(_) => Self::All(T::of(found)),
                Listed::Own(_) => Self::Own(T::of(found)),
            }
        }
    }
}

impl<'a, P: Permissions> Snapshot<P> {
    /// Every sub-account that may do all of `permissions` at `target`, now, with nothing known of their requests: those
    /// for whom [`check`](Self::check) allows, no more and no fewer.
    pub fn sub_accounts_with(
        &'a self,
        permissions: P,
        target: impl Into<Target>,
    ) -> Listing<'a, P, SubAccountId> {
        self.sub_accounts_with_in(&Context::new(), permissions, target)
    }

    /// As [`sub_accounts_with`](Self::sub_accounts_with), in `context`, whoever asks.
    pub fn sub_accounts_with_in(
        &'a self,
        context: &Context,
        permissions: P,
        target: impl Into<Target>,
    ) -> Listing<'a, P, SubAccountId> {
        self.people(context, self.asked(permissions), target.into())
    }

    /// Every sub-account that may take at least one administrative action at `target`, in `context`: what the catalog
    /// requires for it is allowed to them there.
    pub fn administrators(
        &'a self,
        context: &Context,
        target: impl Into<Target>,
    ) -> Listing<'a, P, SubAccountId> {
        let target = target.into();
        let compiled = self.compiled();
        let kind =
            compiled.resolve(target).ok().and_then(|node| Some(node.path.last()?.scope.kind()));
        let needs = kind.into_iter().flat_map(|kind| compiled.catalog.requirements_at(kind));
        self.people(context, needs, target)
    }

    fn people(
        &'a self,
        context: &Context,
        needs: impl IntoIterator<Item = Bits>,
        target: Target,
    ) -> Listing<'a, P, SubAccountId> {
        let compiled = self.compiled();
        let about = compiled.resolve(target).map_or(About::Nothing, About::SubAccounts);
        Listing::new(self, about, needs, context.clone())
    }

    pub(super) fn workspaces_with(
        &'a self,
        sub_account: SubAccountId,
        permissions: P,
        context: Context,
    ) -> Listing<'a, P, WorkspaceId> {
        let line = self.compiled().line(sub_account);
        let about = line.map_or(About::Nothing, |line| About::Workspaces(sub_account, line));
        Listing::new(self, about, self.asked(permissions), context)
    }

    pub(super) fn resources_with(
        &'a self,
        sub_account: SubAccountId,
        kind: &str,
        permissions: P,
        context: Context,
    ) -> Listing<'a, P, ResourceId> {
        let line = self.compiled().line(sub_account);
        let about = match (line, Kind::new(kind)) {
            (Some(line), Ok(kind)) => About::Resources(sub_account, line, kind),
            _ => About::Nothing,
        };
        Listing::new(self, about, self.asked(permissions), context)
    }
}

impl<'a, P: Permissions, T: Item> Listing<'a, P, T> {
    fn new(
        snapshot: &'a Snapshot<P>,
        about: About<'a>,
        needs: impl IntoIterator<Item = Bits>,
        context: Context,
    ) -> Self {
        let compiled = snapshot.compiled();
        let needs: Vec<Bits> = needs
            .into_iter()
            .filter(|need| compiled.check_need(*need).is_ok())
            .filter_map(|need| compiled.expand(need))
            .collect();
        let about =
            if compiled.check_open().is_err() || needs.is_empty() { About::Nothing } else { about };
        let now = Now::new(&context, snapshot.clock());
        let (claiming, candidates) = (None, None);
        Self { snapshot, about, needs, context, claiming, now, candidates, item: PhantomData }
    }

    /// The same listing, in which what the sub-account may do only with what it owns is listed too, and marked.
    ///
    /// That is where ownership is neither claimed nor registered; where it is, the check knows, and so does the listing.
    pub fn marked(self) -> Listing<'a, P, Listed<T>> {
        let claiming = self.context.clone().ownership(Ownership::Owned);
        Listing {
            snapshot: self.snapshot,
            about: self.about,
            needs: self.needs,
            context: self.context,
            claiming: Some(claiming),
            now: self.now,
            candidates: None,
            item: PhantomData,
        }
    }

    /// Goes to the first candidate after `after`.
    fn start(&mut self, after: Option<u128>) {
        self.candidates = Some(self.about.candidates(self.snapshot.compiled(), &self.needs, after));
    }

    /// The next candidate, and what there is to list of it.
    fn step(&mut self) -> Option<(u128, Option<T>)> {
        if self.candidates.is_none() {
            self.start(None);
        }
        let candidate = self.candidates.as_mut()?.next()?;
        Some((candidate.id, self.judge(&candidate).map(T::of)))
    }

    /// Judges one candidate as a check would.
    fn judge(&self, candidate: &Candidate<'_>) -> Option<Listed<u128>> {
        let compiled = self.snapshot.compiled();
        let Candidate { id, sub_account, node } = *candidate;
        if let Some(line) = self.about.line() {
            return self.judge_at_length(id, sub_account, line, node);
        }
        let Some(has) = compiled.holding_quickly(sub_account, node, &self.context) else {
            let line = compiled.line(sub_account)?;
            return self.judge_at_length(id, sub_account, &line, node);
        };
        let is_held = |has: Bits| self.needs.iter().any(|all| has.holds(*all));
        if is_held(has) {
            return Some(Listed::All(id));
        }
        let claiming = self.claiming.as_ref().filter(|_| node.owner.is_none())?;
        if self.context.claimed() != Ownership::Unsaid {
            return None;
        }
        let has = compiled.holding_quickly(sub_account, node, claiming)?;
        is_held(has).then_some(Listed::Own(id))
    }

    fn judge_at_length(
        &self,
        id: u128,
        sub_account: SubAccountId,
        line: &Line,
        node: &Node,
    ) -> Option<Listed<u128>> {
        let compiled = self.snapshot.compiled();
        let asked = compiled.admit(sub_account, line, node, &self.context, &self.now).ok()?;
        let is_held = |question: &Question<'_>| {
            self.needs.iter().any(|all| compiled.holds(question, *all).is_ok())
        };
        if is_held(&asked) {
            return Some(Listed::All(id));
        }
        let claiming = self.claiming.as_ref().filter(|_| asked.owned() == Owned::Unknown)?;
        is_held(&Question { context: claiming, ..asked }).then_some(Listed::Own(id))
    }
}

impl<P: Permissions, T: Item> Iterator for Listing<'_, P, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        loop {
            if let (_, Some(found)) = self.step()? {
                return Some(found);
            }
        }
    }
}

impl<P: Permissions, T: Item> FusedIterator for Listing<'_, P, T> {}

impl<P, T> fmt::Debug for Listing<'_, P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("about", &self.about)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
