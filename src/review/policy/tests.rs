use super::*;
use crate::engine::RuleSet;

fn parse(text: &str) -> Result<(Policy, Vec<Mistake>), Mistake> {
    Policy::parse(text, &Ceilings::default(), &RuleSet::embedded().unwrap())
}

fn policy(text: &str) -> Policy {
    let (policy, mistakes) = parse(text).unwrap();
    assert_eq!(mistakes, []);
    policy
}

fn mistake(text: &str) -> Mistake {
    match parse(text) {
        Err(mistake) => mistake,
        Ok((_, mut mistakes)) => mistakes.remove(0),
    }
}

#[test]
fn an_empty_file_and_one_of_comments_mean_the_defaults() {
    for text in ["", "# nothing yet\n", "---\n", "{}"] {
        assert_eq!(policy(text).fail_on, Threshold::High, "{text:?}");
    }
}

#[test]
fn every_key_of_the_documents_is_understood() {
    let policy = policy(
        "fail_on: critical\ncomment_on: medium\non_incomplete: failure\nsuppressions: refuse\ndrafts: true\n\
         rules:\n  async: off\n  default-secret: {severity: high, tier: summary}\n  duplicate-route: on\n\
         paths:\n  ignore: ['legacy/', '*.pyi', '!legacy/keep.py']\nlimits: {comments: 5, annotations: 10}\n",
    );
    assert_eq!(policy.fail_on, Threshold::Critical);
    assert_eq!(policy.comment_on, Threshold::Medium);
    assert_eq!(policy.on_incomplete, Incomplete::Failure);
    assert_eq!(policy.suppressions, Suppressions::Refuse);
    assert_eq!(policy.drafts, Drafts::Audit);
    assert_eq!((policy.max_comments, policy.max_annotations), (5, 10));
    assert!(policy.ignored.contains("legacy/app.py"));
    assert!(policy.ignored.contains("stubs/app.pyi"));
    assert!(!policy.ignored.contains("app.py"));
}

#[test]
fn switches_are_words_or_booleans() {
    for text in ["off", "false", "'off'", "\"off\""] {
        assert!(
            policy(&format!("rules: {{default-secret: {text}}}")).options.rules["default-secret"].on
                == Some(false),
            "{text}"
        );
    }
    for text in ["on", "true"] {
        assert!(
            policy(&format!("rules: {{default-secret: {text}}}")).options.rules["default-secret"].on
                == Some(true),
            "{text}"
        );
    }
}

#[test]
fn a_repository_can_lower_a_ceiling_but_never_raise_it() {
    let operator = Limits::default();
    assert_eq!(policy("limits: {file_bytes: 10}").options.limits.unwrap().file_bytes, 10);
    assert_eq!(
        policy("limits: {file_bytes: 99999999999}").options.limits.unwrap().file_bytes,
        operator.file_bytes
    );
    assert_eq!(policy("limits: {comments: 1000}").max_comments, 30);
}

#[test]
fn a_mistake_names_its_line_and_the_remedy() {
    for (text, line, words) in [
        ("fail_on: high\nfial_on: low\n", 2, "fial_on"),
        ("fail_on: sometimes\n", 1, "sometimes"),
        ("\nrules:\n  default-secret: maybe\n", 3, "on"),
        ("rules:\n  defualt-secret: off\n", 2, "default-secret"),
        ("rules: {nonsense-of-mine: off}\n", 1, "rules list"),
        ("paths:\n  ignore:\n    - '[z-a]'\n", 3, "[z-a]"),
        ("a: &a [x]\nb: *a\n", 1, ""),
        (": : :", 1, ""),
    ] {
        let mistake = mistake(text);
        assert_eq!(mistake.line, line, "{text:?}: {mistake:?}");
        assert!(mistake.to_string().contains(words), "{text:?}: {mistake:?}");
    }
}

#[test]
fn a_bomb_is_a_mistake_and_not_an_outage() {
    let bomb = "a: &a [x,x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n".repeat(3);
    assert!(parse(&bomb).is_err());
    assert!(parse(&"[".repeat(50_000)).is_err());
    assert!(parse(&format!("# {}", "x".repeat(100_000))).is_err());
}
