//! Told: all that can be asked quickly, in a form in which two of them can be compared.

use std::collections::BTreeMap;

use crate::access::quick::Quick;
use crate::access::quick::beside::BesideEntry;
use crate::access::quick::moment::Moment;
use crate::access::quick::node::QuickNode;
use crate::access::quick::span::Span;
use crate::catalog::Parts;
use crate::id::{ResourceId, WorkspaceId};
use crate::index::{Index, Record};
use crate::model::{Condition, Scope};
use crate::permission::Bits;

/// What stands beside a line, the scopes of which go by their ids.
type ByScope = Vec<(Scope, Parts, Vec<Condition>, BesideEntry)>;

/// What a line gives at the organization and leaves, what it gives at other scopes, and on what assumption.
type Gives = ([Parts; 2], BTreeMap<Scope, Parts>, Option<(Span, Vec<Condition>, Parts)>);

impl Quick {
    /// What lines and nodes say, by scopes and not by numbers, which depend on what was there before.
    pub(in crate::access) fn told(&self) -> Told {
        let scopes = |nodes: &Index<QuickNode>, scope: fn(u128) -> Scope| {
            nodes.iter().map(|node| (scope(node.id()), *node)).collect::<Vec<_>>()
        };
        let mut nodes = scopes(&self.nodes.workspaces, |id| WorkspaceId::from_u128(id).into());
        nodes.extend(scopes(&self.nodes.resources, |id| ResourceId::from_u128(id).into()));
        let known: BTreeMap<u32, Scope> =
            nodes.iter().map(|(scope, node)| (node.number, *scope)).collect();
        assert_eq!(known.len(), nodes.len(), "no two scopes have one number");
        nodes.push((Scope::Organization, self.nodes.root));
        let nodes = nodes.into_iter().map(|(scope, node)| {
            (scope, (known.get(&node.above).copied(), QuickNode { number: 0, above: 0, ..node }))
        });
        let listed = |number| self.conditions.get(number).unwrap().to_vec();
        let lines = self.lines.iter().map(|line| {
            let here = |(number, scope): (&u32, &Scope)| (*scope, self.sets.get(line.at(*number)));
            let given = known.iter().map(here).filter(|(_, parts)| *parts != Parts::default());
            let parts = [line.root(), line.boundary()].map(|set| self.sets.get(set));
            let assumption = line
                .assumption()
                .map(|it| (it.span, listed(it.conditions), self.sets.get(it.doubted)));
            (line.id(), (parts, given.collect(), assumption))
        });
        let by_scope = |entries: &[BesideEntry]| -> ByScope {
            let scope = |number| known.get(&number).copied().unwrap_or(Scope::Organization);
            let told = |it: &BesideEntry| {
                let conditions = listed(it.conditions());
                (scope(it.scope), self.sets.get(it.set), conditions, it.of(0, 0, 0))
            };
            entries.iter().map(told).collect()
        };
        let beside = self.beside.iter().map(|it| {
            let entries: Vec<_> = it.entries().copied().collect();
            (it.id(), (it.ends(), by_scope(&entries)))
        });
        Told {
            nodes: nodes.collect(),
            lines: lines.collect(),
            everyone: self.everyone,
            intricate: self.intricate,
            beside: beside.collect(),
            everyone_beside: self.everyone_beside.as_deref().map(by_scope),
        }
    }
}

/// What can be asked quickly.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::access) struct Told {
    nodes: BTreeMap<Scope, (Option<Scope>, QuickNode)>,
    lines: BTreeMap<u128, Gives>,
    everyone: Bits,
    intricate: Bits,
    beside: BTreeMap<u128, (Moment, ByScope)>,
    everyone_beside: Option<ByScope>,
}
