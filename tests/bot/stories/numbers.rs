//! What an operator's collector is told while the bot works.

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::home::Home;
use crate::world::World;

async fn scrape(world: &World) -> String {
    let Home::Here(bot) = &world.bot else { panic!("only a bot in this process is asked") };
    bot.scrape().await
}

/// Each of these lines stands in what was scraped.
fn tells(scraped: &str, lines: &[&str]) {
    for line in lines {
        assert!(scraped.lines().any(|told| told == *line), "{line}\n{scraped}");
    }
}

#[tokio::test]
async fn a_review_is_told_in_numbers() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.redeliver().await;
    world.label("question").await;
    let scraped = scrape(&world).await;
    tells(
        &scraped,
        &[
            r#"scrutineer_deliveries_total{event="pull_request",outcome="accepted",reason=""} 1"#,
            r#"scrutineer_deliveries_total{event="pull_request",outcome="known",reason=""} 1"#,
            r#"scrutineer_deliveries_total{event="pull_request",outcome="ignored",reason="unknown action"} 1"#,
            r#"scrutineer_targets{state="waiting"} 0"#,
            r#"scrutineer_targets{state="running"} 0"#,
            r#"scrutineer_targets{state="dead"} 0"#,
            "scrutineer_oldest_due_seconds 0",
            r#"scrutineer_reviews_total{outcome="done"} 1"#,
            "scrutineer_review_seconds_count 1",
            r#"scrutineer_github_requests_total{kind="write",outcome="ok"} 2"#,
            "scrutineer_github_unprocessable_total 0",
            "scrutineer_duplicates_prevented_total 0",
            "# EOF",
        ],
    );
    let quota =
        format!("scrutineer_github_remaining{{installation=\"{}\",resource=\"core\"}} ", world.installation);
    assert!(scraped.contains(&quota), "{scraped}");
    assert_eq!((world.comments(), world.check()), (vec![FETCHES.to_owned()], ONE_MEDIUM.to_owned()));
}

#[tokio::test]
async fn a_write_that_stood_already_and_one_that_was_refused_are_counted() {
    let mut world = World::start_with(|patience| patience.attempts = 20).await;
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::StatusAfter(502)));
    world.hub.lock().refuse_lines_of = Some("other.py".to_owned());
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    world.check();
    world.open_pull_request("refused", &[("other.py", FETCH)]).await;
    world.settle().await;
    world.check();
    let scraped = scrape(&world).await;
    tells(&scraped, &["scrutineer_duplicates_prevented_total 1"]);
    assert!(!scraped.contains("scrutineer_github_unprocessable_total 0"), "{scraped}");
}
