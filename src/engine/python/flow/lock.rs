//! What is a lock, of which kind, and which lock it is: by its type where the file tells, else by a name that says
//! so.

use super::super::Module;
use super::super::class::ClassId;
use super::super::kind::{Field, Kind};
use super::super::scope::{ScopeId, ScopeKind};
use super::super::tree::NodeId;

/// Whom a lock keeps out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockFamily {
    /// Tasks of one event loop: asyncio, anyio, trio.
    Async,
    /// Threads.
    Thread,
    Process,
    /// Other machines: Redis and the like.
    Distributed,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockKind {
    /// It blocks whoever takes it twice.
    Mutex,
    Reentrant,
    Condition,
    Semaphore,
    Unknown,
}

/// Where the path of a lock begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockRoot {
    /// `self`, or `cls`, of this class; the class that has the attribute where it is inherited within the file.
    Receiver(ClassId),
    /// A global of this module.
    Module,
    /// A variable of this function.
    Local(ScopeId),
    /// A name of another module.
    Imported,
    Unknown,
}

/// A lock as an expression names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub family: LockFamily,
    pub kind: LockKind,
    pub root: LockRoot,
    /// `self._lock` as written, without spaces; the qualified name of an imported one.
    pub path: String,
    /// It is one of many, chosen or made as the program runs: `self._locks[key]`, `self._lock_for(key)`.
    pub keyed: bool,
}

impl Lock {
    /// Whether both are surely one lock: the same path of the same object.
    pub fn is_same(&self, other: &Lock) -> bool {
        self.may_be_same(other) && !self.keyed && self.root != LockRoot::Unknown
    }

    /// Whether both may be one lock; keyed ones are if their keys agree.
    pub fn may_be_same(&self, other: &Lock) -> bool {
        self.root == other.root && self.path == other.path
    }
}

impl Module {
    /// Whether the expression is a lock, as far as its type or its name tells.
    pub fn is_lock(&self, expression: NodeId) -> bool {
        self.lock(expression).is_some()
    }

    /// The lock that an expression names, the operand of a `with` or the object of `acquire`.
    pub fn lock(&self, expression: NodeId) -> Option<Lock> {
        let tree = self.tree();
        let mut node = expression;
        while matches!(tree.kind(node), Kind::ParenthesizedExpression | Kind::Await) {
            node = tree.first_named(node)?;
        }
        let keyed = match tree.kind(node) {
            Kind::Identifier | Kind::Attribute => false,
            Kind::Subscript | Kind::Call => true,
            _ => return None,
        };
        let (family, kind) = self.lock_type(node).or_else(|| self.lock_by_name(node))?;
        let path = self.qualified_name(node).filter(|path| !path.starts_with(super::super::LOCAL));
        let root = if path.is_some() { LockRoot::Imported } else { self.lock_root(node) };
        let written = || self.text(node).chars().filter(|c| !c.is_whitespace()).collect();
        Some(Lock { family, kind, root, path: path.map_or_else(written, str::to_owned), keyed })
    }

    fn lock_type(&self, node: NodeId) -> Option<(LockFamily, LockKind)> {
        let by_type = self.type_of(node).and_then(known_lock);
        by_type.or_else(|| self.default_factory(node).and_then(known_lock))
    }

    /// The type that a dataclass makes for `self.x`, declared as `x = field(default_factory=T)`.
    fn default_factory(&self, node: NodeId) -> Option<&str> {
        let tree = self.tree();
        let object = tree.child(node, Field::Object)?;
        let class = self.class_of(object)?;
        let name = self.names().get(self.text(tree.child(node, Field::Attribute)?))?;
        let class = self.class(self.class_with(class, name)?);
        let binding = self.scopes().bound_in(class.scope, name).first()?;
        let call = self.scopes().binding(*binding).value?;
        let arguments = tree.child(call, Field::Arguments)?;
        let factory = tree.named_children(arguments).find(|argument| {
            tree.child(*argument, Field::Name)
                .is_some_and(|name| matches!(self.text(name), "default_factory" | "factory"))
        })?;
        self.qualified_name(tree.child(factory, Field::Value)?)
    }

    fn lock_by_name(&self, node: NodeId) -> Option<(LockFamily, LockKind)> {
        let tree = self.tree();
        let mut named = node;
        for _ in 0..4 {
            named = match tree.kind(named) {
                Kind::Subscript => tree.child(named, Field::Value)?,
                Kind::Call => tree.child(named, Field::Function)?,
                Kind::Attribute => tree.child(named, Field::Attribute)?,
                _ => break,
            };
        }
        let says_so = tree.kind(named) == Kind::Identifier && says_lock(self.text(named));
        let family = match self.callee(node) {
            Some(path) if path.contains("redis") => LockFamily::Distributed,
            _ => LockFamily::Unknown,
        };
        says_so.then_some((family, LockKind::Unknown))
    }

    fn lock_root(&self, node: NodeId) -> LockRoot {
        let tree = self.tree();
        let (mut root, mut first) = (node, None);
        for _ in 0..16 {
            let inner = match tree.kind(root) {
                Kind::Attribute => Field::Object,
                Kind::Subscript => Field::Value,
                Kind::Call => Field::Function,
                _ => break,
            };
            first =
                tree.child(root, Field::Attribute).or(first.filter(|_| tree.kind(root) != Kind::Attribute));
            let Some(next) = tree.child(root, inner) else { break };
            root = next;
        }
        if tree.kind(root) != Kind::Identifier {
            return LockRoot::Unknown;
        }
        if let Some(class) = self.class_of(root) {
            let name = first.and_then(|name| self.names().get(self.text(name)));
            return LockRoot::Receiver(name.and_then(|name| self.class_with(class, name)).unwrap_or(class));
        }
        let scope = self.variable(root).and_then(|(scope, _)| scope);
        match scope.map(|scope| (scope, self.scopes().get(scope).kind)) {
            Some((_, ScopeKind::Module)) => LockRoot::Module,
            Some((scope, ScopeKind::Function(_) | ScopeKind::Comprehension | ScopeKind::Class(_))) => {
                LockRoot::Local(scope)
            }
            None => LockRoot::Unknown,
        }
    }
}

/// Whether one of the words of a name is lock or mutex: `_lock`, `writeLock`, `locks`, not `clock` or `block`.
fn says_lock(name: &str) -> bool {
    let mut words = String::new();
    let mut before = '_';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            words.push('_');
        }
        words.extend(c.to_lowercase());
        before = c;
    }
    words.split('_').any(|word| {
        matches!(word, "lock" | "locks" | "rlock" | "mutex" | "mutexes" | "rwlock" | "semaphore" | "sem")
    })
}

fn known_lock(path: &str) -> Option<(LockFamily, LockKind)> {
    let (module, name) = path.rsplit_once('.')?;
    let family = match module.split('.').next()? {
        "asyncio" | "anyio" | "trio" | "aiorwlock" => LockFamily::Async,
        "threading" | "_thread" => LockFamily::Thread,
        "multiprocessing" => LockFamily::Process,
        "redis" | "aioredis" | "redlock" | "pottery" => LockFamily::Distributed,
        _ => return None,
    };
    let kind = match name {
        "Lock" | "allocate_lock" | "LockType" | "StrictFIFOLock" | "Redlock" => LockKind::Mutex,
        "RLock" => LockKind::Reentrant,
        "Condition" => LockKind::Condition,
        "Semaphore" | "BoundedSemaphore" | "CapacityLimiter" => LockKind::Semaphore,
        _ => return None,
    };
    Some((family, kind))
}
