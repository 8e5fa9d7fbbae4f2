//! Python's own exceptions and their bases.

/// Whether the built-in exception `raised` is a `caught`; `None` if `raised` is none of Python's.
pub(super) fn is_a(raised: &str, caught: &str) -> Option<bool> {
    let mut name = alias(raised.strip_prefix("builtins.")?);
    let wanted = caught.strip_prefix("builtins.").map(alias);
    for _ in 0..8 {
        let (_, base) = BASES.iter().find(|(exception, _)| *exception == name)?;
        if Some(name) == wanted {
            return Some(true);
        }
        if base.is_empty() {
            return Some(wanted == Some("BaseException"));
        }
        name = base;
    }
    None
}

/// Whether the type is a `BaseException` that no `except Exception` catches.
pub(super) fn is_beside_exception(path: &str) -> bool {
    is_a(path, "builtins.Exception") == Some(false) && path != "builtins.BaseException"
        || matches!(path, "asyncio.CancelledError" | "asyncio.exceptions.CancelledError" | "trio.Cancelled")
}

fn alias(name: &str) -> &str {
    match name {
        "IOError" | "EnvironmentError" => "OSError",
        other => other,
    }
}

/// Each exception and its base; those right below `BaseException` have none here.
const BASES: &[(&str, &str)] = &[
    ("BaseException", ""),
    ("Exception", ""),
    ("SystemExit", ""),
    ("KeyboardInterrupt", ""),
    ("GeneratorExit", ""),
    ("BaseExceptionGroup", ""),
    ("ArithmeticError", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ExceptionGroup", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("PythonFinalizationError", "RuntimeError"),
    ("StopAsyncIteration", "Exception"),
    ("StopIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("IndentationError", "SyntaxError"),
    ("TabError", "IndentationError"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("Warning", "Exception"),
    ("DeprecationWarning", "Warning"),
    ("UserWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("ResourceWarning", "Warning"),
];
