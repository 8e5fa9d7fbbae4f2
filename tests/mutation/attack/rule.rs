//! The attacks that a rule's own bad examples make: the function that is found wrong, repeated in each way.

use scrutineer::engine::Rule;

use super::{Attack, Shape, indented};

pub(super) fn attacks(rule: &Rule) -> Vec<Attack> {
    let examples = rule.examples.bad.iter().enumerate();
    examples.flat_map(|(number, text)| example(&format!("{}_{number}", rule.id), text)).collect()
}

fn example(name: &str, text: &str) -> Vec<Attack> {
    let mut shapes = vec![("whole", Shape::flat("", text, ""))];
    if let Some(found) = Found::of(text) {
        shapes.push(("body", found.body()));
        shapes.push(("names", found.names()));
        shapes.push(("functions", found.functions()));
        shapes.push(("methods", found.methods()));
        shapes.push(("nested", found.nested()));
    }
    shapes.into_iter().map(|(way, shape)| Attack { name: format!("{name}_{way}"), shape }).collect()
}

/// An example taken apart at the function that holds its finding.
struct Found {
    before: String,
    /// Decorators and the lines up to the colon.
    header: String,
    body: String,
    after: String,
}

impl Found {
    fn of(text: &str) -> Option<Found> {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let finding = lines.iter().position(|line| line.contains("# finding"))?;
        let is_def = |line: &&str| starts(line, &["def ", "async def "]);
        let def = (0..=finding).rev().find(|at| {
            is_def(&lines[*at]) && (*at == finding || margin(lines[*at]) < margin(lines[finding]))
        })?;
        let begin = def - lines[..def].iter().rev().take_while(|line| starts(line, &["@"])).count();
        let colon = def + lines[def..].iter().position(|line| ends_header(line))?;
        let inside = |line: &&&str| line.trim().is_empty() || margin(line) > margin(lines[def]);
        let end = colon + 1 + lines[colon + 1..].iter().take_while(inside).count();
        let part = |from: usize, to: usize| lines[from..to].concat();
        let body = part(colon + 1, end);
        (!body.trim().is_empty()).then(|| Found {
            before: part(0, begin),
            header: part(begin, colon + 1),
            body,
            after: part(end, lines.len()),
        })
    }

    /// Its body over and over in one function.
    fn body(&self) -> Shape {
        Shape::flat(&format!("{}{}", self.before, self.header), &self.body, &self.after)
    }

    /// The same, with local names of its own each time.
    fn names(&self) -> Shape {
        let targets =
            self.body.lines().filter_map(|line| line.trim().split_once(" = ").map(|(target, _)| target));
        let names: Vec<&str> = targets.filter(|target| target.chars().all(is_word)).collect();
        let unit = renamed(&self.body, &names);
        Shape::flat(&format!("{}{}", self.before, self.header), &unit, &self.after)
    }

    /// As many functions of their own names where it stands.
    fn functions(&self) -> Shape {
        Shape::flat(&self.before, &self.numbered(), &self.after)
    }

    /// As many methods of one class.
    fn methods(&self) -> Shape {
        let depth = margin(self.header.lines().last().unwrap_or_default());
        let class = format!("{}{}class Attacked:\n", self.before, " ".repeat(depth));
        Shape::flat(&class, &indented(&self.numbered(), 4), &self.after)
    }

    /// Each in the one before.
    fn nested(&self) -> Shape {
        Shape { nested: true, ..Shape::flat(&self.before, &self.numbered(), "") }
    }

    fn numbered(&self) -> String {
        let header = match self.header.split_once("def ") {
            Some((before, rest)) => {
                let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
                format!("{before}def {name}_{{n}}{}", &rest[name.len()..])
            }
            None => self.header.clone(),
        };
        header + &self.body
    }
}

/// The text with a number behind each of these names.
fn renamed(text: &str, names: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let end = rest[start..].find(|c| !is_word(c)).map_or(rest.len(), |length| start + length);
        out.push_str(&rest[..end]);
        if names.contains(&&rest[start..end]) {
            out.push_str("_{n}");
        }
        rest = &rest[end..];
    }
    out + rest
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn starts(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.trim_start().starts_with(word))
}

fn ends_header(line: &str) -> bool {
    line.split('#').next().unwrap_or_default().trim_end().ends_with(':')
}

fn margin(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
