//! [`Listing`]: everything for which one check allows.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use crate::access::compiled::now::LazyNow;
use crate::access::compiled::owned::Owned;
use crate::access::compiled::question::CompiledQuestion;
use crate::access::compiled::scope::CompiledScope;
use crate::access::compiled::subject::CompiledSubject;
use crate::access::context::{Context, Ownership};
use crate::access::listing::candidates::{Candidate, Candidates, ListingQuery};
use crate::access::listing::item::{Item, Listed};
use crate::access::snapshot::Snapshot;
use crate::access::target::Target;
use crate::id::{ResourceId, SubAccountId, WorkspaceId};
use crate::model::Kind;
use crate::permission::{Bits, Permissions};

/// Everything for which one check allows, in the order of ids, all as of the same instant.
///
/// An iterator that can also be read in [pages](Self::page). Made by
/// [`Subject::workspaces_with`](crate::Subject::workspaces_with),
/// [`Subject::resources_with`](crate::Subject::resources_with) and
/// [`Snapshot::sub_accounts_with`].
///
/// Each step computes in the time of a check. Only the candidates that an assignment can concern
/// are checked, unless finding those would take more than 65,536 assignments and scopes to read.
#[must_use = "a listing does nothing until it is read"]
pub struct Listing<'a, P, T> {
    pub(super) snapshot: &'a Snapshot<P>,
    pub(super) query: ListingQuery<'a>,
    /// Alternatives: any one is enough. Each includes its prerequisites (D10).
    pub(super) needs: Vec<Bits>,
    pub(super) context: Context,
    /// The context with a claim of ownership, if own items are listed too.
    pub(super) claiming: Option<Context>,
    pub(super) now: LazyNow<'a>,
    /// The remaining candidates; `None` before the first step.
    pub(super) candidates: Option<Candidates<'a>>,
    item: PhantomData<fn() -> T>,
}

impl<'a, P: Permissions> Snapshot<P> {
    /// Every sub-account for which [`check`](Self::check) allows all of `permissions` at `target`,
    /// now, in an empty context.
    pub fn sub_accounts_with(
        &'a self,
        permissions: P,
        target: impl Into<Target>,
    ) -> Listing<'a, P, SubAccountId> {
        self.sub_accounts_with_in(&Context::new(), permissions, target)
    }

    /// As [`sub_accounts_with`](Self::sub_accounts_with), with `context` for every sub-account.
    pub fn sub_accounts_with_in(
        &'a self,
        context: &Context,
        permissions: P,
        target: impl Into<Target>,
    ) -> Listing<'a, P, SubAccountId> {
        self.sub_accounts(context, self.bits_of(permissions), target.into())
    }

    /// Every sub-account that may take at least one administrative action at `target`, in
    /// `context`: it has all permissions there that the catalog requires for the action.
    pub fn administrators(
        &'a self,
        context: &Context,
        target: impl Into<Target>,
    ) -> Listing<'a, P, SubAccountId> {
        let target = target.into();
        let compiled = self.compiled();
        let kind =
            compiled.resolve(target).ok().and_then(|scope| Some(scope.path.last()?.scope.kind()));
        let needs = kind.into_iter().flat_map(|kind| compiled.catalog.requirements_at(kind));
        self.sub_accounts(context, needs, target)
    }

    fn sub_accounts(
        &'a self,
        context: &Context,
        needs: impl IntoIterator<Item = Bits>,
        target: Target,
    ) -> Listing<'a, P, SubAccountId> {
        let compiled = self.compiled();
        let query =
            compiled.resolve(target).map_or(ListingQuery::Nothing, ListingQuery::SubAccounts);
        Listing::new(self, query, needs, context.clone())
    }

    pub(in crate::access) fn workspaces_with(
        &'a self,
        sub_account: SubAccountId,
        permissions: P,
        context: Context,
    ) -> Listing<'a, P, WorkspaceId> {
        let subject = self.compiled().subject(sub_account);
        let query = subject.map_or(ListingQuery::Nothing, |subject| {
            ListingQuery::Workspaces(sub_account, subject)
        });
        Listing::new(self, query, self.bits_of(permissions), context)
    }

    pub(in crate::access) fn resources_with(
        &'a self,
        sub_account: SubAccountId,
        kind: &str,
        permissions: P,
        context: Context,
    ) -> Listing<'a, P, ResourceId> {
        let subject = self.compiled().subject(sub_account);
        let query = match (subject, Kind::new(kind)) {
            (Some(subject), Ok(kind)) => ListingQuery::Resources(sub_account, subject, kind),
            _ => ListingQuery::Nothing,
        };
        Listing::new(self, query, self.bits_of(permissions), context)
    }
}

impl<'a, P: Permissions, T: Item> Listing<'a, P, T> {
    fn new(
        snapshot: &'a Snapshot<P>,
        query: ListingQuery<'a>,
        needs: impl IntoIterator<Item = Bits>,
        context: Context,
    ) -> Self {
        let compiled = snapshot.compiled();
        let needs: Vec<Bits> = needs
            .into_iter()
            .filter(|need| compiled.check_need(*need).is_ok())
            .filter_map(|need| compiled.expand(need))
            .collect();
        let is_empty = compiled.check_open().is_err() || needs.is_empty();
        let query = if is_empty { ListingQuery::Nothing } else { query };
        let now = LazyNow::new(&context, snapshot.clock());
        let (claiming, candidates) = (None, None);
        Self { snapshot, query, needs, context, claiming, now, candidates, item: PhantomData }
    }

    /// Also lists items where the check allows only for objects that the sub-account owns, as
    /// [`Listed::Own`].
    ///
    /// This concerns items where ownership is neither claimed nor registered. Where it is, the
    /// check decides about it, and the listing too.
    pub fn including_own(self) -> Listing<'a, P, Listed<T>> {
        let claiming = self.context.clone().ownership(Ownership::Owned);
        Listing {
            snapshot: self.snapshot,
            query: self.query,
            needs: self.needs,
            context: self.context,
            claiming: Some(claiming),
            now: self.now,
            candidates: None,
            item: PhantomData,
        }
    }

    /// Moves to the first candidate after `after`.
    pub(super) fn start(&mut self, after: Option<u128>) {
        self.candidates = Some(self.query.candidates(self.snapshot.compiled(), &self.needs, after));
    }

    /// The next candidate, and its item if it is listed.
    pub(super) fn step(&mut self) -> Option<(u128, Option<T>)> {
        if self.candidates.is_none() {
            self.start(None);
        }
        let candidate = self.candidates.as_mut()?.next()?;
        Some((candidate.id, self.check(&candidate).map(T::of)))
    }

    /// Decides about one candidate as a check would.
    fn check(&self, candidate: &Candidate<'_>) -> Option<Listed<u128>> {
        let compiled = self.snapshot.compiled();
        let Candidate { id, sub_account, scope } = *candidate;
        if let Some(subject) = self.query.subject() {
            return self.check_unpacked(id, sub_account, subject, scope);
        }
        let Some(has) = compiled.packed_permissions(sub_account, scope, &self.context) else {
            let subject = compiled.subject(sub_account)?;
            return self.check_unpacked(id, sub_account, &subject, scope);
        };
        let is_held = |has: Bits| self.needs.iter().any(|all| has.holds(*all));
        if is_held(has) {
            return Some(Listed::All(id));
        }
        let claiming = self.claiming.as_ref().filter(|_| scope.owner.is_none())?;
        if self.context.claimed() != Ownership::Unsaid {
            return None;
        }
        let has = compiled.packed_permissions(sub_account, scope, claiming)?;
        is_held(has).then_some(Listed::Own(id))
    }

    fn check_unpacked(
        &self,
        id: u128,
        sub_account: SubAccountId,
        subject: &CompiledSubject,
        scope: &CompiledScope,
    ) -> Option<Listed<u128>> {
        let compiled = self.snapshot.compiled();
        let question =
            compiled.question(sub_account, subject, scope, &self.context, &self.now).ok()?;
        let is_held = |question: &CompiledQuestion<'_>| {
            self.needs.iter().any(|all| compiled.check_held(question, *all).is_ok())
        };
        if is_held(&question) {
            return Some(Listed::All(id));
        }
        let claiming = self.claiming.as_ref().filter(|_| question.owned() == Owned::Unknown)?;
        is_held(&CompiledQuestion { context: claiming, ..question }).then_some(Listed::Own(id))
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
            .field("query", &self.query)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
