//! `scrutineer config check`.

use crate::world::World;

#[test]
fn a_sound_policy_is_told_so() {
    let world = World::plain();
    world.write(".github/scrutineer.yml", "fail_on: high\n");
    let run = world.run(["config", "check"]);
    assert_eq!((run.code, run.out.as_str()), (0, ".github/scrutineer.yml: no mistakes.\n"));
}

#[test]
fn every_mistake_is_told_with_line_caret_and_remedy() {
    let world = World::plain();
    world.write("policy.yml", "fial_on: high\nrules:\n  defualt-secret: off\ndrafts: sometimes\n");
    let run = world.run(["config", "check", "policy.yml"]);
    assert_eq!(run.code, 1);
    for words in [
        "policy.yml:1:1",
        "did you mean `fail_on`?",
        "policy.yml:3:3",
        "^^^^^^^^^^^^^^",
        "did you mean `default-secret`?",
        "policy.yml:4:9",
        "policy.yml: 3 mistakes.",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_another_matter() {
    World::plain().run(["config", "check", "nowhere.yml"]).fails_with("nowhere.yml");
}
