//! SARIF 2.1.0, as GitHub's code scanning and editors read it. Only the part of the format we fill is
//! here ([`log`]); the tests validate it against the published schema.
//!
//! Suppressed findings are left out: code scanning does not know SARIF's `suppressions` and would show
//! them as open alerts.

mod log;
mod results;
mod rules;
mod uri;

use super::{Broken, Report, Skipped, Texts, json, words};
use crate::report::escape::hidden;

/// The report as one SARIF log with one run. Fixes are given where the text of the file is at hand.
pub fn write(report: &Report, texts: &Texts<'_>) -> Result<String, serde_json::Error> {
    json::to_string(&log::Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run(report, texts)],
    })
}

fn run(report: &Report, texts: &Texts<'_>) -> log::Run {
    let catalogue = rules::Catalogue::of(report);
    log::Run {
        results: report
            .findings
            .iter()
            .map(|finding| results::result(finding, &catalogue, texts))
            .collect(),
        tool: log::Tool {
            driver: log::Driver {
                name: "Scrutineer",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: catalogue.descriptors(),
                notifications: [
                    notice("not-audited", "A Python file was not audited"),
                    notice("not-python", "Lines are not valid Python"),
                ],
            },
        },
        invocations: [log::Invocation {
            execution_successful: true,
            tool_execution_notifications: notifications(report),
        }],
        original_uri_base_ids: log::UriBases::default(),
        column_kind: "unicodeCodePoints",
    }
}

fn notice(id: &'static str, text: &str) -> log::Notice {
    log::Notice {
        id,
        short_description: log::Text::of(text),
    }
}

/// The receipt for what was left out.
fn notifications(report: &Report) -> Vec<log::Notification> {
    let skipped = report.skipped.iter().map(|Skipped { path, reason, .. }| {
        notification(
            "not-audited",
            path,
            None,
            format!("Not audited: {}", hidden::reveal(reason)),
        )
    });
    let broken = report.broken.iter().map(
        |Broken {
             path,
             first_line,
             last_line,
         }| {
            let lines = words::lines(*first_line, *last_line);
            let region = log::Region {
                start_line: *first_line,
                end_line: *last_line,
                start_column: None,
                end_column: None,
            };
            notification(
                "not-python",
                path,
                Some(region),
                format!("Not valid Python: {lines}"),
            )
        },
    );
    skipped.chain(broken).collect()
}

fn notification(
    id: &'static str,
    path: &str,
    region: Option<log::Region>,
    text: String,
) -> log::Notification {
    log::Notification {
        descriptor: log::Reference { id },
        level: "warning",
        message: log::Text { text },
        locations: [log::Location {
            physical_location: results::physical(path, region),
            ..log::Location::default()
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, sample};

    fn sarif(report: &Report) -> serde_json::Value {
        let sarif = serde_json::from_str(&write(report, &sample::texts).unwrap()).unwrap();
        let schema = include_str!("../../../tests/data/sarif-2.1.0.json");
        // The published schema has a stray bracket in one expression, which strict validators refuse.
        let schema = serde_json::from_str(&schema.replace("{2}]?$", "{2}$")).unwrap();
        let schema = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let mistakes: Vec<String> = schema
            .iter_errors(&sarif)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(mistakes.is_empty(), "{mistakes:#?}");
        sarif
    }

    fn everything() -> Report {
        Report {
            findings: sample::findings()
                .into_iter()
                .chain([sample::hostile()])
                .collect(),
            suppressed: vec![sample::timeout()],
            skipped: vec![Skipped {
                path: "app/huge file.py".to_owned(),
                reason: "larger than 1 MB".to_owned(),
                cause: Cause::File,
            }],
            broken: vec![Broken {
                path: "app/half.py".to_owned(),
                first_line: 3,
                last_line: 9,
            }],
            files_audited: 4,
            ..Report::default()
        }
    }

    #[test]
    fn every_document_validates_against_the_schema() {
        sarif(&everything());
        sarif(&Report::default());
    }

    #[test]
    fn a_finding_is_told_whole() {
        let report = Report {
            findings: vec![sample::archive(), sample::timeout()],
            files_audited: 2,
            ..Report::default()
        };
        insta::assert_snapshot!(serde_json::to_string_pretty(&sarif(&report)).unwrap());
    }

    #[test]
    fn each_result_points_at_its_rule() {
        let sarif = sarif(&everything());
        let run = &sarif["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
        }
    }

    #[test]
    fn no_secret_comes_out() {
        assert!(!sarif(&everything()).to_string().contains("hunter2"));
    }

    #[test]
    fn skipped_files_are_notifications() {
        let sarif = sarif(&everything());
        let notified = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
        assert_eq!(
            notified[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "app/huge%20file.py"
        );
        assert_eq!(notified[1]["message"]["text"], "Not valid Python: lines 3 to 9");
    }
}
