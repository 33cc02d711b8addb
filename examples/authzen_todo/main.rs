//! A standard's questions: the Todo service of the OpenID AuthZEN working group, asked what the group asks of every
//! policy engine.
//!
//! `cargo run --example authzen_todo` asks the questions that are in the repository. Given a path, it asks those of a
//! file in the working group's own format. It fails if one answer is not the one that was expected.
//!
//! How the service describes its permissions and roles, and how it reads a request, is in `service.rs`.

mod scenario;
mod service;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args_os().nth(1);
    let report = scenario::run(path.as_deref().map(Path::new))?;
    print!("{report}");
    Ok(report.exit_code())
}
