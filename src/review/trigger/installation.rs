//! Where the App may work changed.

use super::Decision;
use crate::domain::Order;
use crate::github::event::InstallationEvent;

pub(super) fn decide(event: &InstallationEvent) -> Decision {
    let id = event.installation;
    let order = match event.action.as_str() {
        "deleted" => Order::ForgetInstallation(id),
        "suspend" => Order::Suspend(id),
        "unsuspend" | "new_permissions_accepted" => Order::Retry(id),
        "removed" if !event.removed.is_empty() => {
            Order::ForgetRepos { installation: id, repos: event.removed.clone() }
        }
        _ => return Decision::Ignore("unknown action"),
    };
    Decision::Obey(Box::new(order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{InstallationId, RepoId};

    #[test]
    fn what_ends_or_returns_is_obeyed() {
        let check = |action: &str, expect: Option<Order>| {
            let event = InstallationEvent {
                action: action.to_owned(),
                installation: InstallationId(9),
                removed: vec![RepoId(42)],
            };
            let expect =
                expect.map_or(Decision::Ignore("unknown action"), |order| Decision::Obey(Box::new(order)));
            assert_eq!(decide(&event), expect, "{action}");
        };
        let id = InstallationId(9);
        check("deleted", Some(Order::ForgetInstallation(id)));
        check("removed", Some(Order::ForgetRepos { installation: id, repos: vec![RepoId(42)] }));
        check("suspend", Some(Order::Suspend(id)));
        check("unsuspend", Some(Order::Retry(id)));
        check("new_permissions_accepted", Some(Order::Retry(id)));
        check("created", None);
        check("added", None);
    }
}
