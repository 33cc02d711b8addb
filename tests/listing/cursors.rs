//! Cursors are untrusted input: strictly parsed, and of no use with another listing.

use tenantry::access::{Context, Cursor, CursorError, Snapshot};
use tenantry::model::{Assignment, Resource, Scope, SubAccount, Workspace};
use tenantry::text::Name;
use tenantry::{AssignmentId, Kind, ResourceId, SubAccountId, WorkspaceId};

use crate::common::*;
use crate::sizes::{FOUNDER, organization};

const OTHER: SubAccountId = SubAccountId::from_u128(5);

fn snapshot() -> Snapshot<Permission> {
    let inbox = || Kind::new("inbox").unwrap();
    let parent = WorkspaceId::from_u128(1);
    let workspaces = (1..=9)
        .map(|id| Workspace::new(WorkspaceId::from_u128(id), Name::new("name").unwrap()).into());
    let resources =
        (1..=9).map(|id| Resource::new(ResourceId::from_u128(id), inbox(), parent).into());
    let owner = tenantry::SystemRole::new("owner");
    let owning = [FOUNDER, OTHER].map(|who| {
        let id = AssignmentId::from_u128(who.to_u128());
        Assignment::allow(id, who, owner, Scope::Organization).into()
    });
    let other = [SubAccount::member(OTHER).into()];
    let changes = workspaces.chain(resources).chain(other).chain(owning);
    Snapshot::compile(organization(changes), catalog())
}

#[test]
fn incident_10_a_cursor_is_read_as_it_was_written_and_in_no_other_way() {
    let snapshot = snapshot();
    let page = snapshot.subject(FOUNDER).workspaces_with(Permission::VIEW).page(2, None).unwrap();
    let text = page.next.unwrap().to_string();
    assert_eq!(text.len(), 144);
    assert_eq!(text.parse::<Cursor>().map(|it| it.to_string()), Ok(text.clone()));
    let json = serde_json::to_string(&page).unwrap();
    assert!(json.contains(&text), "{json}");
    let read: Cursor = serde_json::from_str(&format!("\"{text}\"")).unwrap();
    assert_eq!(Some(read), page.next);

    let no_revision = format!("{}{}{}", &text[..32], "0".repeat(16), &text[48..]);
    let no_time = format!("{}{}{}", &text[..48], "7f".repeat(16), &text[80..]);
    let sloppy = [
        String::new(),
        text.to_uppercase(),
        format!(" {text}"),
        format!("{text}0"),
        text[1..].to_owned(),
        text[2..].to_owned(),
        format!("+{}", &text[1..]),
        text.replace('0', "'"),
        text.replace('0', "é"),
        no_revision,
        no_time,
    ];
    for sloppy in sloppy {
        assert!(sloppy.parse::<Cursor>().is_err(), "`{sloppy}` was accepted");
    }
}

#[test]
fn incident_10_a_cursor_is_of_no_use_with_another_question() {
    let snapshot = snapshot();
    let founder = || snapshot.subject(FOUNDER);
    let cursor = founder().workspaces_with(Permission::VIEW).page(2, None).unwrap().next.unwrap();
    let refused = CursorError::OtherListing;

    let page = founder().workspaces_with(Permission::REPLY).page(2, Some(&cursor));
    assert_eq!(page.unwrap_err(), refused);
    let page = snapshot.subject(OTHER).workspaces_with(Permission::VIEW).page(2, Some(&cursor));
    assert_eq!(page.unwrap_err(), refused);
    let with_mfa = founder().in_context(Context::new().mfa(true));
    let page = with_mfa.workspaces_with(Permission::VIEW).page(2, Some(&cursor));
    assert_eq!(page.unwrap_err(), refused);
    let page = founder().workspaces_with(Permission::VIEW).including_own().page(2, Some(&cursor));
    assert_eq!(page.unwrap_err(), refused);
    let page = founder().resources_with("inbox", Permission::VIEW).page(2, Some(&cursor));
    assert_eq!(page.unwrap_err(), refused);
    let page = snapshot.sub_accounts_with(Permission::VIEW, WorkspaceId::from_u128(1));
    assert_eq!(page.page(2, Some(&cursor)).unwrap_err(), refused);

    let of_inboxes = founder().resources_with("inbox", Permission::VIEW).page(2, None).unwrap();
    let page = founder().resources_with("channel", Permission::VIEW);
    assert_eq!(page.page(2, of_inboxes.next.as_ref()).unwrap_err(), refused);
    let here = snapshot.sub_accounts_with(Permission::VIEW, WorkspaceId::from_u128(1));
    let here = here.page(1, None).unwrap().next;
    let there = snapshot.sub_accounts_with(Permission::VIEW, WorkspaceId::from_u128(2));
    assert_eq!(there.page(1, here.as_ref()).unwrap_err(), refused);
}

#[test]
fn incident_10_whatever_is_done_to_a_cursor_gives_an_error_or_the_same_answers_from_elsewhere() {
    let snapshot = snapshot();
    let listing = || snapshot.subject(FOUNDER).workspaces_with(Permission::VIEW);
    let whole: Vec<WorkspaceId> = listing().collect();
    let text = listing().page(2, None).unwrap().next.unwrap().to_string();
    for at in 0..text.len() {
        for digit in "0123456789abcdef".chars() {
            let mut forged = text.clone();
            forged.replace_range(at..=at, &digit.to_string());
            let Ok(cursor) = forged.parse::<Cursor>() else { continue };
            if let Ok(page) = listing().page(100, Some(&cursor)) {
                assert!(whole.ends_with(&page.items), "{forged}");
            }
        }
    }
}
