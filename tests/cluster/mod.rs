//! A private PostgreSQL for tests: made anew, on a socket of its own, gone with the process that started
//! it, however that ends. Tests that need one are ignored where it is not installed: see build.rs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Tells a test process that is started again which server it is to use.
pub const SERVER: &str = "SCRUTINEER_TEST_POSTGRES";

pub struct Cluster {
    folder: PathBuf,
    /// It waits for the end of its input, which comes at the latest with the end of this process.
    keeper: Option<Child>,
}

/// One for all tests of this process.
static SHARED: LazyLock<Cluster> = LazyLock::new(Cluster::start);

/// Nothing here must survive a power cut.
const FAST: [&str; 6] = [
    "fsync=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=32MB",
    "listen_addresses=",
    "logging_collector=off",
];

/// Starts the server, and when the input ends stops it and leaves no trace, unless it is to come back.
const KEEP: &str = "\"$@\" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server; \
                    [ -e \"$FOLDER/back\" ] || rm -rf \"$FOLDER\"";

impl Cluster {
    pub fn start() -> Cluster {
        let folder = folder();
        let data = folder.join("data");
        let made = as_other(&program("initdb"), &folder)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--pgdata"])
            .arg(&data)
            .output()
            .expect("initdb starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut cluster = Cluster { folder, keeper: None };
        cluster.run();
        cluster
    }

    fn run(&mut self) {
        let folder = &self.folder;
        let mut command = as_other(Path::new("sh"), folder);
        command.args(["-c", KEEP, "sh"]).arg(program("postgres"));
        command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
        command.args(FAST.iter().flat_map(|setting| ["-c", setting]));
        let log = fs::File::create(folder.join("log")).expect("a log");
        let keeper = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn();
        self.keeper = Some(keeper.expect("the server starts"));
        self.wait();
    }

    /// The server is away while this is done.
    pub async fn away_while(&mut self, deed: impl Future<Output = ()>) {
        let back = self.folder.join("back");
        fs::write(&back, "").expect("a folder of ours");
        self.stop();
        deed.await;
        fs::remove_file(back).expect("a folder of ours");
        self.run();
    }

    fn stop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }

    fn wait(&self) {
        let start = Instant::now();
        let ready = || {
            let lines = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            lines.lines().last().is_some_and(|status| status.trim() == "ready")
        };
        while !ready() {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(60), "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What [`SERVER`] holds: where the socket is.
    pub fn server(&self) -> String {
        self.folder.display().to_string()
    }
}

/// What a test takes for its database: a schema of its own, made and dropped in milliseconds. Returns its
/// address.
pub fn create(server: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    tell(server, &format!("CREATE SCHEMA {name}"));
    format!("{}&application_name={name}&options[search_path]={name}", address(server))
}

/// The test is over, and what it kept would fill the disk. A transaction that was under way as its bot went
/// is ended first: it would be waited for on the very thread that is to roll it back.
pub fn remove(database: &str) {
    let server = database.split(['=', '&']).nth(1).expect("an address of ours");
    let name = database.rsplit('=').next().expect("an address of ours");
    tell(
        server,
        &format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'; \
             DROP SCHEMA {name} CASCADE"
        ),
    );
}

fn address(server: &str) -> String {
    format!("postgres:///postgres?host={server}&user=postgres")
}

/// From a thread and a runtime of its own: it is asked from within tests, and as they unwind.
fn tell(server: &str, statement: &str) {
    use sqlx::{AssertSqlSafe, Connection, PgConnection};
    let (url, statement) = (address(server), statement.to_owned());
    let told = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&url).await?;
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
            connection.close().await
        })
    });
    told.join().expect("no panic").expect("the test's PostgreSQL does as it is told");
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder that the other user owns. A socket's path must be short.
fn folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("pg").tempdir().expect("a temporary directory").keep();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("a folder of ours");
    if let Some((user, group)) = other() {
        chown(&folder, Some(user), Some(group)).expect("root may");
    }
    folder
}

fn as_other(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("FOLDER", folder).env("LC_ALL", "C").current_dir(folder);
    if let Some((user, group)) = other() {
        command.uid(user).gid(group);
    }
    // A terminal's interrupt ends the tests; the server ends with them, in order.
    command.process_group(0);
    command
}

/// PostgreSQL does not run as root: who does it instead.
fn other() -> Option<(u32, u32)> {
    let id = Command::new("id").arg("-u").output().expect("id is there").stdout;
    if id.trim_ascii() != b"0" {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("users");
    let ids = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(ids("postgres").or_else(|| ids("nobody")).expect("a user that is not root"))
}

fn program(name: &str) -> PathBuf {
    Path::new(option_env!("POSTGRES_PROGRAMS").unwrap_or_default()).join(name)
}

/// Tells the stories of this test binary once more, those that match, on a PostgreSQL of their own.
pub fn once_more(stories: &[&str], but: &[&str]) {
    let this = std::env::current_exe().expect("a test binary");
    let mut command = Command::new(this);
    // Most of their time is waiting.
    command.args(stories).args(["--test-threads", "4"]).env(SERVER, shared()).env("RUST_TEST_NOCAPTURE", "0");
    command.args(but.iter().flat_map(|name| ["--skip", name]));
    let told = command.output().expect("this binary starts");
    let words = String::from_utf8_lossy(&told.stdout);
    let errors = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "on PostgreSQL, a test failed that passes on SQLite:\n{words}\n{errors}");
    assert!(!words.contains("running 0 tests"), "no test has such a name");
}

/// The server this process is to tell its stories on, if it is not to use SQLite.
pub fn chosen() -> Option<String> {
    std::env::var(SERVER).ok()
}

/// The server that all tests of this process share. Its keeper ends it when the process ends.
pub fn shared() -> String {
    chosen().unwrap_or_else(|| SHARED.server())
}
