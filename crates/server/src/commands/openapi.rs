//! `confidant openapi`: prints the description of the API.
//!
//! `docs/openapi.json` is its output: `confidant openapi > docs/openapi.json`.

use clap::Args;

use crate::commands::{Failure, OrFail as _, say};
use crate::routes;

/// Prints the description of the API (OpenAPI 3.1).
#[derive(Clone, Copy, Debug, Args)]
pub struct OpenApi;

/// Prints.
///
/// # Errors
/// A document that JSON cannot write.
pub fn run(_: OpenApi) -> Result<(), Failure> {
    say(routes::openapi().or_fail("openapi")?.trim_end());
    Ok(())
}
