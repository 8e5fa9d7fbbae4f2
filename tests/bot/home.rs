//! Where the bot of a story lives: in the test's own process, or in one of its own that can be killed.

use crate::bot::{Bot, Patience};
use crate::process::Process;

pub enum Home {
    Here(Bot),
    Apart(Process),
}

impl Home {
    pub async fn start(github: &str, patience: Patience) -> Home {
        match patience.apart {
            false => Home::Here(Bot::start(github, patience).await),
            true => Home::Apart(Process::start(github, patience).await),
        }
    }

    /// Ends the bot in the midst of whatever it does. Its database stays.
    pub async fn kill(&mut self) {
        match self {
            Home::Here(bot) => bot.crash().await,
            Home::Apart(process) => process.kill_alone().await,
        }
    }

    /// Starts it again.
    pub async fn run(&mut self) {
        match self {
            Home::Here(bot) => bot.run().await,
            Home::Apart(process) => process.run().await,
        }
    }

    /// Ends it, and throws its database away.
    pub async fn lose_database(&mut self) {
        match self {
            Home::Here(bot) => bot.lose_database().await,
            Home::Apart(process) => process.lose_database(),
        }
    }

    pub async fn is_idle(&self) -> bool {
        match self {
            Home::Here(bot) => bot.is_idle().await,
            Home::Apart(process) => process.is_idle().await,
        }
    }

    /// Whether nothing can be worked on now, though something may wait for its time.
    pub async fn rests(&self) -> bool {
        let Home::Here(bot) = self else { panic!("only a bot in this process can be asked") };
        let depth = bot.store().depth().await.expect("a database");
        depth.running == 0 && depth.due == 0
    }

    pub fn webhook(&self) -> String {
        match self {
            Home::Here(bot) => bot.webhook(),
            Home::Apart(process) => process.webhook(),
        }
    }
}
