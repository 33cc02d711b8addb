//! D2: only an active, unflagged sub-account before its end, in an active organization whose policy is met, may do
//! anything; an archived workspace leaves the read set.

use jiff::Timestamp;
use tenantry::access::{Context, Decision, Reason};
use tenantry::model::{
    Condition, OrganizationStatus, SecurityPolicy, Status, SubAccount, SubAccountKind,
    WorkspaceStatus,
};

use crate::support::{
    OWNER, Permission, ROOT, World, at, builder, deny, just_before, office, organization_id,
    single_sign_on, sub_account_id, unless,
};

const STATUSES: [Status; 5] =
    [Status::Invited, Status::Active, Status::Suspended, Status::Left, Status::Removed];
const KINDS: [SubAccountKind; 3] =
    [SubAccountKind::Member, SubAccountKind::Guest, SubAccountKind::Service];

/// A world in which `sam` may do everything, if only its status lets it.
fn world(kind: SubAccountKind, status: Status, flagged: bool, ends: Option<Timestamp>) -> World {
    let world = World::with_chain();
    world.member("ada");
    world.allow("ada", OWNER, ROOT);
    let sam = sub_account_id("sam");
    let owner = (kind == SubAccountKind::Service).then(|| sub_account_id("ada"));
    let start = if status == Status::Invited { Status::Invited } else { Status::Active };
    let end = ends.or((kind == SubAccountKind::Guest).then(|| at(1_000)));
    let sam = SubAccount { kind, owner, status: start, ends: end, ..SubAccount::member(sam) };
    world.put(SubAccount { credential_reset_required: flagged, ..sam });
    world.allow("sam", OWNER, ROOT);
    world.status("sam", status);
    world
}

#[test]
fn d2_only_active_unflagged_and_unended_in_an_active_organization_with_its_policy_met() {
    let ends = [None, Some(at(101)), Some(just_before(at(101))), Some(at(100)), Some(at(99))];
    let organizations =
        [OrganizationStatus::Active, OrganizationStatus::Suspended, OrganizationStatus::Closed];
    let policies: [&[Condition]; 4] =
        [&[], &[Condition::Mfa], &[office()], &[Condition::Mfa, office()]];
    let known = [None, Some(true), Some(false)];
    let mut asked = 0;
    for kind in KINDS {
        for status in STATUSES {
            for flagged in [false, true] {
                for end in ends {
                    let world = world(kind, status, flagged, end);
                    for organization in organizations {
                        world.edit_profile(|it| it.status = organization);
                        for policy in policies {
                            let conditions = policy.to_vec();
                            world.edit_profile(|it| it.security = SecurityPolicy { conditions });
                            for (mfa, inside) in pairs(known) {
                                let context = context(mfa, inside);
                                // Services have no second factor: only the network part is theirs.
                                let met: Vec<Option<bool>> = policy
                                    .iter()
                                    .filter_map(|condition| match condition {
                                        Condition::Mfa if kind == SubAccountKind::Service => None,
                                        Condition::Mfa => Some(mfa),
                                        _ => Some(inside),
                                    })
                                    .collect();
                                let expected = if organization != OrganizationStatus::Active {
                                    Some(Reason::OrganizationInactive)
                                } else if status != Status::Active {
                                    Some(reason_of(status))
                                } else if flagged {
                                    Some(Reason::CredentialResetRequired)
                                } else if end.is_some_and(|end| end <= at(100)) {
                                    Some(Reason::Ended)
                                } else if met.contains(&Some(false)) {
                                    Some(Reason::SecurityPolicyUnmet)
                                } else if met.contains(&None) {
                                    Some(Reason::SecurityPolicyUnknown)
                                } else {
                                    None
                                };
                                assert_eq!(
                                    world.check_in(&context, "sam", Permission::VIEW, "inbox"),
                                    unless(expected.map(|reason| ("D2", reason))),
                                    "{kind:?} {status:?} flagged {flagged} until {end:?}, {organization:?}, \
                                     {policy:?} in {context:?}"
                                );
                                asked += 1;
                            }
                        }
                        // A closed organization cannot be reopened, so the table ends with it.
                        world.edit_profile(|it| it.security = SecurityPolicy::default());
                    }
                }
            }
        }
    }
    assert_eq!(asked, 3 * 5 * 2 * 5 * 3 * 4 * 9);
}

fn reason_of(status: Status) -> Reason {
    match status {
        Status::Invited => Reason::Invited,
        Status::Suspended => Reason::Suspended,
        Status::Left => Reason::Left,
        Status::Removed => Reason::Removed,
        Status::Active => panic!("an active sub-account is not denied for its status"),
    }
}

fn pairs<T: Copy, const N: usize>(values: [T; N]) -> impl Iterator<Item = (T, T)> {
    values.into_iter().flat_map(move |first| values.into_iter().map(move |second| (first, second)))
}

fn context(mfa: Option<bool>, inside: Option<bool>) -> Context {
    let mut context = Context::new();
    if let Some(passed) = mfa {
        context = context.mfa(passed);
    }
    if let Some(inside) = inside {
        context = context.network([if inside { 10 } else { 11 }, 0, 0, 1].into());
    }
    context
}

#[test]
fn d2_services_need_not_meet_a_login_method_either() {
    let world = world(SubAccountKind::Service, Status::Active, false, None);
    world.edit_profile(|it| it.security.conditions = vec![single_sign_on(), Condition::Mfa]);
    world.allows("sam", Permission::VIEW, "inbox");
    world.denies("ada", Permission::VIEW, "inbox", "D2", Reason::SecurityPolicyUnknown);
    let session = Context::new().mfa(true).login_method("password".parse().unwrap());
    assert_eq!(
        world.check_in(&session, "ada", Permission::VIEW, "inbox"),
        deny("D2", Reason::SecurityPolicyUnmet)
    );
}

#[test]
fn d2_nobody_is_above_their_status_not_even_owners() {
    for status in STATUSES.into_iter().filter(|status| *status != Status::Active) {
        let world = world(SubAccountKind::Member, status, false, None);
        for (_, permission) in Permission::all().iter_names() {
            for place in [ROOT, "support", "inbox", "thread", "note"] {
                world.denies("sam", permission, place, "D2", reason_of(status));
            }
        }
    }
}

#[test]
fn d2_who_comes_back_has_what_was_kept() {
    let world = world(SubAccountKind::Member, Status::Suspended, false, None);
    world.denies("sam", Permission::VIEW, ROOT, "D2", Reason::Suspended);
    world.status("sam", Status::Active);
    world.allows("sam", Permission::VIEW, ROOT);
    world.edit("sam", |it| it.credential_reset_required = true);
    world.denies("sam", Permission::VIEW, ROOT, "D2", Reason::CredentialResetRequired);
    world.edit("sam", |it| it.credential_reset_required = false);
    world.allows("sam", Permission::VIEW, ROOT);
}

#[test]
fn d2_a_suspended_organization_opens_again_and_a_closed_one_never() {
    let world = world(SubAccountKind::Member, Status::Active, false, None);
    world.edit_profile(|it| it.status = OrganizationStatus::Suspended);
    world.denies("sam", Permission::VIEW, ROOT, "D2", Reason::OrganizationInactive);
    world.edit_profile(|it| it.status = OrganizationStatus::Active);
    world.allows("sam", Permission::VIEW, ROOT);
    world.edit_profile(|it| it.status = OrganizationStatus::Closed);
    world.denies("sam", Permission::VIEW, ROOT, "D2", Reason::OrganizationInactive);
}

#[test]
fn d2_an_archived_workspace_leaves_only_the_read_set_at_and_below() {
    let world = World::with_chain();
    world.workspace("sales");
    world.resource("lead", "sales");
    world.member("lin");
    world.member("wu");
    world.allow("lin", OWNER, ROOT);
    world.allow("wu", Permission::EXPORT, ROOT);
    world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
    for place in ["support", "inbox", "thread", "note"] {
        world.allows("lin", Permission::VIEW, place);
        for (_, lost) in Permission::all().difference(Permission::VIEW).iter_names() {
            world.denies("lin", lost, place, "D2", Reason::Archived);
        }
        world.denies("lin", Permission::all(), place, "D2", Reason::Archived);
        // What is archived is named first; what was never granted is not granted by archiving.
        world.denies("wu", Permission::ADMINISTER, place, "D2", Reason::Archived);
        world.denies("wu", Permission::VIEW, place, "D1", Reason::NotGranted);
    }
    for place in [ROOT, "sales", "lead"] {
        world.allows("lin", Permission::all(), place);
    }
    world.edit_workspace("support", |it| it.status = WorkspaceStatus::Active);
    world.allows("lin", Permission::all(), "note");
}

#[test]
fn d2_archiving_leaves_nothing_if_the_catalog_names_no_read_set() {
    let catalog = builder().archived(Permission::empty()).build().unwrap();
    let world = World::with_catalog("acme", catalog);
    world.workspace("support");
    world.member("lin");
    world.allow("lin", OWNER, ROOT);
    world.edit_workspace("support", |it| it.status = WorkspaceStatus::Archived);
    for (_, permission) in Permission::all().iter_names() {
        world.denies("lin", permission, "support", "D2", Reason::Archived);
    }
}

#[test]
fn d2_the_policy_is_judged_at_the_organization_itself_too() {
    let world = world(SubAccountKind::Member, Status::Active, false, None);
    world.edit_profile(|it| it.security.conditions = vec![Condition::Mfa]);
    let ask = |context: &Context| {
        world.check_at(context, sub_account_id("sam"), Permission::VIEW, organization_id("acme"))
    };
    assert_eq!(ask(&Context::new()), deny("D2", Reason::SecurityPolicyUnknown));
    assert_eq!(ask(&Context::new().mfa(false)), deny("D2", Reason::SecurityPolicyUnmet));
    assert_eq!(ask(&Context::new().mfa(true)), Decision::Allow);
}
