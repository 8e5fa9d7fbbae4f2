//! One line that tells the outcome where only the title is seen. It tells apart what the change caused
//! from what we caused, since a file that was not audited never looks like a clean one.

use crate::report::{Cause, words};

use super::CheckInput;

pub(super) fn title(input: &CheckInput<'_>) -> String {
    if input.audited == 0 && input.skipped.is_empty() {
        return "No Python files changed".to_owned();
    }
    let totals = super::totals(input);
    let found = match totals.all() {
        0 => format!("No findings in {}", words::python_files(input.audited)),
        _ => totals.headline(),
    };
    std::iter::once(found)
        .chain(incomplete(input, Cause::File))
        .chain(incomplete(input, Cause::Us))
        .collect::<Vec<_>>()
        .join("; ")
}

fn incomplete(input: &CheckInput<'_>, cause: Cause) -> Option<String> {
    let n = input
        .skipped
        .iter()
        .filter(|skipped| skipped.cause == cause)
        .count();
    let files = words::count(n, "file", "files");
    let text = match cause {
        Cause::File => format!("{files} cannot be audited"),
        Cause::Us => format!("{files} not audited, our fault"),
    };
    (n > 0).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Skipped;

    #[test]
    fn a_title_never_hides_what_was_not_audited() {
        let check = |audited, causes: &[Cause], expect: &str| {
            let skipped = |cause: &Cause| Skipped {
                path: String::new(),
                reason: String::new(),
                cause: *cause,
            };
            let input = CheckInput {
                audited,
                skipped: causes.iter().map(skipped).collect(),
                ..CheckInput::default()
            };
            assert_eq!(title(&input), expect);
        };
        check(0, &[], "No Python files changed");
        check(1, &[], "No findings in 1 Python file");
        check(
            3,
            &[Cause::File],
            "No findings in 3 Python files; 1 file cannot be audited",
        );
        check(
            3,
            &[Cause::Us, Cause::Us, Cause::File],
            "No findings in 3 Python files; 1 file cannot be audited; 2 files not audited, our fault",
        );
    }
}
