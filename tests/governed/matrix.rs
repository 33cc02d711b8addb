//! Everything that everybody holds and reaches in one organization, at every point.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tenantry::SubAccountId;
use tenantry::model::{Organization, Profile, Scope};

use super::application::{Permission, points};
use super::bound::scopes;
use super::held::Held;
use super::lifted::{Catalogs, changed};
use super::owners::{owners_of, owners_once_active};

/// The sets of one sub-account at one scope, point by point.
pub(crate) type Row = Vec<Permission>;

/// Everybody everywhere at every point.
#[derive(Debug)]
pub(crate) struct Matrix {
    pub(crate) organization: Organization,
    pub(crate) held: Held<Permission>,
    pub(crate) owners: BTreeSet<SubAccountId>,
    /// Those besides who are owners again when they are let in.
    pub(crate) owners_once_active: BTreeSet<SubAccountId>,
    has: BTreeMap<(SubAccountId, Scope), Row>,
    reaches: BTreeMap<(SubAccountId, Scope), Row>,
    catalogs: Catalogs<Permission>,
    pub(crate) now: Timestamp,
    /// The same without the plan.
    without_plan: OnceCell<Box<Self>>,
}

impl Matrix {
    pub(crate) fn new(
        organization: &Organization,
        catalogs: &Catalogs<Permission>,
        now: Timestamp,
    ) -> Self {
        let held = Held::new(organization, &catalogs.full);
        let (mut has, mut reaches) = (BTreeMap::new(), BTreeMap::new());
        for who in organization.sub_accounts().keys() {
            for scope in scopes(organization) {
                let asked = |reach: bool| -> Row {
                    let of = |context| {
                        if reach {
                            held.reach(*who, scope, context)
                        } else {
                            held.permissions(*who, scope, context)
                        }
                    };
                    points().iter().map(|point| of(&point.context)).collect()
                };
                has.insert((*who, scope), asked(false));
                reaches.insert((*who, scope), asked(true));
            }
        }
        let owners = owners_of(organization, catalogs, now);
        let owners_once_active = owners_once_active(organization, catalogs, now);
        let (organization, catalogs) = (organization.clone(), catalogs.clone());
        let without_plan = OnceCell::new();
        Self {
            organization,
            held,
            owners,
            owners_once_active,
            has,
            reaches,
            catalogs,
            now,
            without_plan,
        }
    }

    /// The organization without its plan: rank and the invariants are judged there.
    pub(crate) fn without_plan(&self) -> &Self {
        let profile = self.organization.profile();
        if profile.ceiling.is_none() {
            return self;
        }
        self.without_plan.get_or_init(|| {
            let plan = Profile { ceiling: None, ..profile.clone() };
            let opened = changed(&self.organization, vec![plan.into()]);
            Box::new(Self::new(&opened, &self.catalogs, self.now))
        })
    }

    /// What somebody has at a scope at a point; nothing where there is no such thing.
    pub(crate) fn has(&self, who: SubAccountId, scope: Scope, point: usize) -> Permission {
        self.has.get(&(who, scope)).map_or(Permission::empty(), |row| row[point])
    }

    pub(crate) fn reaches(&self, who: SubAccountId, scope: Scope, point: usize) -> Permission {
        self.reaches.get(&(who, scope)).map_or(Permission::empty(), |row| row[point])
    }

    pub(crate) fn sub_accounts(&self) -> impl Iterator<Item = SubAccountId> {
        self.organization.sub_accounts().keys().copied()
    }
}
