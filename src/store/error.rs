//! What can go wrong with the database, in the variants a caller acts on.

use std::path::PathBuf;

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached or written now. Nothing was changed; it is safe to ask again.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Others changed the same rows at the same time. Nothing was changed; it is safe to ask again.
    #[error("the database was busy with the same rows: {0}")]
    Disturbed(String),
    /// The claim is no longer ours: its lease ran out and the target belongs to somebody else.
    #[error("the lease on the target was lost")]
    LeaseLost,
    /// Another target has its turn on this commit. It is over in a moment.
    #[error("another target is publishing on the same commit")]
    Occupied,
    /// Two processes on one SQLite file would both claim its work.
    #[error(
        "{} is in use by {owner}; stop it, or give this process a database of its own with DATABASE_URL",
        path.display()
    )]
    InUse { path: PathBuf, owner: String },
    /// `DATABASE_URL` names nothing we can work with.
    #[error("DATABASE_URL cannot be used: {0}")]
    Unusable(String),
    /// A row does not read as this version writes it.
    #[error("the database holds a row that cannot be read: {0}")]
    Corrupt(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => {
                Error::Corrupt(error.to_string())
            }
            sqlx::Error::Database(error) if is_disturbance(error.code().as_deref()) => {
                Error::Disturbed(error.to_string())
            }
            other => Error::Unavailable(other.to_string()),
        }
    }
}

/// PostgreSQL ended a circle of waiting, could not put two transactions in order, or found that a row this
/// one refers to had just gone; SQLite found that what was read had just been written.
fn is_disturbance(code: Option<&str>) -> bool {
    matches!(code, Some("40P01" | "40001" | "23503" | "517"))
}
