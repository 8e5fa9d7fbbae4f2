//! What people asked about the pull request: heard, acknowledged, and in the end answered.

use std::collections::BTreeMap;

use super::Review;
use crate::domain::{Asked, Command, CommentRef, Sha};
use crate::github::Reaction;
use crate::report::markdown::commands;
use crate::review::memory::Standing;
use crate::review::round::Round;
use crate::review::{Stop, command};
use crate::store::{Request, RequestState};

/// A run somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// Names the asking, also in the run that answers it.
    pub(super) id: String,
    /// On this commit, or on whatever the head is.
    pub(super) head: Option<Sha>,
}

/// What becomes of a command.
enum Verdict {
    /// Whoever asked may not write to the repository.
    Stranger,
    /// Whoever asked did so a moment ago.
    TooSoon,
    Granted,
}

impl Review<'_> {
    /// Acknowledges the commands, and tells which runs are wanted, in the order they were asked for.
    pub(super) async fn heard(&self) -> Result<Vec<Wish>, Stop> {
        let mut wishes = Vec::new();
        for request in self.run.cx.store.requests(&self.run.claim.target).await? {
            let head = match &request.asked {
                Asked::Rerun { head: Some(head) } => Some(head.clone()),
                Asked::Rerun { head: None } => {
                    self.run.permitted_anew();
                    None
                }
                Asked::Commands { comment, user, commands } => {
                    if !self.hear(&request, *comment, user, commands).await? {
                        continue;
                    }
                    None
                }
            };
            wishes.push(Wish { id: request.id, head });
        }
        Ok(wishes)
    }

    /// The runs that are wanted, without a word to anybody: for when we fail.
    pub(super) async fn granted(&self) -> Result<Vec<Wish>, Stop> {
        let wish = |request: Request| match request.asked {
            Asked::Rerun { head } => Some(Wish { id: request.id, head }),
            Asked::Commands { .. } if request.granted => Some(Wish { id: request.id, head: None }),
            Asked::Commands { .. } => None,
        };
        Ok(self.run.cx.store.requests(&self.run.claim.target).await?.into_iter().filter_map(wish).collect())
    }

    /// Answers the commands of one comment; whether they want a run.
    async fn hear(
        &self,
        request: &Request,
        comment: CommentRef,
        user: &str,
        commands: &[Command],
    ) -> Result<bool, Stop> {
        let rescan = commands.contains(&Command::Rescan) && self.glimpse.open;
        if request.granted {
            return Ok(rescan);
        }
        let publisher = self.run.publisher(&self.glimpse.head);
        let (sign, state, outcome) = match self.verdict(request, user).await? {
            Verdict::Stranger => (Reaction::Confused, RequestState::Refused, "stranger"),
            Verdict::TooSoon => (Reaction::ThumbsDown, RequestState::Refused, "too soon"),
            Verdict::Granted if rescan => (Reaction::Eyes, RequestState::Granted, "rescan"),
            Verdict::Granted => (sign(commands), RequestState::Done, "answered"),
        };
        publisher.react(&request.id, comment, sign).await?;
        let granted = state != RequestState::Refused;
        if let Some(words) = words(commands).filter(|_| granted) {
            publisher.reply(self.number, &request.id, comment, &words).await?;
        }
        self.run.cx.store.answer(self.run.claim, &request.id, state).await?;
        self.run.cx.tally.command(outcome);
        Ok(granted && rescan)
    }

    async fn verdict(&self, request: &Request, user: &str) -> Result<Verdict, Stop> {
        if !self.run.repo.may_write(user).await? {
            return Ok(Verdict::Stranger);
        }
        let cooldown = self.run.cx.settings.cooldown;
        Ok(match self.run.cx.store.asked_lately(self.run.claim, request, cooldown).await? {
            true => Verdict::TooSoon,
            false => Verdict::Granted,
        })
    }

    /// The wishes are fulfilled.
    pub(super) async fn answered(&self, wishes: &[Wish]) -> Result<(), Stop> {
        for wish in wishes {
            self.run.cx.store.answer(self.run.claim, &wish.id, RequestState::Done).await?;
        }
        Ok(())
    }
}

/// The sign under commands that want no run, or cannot have one.
fn sign(commands: &[Command]) -> Reaction {
    match commands.iter().all(|command| *command == Command::Help) {
        true => Reaction::ThumbsUp,
        false => Reaction::Confused,
    }
}

/// What is said to them, if anything.
fn words(commands: &[Command]) -> Option<String> {
    if commands.contains(&Command::Help) {
        return Some(commands::help());
    }
    commands.iter().find_map(|command| match command {
        Command::Unknown(word) => Some(commands::unknown(word, command::meant(word))),
        Command::Rescan | Command::Help => None,
    })
}

/// The round on the present head: at the newest wish for it that no run has answered yet. A run answers
/// all that was asked before it.
pub(super) fn round_for(round: Round, standing: &Standing, wishes: &[Wish]) -> Round {
    let here = |wish: &&Wish| wish.head.as_ref().is_none_or(|head| *head == round.head);
    match wishes.iter().rev().find(here) {
        None => round,
        Some(newest) => {
            let asked = round.clone().asked_by(&newest.id);
            match standing.told(&asked.head, &asked.request) {
                Some(_) => round,
                None => asked,
            }
        }
    }
}

/// The newest wish for each commit that is not the present head.
pub(super) fn elsewhere(wishes: &[Wish], present: Option<&Sha>) -> BTreeMap<Sha, String> {
    let named = wishes.iter().filter_map(|wish| Some((wish.head.clone()?, wish.id.clone())));
    named.filter(|(head, _)| Some(head) != present).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(id: &str, head: Option<char>) -> Wish {
        let head = head.map(|digit| Sha::parse(&digit.to_string().repeat(40)).unwrap());
        Wish { id: id.to_owned(), head }
    }

    #[test]
    fn wishes_for_one_commit_are_one_run() {
        let wishes = [wish("1", Some('a')), wish("2", Some('b')), wish("3", Some('a')), wish("4", None)];
        let head = |digit: char| wish("", Some(digit)).head.unwrap();
        let elsewhere = elsewhere(&wishes, Some(&head('b')));
        assert_eq!(elsewhere.into_iter().collect::<Vec<_>>(), [(head('a'), "3".to_owned())]);
    }

    #[test]
    fn help_is_told_before_a_slip_of_the_finger() {
        assert_eq!(words(&[Command::Rescan]), None);
        assert!(words(&[Command::Unknown("x".to_owned()), Command::Help]).unwrap().contains("/audit rescan"));
        assert!(words(&[Command::Unknown("recsan".to_owned())]).unwrap().contains("/audit rescan"));
    }
}
