//! Routes of one router that another route takes: the same method and path twice, or a parameter registered
//! before the literal it swallows. How frameworks register routes, and which of two answers, is data.

mod framework;
mod register;
mod shape;

use std::collections::HashMap;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Module, NodeId};

use self::framework::Framework;
use self::register::{Route, Router};
use self::shape::Shape;
use super::{Analysis, Parameters};

/// Routers with more routes than this are searched for equal paths only.
const MOST_ROUTES: usize = 2_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    frameworks: Vec<Framework>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { frameworks } = parameters.read()?;
    let words: Vec<&str> = frameworks.iter().flat_map(Framework::words).collect();
    Ok(Analysis {
        starts: Starts::module(words),
        names: &["ROUTE", "HANDLER", "TAKEN", "OTHER", "LINE", "WHO", "REMEDY"],
        run: Box::new(move |module, _, hits| visit(&frameworks, module, hits)),
    })
}

fn visit(frameworks: &[Framework], module: &Module, hits: &mut Vec<Hit>) {
    let mut routers: HashMap<(usize, Router), Vec<Route>> = HashMap::new();
    for route in register::routes(frameworks, module) {
        routers.entry((route.framework, route.router.clone())).or_default().push(route);
    }
    for ((framework, _), mut routes) in routers {
        let framework = &frameworks[framework];
        routes.sort_by_key(|route| module.tree().range(route.node).start);
        doubled(framework, module, &routes, hits);
        if framework.ordered && routes.len() <= MOST_ROUTES {
            shadowed(framework, module, &routes, hits);
        }
    }
}

/// Later routes of the same shape and method as an earlier one.
fn doubled(framework: &Framework, module: &Module, routes: &[Route], hits: &mut Vec<Hit>) {
    let mut seen: HashMap<(&Shape, NodeId), Vec<&Route>> = HashMap::new();
    for route in routes {
        let same = seen.entry((&route.shape, route.block)).or_default();
        let others = |first: &&&Route| first.handler != route.handler && meet(first, route);
        let first = module.counted(same.iter()).find(others);
        if let Some(first) = first {
            let remedy = "Remove one of the two handlers, or give one of them its own path or method";
            hits.push(hit(framework, module, first, route, remedy));
        }
        same.push(route);
    }
}

/// Later routes that an earlier, more general one takes.
fn shadowed(framework: &Framework, module: &Module, routes: &[Route], hits: &mut Vec<Hit>) {
    for (index, route) in routes.iter().enumerate() {
        let takes = |first: &&Route| {
            first.block == route.block
                && first.shape != route.shape
                && first.shape.is_open()
                && first.handler != route.handler
                && meet(first, route)
                && first.shape.covers(&route.shape)
        };
        if let Some(first) = module.counted(routes[..index].iter()).find(takes) {
            let remedy = format!(
                "Register `{}` before `{}`, or give the parameter a type that cannot match it",
                route.path, first.path
            );
            hits.push(hit(framework, module, first, route, &remedy));
        }
    }
}

/// Whether two routes answer a common method.
fn meet(first: &Route, second: &Route) -> bool {
    common_method(first, second).is_some()
}

fn common_method<'r>(first: &'r Route, second: &'r Route) -> Option<&'r str> {
    let any = |route: &Route| route.methods.iter().any(|method| method == "*");
    match (any(first), any(second)) {
        (true, _) => second.methods.first().map(String::as_str),
        (false, true) => first.methods.first().map(String::as_str),
        (false, false) => {
            second.methods.iter().find(|method| first.methods.contains(method)).map(String::as_str)
        }
    }
}

fn hit(framework: &Framework, module: &Module, first: &Route, second: &Route, remedy: &str) -> Hit {
    let method = common_method(first, second).filter(|method| *method != "*");
    let spell = |path: &str| match method {
        Some(method) => format!("{method} {path}"),
        None if path.is_empty() => "\"\"".to_owned(),
        None => path.to_owned(),
    };
    Hit::at(second.node)
        .with("ROUTE", spell(&second.path))
        .with("HANDLER", &second.handler)
        .with("TAKEN", spell(&first.path))
        .with("OTHER", &first.handler)
        .with("LINE", module.span(first.node).start.line.to_string())
        .with("WHO", &framework.says)
        .with("REMEDY", remedy)
        .and(first.node, format!("`{}` takes `{}`", first.handler, spell(&first.path)))
}
