//! What the engine costs over a large real project, step by step, and how that grows with the number of rules.
//! tests/bench/README.md tells how to run it and holds the numbers.
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measurement, held to the rules of tests; it shares the corpus with its tool"
)]

#[path = "../corpus/project.rs"]
mod project;

use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use scrutineer::engine::python::{self, Module, Types};
use scrutineer::engine::{Engine, Limits, Options, RuleSet, Source};

/// The project measured, as tests/corpus/projects.txt pins it.
const PROJECT: &str = "django";

/// Paths and bytes of its files, as far as they are text.
fn files() -> Vec<(String, Vec<u8>)> {
    let project = project::chosen(&[PROJECT.to_owned()]).expect("a project of the list").remove(0);
    let files = project.files().unwrap_or_else(|why| panic!("{PROJECT}: {why}"));
    let read = files.into_iter().map(|(path, place)| (path, fs::read(place).expect("a file")));
    read.filter(|(_, bytes)| std::str::from_utf8(bytes).is_ok()).collect()
}

fn sized<'c>(
    criterion: &'c mut Criterion,
    name: &str,
    files: &[(String, Vec<u8>)],
) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    group.throughput(Throughput::Bytes(bytes as u64)).sampling_mode(SamplingMode::Flat);
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    group
}

fn steps(criterion: &mut Criterion) {
    let files = files();
    let limits = Limits::default();
    let types = Arc::new(Types::default());
    let source = |(path, bytes): &(String, Vec<u8>)| Source::decode(path, bytes, &limits).expect("a text");
    let mut group = sized(criterion, "steps", &files);
    group.bench_function("1 tree-sitter alone", |bencher| {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&tree_sitter_python::LANGUAGE.into()).expect("the grammar");
        bencher.iter(|| files.iter().for_each(|(_, bytes)| drop(black_box(parser.parse(bytes, None)))));
    });
    group.bench_function("2 flat tree", |bencher| {
        let parse = |file| drop(black_box(python::parse(source(file).text(), &limits)));
        bencher.iter(|| files.iter().for_each(parse));
    });
    group.bench_function("3 model", |bencher| {
        let parse = |file| drop(black_box(Module::parse(source(file), &limits, Arc::clone(&types))));
        bencher.iter(|| files.iter().for_each(parse));
    });
    group.finish();
}

/// The whole audit with the first so many rules of the list; 0 tells what is paid for suppressions alone.
fn rules(criterion: &mut Criterion) {
    let files = files();
    let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    let engine = Engine::new(rules, Limits::default());
    let mut group = sized(criterion, "rules", &files);
    for count in [0, ids.len() / 4, ids.len() / 2, ids.len()] {
        let only = if count == 0 { vec!["none".to_owned()] } else { ids[..count].to_vec() };
        let options = Options { only, ..Options::default() };
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            let audit =
                |(path, bytes): &(String, Vec<u8>)| drop(black_box(engine.audit(path, bytes, &options)));
            bencher.iter(|| files.iter().for_each(audit));
        });
    }
    group.finish();
}

criterion_group!(benches, steps, rules);
criterion_main!(benches);
