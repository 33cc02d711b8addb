//! Cedar. One policy; a sub-account has a tag for each workspace, which names its role there, and a role is a group of
//! actions. So a check costs the same however many roles and workspaces there are: evaluation goes through all
//! policies of a set, and one policy for each role or for each assignment is slower. The policy is parsed once for all
//! tenants, and each tenant's entities are a slice of their own.

use std::collections::{HashMap, HashSet};
use std::mem;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    EvalResult, PolicySet, Request, RestrictedExpression,
};
use tenantry::{SubAccountId, WorkspaceId};

use crate::engine::{Assignment, Engine, Facts, Grant, PERMISSIONS, name, text};
use crate::workload::{Question, ROLES};

const POLICY: &str = "permit (principal, action, resource) when {
    principal.hasTag(resource.key) && action in principal.getTag(resource.key)
};";

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    types: Types,
    roles: Vec<EntityUid>,
    actions: HashMap<&'static str, EntityUid>,
    tenants: Vec<Entities>,
}

struct Types {
    sub_account: EntityTypeName,
    workspace: EntityTypeName,
    action: EntityTypeName,
}

/// What a request is made of.
pub struct Asked {
    organization: usize,
    principal: EntityUid,
    action: EntityUid,
    resource: EntityUid,
}

impl Engine for Cedar {
    const NAME: &'static str = "Cedar";
    const PACKAGE: &'static str = "cedar-policy";
    type Question = Asked;

    fn new(_: &[Facts]) -> Self {
        let types = Types {
            sub_account: "SubAccount".parse().unwrap(),
            workspace: "Workspace".parse().unwrap(),
            action: "Action".parse().unwrap(),
        };
        let action = |name: &str| uid(&types.action, name);
        Self {
            authorizer: Authorizer::new(),
            policies: POLICY.parse().unwrap(),
            roles: ROLES.iter().map(|(role, _)| action(&format!("role {}", role.name()))).collect(),
            actions: PERMISSIONS.iter().map(|(_, name)| (*name, action(name))).collect(),
            types,
            tenants: Vec::new(),
        }
    }

    fn load(&mut self, facts: &[Facts]) {
        self.tenants = facts.iter().map(|facts| self.entities(facts)).collect();
    }

    fn question(&self, question: &Question) -> Asked {
        Asked {
            organization: question.organization,
            principal: self.sub_account(question.sub_account),
            action: self.actions[name(question.permission)].clone(),
            resource: self.workspace(question.workspace),
        }
    }

    fn check(&mut self, asked: &Asked) -> bool {
        let (principal, action, resource) =
            (asked.principal.clone(), asked.action.clone(), asked.resource.clone());
        let request = Request::new(principal, action, resource, Context::empty(), None).unwrap();
        let entities = &self.tenants[asked.organization];
        let response = self.authorizer.is_authorized(&request, &self.policies, entities);
        response.decision() == Decision::Allow
    }

    /// Puts the sub-account anew, with one more tag.
    fn grant(&mut self, Grant { organization, assignment }: &Grant) {
        let uid = self.sub_account(assignment.sub_account);
        let mut tags = vec![self.tag(assignment)];
        let entities = &mut self.tenants[*organization];
        for (workspace, role) in entities.get(&uid).into_iter().flat_map(Entity::tags) {
            if let Ok(EvalResult::EntityUid(role)) = role {
                tags.push((workspace.to_owned(), RestrictedExpression::new_entity_uid(role)));
            }
        }
        let entity = Entity::new_with_tags(uid, [], [], tags).unwrap();
        *entities = mem::take(entities).upsert_entities([entity], None).unwrap();
    }
}

impl Cedar {
    fn sub_account(&self, id: SubAccountId) -> EntityUid {
        uid(&self.types.sub_account, &text(id.to_u128()))
    }

    fn workspace(&self, id: WorkspaceId) -> EntityUid {
        uid(&self.types.workspace, &text(id.to_u128()))
    }

    fn tag(&self, assignment: &Assignment) -> (String, RestrictedExpression) {
        let role = RestrictedExpression::new_entity_uid(self.roles[assignment.role].clone());
        (text(assignment.workspace.to_u128()), role)
    }

    /// One tenant's slice: its sub-accounts, its workspaces, and the actions in their groups.
    fn entities(&self, facts: &Facts) -> Entities {
        let mut tags: HashMap<SubAccountId, Vec<_>> = HashMap::new();
        for assignment in &facts.assignments {
            tags.entry(assignment.sub_account).or_default().push(self.tag(assignment));
        }
        let sub_accounts = tags
            .into_iter()
            .map(|(id, tags)| Entity::new_with_tags(self.sub_account(id), [], [], tags).unwrap());
        let workspaces = facts.workspaces.iter().map(|id| {
            let key = RestrictedExpression::new_string(text(id.to_u128()));
            let attributes = HashMap::from([("key".to_owned(), key)]);
            Entity::new(self.workspace(*id), attributes, HashSet::new()).unwrap()
        });
        let actions = PERMISSIONS.iter().map(|(permission, name)| {
            let holders = self.roles.iter().zip(&ROLES);
            let groups = holders.filter(|(_, (_, granted))| granted.contains(*permission));
            let groups = groups.map(|(role, _)| role.clone()).collect();
            Entity::new_no_attrs(self.actions[name].clone(), groups)
        });
        Entities::from_entities(sub_accounts.chain(workspaces).chain(actions), None).unwrap()
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}
