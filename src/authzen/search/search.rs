//! The three searches.

use crate::access::{Context, Page, Snapshot};
use crate::authzen::entity::{Action, Resource, Subject};
use crate::authzen::search::error::SearchError;
use crate::authzen::search::pagination::Pagination;
use crate::authzen::search::request::{ActionSearch, ResourceSearch, SubjectSearch};
use crate::authzen::search::response::SearchResponse;
use crate::authzen::search::reverse_mapping::{ResourceType, ReverseMapping};
use crate::model::Scope;
use crate::permission::Permissions;

/// Returns every subject of a type that may perform an action on a resource: "Subject Search API".
///
/// # Errors
///
/// [`SearchError`] if the token of the page belongs to another search or is too old.
pub fn search_subjects<P: Permissions>(
    snapshot: &Snapshot<P>,
    naming: &(impl ReverseMapping<P> + ?Sized),
    search: &SubjectSearch,
) -> Result<SearchResponse<Subject>, SearchError> {
    let pagination = Pagination::new(
        &(&search.subject, &search.action, &search.resource, &search.context),
        &search.page,
    )?;
    let permissions = naming.permissions(snapshot, &search.action).unwrap_or_else(P::empty);
    let target = naming.target(snapshot, &search.resource);
    let context = naming.search_context(snapshot, search.request_properties());
    let listing = snapshot.sub_accounts_with_in(&context, permissions, target);
    let kind = search.subject.kind();
    pagination.answer(pagination.of(listing)?, |id| naming.subject(snapshot, kind, id))
}

/// Returns every resource of a type on which a subject may perform an action: "Resource Search
/// API".
///
/// # Errors
///
/// As [`search_subjects`].
pub fn search_resources<P: Permissions>(
    snapshot: &Snapshot<P>,
    naming: &(impl ReverseMapping<P> + ?Sized),
    search: &ResourceSearch,
) -> Result<SearchResponse<Resource>, SearchError> {
    let pagination = Pagination::new(
        &(&search.subject, &search.action, &search.resource, &search.context),
        &search.page,
    )?;
    let permissions = naming.permissions(snapshot, &search.action).unwrap_or_else(P::empty);
    let context = naming.search_context(snapshot, search.request_properties());
    let subject = naming.sub_account(snapshot, &search.subject);
    let kind = search.resource.kind();
    let name = |scope| naming.resource(snapshot, kind, scope);
    let (Some(subject), Some(space)) = (subject, naming.resource_type(snapshot, kind)) else {
        return pagination.answer(Page::<Scope>::end(Vec::new()), name);
    };
    let subject = snapshot.subject(subject).in_context(context);
    match space {
        ResourceType::Organization => {
            let root = Scope::Organization;
            let may = subject.can(permissions, root);
            pagination.answer(Page::end(may.then_some(root).into_iter().collect()), name)
        }
        ResourceType::Workspaces => {
            let page = pagination.of(subject.workspaces_with(permissions))?;
            pagination.answer(page, |id| name(id.into()))
        }
        ResourceType::Resources(kind) => {
            let page = pagination.of(subject.resources_with(kind.as_str(), permissions))?;
            pagination.answer(page, |id| name(id.into()))
        }
    }
}

/// Returns every action that a subject may perform on a resource: "Action Search API".
///
/// # Errors
///
/// As [`search_subjects`].
pub fn search_actions<P: Permissions>(
    snapshot: &Snapshot<P>,
    naming: &(impl ReverseMapping<P> + ?Sized),
    search: &ActionSearch,
) -> Result<SearchResponse<Action>, SearchError> {
    let pagination =
        Pagination::new(&(&search.subject, &search.resource, &search.context), &search.page)?;
    let context = naming.search_context(snapshot, search.request_properties());
    let target = naming.target(snapshot, &search.resource);
    let subject = naming.sub_account(snapshot, &search.subject);
    let permissions = |context: Context| {
        let subject = subject.map(|id| snapshot.subject(id).in_context(context));
        let permissions = subject.map_or_else(P::empty, |subject| subject.permissions(target));
        permissions.iter().collect::<Vec<P>>()
    };
    let asked = (subject, target);
    let page =
        snapshot.page_of(&asked, &context, permissions, pagination.size(), pagination.cursor())?;
    pagination.answer(page, |permission| naming.action(snapshot, permission))
}
