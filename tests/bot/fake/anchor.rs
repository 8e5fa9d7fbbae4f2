//! Which lines of a file a review may speak about: those inside the hunks of its patch.
//!
//! Written apart from the engine's own hunks on purpose: what judges the bot shares no code with it.

/// The lines that each hunk of one patch shows.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    hunks: Vec<Hunk>,
}

#[derive(Clone, Debug, Default)]
struct Hunk {
    left: Vec<u32>,
    right: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

impl Side {
    pub fn parse(text: &str) -> Option<Side> {
        match text {
            "LEFT" => Some(Side::Left),
            "RIGHT" => Some(Side::Right),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Side::Left => "LEFT",
            Side::Right => "RIGHT",
        }
    }
}

impl Shown {
    pub fn in_patch(patch: &str) -> Shown {
        let mut shown = Shown::default();
        let (mut old, mut new) = (0, 0);
        for line in patch.split('\n') {
            if let Some(header) = line.strip_prefix("@@ -") {
                (old, new) = starts(header);
                shown.hunks.push(Hunk::default());
                continue;
            }
            let Some(hunk) = shown.hunks.last_mut() else { continue };
            let (on_left, on_right) = match line.as_bytes().first() {
                Some(b'-') => (true, false),
                Some(b'+') => (false, true),
                Some(b' ') => (true, true),
                _ => (false, false),
            };
            if on_left {
                hunk.left.push(old);
                old += 1;
            }
            if on_right {
                hunk.right.push(new);
                new += 1;
            }
        }
        shown
    }

    /// The number of the hunk that shows this line.
    pub fn hunk(&self, side: Side, line: u32) -> Option<usize> {
        self.hunks.iter().position(|hunk| match side {
            Side::Left => hunk.left.contains(&line),
            Side::Right => hunk.right.contains(&line),
        })
    }
}

/// Reads `12,3 +14,5 @@ ...`.
fn starts(header: &str) -> (u32, u32) {
    let number = |word: &str| word.split(',').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let mut words = header.split(' ');
    let old = words.next().map_or(0, number);
    let new = words.next().and_then(|word| word.strip_prefix('+')).map_or(0, number);
    (old, new)
}

/// Where a line of the old text stands in the new one: `None` where the patch (without context) removed it.
pub fn moved_line(patch: &str, line: u32) -> Option<u32> {
    let mut shift: i64 = 0;
    for header in patch.split('\n').filter_map(|line| line.strip_prefix("@@ -")) {
        let mut words = header.split(' ');
        let (old, gone) = range(words.next()?);
        let (_, come) = range(words.next()?.strip_prefix('+')?);
        let first = if gone == 0 { old + 1 } else { old };
        if line < first {
            break;
        }
        if line < first + gone {
            return None;
        }
        shift += i64::from(come) - i64::from(gone);
    }
    u32::try_from(i64::from(line) + shift).ok()
}

fn range(word: &str) -> (u32, u32) {
    let (start, count) = word.split_once(',').unwrap_or((word, "1"));
    (start.parse().unwrap_or(0), count.parse().unwrap_or(0))
}
