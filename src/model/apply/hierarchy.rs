//! Trees and chains: nothing contains itself, and nothing nests deeper than its limit.
//!
//! Only changed objects are walked: always upwards, and downwards if the object was moved.

use std::collections::BTreeMap;

use crate::id::RoleId;
use crate::model::change::StructureError;
use crate::model::link::{EntityId, Relation};
use crate::model::organization::Organization;
use crate::model::role::RoleRef;

/// The most levels of resources below a workspace, of teams in teams, and of roles that include
/// roles.
pub const DEPTH_LIMIT: usize = 16;

/// Checks the tree that a resource or a team is part of. `moved` if it had another parent before,
/// so that the depth of everything below it must be checked as well.
pub(in crate::model) fn check_tree(
    organization: &Organization,
    entity: EntityId,
    moved: bool,
) -> Result<(), StructureError> {
    let mut level = 1;
    let mut above = entity;
    while let Some(parent) = nesting_parent(organization, above) {
        if parent == entity {
            return Err(StructureError::Cycle(entity));
        }
        level += 1;
        // A chain longer than the number of objects is a cycle further up. It is reported when one
        // of its own members is checked.
        if level > DEPTH_LIMIT && level > organization.resources.len() + organization.teams.len() {
            break;
        }
        above = parent;
    }
    if level > DEPTH_LIMIT {
        return Err(StructureError::TooDeep { entity, limit: DEPTH_LIMIT });
    }
    if moved { check_below(organization, entity, level) } else { Ok(()) }
}

fn check_below(
    organization: &Organization,
    entity: EntityId,
    level: usize,
) -> Result<(), StructureError> {
    for child in organization.referring(entity, Relation::Parent) {
        if level + 1 > DEPTH_LIMIT {
            return Err(StructureError::TooDeep { entity: child, limit: DEPTH_LIMIT });
        }
        check_below(organization, child, level + 1)?;
    }
    Ok(())
}

/// The resource or team that directly contains `entity`, within its own tree.
fn nesting_parent(organization: &Organization, entity: EntityId) -> Option<EntityId> {
    match entity {
        EntityId::Resource(id) => match organization.resources.get(&id)?.parent.into() {
            parent @ EntityId::Resource(_) => Some(parent),
            _ => None,
        },
        EntityId::Team(id) => organization.teams.get(&id)?.parent.map(EntityId::Team),
        _ => None,
    }
}

/// Checks the chains of included roles through a custom role: none returns to it, and none is too
/// long.
pub(in crate::model) fn check_includes(
    organization: &Organization,
    role: RoleId,
) -> Result<(), StructureError> {
    let included = |role: RoleId| -> Vec<RoleId> {
        let includes = organization.roles.get(&role).map(|role| &role.includes);
        includes
            .into_iter()
            .flatten()
            .filter_map(|role| match role {
                RoleRef::Custom(id) => Some(*id),
                RoleRef::System(_) => None,
            })
            .collect()
    };
    let including = |role: RoleId| -> Vec<RoleId> {
        organization
            .referring(EntityId::Role(role), Relation::Includes)
            .filter_map(|from| match from {
                EntityId::Role(id) => Some(id),
                _ => None,
            })
            .collect()
    };
    let below = longest(role, role, 1, &included, &mut BTreeMap::new())?;
    let above = longest(role, role, 1, &including, &mut BTreeMap::new())?;
    // The role itself is counted on both sides.
    if below + above - 1 > DEPTH_LIMIT {
        return Err(StructureError::TooDeep { entity: EntityId::Role(role), limit: DEPTH_LIMIT });
    }
    Ok(())
}

/// The number of roles on the longest chain that starts at `role`, including `role`. Measures every
/// role once.
fn longest(
    start: RoleId,
    role: RoleId,
    level: usize,
    next: &impl Fn(RoleId) -> Vec<RoleId>,
    measured: &mut BTreeMap<RoleId, usize>,
) -> Result<usize, StructureError> {
    if let Some(length) = measured.get(&role) {
        return Ok(*length);
    }
    let mut length = 1;
    for further in next(role) {
        if further == start {
            return Err(StructureError::Cycle(EntityId::Role(start)));
        }
        if level >= DEPTH_LIMIT {
            let entity = EntityId::Role(further);
            return Err(StructureError::TooDeep { entity, limit: DEPTH_LIMIT });
        }
        length = length.max(1 + longest(start, further, level + 1, next, measured)?);
    }
    measured.insert(role, length);
    Ok(length)
}
