//! Blobs by their ids, through one `git cat-file --batch` that lives as long as it is needed.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Error;
use crate::domain::Sha;

pub(in crate::cli) struct Blobs {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What a repository holds for an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Blob {
    Bytes(Vec<u8>),
    /// Larger than asked for; its bytes were passed over.
    TooLarge {
        bytes: u64,
    },
    /// Not in this clone, as in a partial one.
    Missing,
}

impl Blobs {
    pub(super) fn start(mut command: Command) -> Result<Blobs, Error> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = piped.spawn().map_err(|cause| Error::NotStarted { cause })?;
        let unpiped = || Error::NotStarted { cause: io::ErrorKind::BrokenPipe.into() };
        let requests = child.stdin.take().ok_or_else(unpiped)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(unpiped)?);
        Ok(Blobs { child, requests: Some(requests), answers })
    }

    /// Reads one blob, unless it is larger than `limit` bytes.
    pub(in crate::cli) fn read(&mut self, oid: &Sha, limit: u64) -> Result<Blob, Error> {
        self.exchange(oid, limit).map_err(|cause| Error::BlobsEnded { cause })
    }

    fn exchange(&mut self, oid: &Sha, limit: u64) -> io::Result<Blob> {
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(requests, "{oid}")?;
        requests.flush()?;
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        match header.split_whitespace().collect::<Vec<_>>()[..] {
            [_, "missing"] => Ok(Blob::Missing),
            [_, _, size] => self.content(size.parse().map_err(|_| io::ErrorKind::InvalidData)?, limit),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn content(&mut self, size: u64, limit: u64) -> io::Result<Blob> {
        let mut content = (&mut self.answers).take(size);
        let blob = if size > limit {
            io::copy(&mut content, &mut io::sink())?;
            Blob::TooLarge { bytes: size }
        } else {
            let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
            content.read_to_end(&mut bytes)?;
            Blob::Bytes(bytes)
        };
        self.answers.read_exact(&mut [0])?;
        Ok(blob)
    }
}

impl Drop for Blobs {
    /// The end of its input ends the process; waiting for it leaves nothing behind.
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
