//! Several targets can speak about one commit: two pull requests of one branch, a pull request and a push.
//! GitHub shows one conclusion of ours per commit, that of the newest run, so all runs there agree on the
//! worst that an open target has to say.

use std::collections::BTreeMap;

use super::gate;
use super::memory::{CheckState, Detail, Word};
use crate::domain::{Sha, Subject};
use crate::github::{CheckId, Conclusion};
use crate::store::Said;

/// What one target says about the commit: its newest run with a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Voice {
    pub key: String,
    pub name: String,
    pub check: CheckId,
    pub own: Conclusion,
    /// What the run concludes now.
    pub shown: Conclusion,
    pub title: String,
    pub annotations: usize,
}

/// What the open targets say, by their keys.
pub(super) fn voices(head: &Sha, said: &[Said]) -> Vec<Voice> {
    let mut runs: BTreeMap<i64, Voice> = BTreeMap::new();
    for said in said {
        let Ok(detail) = serde_json::from_str::<Detail>(&said.write.detail) else { continue };
        let (check, state, annotations, word) = match (detail, said.write.github_id) {
            (Detail::Check { state, annotations, word, .. }, Some(id)) => (id, state, annotations, word),
            (Detail::Update { check, state, annotations, word }, _) => (check, state, annotations, word),
            _ => continue,
        };
        let Some(Word { own, shown, title }) = word.filter(|_| state == CheckState::Told) else { continue };
        match own {
            None => {
                runs.entry(check).and_modify(|voice| voice.shown = shown);
            }
            Some(own) => {
                let (key, name) = (said.key.clone(), name(&said.subject));
                let check_id = CheckId(check);
                runs.insert(check, Voice { key, name, check: check_id, own, shown, title, annotations });
            }
        }
    }
    let open: Vec<&str> = said.iter().filter(|said| speaks(said, head)).map(|it| it.key.as_str()).collect();
    let newest: BTreeMap<String, Voice> =
        runs.into_values().map(|voice| (voice.key.clone(), voice)).collect();
    newest.into_values().filter(|voice| open.contains(&voice.key.as_str())).collect()
}

/// Whether the target still is about this commit.
fn speaks(said: &Said, head: &Sha) -> bool {
    let glimpse = &said.glimpse;
    glimpse.open && (!glimpse.is_known() || glimpse.head == *head)
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Pull(number) => format!("#{}", number.0),
        Subject::MergeGroup(_) => "the merge group".to_owned(),
        Subject::Push(_) => "the push".to_owned(),
        Subject::Suite(_) => "the suite".to_owned(),
    }
}

/// Who says the worst, if that is worse than this.
pub(super) fn worse_than(own: Conclusion, voices: &[Voice]) -> Option<&Voice> {
    let worst = voices.iter().max_by_key(|voice| gate::badness(voice.own))?;
    (gate::badness(worst.own) > gate::badness(own)).then_some(worst)
}

/// The runs that do not conclude the worst yet, each with who says it; nobody, where it is their own word.
pub(super) fn dissenting(voices: &[Voice]) -> Vec<(&Voice, Option<&Voice>)> {
    let judged = voices.iter().map(|voice| (voice, worse_than(voice.own, voices)));
    judged.filter(|(voice, worse)| voice.shown != worse.map_or(voice.own, |worse| worse.own)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(key: &str, own: Conclusion, shown: Conclusion) -> Voice {
        let (key, name, title) = (key.to_owned(), key.to_owned(), String::new());
        Voice { key, name, check: CheckId(1), own, shown, title, annotations: 0 }
    }

    #[test]
    fn all_runs_agree_on_the_worst() {
        use Conclusion::{Failure, Neutral, Success};
        let check = |voices: &[(Conclusion, Conclusion)], expect: &[(usize, Conclusion)]| {
            let voices: Vec<Voice> = voices
                .iter()
                .enumerate()
                .map(|(at, (own, shown))| voice(&at.to_string(), *own, *shown))
                .collect();
            let dissenting = dissenting(&voices);
            let told: Vec<(usize, Conclusion)> = dissenting
                .iter()
                .map(|(voice, worse)| {
                    (voice.key.parse().unwrap(), worse.map_or(voice.own, |worse| worse.own))
                })
                .collect();
            assert_eq!(told, expect);
        };
        check(&[], &[]);
        check(&[(Success, Success)], &[]);
        check(&[(Success, Success), (Failure, Failure)], &[(0, Failure)]);
        check(&[(Success, Failure), (Failure, Failure)], &[]);
        check(&[(Success, Failure)], &[(0, Success)]);
        check(&[(Success, Failure), (Neutral, Failure)], &[(0, Neutral), (1, Neutral)]);
    }
}
