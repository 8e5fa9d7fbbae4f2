//! Foreign words inside an HTML page: as text or inside a quoted attribute.

use super::hidden;

/// Text that cannot open a tag, end a quoted attribute or name an entity.
pub fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in hidden::reveal(words).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::escape::hostile;

    #[test]
    fn markup_becomes_text() {
        let check = |input: &str, expect: &str| assert_eq!(text(input), expect);
        check("a < b && c", "a &lt; b &amp;&amp; c");
        check("\" onload='x'", "&quot; onload=&#39;x&#39;");
        check("\u{202e}", "\\u{202e}");
    }

    proptest! {
        #![proptest_config(hostile::config())]

        #[test]
        fn nothing_opens_a_tag_or_ends_an_attribute(words in hostile::text()) {
            let out = text(&words);
            prop_assert!(!out.contains(['<', '>', '"', '\'', '`']), "{out}");
            prop_assert!(!out.contains(hidden::is_hidden));
        }
    }
}
