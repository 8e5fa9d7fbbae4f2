//! Stories, in the words of those who use the bot. One file per theme.

mod opened;

/// A file with one finding of medium severity, on line 5.
const FETCH: &str = "import requests\n\n\ndef fetch(url):\n    return requests.get(url)\n";

/// A file with one finding of critical severity, on line 6.
const RESTORE: &str = "import tarfile\n\n\ndef restore(path):\n    with tarfile.open(path) as archive:\n        archive.extractall(\"/srv/data\")\n";

/// A file without findings.
const CLEAN: &str = "def add(a, b):\n    return a + b\n";
