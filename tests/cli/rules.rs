//! Testing rules of one's own.

use crate::world::World;

const RULES: &str = "\
rules:
  - id: flows
    mode: taint
    languages: [python]
    severity: ERROR
    message: flows
    pattern-sources: [{pattern: input()}]
    pattern-sinks: [{pattern: eval(...)}]
  - id: evaluates
    languages: [python]
    severity: ERROR
    message: evaluates
    pattern: eval(...)
";

#[test]
fn a_rule_that_is_refused_does_not_keep_the_others_from_their_tests() {
    let world = World::plain();
    world.write("rules/e.yml", RULES).write("rules/e.py", "# ok: evaluates\neval(text)\n");
    let ran = world.run(["rules", "test", "rules"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("rules/e.yml:3:11"), "{}", ran.err);
    assert!(ran.out.contains("1 rule was refused, the others are tried"), "{}", ran.out);
    assert!(ran.out.contains("rules/e.py:2: reported, and should not be"), "{}", ran.out);
}
