//! Somebody wrote a comment on a pull request, perhaps with a command for us.

use super::{Decision, ask, pull_request};
use crate::domain::{Asked, Glimpse, Repo, Subject, Target};
use crate::github::event::CommentEvent;
use crate::review::command;

/// Who may command is asked by the worker; programs never may, so that two bots cannot talk for ever.
pub(super) fn decide(event: &CommentEvent) -> Decision {
    let Some(number) = event.pull else {
        return Decision::Ignore("not a pull request");
    };
    let Some(user) = event.sender.as_ref().filter(|_| !event.by_bot) else {
        return Decision::Ignore("not a person");
    };
    let commands = command::newly_given(&event.body, event.body_before.as_deref());
    if commands.is_empty() {
        return Decision::Ignore("no command");
    }
    let Some(installation) = event.installation else {
        return Decision::Ignore("no installation");
    };
    let repo = Repo { installation, id: event.repository.id, name: event.repository.name.clone() };
    let seen = event.seen.as_ref().map(|pull| pull_request::glimpse("asked", pull));
    let glimpse = seen.unwrap_or_else(|| Glimpse::unknown(&event.author));
    let asked = Asked::Commands { comment: event.comment, user: user.clone(), commands };
    ask(Target { repo, subject: Subject::Pull(number) }, glimpse, asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Command, CommentPlace, CommentRef, InstallationId, Order, PullNumber, RepoId, RepoName,
    };
    use crate::github::event::Repository;

    fn event(body: &str) -> CommentEvent {
        CommentEvent {
            pull: Some(PullNumber(7)),
            comment: CommentRef { id: 5, place: CommentPlace::Conversation, thread: None },
            body: body.to_owned(),
            body_before: None,
            sender: Some("maintainer".to_owned()),
            by_bot: false,
            author: "octocat".to_owned(),
            seen: None,
            repository: Repository { id: RepoId(42), name: RepoName::parse("octo/hello").unwrap() },
            installation: Some(InstallationId(1)),
        }
    }

    #[test]
    fn a_command_is_stored_with_its_pull_request() {
        let Decision::Obey(order) = decide(&event("/audit rescan")) else { panic!() };
        assert_eq!(order.target_key().as_deref(), Some("42/pull/7"));
        let Order::Ask { asked: Asked::Commands { user, commands, .. }, wake } = *order else { panic!() };
        assert_eq!((user.as_str(), commands), ("maintainer", vec![Command::Rescan]));
        assert!(!wake.glimpse.is_known());
    }

    #[test]
    fn everything_else_is_free() {
        let check = |event: &CommentEvent, why| assert_eq!(decide(event), Decision::Ignore(why));
        check(&event("Looks good to me"), "no command");
        check(&CommentEvent { by_bot: true, ..event("/audit rescan") }, "not a person");
        check(&CommentEvent { sender: None, ..event("/audit rescan") }, "not a person");
        check(&CommentEvent { pull: None, ..event("/audit rescan") }, "not a pull request");
        check(&CommentEvent { installation: None, ..event("/audit rescan") }, "no installation");
        let before = Some("/audit rescan".to_owned());
        check(&CommentEvent { body_before: before, ..event("Again:\n\n/audit rescan") }, "no command");
    }
}
