//! The files people deploy with: they can be read, and what they set is what the server reads.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests read the files of the repository and start the binary")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&read(path)).expect(path)
}

/// Every setting of `serve`, as its help names it.
fn settings() -> BTreeSet<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_scrutineer")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    // However the lines are broken.
    let help: Vec<&str> = help.split_whitespace().collect();
    let help = help.join(" ");
    let names = help.split("[env: ").skip(1).filter_map(|rest| rest.split(['=', ']']).next());
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    assert!(names.contains("APP_ID") && names.len() > 20, "{names:?}");
    names
}

fn are_settings<'a>(file: &str, names: impl IntoIterator<Item = &'a str>) {
    let (settings, mut count) = (settings(), 0);
    for name in names {
        assert!(settings.contains(name), "{file} sets {name}, which the server does not know");
        count += 1;
    }
    assert!(count > 0, "{file} sets nothing");
}

#[test]
fn compose_sets_what_the_server_reads() {
    let compose = yaml("deploy/compose.yml");
    let server = &compose["services"]["scrutineer"];
    are_settings("compose.yml", server["environment"].as_object().unwrap().keys().map(String::as_str));
    assert_eq!(server["build"]["dockerfile"], "deploy/Containerfile");
    assert_eq!(server["read_only"], true);
}

#[test]
fn compose_and_kubernetes_bring_the_postgresql_they_name() {
    let compose = yaml("deploy/compose.yml");
    let address = compose["services"]["scrutineer"]["environment"]["DATABASE_URL"].as_str().unwrap();
    let database = &compose["services"]["database"]["environment"];
    assert!(address.starts_with("postgres://scrutineer:") && address.ends_with("@database/scrutineer"));
    assert_eq!(
        (&database["POSTGRES_USER"], &database["POSTGRES_DB"]),
        (&"scrutineer".into(), &"scrutineer".into())
    );

    let secret = yaml("deploy/kubernetes/secret.yml");
    let address = secret["stringData"]["database-url"].as_str().unwrap();
    let password = secret["stringData"]["postgres-password"].as_str().unwrap();
    assert_eq!(address, format!("postgres://scrutineer:{password}@postgres/scrutineer"));
    let server = read("deploy/kubernetes/postgres.yml");
    for words in
        ["name: postgres\n", "key: postgres-password", "POSTGRES_DB\n              value: scrutineer"]
    {
        assert!(server.contains(words), "{words}");
    }
    assert!(yaml("deploy/kubernetes/deployment.yml")["spec"]["replicas"].as_u64().unwrap() > 1);
}

/// What the image is built from is not among what the engine leaves out.
#[test]
fn the_image_is_built_from_all_that_the_build_reads() {
    assert!(read("deploy/Containerfile").contains("\nCOPY . .\n"));
    for left_out in read(".dockerignore").lines() {
        assert!([".git", "target", "deploy", "docs"].contains(&left_out), "the build may read {left_out}");
    }
}

#[test]
fn kubernetes_sets_what_the_server_reads_from_keys_that_are_there() {
    let deployment = yaml("deploy/kubernetes/deployment.yml");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let env = container["env"].as_array().unwrap();
    are_settings("deployment.yml", env.iter().map(|variable| variable["name"].as_str().unwrap()));
    let secret = yaml("deploy/kubernetes/secret.yml");
    for variable in env {
        if let Some(key) = variable["valueFrom"]["secretKeyRef"]["key"].as_str() {
            assert!(secret["stringData"][key].is_string(), "secret.yml has no {key}");
        }
    }
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(deployment["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"], true);
}

#[test]
fn the_service_leads_to_the_ports_of_the_deployment() {
    let deployment = yaml("deploy/kubernetes/deployment.yml");
    let service = yaml("deploy/kubernetes/service.yml");
    let ports = deployment["spec"]["template"]["spec"]["containers"][0]["ports"].as_array().unwrap();
    for port in service["spec"]["ports"].as_array().unwrap() {
        assert!(ports.iter().any(|known| known["name"] == port["targetPort"]), "{port}");
    }
    assert_eq!(service["spec"]["selector"], deployment["spec"]["selector"]["matchLabels"]);
}

#[test]
fn the_unit_and_the_image_set_what_the_server_reads() {
    let unit = read("deploy/systemd/scrutineer.service");
    let names = unit.lines().filter_map(|line| line.strip_prefix("Environment=")?.split('=').next());
    are_settings("scrutineer.service", names);
    let image = read("deploy/Containerfile");
    let env = image.split("\nENV ").nth(1).and_then(|rest| rest.split("\nEXPOSE").next()).unwrap();
    are_settings(
        "Containerfile",
        env.split_whitespace().filter_map(|pair| pair.split_once('=').map(|(name, _)| name)),
    );
    for words in ["\nUSER 10001:10001\n", "ca-certificates", "VOLUME /data", "--locked"] {
        assert!(image.contains(words), "{words}");
    }
}

#[test]
fn the_guide_names_settings_and_commands_that_are_there() {
    let guide = read("docs/operating.md");
    let settings = settings();
    let words = guide.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    for word in words.filter(|word| word.starts_with("SCRUTINEER_")) {
        assert!(settings.contains(word), "operating.md names {word}, which the server does not know");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_scrutineer")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for command in guide.split("`scrutineer ").skip(1).filter_map(|rest| rest.split([' ', '`']).next()) {
        assert!(help.contains(&format!("  {command} ")), "operating.md names `scrutineer {command}`");
    }
    assert!(guide.contains("deploy/systemd/scrutineer.service") && guide.contains("deploy/compose.yml"));
}

#[test]
fn the_guide_explains_every_metric() {
    let guide = read("docs/operating.md");
    for metric in [
        "scrutineer_deliveries_total",
        "scrutineer_targets",
        "scrutineer_oldest_due_seconds",
        "scrutineer_reviews_total",
        "scrutineer_review_seconds",
        "scrutineer_github_requests_total",
        "scrutineer_github_unprocessable_total",
        "scrutineer_github_remaining",
        "scrutineer_duplicates_prevented_total",
    ] {
        assert!(guide.contains(metric), "{metric}");
    }
}
