//! Stories, in the words of those who use the bot. One file per theme.

mod budgets;
mod deliveries;
mod drafts;
mod faults;
mod files;
mod forks;
mod killed;
mod limits;
mod opened;
mod overtaken;
mod policy;
mod pushed;

/// A file with one finding of medium severity, on line 5.
const FETCH: &str = "import requests\n\n\ndef fetch(url):\n    return requests.get(url)\n";

/// A file with one finding of critical severity, on line 6.
const RESTORE: &str = "import tarfile\n\n\ndef restore(path):\n    with tarfile.open(path) as archive:\n        archive.extractall(\"/srv/data\")\n";

/// A file without findings.
const CLEAN: &str = "def add(a, b):\n    return a + b\n";

/// What the check of a change says that fetches without a timeout and does nothing else.
const ONE_MEDIUM: &str = "success: 1 medium finding";

const FETCHES: &str = "app.py:5 http-call-without-timeout";
