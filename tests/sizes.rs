//! Sizes at which numbers run over: 2^16 of everything, one less and one more, and permission types of every width with
//! their lowest and their highest bit.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, and says where"
)]

use std::fmt;

use bitflags::{Flag, Flags};
use jiff::Timestamp;
use tenantry::access::{Context, Decision, Reason, Reference, Snapshot};
use tenantry::catalog::{Catalog, PermissionDocument};
use tenantry::model::{
    Assignment, Change, ChangeSet, Effect, Grant, Key, Membership, Organization, Profile, Scope,
    SubAccount, SystemRole, Team, Workspace,
};
use tenantry::text::Name;
use tenantry::{
    AssignmentId, OrganizationId, PermissionName, PermissionNames, Permissions, SubAccountId,
    TeamId, WorkspaceId,
};

const OWNER: SystemRole = SystemRole::new("owner");
const ORGANIZATION: OrganizationId = OrganizationId::from_u128(1);
const FOUNDER: SubAccountId = SubAccountId::from_u128(u128::MAX);

bitflags::bitflags! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Permission: u8 {
        const VIEW = 1;
        const REPLY = 1 << 1;
    }
}

fn name() -> Name {
    Name::new("name").unwrap()
}

fn nth_sub_account(number: u32) -> SubAccountId {
    SubAccountId::from_u128(u128::from(number) + 1)
}

fn nth_workspace(number: u32) -> WorkspaceId {
    WorkspaceId::from_u128(u128::from(number) + 1)
}

fn nth_assignment(number: u32) -> AssignmentId {
    AssignmentId::from_u128(u128::from(number) + 1)
}

/// An organization made by one change set.
fn organization(changes: impl IntoIterator<Item = Change>) -> Organization {
    let first = [Profile::new(name()).into(), SubAccount::member(FOUNDER).into()];
    let changes = first.into_iter().chain(changes).collect();
    let founding = ChangeSet { time: Timestamp::UNIX_EPOCH, changes, personal: Vec::new() };
    Organization::create(ORGANIZATION, &founding).unwrap()
}

fn catalog<P: Permissions>() -> Catalog<P> {
    let all = P::all();
    Catalog::<P>::builder().role(OWNER, all).owner(OWNER).administration(all).build().unwrap()
}

/// The first, the last and some between.
fn sample(count: u32) -> [u32; 5] {
    [0, 1, count / 2, count - 2, count - 1]
}

fn a_team_of(count: u32) {
    let catalog = catalog::<Permission>();
    let team = TeamId::from_u128(1);
    let view = Grant::any(catalog.names(Permission::VIEW).unwrap());
    let everyone = 0..count;
    let sub_accounts = everyone.clone().map(|it| SubAccount::member(nth_sub_account(it)).into());
    let memberships =
        everyone.clone().map(|it| Membership { sub_account: nth_sub_account(it), team }.into());
    let others = [
        Team::new(team, name()).into(),
        Assignment::allow(nth_assignment(0), team, view, Scope::Organization).into(),
    ];
    let organization = organization(sub_accounts.chain(memberships).chain(others));
    assert_eq!(organization.memberships().len(), count as usize);

    let snapshot = Snapshot::compile(organization, &catalog);
    for number in everyone {
        let member = snapshot.subject(nth_sub_account(number));
        assert!(member.can(Permission::VIEW, Scope::Organization), "{number} of {count}");
        assert!(!member.can(Permission::REPLY, Scope::Organization), "{number} of {count}");
    }
    let reference = Reference::new(snapshot.organization(), &catalog, Timestamp::UNIX_EPOCH);
    let outsiders = [FOUNDER, nth_sub_account(count)];
    for who in sample(count).map(nth_sub_account).into_iter().chain(outsiders) {
        let decision = snapshot.check(who, Permission::VIEW, Scope::Organization);
        assert_eq!(decision.is_allow(), !outsiders.contains(&who));
        let same = reference.check(who, Permission::VIEW, Scope::Organization, &Context::new());
        assert_eq!(decision, same, "{who}");
    }
}

fn assignments_in_workspaces(count: u32) {
    let catalog = catalog::<Permission>();
    let view = Grant::any(catalog.names(Permission::VIEW).unwrap());
    let all = 0..count;
    // One workspace more than assignments, so that the last workspace is one without.
    let workspaces = (0..=count).map(|it| {
        let key = Some(Key::new(it.to_string()).unwrap());
        Workspace { key, ..Workspace::new(nth_workspace(it), name()) }.into()
    });
    let assignments = all.clone().map(|it| {
        Assignment::allow(nth_assignment(it), FOUNDER, view.clone(), nth_workspace(it)).into()
    });
    let organization = organization(workspaces.chain(assignments));
    assert_eq!(organization.assignments().len(), count as usize);

    let snapshot = Snapshot::compile(organization, &catalog);
    let founder = snapshot.subject(FOUNDER);
    for number in all {
        assert!(founder.can(Permission::VIEW, nth_workspace(number)), "{number} of {count}");
    }
    let reference = Reference::new(snapshot.organization(), &catalog, Timestamp::UNIX_EPOCH);
    for number in sample(count).into_iter().chain([count, count + 1]) {
        let by_key = snapshot.workspace(&number.to_string());
        assert_eq!(by_key, (number <= count).then(|| nth_workspace(number)));
        let decision = snapshot.check(FOUNDER, Permission::VIEW, nth_workspace(number));
        assert_eq!(decision.is_allow(), number < count, "{number} of {count}");
        let context = Context::new();
        let same = reference.check(FOUNDER, Permission::VIEW, nth_workspace(number), &context);
        assert_eq!(decision, same, "{number} of {count}");
    }
}

macro_rules! around_two_to_the_sixteenth {
    ($($module:ident: $count:expr,)*) => {$(
        mod $module {
            #[test]
            fn every_member_of_a_team_is_found() {
                super::a_team_of($count);
            }

            #[test]
            fn every_assignment_in_every_workspace_is_found() {
                super::assignments_in_workspaces($count);
            }
        }
    )*};
}
around_two_to_the_sixteenth! {
    one_less: (1 << 16) - 1,
    exactly: 1 << 16,
    one_more: (1 << 16) + 1,
}

/// Two sub-accounts with one bit each, and one with both; a deny, a boundary and ownership on top.
fn lowest_and_highest<P: Permissions + fmt::Debug + PartialEq>(low: P, high: P) {
    let catalog = catalog::<P>();
    let names = |permissions: P| catalog.names(permissions).unwrap();
    let [of_low, of_high, of_both, of_own, denied, bounded] =
        [0, 1, 2, 3, 4, 5].map(nth_sub_account);
    let both = low.union(high);
    let root = Scope::Organization;
    let allow = |number, who: SubAccountId, grant: Grant| {
        Assignment::allow(nth_assignment(number), who, grant, root)
    };
    let deny = allow(6, denied, Grant::any(names(high))).with(|it| it.effect = Effect::Deny);
    let boundary = SubAccount { boundary: Some(names(high)), ..SubAccount::member(bounded) };
    let organization = organization([
        SubAccount::member(of_low).into(),
        SubAccount::member(of_high).into(),
        SubAccount::member(of_both).into(),
        SubAccount::member(of_own).into(),
        SubAccount::member(denied).into(),
        boundary.into(),
        allow(0, of_low, Grant::any(names(low))).into(),
        allow(1, of_high, Grant::any(names(high))).into(),
        allow(2, of_both, OWNER.into()).into(),
        allow(3, of_own, Grant::own(names(high))).into(),
        allow(4, denied, Grant::any(PermissionNames::Full)).into(),
        allow(5, bounded, OWNER.into()).into(),
        deny.into(),
    ]);
    let snapshot = Snapshot::compile(organization, &catalog);
    let reference = Reference::new(snapshot.organization(), &catalog, Timestamp::UNIX_EPOCH);
    let mine = Context::new().ownership(true);
    let all = catalog.permissions();
    let table = [
        (of_low, low),
        (of_high, high),
        (of_both, all),
        (of_own, high),
        (denied, all.difference(high)),
        (bounded, high),
    ];
    for (who, has) in table {
        let subject = snapshot.subject(who).in_context(mine.clone());
        assert_eq!(subject.permissions(root), has, "{who}");
        assert_eq!(reference.permissions(who, root, &mine), has, "{who}");
        for permissions in [low, high, both] {
            let decision = subject.check(permissions, root);
            assert_eq!(decision.is_allow(), has.contains(permissions), "{who}");
            assert_eq!(decision, reference.check(who, permissions, root, &mine), "{who}");
        }
    }
    assert_eq!(catalog.known(&PermissionNames::Full), all);
    assert_eq!(catalog.known(&names(both)), both);
}

/// A bit that no permission names is refused by the check and by the catalog, next to those that are named.
fn unnamed<P: Permissions>(bit: P) {
    let catalog = catalog::<P>();
    let role = Assignment::allow(nth_assignment(0), FOUNDER, OWNER, Scope::Organization);
    let snapshot = Snapshot::compile(organization([role.into()]), &catalog);
    for permissions in [bit, bit.union(P::all())] {
        let decision = snapshot.check(FOUNDER, permissions, Scope::Organization);
        assert_eq!(decision, Decision::Deny(Reason::UnknownPermission));
        assert!(catalog.names(permissions).is_err());
    }
}

macro_rules! widths {
    ($($module:ident: $width:ty,)*) => {$(
        mod $module {
            bitflags::bitflags! {
                #[derive(Debug, Clone, Copy, PartialEq, Eq)]
                struct Edges: $width {
                    const LOW = 1;
                    const HIGH = 1 << (<$width>::BITS - 1);
                }
            }

            #[test]
            fn the_lowest_and_the_highest_bit_are_two_permissions() {
                super::lowest_and_highest(Edges::LOW, Edges::HIGH);
                assert_eq!(super::catalog::<Edges>().permissions(), Edges::LOW | Edges::HIGH);
            }

            #[test]
            fn the_bits_next_to_the_edges_are_no_permissions() {
                super::unnamed(Edges::from_bits_retain(1 << 1));
                super::unnamed(Edges::from_bits_retain(1 << (<$width>::BITS - 2)));
            }
        }
    )*};
}
widths! {
    eight_bits: u8,
    sixteen_bits: u16,
    thirty_two_bits: u32,
    sixty_four_bits: u64,
    one_hundred_and_twenty_eight_bits: u128,
}

/// A permission type that has no bit left over. Its flags are named by the number of their bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed(u128);

impl Flags for Packed {
    const FLAGS: &'static [Flag<Self>] = &packed();
    type Bits = u128;

    fn bits(&self) -> u128 {
        self.0
    }

    fn from_bits_retain(bits: u128) -> Self {
        Self(bits)
    }
}

const fn packed() -> [Flag<Packed>; 128] {
    const NAMES: &str = "\
        000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\
        202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\
        404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f\
        606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f";
    let mut flags = [const { Flag::new("", Packed(0)) }; 128];
    let mut number = 0;
    while number < flags.len() {
        let (name, _) = NAMES.split_at(2 * number).1.split_at(2);
        flags[number] = Flag::new(name, Packed(1 << number));
        number += 1;
    }
    flags
}

#[test]
fn all_128_bits_are_128_permissions() {
    lowest_and_highest(Packed(1), Packed(1 << 127));
    let catalog = catalog::<Packed>();
    assert_eq!(catalog.permissions(), Packed(u128::MAX));
    let allows = (0..128).map(|number| {
        let names = catalog.names(Packed(1 << number)).unwrap();
        let who = nth_sub_account(number);
        Assignment::allow(nth_assignment(number), who, Grant::any(names), Scope::Organization)
            .into()
    });
    let people = (0..128).map(|number| SubAccount::member(nth_sub_account(number)).into());
    let snapshot = Snapshot::compile(organization(people.chain(allows)), &catalog);
    for number in 0..128 {
        let subject = snapshot.subject(nth_sub_account(number));
        assert_eq!(subject.permissions(Scope::Organization), Packed(1 << number));
    }
}

/// A prerequisite that this process has no bit for can never be effective, not even for whoever has every bit.
#[test]
fn d10_whoever_has_all_128_bits_lacks_a_prerequisite_that_is_none_of_them() {
    let mut document = catalog::<Packed>().document().clone();
    let future = PermissionName::new("future").unwrap();
    document.permissions[0].needs.insert(future.clone());
    document.permissions.push(PermissionDocument {
        name: future,
        needs: [].into(),
        ..document.permissions[1].clone()
    });
    document.roles[0].any = PermissionNames::Full;
    let catalog = Catalog::<Packed>::from_document(document).unwrap();
    let owner = Assignment::allow(nth_assignment(0), FOUNDER, OWNER, Scope::Organization);
    let snapshot = Snapshot::compile(organization([owner.into()]), &catalog);
    let reference = Reference::new(snapshot.organization(), &catalog, Timestamp::UNIX_EPOCH);
    for (bit, decision) in [(0, Decision::Deny(Reason::PrerequisiteMissing)), (1, Decision::Allow)]
    {
        let (asked, root) = (Packed(1 << bit), Scope::Organization);
        assert_eq!(snapshot.check(FOUNDER, asked, root), decision);
        assert_eq!(reference.check(FOUNDER, asked, root, &Context::new()), decision);
    }
    assert_eq!(snapshot.subject(FOUNDER).permissions(Scope::Organization), Packed(!1));
}
