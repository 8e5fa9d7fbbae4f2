//! Text to [`Tree`]: tree-sitter under a budget of steps, then one cursor walk that flattens its tree.
//! Broken Python is no failure here; it gives a tree with error nodes.

use std::cell::RefCell;
use std::ops::ControlFlow;

use tree_sitter::{ParseOptions, ParseState, Parser, TreeCursor};

use super::super::limits::Limits;
use super::super::skip::SkipReason;
use super::kind::Grammar;
use super::prefixes;
use super::steps::Steps;
use super::tree::{HAS_ERROR, MISSING, Node, Tree};

/// Parses Python. Stops at the ceilings of `limits`, always at the same point for the same text.
pub fn parse(text: &str, limits: &Limits) -> Result<Tree, SkipReason> {
    if prefixes::are_endless(text) {
        return Err(SkipReason::Budget("its operators nest too deeply"));
    }
    let tree = parse_within(text, limits.parse_steps.min(fair_steps(text.len())))?;
    if tree.root_node().descendant_count() > limits.nodes {
        return Err(SkipReason::Budget("its syntax tree has too many nodes"));
    }
    let nodes = flatten(&tree, limits.depth).ok_or(SkipReason::Budget("it nests too deeply"))?;
    Ok(Tree { nodes, steps: Steps::endless() })
}

/// What no sane text of this length needs: ordinary code takes a step per 200 bytes, a dense table of numbers one per
/// 25. So a short hostile file costs little, too.
fn fair_steps(bytes: usize) -> usize {
    2_000 + bytes / 16
}

thread_local! {
    /// One per thread: many files are so small that to make a parser would cost its share.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

fn parse_within(text: &str, steps: usize) -> Result<tree_sitter::Tree, SkipReason> {
    PARSER.with_borrow_mut(|parser| parse_with(parser, text, steps))
}

fn parse_with(parser: &mut Parser, text: &str, steps: usize) -> Result<tree_sitter::Tree, SkipReason> {
    // It may have been left in the middle of another text.
    parser.reset();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .map_err(|error| SkipReason::Internal(error.to_string()))?;
    let mut left = steps;
    let mut progress = |_: &ParseState| match left.checked_sub(1) {
        Some(rest) => {
            left = rest;
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| text.as_bytes().get(at..).unwrap_or_default();
    parser
        .parse_with_options(&mut read, None, Some(options))
        .ok_or(SkipReason::Budget("parsing it takes too many steps"))
}

/// The nodes in the order of the text; nothing if they nest deeper than `depth`.
fn flatten(tree: &tree_sitter::Tree, depth: usize) -> Option<Vec<Node>> {
    let mut nodes: Vec<Node> = Vec::with_capacity(tree.root_node().descendant_count());
    let mut open: Vec<u32> = Vec::new();
    let mut cursor = tree.walk();
    let reader = Reader { grammar: Grammar::get(), is_broken: tree.root_node().has_error() };
    loop {
        let id = nodes.len() as u32;
        nodes.push(reader.node(&cursor, open.last().copied().unwrap_or_default()));
        if cursor.goto_first_child() {
            open.push(id);
            if open.len() > depth {
                return None;
            }
            continue;
        }
        nodes[id as usize].end = id + 1;
        while !cursor.goto_next_sibling() {
            let Some(closed) = open.pop() else { return Some(nodes) };
            nodes[closed as usize].end = nodes.len() as u32;
            cursor.goto_parent();
        }
    }
}

/// Reads nodes. Each question to tree-sitter is a call into C, so as few as can be are asked.
struct Reader {
    grammar: &'static Grammar,
    /// Only in a tree with a mistake can a node have one.
    is_broken: bool,
}

impl Reader {
    fn node(&self, cursor: &TreeCursor<'_>, parent: u32) -> Node {
        let node = cursor.node();
        let (kind, named) = self.grammar.kind(node.kind_id());
        Node {
            kind,
            field: self.grammar.field(cursor.field_id()),
            flags: named | if self.is_broken { mistakes(node) } else { 0 },
            parent,
            end: 0,
            start_byte: node.start_byte() as u32,
            end_byte: node.end_byte() as u32,
        }
    }
}

fn mistakes(node: tree_sitter::Node<'_>) -> u8 {
    match node.is_missing() {
        true => MISSING | HAS_ERROR,
        false if node.has_error() => HAS_ERROR,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> Result<usize, SkipReason> {
        parse(text, &Limits::default()).map(|tree| tree.len())
    }

    #[test]
    fn hostile_depth_and_width_end_quickly() {
        let cases = [
            "(".repeat(200_000),
            "*a,".repeat(100_000),
            "lambda:".repeat(50_000),
            "x = [".repeat(20_000),
            "f'{".repeat(50_000),
            "'".repeat(100_001),
            "<<<<<<< HEAD\n".repeat(5_000),
        ];
        for text in cases {
            let answer = count(&text);
            assert!(matches!(answer, Ok(_) | Err(SkipReason::Budget(_))), "{answer:?}");
        }
    }

    #[test]
    fn the_flat_tree_keeps_the_order_and_the_shape() {
        let text = "def f(a, b):\n    return a + b  # sum\n";
        let tree = parse(text, &Limits::default()).unwrap();
        assert!(tree.nodes().skip(1).all(|node| tree.parent(node).is_some_and(|parent| parent < node)));
        for node in tree.nodes() {
            assert!(tree.children(node).all(|child| tree.parent(child) == Some(node)));
            assert!(tree.descendants(node).all(|below| tree.contains(node, below)));
            assert!(!tree.contains(node, tree.after(node)));
        }
        let function = tree.first_named(super::super::NodeId::ROOT).unwrap();
        assert_eq!(tree.kind(function), super::super::Kind::FunctionDefinition);
        let body = tree.child(function, super::super::Field::Body).unwrap();
        assert!(text[tree.range(body)].starts_with("return a + b"));
    }
}
