//! Which argument of a call goes to which parameter, as Python binds them. What `*args` and `**kwargs` hold is not
//! known, so behind them only what is certain is a mismatch.

use super::function::{FunctionId, Param, ParamKind};
use super::kind::{Field, Kind};
use super::names::Name;
use super::tree::NodeId;
use super::{Module, Resolved};

/// What one parameter gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    Given(NodeId),
    /// Nothing: its default counts.
    Default,
    /// `*args` or `**kwargs` of the call may hold it, or it gathers several.
    Unknown,
}

/// The arguments of a call by parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    of_param: Vec<(Name, Argument)>,
    /// What `*args` and `**kwargs` of the definition gather.
    pub gathered: Vec<NodeId>,
}

/// Why Python would refuse a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// Parameters without a default that get nothing.
    Missing(Vec<Name>),
    /// More positional arguments than parameters take one.
    TooMany { takes: usize, given: usize, first: NodeId },
    /// A keyword that no parameter has.
    Unknown { name: Name, at: NodeId },
    /// A keyword for a parameter that is positional only.
    PositionalOnly { name: Name, at: NodeId },
    /// A parameter that gets two values.
    Twice { name: Name, at: NodeId },
}

impl Arguments {
    /// What the parameter of this name gets.
    pub fn get(&self, name: Name) -> Option<Argument> {
        self.of_param.iter().find(|(param, _)| *param == name).map(|(_, argument)| *argument)
    }

    /// Each parameter with what it gets, in the order of the definition; a bound receiver is left out.
    pub fn iter(&self) -> impl Iterator<Item = (Name, Argument)> + '_ {
        self.of_param.iter().copied()
    }
}

impl Module {
    /// Binds a call's arguments to the parameters of a function of this file. Where the call resolves to the
    /// function through an instance, a class or a constructor, that one is the first parameter.
    pub fn bind_arguments(&self, call: NodeId, function: FunctionId) -> Result<Arguments, Mismatch> {
        let params = &self.function(function).params;
        let first = usize::from(self.binds_receiver(call, function));
        self.bind_to(call, params.get(first..).unwrap_or_default())
    }

    /// Binds a call's arguments to what the call resolves to; `None` where that is not known.
    pub fn bind_call(&self, call: NodeId) -> Option<Result<Arguments, Mismatch>> {
        match self.resolve_call(call)? {
            Resolved::Function(id) => Some(self.bind_arguments(call, id)),
            Resolved::Method(id) if self.takes_receiver(id) => Some(self.bind_arguments(call, id)),
            Resolved::Method(_) => None,
            Resolved::Constructor(class) => Some(self.bind_to(call, &self.constructor(class)?.params(self))),
        }
    }

    /// Whether the first parameter can be the receiver: `def f(*args)` takes it into its `args`.
    fn takes_receiver(&self, id: FunctionId) -> bool {
        self.function(id).params.first().is_some_and(Param::is_positional)
    }

    /// Binds a call's arguments to these parameters.
    pub fn bind_to(&self, call: NodeId, params: &[Param]) -> Result<Arguments, Mismatch> {
        let mut binder = Binder::new(self, params);
        for argument in self.arguments_of(call) {
            binder.take(argument)?;
        }
        binder.finish()
    }

    /// A call's arguments in order; a lone generator expression is one.
    fn arguments_of(&self, call: NodeId) -> Vec<NodeId> {
        let tree = self.tree();
        match tree.child(call, Field::Arguments) {
            Some(list) if tree.kind(list) == Kind::GeneratorExpression => vec![list],
            Some(list) => tree.named_children(list).collect(),
            None => Vec::new(),
        }
    }
}

struct Binder<'m> {
    module: &'m Module,
    params: &'m [Param],
    values: Vec<Option<NodeId>>,
    positional: Vec<NodeId>,
    gathered: Vec<NodeId>,
    open_positional: bool,
    open_keyword: bool,
}

impl<'m> Binder<'m> {
    fn new(module: &'m Module, params: &'m [Param]) -> Binder<'m> {
        Binder {
            module,
            params,
            values: vec![None; params.len()],
            positional: Vec::new(),
            gathered: Vec::new(),
            open_positional: false,
            open_keyword: false,
        }
    }

    fn take(&mut self, argument: NodeId) -> Result<(), Mismatch> {
        match self.module.tree().kind(argument) {
            Kind::ListSplat | Kind::ParenthesizedListSplat => self.open_positional = true,
            Kind::DictionarySplat => self.open_keyword = true,
            Kind::KeywordArgument => return self.keyword(argument),
            _ => self.positional(argument),
        }
        Ok(())
    }

    fn positional(&mut self, argument: NodeId) {
        if self.open_positional {
            return;
        }
        let index = self.positional.len();
        self.positional.push(argument);
        match self.params.get(index).filter(|param| param.is_positional()) {
            Some(_) => self.values[index] = Some(argument),
            None => self.gathered.push(argument),
        }
    }

    fn keyword(&mut self, argument: NodeId) -> Result<(), Mismatch> {
        let (module, tree) = (self.module, self.module.tree());
        let parts = tree.child(argument, Field::Name).zip(tree.child(argument, Field::Value));
        let Some((key, value)) = parts else { return Ok(()) };
        let Some(name) = module.names().get(module.text(key)) else { return Ok(()) };
        let by_name =
            |param: &Param| matches!(param.kind, ParamKind::PositionalOrKeyword | ParamKind::KeywordOnly);
        let found = self.params.iter().position(|param| param.name == name && by_name(param));
        match found {
            Some(index) if self.values[index].is_some() => Err(Mismatch::Twice { name, at: argument }),
            Some(index) => {
                self.values[index] = Some(value);
                Ok(())
            }
            None if self.gathers(ParamKind::VarKeyword) => {
                self.gathered.push(value);
                Ok(())
            }
            None if self.is_positional_only(name) => Err(Mismatch::PositionalOnly { name, at: argument }),
            None => Err(Mismatch::Unknown { name, at: argument }),
        }
    }

    fn is_positional_only(&self, name: Name) -> bool {
        self.params.iter().any(|param| param.name == name && param.kind == ParamKind::PositionalOnly)
    }

    fn gathers(&self, kind: ParamKind) -> bool {
        self.params.iter().any(|param| param.kind == kind)
    }

    fn finish(self) -> Result<Arguments, Mismatch> {
        let takes = self.params.iter().take_while(|param| param.is_positional()).count();
        if let Some(first) = self.positional.get(takes)
            && !self.gathers(ParamKind::VarPositional)
        {
            return Err(Mismatch::TooMany { takes, given: self.positional.len(), first: *first });
        }
        let missing: Vec<Name> = self
            .each()
            .filter(|(param, value)| self.lacks(param, *value))
            .map(|(param, _)| param.name)
            .collect();
        if !missing.is_empty() {
            return Err(Mismatch::Missing(missing));
        }
        let of_param = self.each().map(|(param, value)| (param.name, self.of(param, value))).collect();
        Ok(Arguments { of_param, gathered: self.gathered })
    }

    fn each(&self) -> impl Iterator<Item = (&Param, Option<NodeId>)> {
        self.params.iter().zip(self.values.iter().copied())
    }

    fn lacks(&self, param: &Param, value: Option<NodeId>) -> bool {
        value.is_none() && param.default.is_none() && !is_gathering(param) && !self.may_be_held(param)
    }

    /// Whether a splat of the call may hold the parameter's argument.
    fn may_be_held(&self, param: &Param) -> bool {
        match param.kind {
            ParamKind::PositionalOnly => self.open_positional,
            ParamKind::PositionalOrKeyword => self.open_positional || self.open_keyword,
            ParamKind::KeywordOnly => self.open_keyword,
            ParamKind::VarPositional | ParamKind::VarKeyword => true,
        }
    }

    fn of(&self, param: &Param, value: Option<NodeId>) -> Argument {
        match value {
            Some(value) => Argument::Given(value),
            None if is_gathering(param) || self.may_be_held(param) => Argument::Unknown,
            None => Argument::Default,
        }
    }
}

fn is_gathering(param: &Param) -> bool {
    matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword)
}
