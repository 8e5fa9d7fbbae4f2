//! Each example of each rule is one test, named as the rule's file has it: `blocking-call-in-async::bad[0]`.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use scrutineer::engine::{Engine, Limits, RuleSet, examples};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match RuleSet::embedded() {
        Ok(rules) => trials(&Arc::new(Engine::new(rules, Limits::default()))),
        Err(errors) => vec![Trial::test("every rule loads", move || {
            Err(Failed::from(errors.to_string()))
        })],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(engine: &Arc<Engine>) -> Vec<Trial> {
    let trial = |example: examples::Example| {
        let engine = Arc::clone(engine);
        Trial::test(example.name.clone(), move || {
            example.check(&engine).map_err(Failed::from)
        })
    };
    examples::all(engine).into_iter().map(trial).collect()
}
