//! Coroutines that are made and never awaited: the call's value is dropped, or used as if it were the result. What
//! makes a coroutine is `made`'s, what becomes of it `fate`'s, what becomes of a variable `variable`'s.

mod fate;
mod made;
mod passed;
mod remedy;
mod variable;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Kind, Module, NodeId, Role};

use self::fate::{Fate, Misuse, Readers};
use self::made::{Library, LibraryFile, Made};
use self::passed::{Callers, Passed};
use self::variable::Identifiers;
use super::{Analysis, Parameters, calls};

/// Words of a condition that tells a coroutine function from a plain one.
const ASKS: [&str; 5] = ["awaitable", "coroutine", "is_async", "isasync", "asynchronous"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The coroutines of libraries.
    library: LibraryFile,
    /// Decorators under which an `async def` is still one.
    transparent: Vec<String>,
    /// Functions that look at the value they are given and cannot await it.
    readers: Vec<String>,
    /// Methods that drop what the callback they are given returns.
    droppers: Vec<String>,
    /// Decorators of routes whose returned value is answered as it is.
    routes: Vec<String>,
    /// Callables that call what they are given and do not await it.
    callers: Callers,
    /// Calls whose first argument runs for each request and is awaited only if it is `async def`.
    dependencies: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { library, transparent, readers, droppers, routes, callers, dependencies } =
        parameters.read()?;
    let library = Library::new(library, transparent);
    let readers = Readers { functions: readers, droppers, routes };
    Ok(Analysis {
        starts: Starts::kinds([Kind::Call], ["async", "await", "fastapi", "starlette"]),
        names: &["CALL", "USE", "FIX"],
        run: Box::new(move |module, calls, hits| {
            let identifiers = Identifiers::default();
            let audit = Audit {
                module,
                library: &library,
                readers: &readers,
                identifiers,
                dependencies: &dependencies,
            };
            hits.extend(calls.iter().filter_map(|call| audit.visit(*call)));
            let passed = calls.iter().filter_map(|call| Some((*call, callers.passed(module, *call)?)));
            hits.extend(passed.filter_map(|(call, passed)| audit.handed_over(call, &passed)));
        }),
    })
}

/// One file's audit.
struct Audit<'a> {
    module: &'a Module,
    library: &'a Library,
    readers: &'a Readers,
    identifiers: Identifiers,
    dependencies: &'a [String],
}

impl Audit<'_> {
    fn visit(&self, call: NodeId) -> Option<Hit> {
        let module = self.module;
        let fate = self.readers.fate(module, call);
        if matches!(fate, Fate::Kept) {
            return None;
        }
        let made = self.library.made(module, call)?;
        let (misuse, at) = match fate {
            Fate::Kept => return None,
            Fate::Misused(misuse) => (misuse, None),
            Fate::Returned => (self.returned(call)?, None),
            Fate::Named(name) => self.identifiers.misuse(module, self.readers, call, name)?,
            Fate::Collected(name) if self.identifiers.is_unread(module, name) => (Misuse::Unread, None),
            Fate::Collected(_) => return None,
        };
        let is_wrong = made.is_wrong(&misuse) && !self.knows_which(call);
        is_wrong.then(|| self.hit(call, made, &misuse, at))
    }

    /// `if self.is_async: await self.close() else: self.close()`: the code knows which of the two it has.
    fn knows_which(&self, call: NodeId) -> bool {
        let conditions = self.module.conditions_at(call);
        conditions.into_iter().any(|(test, _)| {
            let text = calls::beginning(self.module, test).to_ascii_lowercase();
            ASKS.iter().any(|word| text.contains(word))
        })
    }

    /// What a plain function returns to a framework that awaits only what `async def` gives.
    fn returned(&self, call: NodeId) -> Option<Misuse> {
        let module = self.module;
        let id = module.enclosing_function(call)?;
        let is_dependency = || {
            let is_one = |role: &Role| matches!(role, Role::Dependency);
            module.roles_of_function(id).iter().any(is_one)
                && self.dependencies.iter().any(|name| calls::is_imported(module, name))
        };
        (!module.function(id).is_async && is_dependency()).then_some(Misuse::Injected)
    }

    /// A coroutine function that is called by one who does not await.
    fn handed_over(&self, call: NodeId, passed: &Passed) -> Option<Hit> {
        let (module, function) = (self.module, self.module.function(passed.function));
        let name = calls::short(module, passed.argument);
        let caller = calls::spelled(module, call);
        let hit = Hit::at(call)
            .with("USE", format!("`{caller}` calls it and drops what it gives"))
            .with("FIX", format!("Give `{caller}` a plain function that starts `{name}(...)` on the loop, in a task that is kept or by `asyncio.run`."))
            .with("CALL", name)
            .and(function.node, "it is `async def`: a call only makes a coroutine");
        self.library.is_coroutine(module, function).then_some(hit)
    }

    fn hit(&self, call: NodeId, made: Made, misuse: &Misuse, at: Option<NodeId>) -> Hit {
        let module = self.module;
        let mut hit = Hit::at(call)
            .with("CALL", calls::spelled(module, call))
            .with("USE", misuse.words(module, at))
            .with("FIX", remedy::words(module, call, misuse));
        hit.suggestion = remedy::suggestion(module, call, misuse);
        if let Made::Local(id) = made {
            hit = hit.and(module.function(id).node, "it is `async def`: a call only makes a coroutine");
        }
        match at {
            Some(at) => hit.and(at, "the coroutine is used here, not its result"),
            None => hit,
        }
    }
}
