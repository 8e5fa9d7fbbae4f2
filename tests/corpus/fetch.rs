//! Downloads a source release with `curl`, holds it against its digest and unpacks it with `tar`. Nothing of it is run.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::project::{Project, cache};

pub(crate) fn fetch(project: &Project) -> Result<(), String> {
    if project.root().is_some() {
        return Ok(());
    }
    let folder = cache().join(&project.name);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let archive = folder.join("release.tar.gz");
    let curl = ["--fail", "--silent", "--show-error", "--location", "--proto", "=https", "--output"];
    let result = run(Command::new("curl").args(curl).arg(&archive).arg(&project.url))
        .and_then(|()| verify(project, &archive))
        .and_then(|()| run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder)));
    fs::remove_file(&archive).map_err(|error| error.to_string())?;
    result.map(|()| println!("{} {}", project.name, project.version))
}

fn verify(project: &Project, archive: &Path) -> Result<(), String> {
    let bytes = fs::read(archive).map_err(|error| error.to_string())?;
    match hex::encode(Sha256::digest(&bytes)) {
        digest if digest == project.sha256 => Ok(()),
        digest => Err(format!("{} has the digest {digest}, pinned is {}", project.url, project.sha256)),
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
