//! The real bot as a process of its own: the binary, started by its settings, ended by signals.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use crate::bot::{PRIVATE_KEY, Patience, SECRET};
use crate::database::Database;
use crate::fake::state::APP_ID;

pub struct Process {
    github: String,
    patience: Patience,
    database: Database,
    child: Option<Child>,
    address: String,
    log: Arc<Mutex<String>>,
}

impl Process {
    pub async fn start(github: &str, patience: Patience) -> Process {
        Process::on(Database::create(), github, patience).await
    }

    pub async fn on(database: Database, github: &str, patience: Patience) -> Process {
        let mut process = Process {
            github: github.to_owned(),
            patience,
            database,
            child: None,
            address: String::new(),
            log: Arc::default(),
        };
        process.run().await;
        process
    }

    /// Starts the binary on the database that is there, and waits until it listens.
    pub async fn run(&mut self) {
        let mut child = self.command().spawn().expect("the binary starts");
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let kept = self.log.clone();
        let mut lines = log.lines().inspect(move |line| keep(&kept, line.as_deref().unwrap_or_default()));
        self.child = Some(child);
        let (told, listening) = oneshot::channel();
        std::thread::spawn(move || {
            // Nobody waits any more where the story failed.
            let _ = told.send(lines.by_ref().map_while(Result::ok).find_map(|line| address_in(&line)));
            // Whoever does not read a pipe ends up stopping the one who writes it.
            lines.for_each(drop);
        });
        let address = listening.await.expect("a reader").or_else(|| panic!("{}", self.log()));
        self.address = address.expect("a line that says where it listens");
    }

    fn command(&self) -> Command {
        let ms = |duration: std::time::Duration| format!("{}ms", duration.as_millis());
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
        command
            .arg("serve")
            .current_dir(self.database.dir().path())
            .env_clear()
            .env("APP_ID", APP_ID.to_string())
            .env("PRIVATE_KEY", PRIVATE_KEY)
            .env("WEBHOOK_SECRET", SECRET)
            .env("PORT", "0")
            .env("DATABASE_URL", self.database.url())
            .env("GITHUB_API_URL", &self.github)
            .env("GITHUB_GRAPHQL_URL", format!("{}/graphql", self.github))
            .env("SCRUTINEER_REQUEST_TIMEOUT", ms(self.patience.request_timeout))
            .env("SCRUTINEER_SETTLE", ms(self.patience.settle))
            .env("SCRUTINEER_DEBOUNCE", ms(self.patience.debounce))
            .env("SCRUTINEER_CHECK_START", ms(self.patience.check_start))
            .env("SCRUTINEER_COMMAND_COOLDOWN", ms(self.patience.cooldown))
            .env("SCRUTINEER_ATTEMPTS", self.patience.attempts.to_string())
            .env("SCRUTINEER_LEASE", ms(self.patience.lease))
            .env("SCRUTINEER_POLL", "10ms")
            .env("SCRUTINEER_WRITE_PAUSE", "1ms")
            .env("SCRUTINEER_PATROL", "2h")
            .env("SCRUTINEER_RETRY", "5ms")
            .env("RUST_LOG", self.patience.log)
            .env("LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// All it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("no panic while logging").clone()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("a process of ours");
            child.wait().expect("a process of ours");
        }
    }

    /// The same, where nobody else uses its database.
    pub async fn kill_alone(&mut self) {
        self.kill();
        self.database.is_left().await;
    }

    /// `kill -TERM`, and whether it ended in order.
    pub fn stop(&mut self) -> bool {
        let mut child = self.child.take().expect("a running process");
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        assert!(sent.success());
        child.wait().expect("a process of ours").success()
    }

    /// The database is gone; the next start makes a new one.
    pub fn lose_database(&mut self) {
        self.kill();
        self.database = Database::create();
    }

    pub async fn is_idle(&self) -> bool {
        self.database.is_idle().await
    }

    pub fn webhook(&self) -> String {
        format!("{}/api/github/webhooks", self.address)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn keep(log: &Mutex<String>, line: &str) {
    let mut log = log.lock().expect("no panic while logging");
    log.push_str(line);
    log.push('\n');
}

fn address_in(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let address = line["fields"]["address"].as_str()?;
    (line["fields"]["message"] == "listening").then(|| format!("http://{address}"))
}
