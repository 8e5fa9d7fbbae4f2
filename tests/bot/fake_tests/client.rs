//! The bot's real client gets on with the fake.

use scrutineer::domain::{InstallationId, PullNumber, Repo, RepoId, RepoName, Sha};
use scrutineer::github::{GitHub, Look, Settings};
use secrecy::SecretString;

use super::Desk;
use crate::fake::state::APP_ID;

#[tokio::test]
async fn the_real_client_reads_what_the_fake_holds() {
    let desk = Desk::open().await;
    let key = String::from_utf8_lossy(super::PRIVATE_KEY).into_owned();
    let url = desk.hub.url().parse().unwrap();
    let mut settings = Settings::new(url, APP_ID.to_string(), SecretString::from(key));
    settings.graphql_url = format!("{}/graphql", desk.hub.url()).parse().unwrap();
    let github = GitHub::connect(settings).unwrap();
    let installation = *desk.hub.lock().installations.keys().next().unwrap();
    let repo = Repo {
        installation: InstallationId(installation),
        id: RepoId(desk.repo),
        name: RepoName::parse("octo-org/hello").unwrap(),
    };
    let client = github.repo(&repo);
    let files = client.files(PullNumber(1), 1).await.unwrap();
    assert_eq!(files[0].filename, "app.py");
    let head = Sha::parse(&desk.head()).unwrap();
    let look = Look {
        pull: Some(PullNumber(1)),
        head: head.clone(),
        policy_at: "refs/heads/main".to_owned(),
        paths: vec!["app.py".to_owned(), "none.py".to_owned()],
        with_state: true,
        threads_after: None,
    };
    let view = client.look(&look).await.unwrap();
    assert_eq!(view.pull.unwrap().head, head);
    assert_eq!(view.blobs[0].as_ref().unwrap().oid, *files[0].sha.as_ref().unwrap());
    assert_eq!(view.blobs[1], None);
    let blob = client.blob(files[0].sha.as_ref().unwrap()).await.unwrap();
    assert!(blob.starts_with(b"line_1 = 1\n"));
    assert!(desk.hub.lock().offences.is_empty());
}
