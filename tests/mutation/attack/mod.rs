//! Files as large as one likes that say one thing over and over: whatever costs more than its share of the text shows
//! there. Each rule is attacked by what concerns it, its own examples; some shapes are known to have hurt.

mod known;
mod rule;

use scrutineer::engine::{Limits, RuleSet};

/// A text that can be had in any size.
pub(crate) struct Attack {
    pub(crate) name: String,
    shape: Shape,
}

/// A text that repeats its middle. `{n}` there is the number of the repetition, `{p}` the one before.
struct Shape {
    head: String,
    unit: String,
    tail: String,
    /// Each repetition stands inside of the one before, one level further right.
    nested: bool,
}

/// Every attack: those known by hand, then those that the rules' examples make.
pub(crate) fn attacks(rules: &RuleSet) -> Vec<Attack> {
    known::attacks().into_iter().chain(rules.iter().flat_map(|rule| rule::attacks(rule))).collect()
}

impl Attack {
    /// The text at this many bytes, or at as many lines as a file may have.
    pub(crate) fn text(&self, bytes: usize) -> String {
        self.shape.text(bytes)
    }

    /// The largest text that an audit takes, or a part of it.
    pub(crate) fn part(&self, of: usize) -> String {
        let whole = self.text(Limits::default().file_bytes);
        if of == 1 { whole } else { self.text(whole.len() / of) }
    }
}

impl Shape {
    fn flat(head: &str, unit: &str, tail: &str) -> Shape {
        Shape { head: head.to_owned(), unit: unit.to_owned(), tail: tail.to_owned(), nested: false }
    }

    fn text(&self, bytes: usize) -> String {
        let mut lines = Limits::default().lines - count(&self.head) - count(&self.tail) - 1;
        let (mut text, mut number) = (self.head.clone(), 1);
        loop {
            let unit = self.repetition(number);
            let left = lines.checked_sub(count(&unit));
            let Some(left) = left.filter(|_| text.len() + unit.len() + self.tail.len() <= bytes) else {
                break;
            };
            lines = left;
            text.push_str(&unit);
            number += 1;
        }
        text + &self.tail
    }

    fn repetition(&self, number: usize) -> String {
        let before = (number - 1).to_string();
        let unit = self.unit.replace("{n}", &number.to_string()).replace("{p}", &before);
        if self.nested { indented(&unit, 4 * (number - 1)) } else { unit }
    }
}

fn count(text: &str) -> usize {
    text.matches('\n').count()
}

fn indented(text: &str, columns: usize) -> String {
    let margin = " ".repeat(columns);
    text.split_inclusive('\n').map(|line| format!("{margin}{line}")).collect()
}
