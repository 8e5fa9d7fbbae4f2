//! One statement for many rows: what a burst costs is mostly the number of its statements.

use std::sync::Arc;

use sqlx::AssertSqlSafe;

/// How many rows a statement may have. Few sizes, so that each is prepared once per connection; none larger,
/// because SQLite looks for each name of a parameter among all of the statement.
const SIZES: [usize; 6] = [32, 16, 8, 4, 2, 1];

/// A statement that inserts rows. All parts are text of this room, never of a stranger.
pub(super) struct Shape {
    /// Up to and with `VALUES`.
    pub(super) head: &'static str,
    /// Parameters that all rows share: `$1` up to this number.
    pub(super) shared: usize,
    /// Parameters of each row.
    pub(super) own: usize,
    /// What follows them in each row.
    pub(super) also: &'static str,
    pub(super) tail: &'static str,
}

/// The statement in each size.
pub(super) struct Rows {
    texts: [(usize, Arc<str>); SIZES.len()],
}

impl Rows {
    pub(super) fn new(shape: &Shape) -> Rows {
        Rows { texts: SIZES.map(|size| (size, shape.text(size).into())) }
    }

    /// Cuts rows into statements: the text and the rows whose parameters it takes, in their order.
    pub(super) fn of<'r, T>(&self, mut rows: &'r [T]) -> Vec<(AssertSqlSafe<Arc<str>>, &'r [T])> {
        let mut statements = Vec::new();
        for (size, text) in &self.texts {
            while let Some((first, rest)) = rows.split_at_checked(*size) {
                statements.push((AssertSqlSafe(text.clone()), first));
                rows = rest;
            }
        }
        statements
    }
}

impl Shape {
    fn text(&self, rows: usize) -> String {
        let rows: Vec<String> = (0..rows).map(|row| self.row(row)).collect();
        format!("{} {} {}", self.head, rows.join(", "), self.tail)
    }

    fn row(&self, row: usize) -> String {
        let first = self.shared + row * self.own + 1;
        let own: Vec<String> = (first..first + self.own).map(|number| format!("${number}")).collect();
        format!("({}{})", own.join(", "), self.also)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape =
        Shape { head: "INSERT INTO t VALUES", shared: 1, own: 2, also: ", $1", tail: "RETURNING a" };

    #[test]
    fn parameters_are_numbered_through() {
        assert_eq!(SHAPE.text(2), "INSERT INTO t VALUES ($2, $3, $1), ($4, $5, $1) RETURNING a");
    }

    #[test]
    fn every_row_is_in_one_statement() {
        let rows: Vec<usize> = (0..150).collect();
        let statements = Rows::new(&SHAPE).of(&rows).into_iter().map(|(_, rows)| rows).collect::<Vec<_>>();
        assert_eq!(statements.iter().map(|rows| rows.len()).collect::<Vec<_>>(), [32, 32, 32, 32, 16, 4, 2]);
        assert_eq!(statements.concat(), rows);
        assert!(Rows::new(&SHAPE).of::<usize>(&[]).is_empty());
    }
}
