//! Which files are Python: by name, or by the first line of a script without extension.

/// Whether the name alone says so.
pub fn is_python_path(path: &str) -> bool {
    let name = file_name(path);
    name.ends_with(".py") || name.ends_with(".pyi")
}

/// Whether only the first line can tell, see [`has_python_shebang`].
pub fn may_be_script(path: &str) -> bool {
    !file_name(path).contains('.')
}

/// Whether a script asks to be run by Python: `#!/usr/bin/env python3`, `#!/usr/bin/env -S uv run`.
pub fn has_python_shebang(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"#!") else {
        return false;
    };
    let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(&line[..line.len().min(256)]);
    let mut words = line.split_whitespace().map(file_name);
    words.any(|word| word.starts_with("python") || word.starts_with("pypy") || word == "uv")
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_is_known_by_its_extension() {
        for (path, expect) in
            [("a.py", true), ("d.d/a.pyi", true), ("a.pyc", false), ("py", false), ("a.py/b", false)]
        {
            assert_eq!(is_python_path(path), expect, "{path}");
        }
    }

    #[test]
    fn a_name_without_extension_may_be_a_script() {
        for (path, expect) in
            [("bin/run", true), ("Makefile", true), ("a.d/run", true), ("run.sh", false), (".env", false)]
        {
            assert_eq!(may_be_script(path), expect, "{path}");
        }
    }

    #[test]
    fn the_first_line_names_the_interpreter() {
        let yes = [
            "#!/usr/bin/python\n",
            "#!/usr/bin/env python3.12\nx",
            "#! /usr/bin/env -S python3 -u",
            "#!/usr/bin/env -S uv run --script\n",
            "#!python\r\n",
        ];
        let no = [
            "",
            "#!/bin/sh\n# python",
            "# python",
            "python",
            "#!/opt/python/bin/ruby",
            "\n#!/usr/bin/python",
        ];
        assert!(yes.iter().all(|text| has_python_shebang(text.as_bytes())));
        assert!(!no.iter().any(|text| has_python_shebang(text.as_bytes())));
    }
}
