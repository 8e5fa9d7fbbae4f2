//! Blocking calls on the event loop: a call of the data's list whose innermost function is an `async def`, or a
//! call there of a function of this file that comes to one. What blocks is data; what it is called is `naming`'s,
//! what makes it harmless `harmless`'s, the way through helpers `helpers`'s.

mod group;
mod handle;
mod harmless;
mod helpers;
mod naming;
mod orm;
mod remedy;

use std::cell::OnceCell;
use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::finding::Severity;
use crate::engine::matching::Hit;
use crate::engine::python::{Function, Kind, Module, NodeId};

use self::group::{Group, Groups};
use self::harmless::Startup;
use self::helpers::{Helpers, Way};
use super::{Analysis, Parameters, calls, file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    groups: Vec<Group>,
    /// Decorators and names of functions that run once, before or after the service does its work.
    startup: Startup,
    /// Decorators under which a helper still runs where it is called.
    transparent: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { groups, startup, transparent } = parameters.read()?;
    let groups = Groups::new(groups);
    let mut starts = groups.starts();
    starts.kinds.insert(Kind::Call);
    Ok(Analysis {
        starts,
        names: &["CALL", "FUNCTION", "UNTIL", "INSTEAD", "THROUGH"],
        run: Box::new(move |module, calls, hits| {
            if module.functions().any(|(_, function)| function.is_async) {
                let alone = OnceCell::new();
                let audit =
                    Audit { groups: &groups, startup: &startup, transparent: &transparent, module, alone };
                hits.extend(audit.hits(calls));
            }
        }),
    })
}

/// The calls that block, for analyses that ask of them in passing. What is short work on the local disk is left out.
#[derive(Deserialize)]
#[serde(from = "Vec<Group>")]
pub(super) struct Blockers(Groups);

impl From<Vec<Group>> for Blockers {
    fn from(groups: Vec<Group>) -> Blockers {
        Blockers(Groups::new(groups))
    }
}

impl Blockers {
    pub(super) fn block(&self, module: &Module, call: NodeId) -> bool {
        let Some(name) = naming::name(&self.0, module, call) else { return false };
        let group = self.0.get(&name).filter(|group| !group.local && group.tier.is_none());
        group.is_some_and(|group| !group.leaves_out(calls::last(&name)) && !harmless::is(group, module, call))
    }
}

/// One file's audit.
struct Audit<'a> {
    groups: &'a Groups,
    startup: &'a Startup,
    transparent: &'a [String],
    module: &'a Module,
    alone: OnceCell<Alone>,
}

/// Where nobody waits for the loop, as far as the whole file tells.
struct Alone {
    is_script: bool,
    only_coroutine: Option<NodeId>,
}

impl<'a> Audit<'a> {
    fn hits(&self, calls: &[NodeId]) -> Vec<Hit> {
        let blocking: Vec<(NodeId, &Group)> =
            calls.iter().filter_map(|call| Some((*call, self.blocks(*call)?))).collect();
        let mut said = HashSet::new();
        let direct = blocking.iter().filter_map(|(call, group)| self.direct(*call, group, &mut said));
        let mut hits: Vec<Hit> = direct.collect();
        let helpers = Helpers::find(self.module, self.transparent, calls, &blocking);
        let mut led = HashSet::new();
        hits.extend(calls.iter().filter_map(|call| self.through(*call, &helpers, &mut led)));
        hits
    }

    /// The group of a call that blocks its thread.
    fn blocks(&self, call: NodeId) -> Option<&'a Group> {
        let name = naming::name(self.groups, self.module, call)?;
        let group = self.groups.get(&name)?;
        let harmless = group.leaves_out(calls::last(&name)) || harmless::is(group, self.module, call);
        (!harmless).then_some(group)
    }

    /// A blocking call that stands in a coroutine itself.
    fn direct(&self, call: NodeId, group: &Group, said: &mut HashSet<(NodeId, u32)>) -> Option<Hit> {
        let function = self.coroutine(call)?;
        if group.once && !said.insert((function.node, group.number)) {
            return None;
        }
        let mut hit = self.hit(call, function, group).with("THROUGH", "");
        hit.suggestion = remedy::suggestion(self.module, call);
        Some(hit)
    }

    /// A call in a coroutine of a helper that comes to a blocking call; said once per coroutine and helper.
    fn through(
        &self,
        call: NodeId,
        helpers: &Helpers<'_>,
        led: &mut HashSet<(NodeId, NodeId)>,
    ) -> Option<Hit> {
        let function = self.coroutine(call)?;
        let way = helpers.from(self.module, call)?;
        let new = !harmless::is_awaited(self.module, call) && led.insert((function.node, way.helper));
        let hit = new.then(|| self.hit(call, function, way.group))?;
        Some(tell(self.module, hit, &way))
    }

    /// The coroutine that runs the call, where both branches of a condition would not.
    fn coroutine(&self, call: NodeId) -> Option<&'a Function> {
        let function = self.module.function(self.module.enclosing_function(call)?);
        (function.is_async && !harmless::is_other_branch(self.module, call)).then_some(function)
    }

    fn hit(&self, call: NodeId, function: &Function, group: &Group) -> Hit {
        let name = function.name.map_or("lambda", |name| self.module.names().text(name));
        let mut hit = Hit::at(call)
            .with("CALL", calls::spelled(self.module, call))
            .with("FUNCTION", name)
            .with("UNTIL", &group.until)
            .with("INSTEAD", &group.instead)
            .with_severity(group.severity);
        hit.tier = group.tier;
        let nobody_waits =
            group.local && (self.is_alone(function) || handle::is_handed_on(self.module, call));
        if nobody_waits { hit.with_severity(Severity::Low).as_summary() } else { hit }
    }

    /// Whether nothing else runs on the loop yet, or ever.
    fn is_alone(&self, function: &Function) -> bool {
        let alone = self.alone.get_or_init(|| Alone {
            is_script: file::is_script(self.module),
            only_coroutine: harmless::only_coroutine(self.module),
        });
        alone.is_script
            || alone.only_coroutine == Some(function.node)
            || self.startup.is(self.module, function)
    }
}

/// Names the helpers on the way and shows the call at its end.
fn tell(module: &Module, hit: Hit, way: &Way<'_>) -> Hit {
    let chain: Vec<String> = way.steps.iter().map(|step| format!("`{step}`")).collect();
    hit.with("THROUGH", format!("The way there is {}.", chain.join(" → ")))
        .and(way.helper, "the helper that is called")
        .and(way.end, format!("`{}` blocks here", calls::spelled(module, way.end)))
}
