//! Calls that never return: Python's own exits, functions annotated so, and functions of this file that always
//! raise.

use super::super::Module;
use super::super::class::Class;
use super::super::function::{Function, FunctionId};
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::frame::Thrown;

impl Module {
    /// `Some` if nothing runs behind the call; inside, what it throws.
    pub(super) fn never_returns(&self, call: NodeId) -> Option<Option<Thrown>> {
        if self.fails_the_test(call) {
            return Some(Some(Thrown::Error));
        }
        let path = self.callee(call)?;
        match path {
            "sys.exit" | "builtins.exit" | "builtins.quit" => return Some(Some(Thrown::Exit)),
            "os._exit" | "os.abort" => return Some(None),
            "os.execv"
            | "os.execve"
            | "os.execvp"
            | "os.execvpe"
            | "os.execl"
            | "os.execlp"
            | "flask.abort"
            | "quart.abort"
            | "werkzeug.exceptions.abort"
            | "typing.assert_never"
            | "typing_extensions.assert_never" => return Some(Some(Thrown::Error)),
            // pytest's outcomes are no `Exception`s.
            "pytest.fail" | "pytest.skip" | "pytest.exit" | "pytest.xfail" => {
                return Some(Some(Thrown::Exit));
            }
            _ => {}
        }
        let function = self.local_function(path)?;
        let plain = !self.function(function).is_async && self.always_raises(function);
        plain.then_some(Some(Thrown::Error))
    }

    /// `self.fail(...)` and `self.skipTest(...)` of a test case: methods that its class does not define.
    fn fails_the_test(&self, call: NodeId) -> bool {
        let tree = self.tree();
        let callee = tree.child(call, Field::Function).filter(|callee| tree.kind(*callee) == Kind::Attribute);
        let part = |field| callee.and_then(|callee| tree.child(callee, field));
        let (Some(object), Some(name)) = (part(Field::Object), part(Field::Attribute)) else { return false };
        if !matches!(self.text(name), "fail" | "skipTest") {
            return false;
        }
        let class = self.class_of(object).map(|class| self.class(class));
        class.is_some_and(|class| self.is_test_case(class) && !self.has_own(class, name))
    }

    fn is_test_case(&self, class: &Class) -> bool {
        let bases = class.bases.iter().map(|base| self.text(*base));
        bases.chain([self.names().text(class.name)]).any(|name| name.contains("Test"))
    }

    fn has_own(&self, class: &Class, member: NodeId) -> bool {
        self.names().get(self.text(member)).is_some_and(|name| {
            !self.scopes().bound_in(class.scope, name).is_empty() || class.attributes.contains_key(&name)
        })
    }

    /// Whether awaiting this call of a coroutine function of the file never gives control back.
    pub(super) fn awaiting_never_returns(&self, awaited: NodeId) -> bool {
        let function = self.callee(awaited).and_then(|path| self.local_function(path));
        function.is_some_and(|id| self.function(id).is_async && self.always_raises(id))
    }

    /// Whether the function says so in its annotation, or ends in a `raise` that nothing before it leaves by.
    pub(super) fn always_raises(&self, id: FunctionId) -> bool {
        *self.learned.flows.raises(id).get_or_init(|| {
            let function = self.function(id);
            let annotated = function.returns.and_then(|returns| self.annotated_type(returns));
            let says_so =
                annotated.is_some_and(|path| matches!(path.rsplit('.').next(), Some("NoReturn" | "Never")));
            says_so || self.body_always_raises(function)
        })
    }

    fn body_always_raises(&self, function: &Function) -> bool {
        let tree = self.tree();
        let Some(body) = function.body else { return false };
        let is_raise = |node: &NodeId| tree.kind(*node) == Kind::RaiseStatement;
        let Some(raise) = tree.named_children(body).find(is_raise) else { return false };
        let raised = tree.first_named(raise);
        let callee = raised.map(|raised| tree.child(raised, Field::Function).unwrap_or(raised));
        let path = callee.and_then(|callee| self.qualified_name(callee));
        // A method that is not implemented here is implemented in a subclass.
        let is_abstract = path == Some("builtins.NotImplementedError");
        let plain = function.decorators.is_empty() && !function.is_generator && function.name.is_some();
        plain && !is_abstract && !self.returns_before(body, raise)
    }

    fn returns_before(&self, body: NodeId, end: NodeId) -> bool {
        let tree = self.tree();
        let mut node = body;
        while node < end {
            match tree.kind(node) {
                Kind::ReturnStatement => return true,
                Kind::FunctionDefinition | Kind::ClassDefinition | Kind::Lambda => node = tree.after(node),
                _ => node = NodeId(node.0 + 1),
            }
        }
        false
    }
}
