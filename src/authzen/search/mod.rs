//! Searches: the subjects, resources or actions for which an evaluation would permit.
//!
//! Specified in "Search APIs". A search is a listing: what it gives is exactly what [`evaluate`](super::evaluate) permits
//! of all that [`Naming`] has a name for, whole or page by page.

mod naming;
mod page;
mod request;

use serde::Serialize;

use crate::access::{Context, CursorError, Page, Snapshot};
use crate::authzen::{Action, Resource, Subject};
use crate::model::Scope;
use crate::permission::Permissions;

use self::page::Cut;

pub use self::naming::{Naming, Space};
pub use self::page::{PageRequest, PageResponse, PageToken};
pub use self::request::{ActionSearch, EntityType, ResourceSearch, SubjectSearch};

/// The answer to a search: entities of the type that was searched for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchResponse<T> {
    /// Whether there is more.
    pub page: PageResponse,
    /// What was found.
    pub results: Vec<T>,
}

/// Why a page of a search cannot be given; nothing was searched. Over HTTP it is a "Bad Request" with this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    /// The token was given out for another request: every entity and the limit stay the same from page to page.
    #[error(
        "`page.token` is of another search: send it with the request that it was given out for"
    )]
    OtherSearch,
    /// The organization has changed, or something in it started or ended, since the token was given out.
    #[error("`page.token` is out of date: {0}")]
    Cursor(#[from] CursorError),
}

/// Every subject of a type that may perform an action on a resource: "Subject Search API".
///
/// # Errors
///
/// [`SearchError`] if the page's token is not of this search, or too old.
pub fn search_subjects<P: Permissions>(
    snapshot: &Snapshot<P>,
    naming: &(impl Naming<P> + ?Sized),
    search: &SubjectSearch,
) -> Result<SearchResponse<Subject>, SearchError> {
    let cut = Cut::new(
        &(&search.subject, &search.action, &search.resource, &search.context),
        &search.page,
    )?;
    let permissions = naming.permissions(snapshot, &search.action).unwrap_or_else(P::empty);
    let target = naming.target(snapshot, &search.resource);
    let context = naming.search_context(snapshot, search.sent());
    let listing = snapshot.sub_accounts_with_in(&context, permissions, target);
    let kind = search.subject.kind();
    cut.answer(cut.of(listing)?, |id| naming.subject(snapshot, kind, id))
}

/// Every resource of a type that a subject may perform an action on: "Resource Search API".
///
/// # Errors
///
/// As [`search_subjects`].
pub fn search_resources<P: Permissions>(
    snapshot: &Snapshot<P>,
    naming: &(impl Naming<P> + ?Sized),
    search: &ResourceSearch,
) -> Result<SearchResponse<Resource>, SearchError> {
    let cut = Cut::new(
        &(&search.subject, &search.action, &search.resource, &search.context),
        &search.page,
    )?;
    let permissions = naming.permissions(snapshot, &search.action).unwrap_or_else(P::empty);
    let context = naming.search_context(snapshot, search.sent());
    let subject = naming.sub_account(snapshot, &search.subject);
    let kind = search.resource.kind();
    let name = |scope| naming.resource(snapshot, kind, scope);
    let (Some(subject), Some(space)) = (subject, naming.space(snapshot, kind)) else {
        return cut.answer(Page::<Scope>::end(Vec::new()), name);
    };
    let subject = snapshot.subject(subject).in_context(context);
    match space {
        Space::Organization => {
            let root = Scope::Organization;
            let may = subject.can(permissions, root);
            cut.answer(Page::end(may.then_some(root).into_iter().collect()), name)
        }
        Space::Workspaces => {
            let page = cut.of(subject.workspaces_with(permissions))?;
            cut.answer(page, |id| name(id.into()))
        }
        Space::Resources(kind) => {
            let page = cut.of(subject.resources_with(kind.as_str(), permissions))?;
            cut.answer(page, |id| name(id.into()))
        }
    }
}

/// Every action that a subject may perform on a resource: "Action Search API".
///
/// # Errors
///
/// As [`search_subjects`].
pub fn search_actions<P: Permissions>(
    snapshot: &Snapshot<P>,
    naming: &(impl Naming<P> + ?Sized),
    search: &ActionSearch,
) -> Result<SearchResponse<Action>, SearchError> {
    let cut = Cut::new(&(&search.subject, &search.resource, &search.context), &search.page)?;
    let context = naming.search_context(snapshot, search.sent());
    let target = naming.target(snapshot, &search.resource);
    let subject = naming.sub_account(snapshot, &search.subject);
    let permissions = |context: Context| {
        let subject = subject.map(|id| snapshot.subject(id).in_context(context));
        let permissions = subject.map_or_else(P::empty, |subject| subject.permissions(target));
        permissions.iter().collect::<Vec<P>>()
    };
    let asked = (subject, target);
    let page = snapshot.page_of(&asked, &context, permissions, cut.size(), cut.cursor())?;
    cut.answer(page, |permission| naming.action(snapshot, permission))
}
