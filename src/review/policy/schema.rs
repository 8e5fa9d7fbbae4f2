//! `docs/policy.schema.json`, which editors read, and the types that read a policy are one and the same.

use serde::Deserialize;
use serde::de::value::{MapDeserializer, StrDeserializer};
use serde_json::{Value, json};

use super::file::{PolicyFile, WrittenLimits, WrittenPaths, WrittenTable};
use super::{Incomplete, Suppressions, Threshold};
use crate::engine::{Severity, Tier};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/policy.schema.json")).unwrap()
}

/// What a type says it knows, in the error about a word that nobody knows.
fn names_in(error: &serde::de::value::Error) -> Vec<String> {
    let text = error.to_string();
    let (_, expected) = text.split_once("expected").expect("serde tells what it expected");
    let mut names: Vec<String> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    names.sort();
    names
}

fn keys_of<'de, T: Deserialize<'de>>() -> Vec<String> {
    let unknown = MapDeserializer::new(std::iter::once(("no such key", ())));
    names_in(&T::deserialize(unknown).err().expect("an unknown key is refused"))
}

fn words_of<'de, T: Deserialize<'de>>() -> Vec<String> {
    names_in(&T::deserialize(StrDeserializer::new("no such word")).err().expect("an unknown word is refused"))
}

fn described(schema: &Value, pointer: &str) -> Vec<String> {
    let part = schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the schema"));
    let mut names: Vec<String> = match part {
        Value::Object(properties) => properties.keys().cloned().collect(),
        Value::Array(words) => words.iter().map(|word| word.as_str().unwrap().to_owned()).collect(),
        other => panic!("{other}"),
    };
    names.sort();
    names
}

#[test]
fn the_schema_has_the_keys_and_words_of_the_types() {
    let schema = schema();
    for (pointer, names) in [
        ("/properties", keys_of::<PolicyFile>()),
        ("/properties/paths/properties", keys_of::<WrittenPaths>()),
        ("/properties/limits/properties", keys_of::<WrittenLimits>()),
        ("/$defs/setting/anyOf/2/properties", keys_of::<WrittenTable>()),
        ("/$defs/threshold/enum", words_of::<Threshold>()),
        ("/$defs/severity/enum", words_of::<Severity>()),
        ("/$defs/tier/enum", words_of::<Tier>()),
        ("/properties/on_incomplete/enum", words_of::<Incomplete>()),
        ("/properties/suppressions/enum", words_of::<Suppressions>()),
    ] {
        assert_eq!(described(&schema, pointer), names, "{pointer}");
    }
}

#[test]
fn the_schema_takes_what_we_take() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let check = |policy: Value, expect: bool| {
        assert_eq!(super::file::parse(&policy.to_string()).is_ok(), expect, "we: {policy}");
        assert_eq!(validator.is_valid(&policy), expect, "the schema: {policy}");
    };
    check(json!({}), true);
    check(json!({"fail_on": "never", "comment_on": "low", "drafts": true}), true);
    check(json!({"on_incomplete": "failure", "suppressions": "refuse"}), true);
    check(
        json!({"rules": {"a": "on", "b": false, "c": {"severity": "low", "tier": "summary"}, "d": {}}}),
        true,
    );
    check(json!({"paths": {"ignore": ["legacy/"]}, "limits": {"comments": 0, "scan_bytes": 9}}), true);
    check(json!({"fail_on": "sometimes"}), false);
    check(json!({"fial_on": "low"}), false);
    check(json!({"drafts": "sometimes"}), false);
    check(json!({"rules": {"a": "loud"}}), false);
    check(json!({"rules": {"a": {"level": "low"}}}), false);
    check(json!({"limits": {"comments": -1}}), false);
    check(json!({"limits": {"coments": 1}}), false);
    check(json!({"paths": {"ignore": "legacy/"}}), false);
}

#[test]
fn the_defaults_of_the_schema_are_ours() {
    let (schema, defaults) = (schema(), super::Policy::defaults(&super::Ceilings::default()));
    let of = |key: &str| schema["properties"][key]["default"].clone();
    let word = |key| serde_json::from_value::<Threshold>(of(key)).unwrap();
    assert_eq!((word("fail_on"), word("comment_on")), (defaults.fail_on, defaults.comment_on));
    assert_eq!(serde_json::from_value::<Incomplete>(of("on_incomplete")).unwrap(), defaults.on_incomplete);
    assert_eq!(serde_json::from_value::<Suppressions>(of("suppressions")).unwrap(), defaults.suppressions);
    assert_eq!(serde_json::from_value::<super::Drafts>(of("drafts")).unwrap(), defaults.drafts);
}
