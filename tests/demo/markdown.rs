//! As much of Markdown as the bot writes, as HTML. What it does not know it shows as text.

/// The only tags the bot writes by hand.
const TAGS: [&str; 6] = ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"];

pub fn html(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let mut run = |first: &str, belongs: fn(&str) -> bool| {
            let mut run = vec![first.to_owned()];
            while let Some(next) = lines.next_if(|next| belongs(next)) {
                run.push(next.to_owned());
            }
            run
        };
        if let Some(kind) = line.strip_prefix("```") {
            let body: Vec<String> =
                lines.by_ref().take_while(|line| !line.starts_with("```")).map(str::to_owned).collect();
            out += &fence(kind, &body);
        } else if let Some(title) = line.strip_prefix("### ") {
            out += &format!("<h4>{}</h4>\n", inline(title));
        } else if line.starts_with("- ") {
            let items = run(line, |next| next.starts_with("- "))
                .iter()
                .map(|item| format!("<li>{}</li>", inline(&item[2..])))
                .collect::<String>();
            out += &format!("<ul>{items}</ul>\n");
        } else if line.starts_with("> ") {
            let quote = run(line, |next| next.starts_with("> "))
                .iter()
                .map(|line| inline(&line[2..]))
                .collect::<Vec<_>>();
            out += &format!("<blockquote>{}</blockquote>\n", quote.join("<br>"));
        } else if line.starts_with('|') {
            out += &table(&run(line, |next| next.starts_with('|')));
        } else if !line.trim().is_empty() {
            let wrap = if line.starts_with('<') { inline(line) } else { format!("<p>{}</p>", inline(line)) };
            out += &(wrap + "\n");
        }
    }
    out
}

fn fence(kind: &str, body: &[String]) -> String {
    let label = if kind == "suggestion" { "<div class=\"label\">Suggested change</div>" } else { "" };
    let lines = body.iter().map(|line| escape(line)).collect::<Vec<_>>().join("\n");
    format!("{label}<pre>{lines}</pre>\n")
}

fn table(rows: &[String]) -> String {
    let cells = |row: &String| {
        let inner = row.trim_matches('|').split('|').map(|cell| format!("<td>{}</td>", inline(cell.trim())));
        format!("<tr>{}</tr>", inner.collect::<String>())
    };
    let body: String = rows.iter().filter(|row| !row.starts_with("|---")).map(cells).collect();
    format!("<table>{body}</table>\n")
}

/// Code, bold and links within a line.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (place, part) in text.split('`').enumerate() {
        out += &if place % 2 == 1 {
            format!("<code>{}</code>", escape(part))
        } else {
            links(&bold(&tags(part)))
        };
    }
    out
}

fn tags(text: &str) -> String {
    TAGS.iter().fold(escape(text), |text, tag| text.replace(&escape(tag), tag))
}

fn bold(text: &str) -> String {
    let parts = text.split("**").enumerate();
    parts
        .map(|(place, part)| if place % 2 == 1 { format!("<b>{part}</b>") } else { part.to_owned() })
        .collect()
}

fn links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, label, address, after)) = next_link(rest) {
        out += &format!("{before}<a href=\"{address}\">{label}</a>");
        rest = after;
    }
    // A backslash makes the next character plain.
    (out + rest).replace('\\', "")
}

fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](https://")?;
    let start = text[..middle].rfind('[')?;
    let end = middle + text[middle..].find(')')?;
    Some((&text[..start], &text[start + 1..middle], &text[middle + 2..end], &text[end + 1..]))
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
