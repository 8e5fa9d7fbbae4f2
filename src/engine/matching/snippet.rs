//! From a rewritten snippet's syntax tree to a pattern: expressions. The snippet is the rule author's, so its depth
//! is checked before anything recurses over it. Statements are in `snippet_statement`,
//! strings in `snippet_string`.

use crate::engine::limits::Limits;
use crate::engine::python::{Constant, Field, Kind, NodeId, Tree, parse};

use super::pattern::{Argument, Call, Child, LARGEST, Part, PatternError, Segment, Shape};
use super::placeholder::{self, DEEP, Placeholder, TYPED};

/// Levels of a pattern: matching recurses over them.
const DEEPEST: usize = 64;

/// Reads a snippet whose holes are placeholders.
pub(super) fn read(text: &str) -> Result<Shape, PatternError> {
    let first = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    match first {
        Some("except" | "finally" | "else" | "elif")
            if text.trim_start().starts_with(|c: char| c.is_alphabetic()) =>
        {
            clause(text)
        }
        _ => whole(text),
    }
}

fn whole(text: &str) -> Result<Shape, PatternError> {
    let tree = syntax(text)?;
    let mut parts = Snippet { tree: &tree, text }.statements(NodeId::ROOT)?;
    match parts.len() {
        0 => Err(PatternError::new("it is empty", "write what to look for")),
        1 if parts[0].is_open() => {
            Err(PatternError::new("it matches everything", "write what to look for around the `...`"))
        }
        1 => Ok(Shape::One(parts.remove(0))),
        _ => Ok(Shape::Sequence(parts)),
    }
}

/// A clause of a statement: `except E: ...` alone.
fn clause(text: &str) -> Result<Shape, PatternError> {
    let head = if text.trim_start().starts_with("el") { "if __dots__:\n  pass\n" } else { "try:\n  pass\n" };
    let text = format!("{head}{text}");
    let tree = syntax(&text)?;
    let snippet = Snippet { tree: &tree, text: &text };
    let statement = tree.first_named(NodeId::ROOT);
    let found = statement.into_iter().flat_map(|statement| tree.named_children(statement)).last();
    found.map_or_else(|| Err(not_python()), |node| snippet.part(node).map(Shape::One))
}

fn syntax(text: &str) -> Result<Tree, PatternError> {
    let too_large = || PatternError::new("it is too large", "split it into several patterns");
    let limits = Limits { nodes: LARGEST, depth: DEEPEST, ..Limits::default() };
    let tree = parse(text, &limits).map_err(|_| too_large())?;
    if tree.has_error(NodeId::ROOT) {
        return Err(not_python());
    }
    Ok(tree)
}

pub(super) fn not_python() -> PatternError {
    let remedy = "write one expression, one statement or several statements of Python with `$X` and `...`";
    PatternError::new("it is not Python", remedy)
}

pub(super) type Made<T> = Result<T, PatternError>;

pub(super) struct Snippet<'s> {
    pub(super) tree: &'s Tree,
    pub(super) text: &'s str,
}

impl Snippet<'_> {
    pub(super) fn text(&self, node: NodeId) -> &str {
        &self.text[self.tree.range(node)]
    }

    /// A keyword or operator stands among the children.
    pub(super) fn has_token(&self, node: NodeId, token: &str) -> bool {
        self.tree
            .children(node)
            .any(|child| self.tree.kind(child) == Kind::Token && self.text(child) == token)
    }

    pub(super) fn part(&self, node: NodeId) -> Made<Part> {
        match self.tree.kind(node) {
            Kind::ExpressionStatement
            | Kind::ParenthesizedExpression
            | Kind::Type
            | Kind::AsPatternTarget => self.only_child(node),
            Kind::Identifier => Ok(self.identifier(node)),
            Kind::Attribute => self.attribute(node),
            Kind::Call => self.call(node),
            Kind::String => self.string(node),
            Kind::ConcatenatedString => self.concatenated(node),
            Kind::Integer => Ok(self.integer(node)),
            Kind::True => Ok(Part::Constant(Constant::Bool(true))),
            Kind::False => Ok(Part::Constant(Constant::Bool(false))),
            Kind::None => Ok(Part::Constant(Constant::None)),
            Kind::Set | Kind::Dictionary => self.unordered(node),
            Kind::BooleanOperator | Kind::BinaryOperator => self.operator(node),
            Kind::Token | Kind::Float => Ok(Part::Text(self.text(node).to_owned())),
            _ => self.statement(node),
        }
    }

    pub(super) fn node(&self, node: NodeId) -> Made<Part> {
        Ok(Part::Node { kind: self.tree.kind(node), children: self.children(node)? })
    }

    fn only_child(&self, node: NodeId) -> Made<Part> {
        let mut children = self.tree.named_children(node);
        match (children.next(), children.next()) {
            (Some(child), None) => self.part(child),
            _ => self.node(node),
        }
    }

    fn identifier(&self, node: NodeId) -> Part {
        let text = self.text(node);
        match placeholder::read(text) {
            Some(Placeholder::Dots) => Part::Dots,
            Some(Placeholder::Many(name)) => Part::Many(name),
            Some(Placeholder::Meta(name)) => Part::Meta(name),
            None if self.is_bound_here(node) => Part::Text(text.to_owned()),
            None => Part::Dotted(vec![Segment::Is(text.to_owned())]),
        }
    }

    /// Whether the name stands where it is given to something, so that there is nothing to resolve.
    fn is_bound_here(&self, node: NodeId) -> bool {
        let Some(parent) = self.tree.parent(node) else { return false };
        match self.tree.kind(parent) {
            Kind::Assignment | Kind::AugmentedAssignment | Kind::ForStatement | Kind::ForInClause => {
                self.tree.field(node) == Field::Left
            }
            Kind::NamedExpression => self.tree.field(node) == Field::Name,
            Kind::LambdaParameters
            | Kind::AsPatternTarget
            | Kind::PatternList
            | Kind::DottedName
            | Kind::GlobalStatement
            | Kind::NonlocalStatement
            | Kind::TuplePattern => true,
            _ => false,
        }
    }

    /// A chain of plain names is one dotted name; anything else keeps its object as a pattern.
    fn attribute(&self, node: NodeId) -> Made<Part> {
        let (Some(object), Some(name)) =
            (self.tree.child(node, Field::Object), self.tree.child(node, Field::Attribute))
        else {
            return self.node(node);
        };
        let object = self.part(object)?;
        if placeholder::read(self.text(name)) == Some(Placeholder::Dots) {
            return Ok(Part::Chain(Box::new(object)));
        }
        let name = segment(self.text(name));
        Ok(match object {
            Part::Dotted(mut segments) => {
                segments.push(name);
                Part::Dotted(segments)
            }
            object => Part::Attribute { object: Box::new(object), name },
        })
    }

    fn call(&self, node: NodeId) -> Made<Part> {
        let (Some(callee), Some(arguments)) =
            (self.tree.child(node, Field::Function), self.tree.child(node, Field::Arguments))
        else {
            return self.node(node);
        };
        let given: Vec<NodeId> = self.tree.named_children(arguments).collect();
        match (self.text(callee), given.as_slice()) {
            (DEEP, [inner]) => return Ok(Part::Deep(Box::new(self.part(*inner)?))),
            (TYPED, [name, of]) => return self.typed(*name, *of),
            (DEEP | TYPED, _) => return Err(not_python()),
            _ => {}
        }
        let function = Box::new(self.part(callee)?);
        if self.tree.kind(arguments) == Kind::GeneratorExpression {
            let argument = Argument { keyword: None, value: self.part(arguments)? };
            return Ok(Part::Call(Call { function, arguments: vec![argument] }));
        }
        Ok(Part::Call(Call { function, arguments: self.arguments(arguments)? }))
    }

    fn typed(&self, name: NodeId, of: NodeId) -> Made<Part> {
        match placeholder::read(self.text(name)) {
            Some(Placeholder::Meta(name)) => Ok(Part::Typed { name, of: Box::new(self.part(of)?) }),
            _ => Err(not_python()),
        }
    }

    /// The arguments of a call or the bases of a class.
    pub(super) fn arguments(&self, list: NodeId) -> Made<Vec<Argument>> {
        self.tree.named_children(list).map(|node| self.argument(node)).collect()
    }

    fn argument(&self, node: NodeId) -> Made<Argument> {
        let keyword = self.tree.child(node, Field::Name).zip(self.tree.child(node, Field::Value));
        match (self.tree.kind(node), keyword) {
            (Kind::KeywordArgument, Some((name, value))) => {
                Ok(Argument { keyword: Some(segment(self.text(name))), value: self.part(value)? })
            }
            _ => Ok(Argument { keyword: None, value: self.part(node)? }),
        }
    }

    /// Entries in any order. `**...` and `...` allow more of them.
    fn unordered(&self, node: NodeId) -> Made<Part> {
        let mut parts = Vec::new();
        let mut open = false;
        for child in self.tree.named_children(node) {
            let inner =
                self.tree.first_named(child).filter(|_| self.tree.kind(child) == Kind::DictionarySplat);
            let placeholder = placeholder::read(self.text(inner.unwrap_or(child)));
            match placeholder {
                Some(Placeholder::Dots | Placeholder::Many(_)) => open = true,
                _ => parts.push(self.part(child)?),
            }
        }
        Ok(Part::Unordered { kind: self.tree.kind(node), parts, open })
    }

    /// Chains of one associative operator become one list of operands.
    fn operator(&self, node: NodeId) -> Made<Part> {
        let Some(operator) = associative(self.tree, self.text, node) else { return self.node(node) };
        let mut operands = Vec::new();
        operands_of(self.tree, self.text, node, operator, &mut operands);
        let parts = operands.into_iter().map(|operand| self.part(operand)).collect::<Made<Vec<_>>>()?;
        Ok(Part::Operands { operator: operator.to_owned(), parts })
    }

    fn integer(&self, node: NodeId) -> Part {
        let text = self.text(node);
        super::literal::value(text).map_or_else(|| Part::Text(text.to_owned()), Part::Constant)
    }

    pub(super) fn children(&self, node: NodeId) -> Made<Vec<Child>> {
        let children =
            self.tree.children(node).filter(|child| carries_meaning(self.tree, *child, self.text(*child)));
        let mut made = Vec::new();
        for child in children {
            made.push(Child { field: self.tree.field(child), part: self.part(child)? });
        }
        if made.is_empty()
            && self.tree.first_named(node).is_none()
            && self.tree.children(node).next().is_none()
        {
            made.push(Child { field: Field::None, part: Part::Text(self.text(node).to_owned()) });
        }
        Ok(made)
    }
}

/// The operator of this node, if the order of grouping does not matter to it.
pub(super) fn associative<'t>(tree: &Tree, text: &'t str, node: NodeId) -> Option<&'t str> {
    if !matches!(tree.kind(node), Kind::BooleanOperator | Kind::BinaryOperator) {
        return None;
    }
    let operator = &text[tree.range(tree.child(node, Field::Operator)?)];
    matches!(operator, "and" | "or" | "|" | "&" | "^").then_some(operator)
}

/// The operands of a chain of this operator, from left to right; parentheses are looked through.
pub(super) fn operands_of(tree: &Tree, text: &str, node: NodeId, operator: &str, operands: &mut Vec<NodeId>) {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let mut bare = node;
        while tree.kind(bare) == Kind::ParenthesizedExpression {
            let Some(inner) = tree.first_named(bare) else { break };
            bare = inner;
        }
        match (tree.child(bare, Field::Left), tree.child(bare, Field::Right)) {
            (Some(left), Some(right)) if associative(tree, text, bare) == Some(operator) => {
                open.extend([right, left]);
            }
            _ => operands.push(bare),
        }
    }
}

pub(super) fn segment(text: &str) -> Segment {
    match placeholder::read(text) {
        Some(Placeholder::Meta(name) | Placeholder::Many(name)) => Segment::Any(name),
        Some(Placeholder::Dots) => Segment::Any("_".into()),
        None => Segment::Is(text.to_owned()),
    }
}

/// Brackets, commas and colons say nothing that kinds and fields do not say; comments say nothing.
pub(super) fn carries_meaning(tree: &Tree, node: NodeId, text: &str) -> bool {
    let punctuation =
        tree.kind(node) == Kind::Token && matches!(text, "(" | ")" | "[" | "]" | "{" | "}" | "," | ":" | ";");
    let tells = text == ":" && tree.parent(node).is_some_and(|parent| tree.kind(parent) == Kind::Slice);
    (!punctuation || tells) && !tree.is_extra(node)
}
