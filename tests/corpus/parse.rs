//! tree-sitter alone over a project's files, on one thread: what the cost of an audit is held against. The time is taken
//! from outside, by `time` or `perf`.

use std::fs;

use super::project::Project;

pub(crate) fn parse(project: &Project) -> Result<(), String> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).map_err(|error| error.to_string())?;
    let (mut bytes, mut nodes) = (0, 0);
    for (path, place) in project.files()? {
        let text = fs::read(place).map_err(|error| format!("{path}: {error}"))?;
        let tree = parser.parse(&text, None).ok_or_else(|| format!("{path}: no tree"))?;
        bytes += text.len();
        nodes += tree.root_node().descendant_count();
    }
    println!("{} {}: {bytes} bytes, {nodes} nodes", project.name, project.version);
    Ok(())
}
