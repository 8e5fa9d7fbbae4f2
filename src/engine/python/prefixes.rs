//! What a parser has to hold while it waits for an operand: chains of `lambda`, `not` and signs with none behind them.
//! Where such a chain is no Python, tree-sitter's search for a way out takes time with the square of its length, which
//! none of its steps tells; so texts with too much of it are refused before they are parsed.

/// Squares of the lengths of all chains in a text, together. A million takes the parser most of a second; the most that
/// real files have comes from rulers of dashes in their docstrings.
const MOST: usize = 4_000_000;

/// Whether the parser should not be given this text.
pub(super) fn are_endless(text: &str) -> bool {
    let mut chains = Chains::default();
    for line in text.split('\n').filter(|line| !line.trim_start().starts_with('#')) {
        chains.read(line.as_bytes());
        if chains.squares > MOST {
            return true;
        }
    }
    chains.end();
    chains.squares > MOST
}

#[derive(Default)]
struct Chains {
    /// Of the chain that is not at its end.
    length: usize,
    /// Names after `lambda` are its parameters, no operands.
    in_lambda: bool,
    squares: usize,
}

impl Chains {
    fn read(&mut self, line: &[u8]) {
        let mut at = 0;
        while let Some(byte) = line.get(at) {
            at += match byte {
                b'-' | b'+' | b'~' => self.grow(),
                b':' => {
                    self.in_lambda = false;
                    1
                }
                b'"' | b'\'' | b')' | b']' | b'}' => self.end(),
                byte if is_word(*byte) => self.word(&line[at..]),
                _ => 1,
            };
        }
    }

    /// Returns the length of the word.
    fn word(&mut self, rest: &[u8]) -> usize {
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        match &rest[..length] {
            b"lambda" => {
                self.in_lambda = true;
                self.grow();
            }
            b"not" => {
                self.grow();
            }
            _ if self.in_lambda => {}
            _ => {
                self.end();
            }
        }
        length
    }

    fn grow(&mut self) -> usize {
        self.length += 1;
        1
    }

    fn end(&mut self) -> usize {
        self.squares = self.squares.saturating_add(self.length.saturating_mul(self.length));
        self.length = 0;
        1
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(are_endless(text), expected, "{}…", text.chars().take(40).collect::<String>());
    }

    #[test]
    fn chains_without_an_operand_are_too_much_for_the_parser() {
        check(&"---- : ".repeat(600), true);
        check(&"lambda a, b: lambda: lambda c:: ".repeat(700), true);
        check(&format!("x = {}0\n", "not : ".repeat(100)).repeat(401), true);
    }

    #[test]
    fn operands_and_comments_end_a_chain() {
        check(&"x = [-1, -2, not y, lambda z: -z]\n".repeat(20_000), false);
        check(&format!("# {}\n", "-".repeat(100)).repeat(10_000), false);
        check(&format!("'''\nTitle\n{}\n'''\n", "-".repeat(60)).repeat(1_000), false);
    }
}
