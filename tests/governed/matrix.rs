//! Everything that everybody holds and reaches in one organization, at every point.

use std::collections::BTreeMap;

use tenantry::SubAccountId;
use tenantry::catalog::Catalog;
use tenantry::model::{Organization, Scope};

use super::application::{Permission, points};
use super::held::Held;

/// The sets of one sub-account at one scope, point by point.
pub(crate) type Row = Vec<Permission>;

/// Everybody everywhere at every point.
#[derive(Debug)]
pub(crate) struct Matrix {
    pub(crate) organization: Organization,
    pub(crate) held: Held<Permission>,
    has: BTreeMap<(SubAccountId, Scope), Row>,
    reaches: BTreeMap<(SubAccountId, Scope), Row>,
}

impl Matrix {
    pub(crate) fn new(organization: &Organization, catalog: &Catalog<Permission>) -> Self {
        let held = Held::new(organization, catalog);
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
        Self { organization: organization.clone(), held, has, reaches }
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

/// Every scope of an organization.
pub(crate) fn scopes(organization: &Organization) -> Vec<Scope> {
    let workspaces = organization.workspaces().keys().copied().map(Scope::Workspace);
    let resources = organization.resources().keys().copied().map(Scope::Resource);
    std::iter::once(Scope::Organization).chain(workspaces).chain(resources).collect()
}
