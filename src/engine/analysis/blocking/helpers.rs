//! Functions of this file that block when they are called: each that holds a blocking call, and each that calls one
//! of those. One pass over the calls of the file, the worst kind of blocking first.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::engine::analysis::calls;
use crate::engine::finding::Tier;
use crate::engine::python::{Field, Function, FunctionId, Module, NodeId};

use super::group::Group;
use super::harmless;

/// Helpers that are followed from a blocking call.
const DEPTH: usize = 12;
/// Helpers named in a message.
const STEPS: usize = 5;
/// Words of a helper that does its work elsewhere where there is a loop.
const ELSEWHERE: [&str; 5] = ["running_loop", "is_running()", "to_thread", "run_in_executor", "iscoroutine"];

/// Which functions block, and by which of their calls.
pub(super) struct Helpers<'g> {
    by: HashMap<FunctionId, Step<'g>>,
    /// Functions that are no helpers, whatever they call.
    refused: HashSet<FunctionId>,
    transparent: &'g [String],
}

#[derive(Clone, Copy)]
struct Step<'g> {
    call: NodeId,
    /// The helper that the call calls; none where the call itself blocks.
    next: Option<FunctionId>,
    /// Helpers between here and the blocking call.
    depth: usize,
    group: &'g Group,
}

/// From a call of a helper to what blocks.
pub(super) struct Way<'g> {
    /// The first helper's definition.
    pub helper: NodeId,
    /// The helpers' names and the blocking call as it is written.
    pub steps: Vec<String>,
    /// The blocking call.
    pub end: NodeId,
    pub group: &'g Group,
}

impl<'g> Helpers<'g> {
    pub(super) fn find(
        module: &Module,
        transparent: &'g [String],
        calls: &[NodeId],
        blocking: &[(NodeId, &'g Group)],
    ) -> Helpers<'g> {
        let mut helpers = Helpers { by: HashMap::new(), refused: HashSet::new(), transparent };
        let mut seeds: Vec<&(NodeId, &Group)> =
            blocking.iter().filter(|seed| is_seed(module, seed)).collect();
        seeds.sort_by_key(|(_, group)| Reverse(group.severity));
        let callers = if seeds.is_empty() { HashMap::new() } else { helpers.callers(module, calls) };
        for (call, group) in seeds {
            let mut open = Vec::new();
            open.extend(helpers.add(module, Step { call: *call, next: None, depth: 0, group }));
            while let Some(next) = open.pop() {
                let depth = helpers.by.get(&next).map_or(DEPTH, |step| step.depth + 1);
                for call in callers.get(&next).into_iter().flatten().filter(|_| depth < DEPTH) {
                    let step = Step { call: *call, next: Some(next), depth, group };
                    open.extend(helpers.add(module, step));
                }
            }
        }
        helpers
    }

    /// The calls of each function of this file.
    fn callers(&self, module: &Module, calls: &[NodeId]) -> HashMap<FunctionId, Vec<NodeId>> {
        let mut callers: HashMap<FunctionId, Vec<NodeId>> = HashMap::new();
        for call in calls {
            if let Some(callee) = callee(module, *call) {
                callers.entry(callee).or_default().push(*call);
            }
        }
        callers
    }

    /// Notes that the function around a call blocks by it, if it is a helper and not known yet.
    fn add(&mut self, module: &Module, step: Step<'g>) -> Option<FunctionId> {
        let id = module.enclosing_function(step.call)?;
        if self.by.contains_key(&id) || self.refused.contains(&id) {
            return None;
        }
        if !self.is_helper(module, module.function(id)) {
            self.refused.insert(id);
            return None;
        }
        if harmless::is_other_branch(module, step.call) || harmless::is_awaited(module, step.call) {
            return None;
        }
        self.by.insert(id, step);
        Some(id)
    }

    /// A plain function that runs where it is called: no coroutine, no generator, and no decorator that is not
    /// known to leave it alone.
    fn is_helper(&self, module: &Module, function: &Function) -> bool {
        let known = |decorator: NodeId| {
            let name = module.qualified_name(decorator);
            name.is_some_and(|name| self.transparent.iter().any(|known| known == name))
        };
        let text = module.text(function.node);
        function.name.is_some()
            && !function.is_async
            && !function.is_generator
            && function.decorators.iter().all(|decorator| known(decorator.callee))
            && !ELSEWHERE.iter().any(|word| text.contains(word))
    }

    /// The way from a call to what blocks, if it calls a helper that does.
    pub(super) fn from(&self, module: &Module, call: NodeId) -> Option<Way<'g>> {
        let first = callee(module, call).filter(|id| self.by.contains_key(id))?;
        let mut step = *self.by.get(&first)?;
        let mut steps = vec![name(module, first)];
        while let Some(next) = step.next {
            step = *self.by.get(&next)?;
            steps.push(name(module, next));
        }
        if steps.len() > STEPS {
            steps.splice(STEPS - 1..steps.len() - 1, ["…".to_owned()]);
        }
        steps.push(calls::spelled(module, step.call));
        Some(Way { helper: module.function(first).node, steps, end: step.call, group: step.group })
    }
}

/// What a look at the disk costs through a helper is not worth a word; what is made once is there afterwards.
fn is_seed(module: &Module, (call, group): &(NodeId, &Group)) -> bool {
    group.tier != Some(Tier::Summary) && !is_made_once(module, *call)
}

/// `if self._pool is None: self._pool = connect()`
fn is_made_once(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let left = tree.first_named(module.statement_of(call)).and_then(|node| tree.child(node, Field::Left));
    let Some(left) = left.map(|left| module.text(left)) else { return false };
    let mut conditions = module.ancestors_in_function(call).filter_map(|node| calls::condition(module, node));
    conditions.any(|condition| {
        let text = calls::beginning(module, condition);
        text.contains(left) && (text.contains("None") || text.starts_with("not "))
    })
}

/// The function of this file that a call runs: by its name, as a method, or as the constructor of a class.
fn callee(module: &Module, call: NodeId) -> Option<FunctionId> {
    let path = module.callee(call)?;
    if let Some(function) = module.local_function(path) {
        return Some(function);
    }
    let class = module.local_class(path)?;
    let holder = module.class_with(class, module.names().get("__init__")?)?;
    module.local_function(&format!("{}.__init__", module.class_path(holder)))
}

fn name(module: &Module, id: FunctionId) -> String {
    module.function_path(id).trim_start_matches('~').to_owned()
}
