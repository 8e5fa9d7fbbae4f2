//! What a module works out only when someone asks, and then remembers.

use std::any::{Any, TypeId};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::{Module, flow, narrow, roles};

pub(super) struct Learned {
    /// `type.method` of each method call that the resolution left open.
    pub(super) methods: Vec<OnceCell<Option<Box<str>>>>,
    pub(super) roles: OnceCell<roles::Roles>,
    /// What the types are narrowed by.
    pub(super) tests: OnceCell<narrow::Tests>,
    pub(super) flows: flow::Flows,
    /// What analyses worked out about the whole file, one of each type.
    facts: RefCell<HashMap<TypeId, Rc<dyn Any>>>,
}

impl Learned {
    pub(super) fn nothing(method_calls: usize, functions: usize) -> Learned {
        Learned {
            methods: vec![OnceCell::new(); method_calls],
            roles: OnceCell::new(),
            tests: OnceCell::new(),
            flows: flow::Flows::new(functions),
            facts: RefCell::default(),
        }
    }
}

impl Module {
    /// What an analysis works out about the whole file, once for all rules that ask for a fact of this type.
    pub(in crate::engine) fn fact<T: Any>(&self, find: fn(&Module) -> T) -> Rc<T> {
        let known = self.learned.facts.borrow().get(&TypeId::of::<T>()).cloned();
        if let Some(fact) = known.and_then(|fact| fact.downcast().ok()) {
            return fact;
        }
        let fact = Rc::new(find(self));
        self.learned.facts.borrow_mut().insert(TypeId::of::<T>(), Rc::clone(&fact) as Rc<dyn Any>);
        fact
    }

    /// Forgets all that was worked out: it will be worked out anew.
    pub(in crate::engine) fn forget(&mut self) {
        self.learned = Learned::nothing(self.resolved.method_calls.len(), self.found.functions.len());
    }
}
