//! The merge queue asks for the checks of a group, or has thrown it away.

use super::Decision;
use crate::domain::{Glimpse, Repo, Subject, Target, Wake};
use crate::github::event::MergeGroupEvent;

pub(super) fn decide(event: &MergeGroupEvent) -> Decision {
    let open = match event.action.as_str() {
        "checks_requested" => true,
        "destroyed" => false,
        _ => return Decision::Ignore("unknown action"),
    };
    let Some(installation) = event.installation else {
        return Decision::Ignore("no installation");
    };
    let repo = Repo { installation, id: event.repository.id, name: event.repository.name.clone() };
    let target = Target { repo, subject: Subject::MergeGroup(event.head.clone()) };
    let glimpse = Glimpse {
        action: event.action.clone(),
        head: event.head.clone(),
        base_ref: event.base_ref.clone(),
        base: Some(event.base.clone()),
        tree: event.tree.clone(),
        draft: false,
        open,
        author: "merge queue".to_owned(),
        // A group is made once and destroyed once, and its events carry no time.
        updated_at: if open { "1 requested" } else { "2 destroyed" }.to_owned(),
    };
    Decision::Wake(Box::new(Wake { target, glimpse }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{InstallationId, RepoId, RepoName, Sha};
    use crate::github::event::Repository;

    fn sha(digit: &str) -> Sha {
        Sha::parse(&digit.repeat(40)).unwrap()
    }

    fn event(action: &str) -> MergeGroupEvent {
        MergeGroupEvent {
            action: action.to_owned(),
            head: sha("a"),
            base: sha("b"),
            base_ref: "main".to_owned(),
            tree: Some(sha("c")),
            repository: Repository { id: RepoId(42), name: RepoName::parse("octo/hello").unwrap() },
            installation: Some(InstallationId(1)),
        }
    }

    #[test]
    fn a_group_that_is_gone_stays_gone_in_whatever_order_its_events_arrive() {
        let glimpse = |action| match decide(&event(action)) {
            Decision::Wake(wake) => wake.glimpse,
            other => panic!("{other:?}"),
        };
        let (asked, gone) = (glimpse("checks_requested"), glimpse("destroyed"));
        assert!(asked.open && !gone.open);
        assert!(asked.updated_at < gone.updated_at);
        assert_eq!(decide(&event("renamed")), Decision::Ignore("unknown action"));
    }
}
