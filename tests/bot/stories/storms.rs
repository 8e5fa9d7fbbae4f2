//! Several things go wrong in one life of a pull request, drawn from a seed: requests that fail in any way, slow
//! audits, a process that dies. In the end people see what they see after a day without trouble.

use std::rc::Rc;
use std::time::Duration;

use super::{CLEAN, FETCH, RESTORE, side_by_side};
use crate::bot::Patience;
use crate::dice::Dice;
use crate::fake::faults::{Fault, On, What};
use crate::world::{World, told};

const LATE: Duration = Duration::from_millis(40);

fn ways() -> Vec<What> {
    vec![
        What::Status(500),
        What::Status(502),
        What::StatusAfter(502),
        What::StatusAfter(504),
        What::Hang,
        What::HangAfter,
        What::HangThenHappen(LATE),
        What::Cut,
        What::CutAfter,
        What::Slow { status: 403, retry_after: Some(0) },
        What::Slow { status: 429, retry_after: Some(0) },
        What::StatusThenHidden(502, LATE),
    ]
}

/// A few comments, as the policy asks, and annotations that take two requests.
fn crowded() -> String {
    let call = |n: usize| format!("def fetch{n}(url):\n    return requests.get(url)\n\n\n");
    std::iter::once("import requests\n\n\n".to_owned()).chain((0..54).map(call)).collect()
}

/// What people see on the pull request: comments with their places, and of each head its finished checks.
#[derive(Debug, PartialEq, Eq)]
struct Sight {
    comments: Vec<String>,
    checks: Vec<(Vec<String>, usize)>,
}

fn sight(world: &World) -> Sight {
    let mut heads = world.pull_request(|pull| pull.heads.clone());
    heads.dedup();
    let checks = heads.iter().map(|head| {
        let runs = world.runs_on(head);
        let annotations = runs.iter().map(|run| run.annotations.len()).sum();
        (runs.iter().map(told).collect(), annotations)
    });
    Sight { checks: checks.collect(), comments: world.comments() }
}

async fn quiet(slow: bool) -> World {
    let patience = Patience {
        request_timeout: Duration::from_millis(150),
        settle: Duration::from_millis(200),
        check_start: if slow { Duration::ZERO } else { Duration::from_secs(5) },
        attempts: 40,
        ..Patience::short()
    };
    World::start(&[(".github/scrutineer.yml", "limits: {comments: 2}\n")], patience).await
}

/// A pull request is opened, and pushed to; the first head is reviewed before the second.
async fn life(world: &mut World, mut dice: Option<&mut Dice>) -> Sight {
    let crowded = crowded();
    trouble(world, dice.as_deref_mut()).await;
    world.open_pull_request("feature", &[("app.py", FETCH), ("crowd.py", &crowded)]).await;
    end(world, dice.as_deref_mut()).await;
    trouble(world, dice.as_deref_mut()).await;
    world.push(&[("backup.py", RESTORE), ("app.py", CLEAN)]).await;
    end(world, dice).await;
    sight(world)
}

async fn trouble(world: &mut World, dice: Option<&mut Dice>) {
    let Some(dice) = dice else { return };
    let faults = (0..=dice.below(3)).map(|_| {
        let times = 1 + dice.below(2);
        Fault::once(On::Any, dice.one_of(&ways())).after(dice.below(7)).times(times)
    });
    world.hub.lock().faults = faults.collect();
}

/// The bot comes to rest, perhaps after it died once or twice.
async fn end(world: &mut World, dice: Option<&mut Dice>) {
    if let Some(dice) = dice {
        for _ in 0..dice.below(3) {
            tokio::time::sleep(Duration::from_millis(dice.below(40) as u64)).await;
            world.bot.kill().await;
            world.bot.run().await;
        }
    }
    world.settle().await;
    world.hub.lock().faults.clear();
}

async fn storm(seed: u64, calm: Rc<Sight>) {
    let mut dice = Dice::of(seed);
    let slow = dice.below(2) == 0;
    let mut world = quiet(slow).await;
    let stormy = life(&mut world, Some(&mut dice)).await;
    assert_eq!(stormy, *calm, "seed {seed}, slow: {slow}");
}

#[tokio::test]
async fn after_a_storm_people_see_what_they_see_after_a_calm_day() {
    let calm = Rc::new(life(&mut quiet(false).await, None).await);
    side_by_side((0..40).map(|seed| storm(seed, calm.clone()))).await;
}
