//! The same in the terminal: what the pull request says now.

use crate::page::Shown;

pub fn tell(shown: &Shown) -> String {
    let mut out = format!("{}\n", shown.title);
    for remark in &shown.remarks {
        out += &format!("\n{} reviewed\n{}\n", remark.author, indented(&remark.body));
        for note in &remark.comments {
            out += &format!("\n  ● {}\n{}\n", note.anchor(), indented(&plain(&note.body)));
        }
    }
    for run in &shown.checks {
        let word = run.conclusion.as_deref().unwrap_or(&run.status);
        let [title, summary, text] =
            [&run.title, &run.summary, &run.text].map(|text| text.as_deref().unwrap_or_default());
        out += &format!(
            "\nCheck {}: {word}. {title}\n{}\n\n{}\n",
            run.name,
            indented(&plain(summary)),
            indented(&plain(text))
        );
        for one in &run.annotations {
            let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
            out += &format!(
                "\n  ▸ {}:{} {}\n{}\n",
                text("path"),
                one["start_line"],
                text("title"),
                indented(&text("message"))
            );
        }
    }
    out
}

/// Without the marks that only a page understands; what is folded on GitHub is left out.
fn plain(text: &str) -> String {
    let shown = text.split("<details>").next().unwrap_or_default();
    shown.replace("**", "").replace('\\', "").trim().to_owned()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
