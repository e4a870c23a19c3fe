//! The API under schemathesis, from our own description: nothing it sends makes the server fail,
//! and every answer is what the description says.

use std::process::Command;

use crate::http::Call;
use crate::shop::{As, Server, tool};

/// Requests per operation and phase.
const EXAMPLES: &str = "40";
const SEED: &str = "20261122";

#[track_caller]
fn fuzz(server: &Server, who: As, only: &str) {
    let description = server.folder().join("openapi.json");
    std::fs::write(&description, server::routes::openapi().unwrap()).unwrap();
    let to = if who == As::Staff { server.staff } else { server.public };
    let output = Command::new(tool("CONFIDANT_VENV").join("bin/schemathesis"))
        .current_dir(server.folder())
        .args(["run", description.to_str().unwrap(), "--url", &format!("http://{to}")])
        .args(["--header", &format!("Authorization: Bearer {}", server.key(who))])
        .args(["--include-path-regex", only, "--phases", "examples,coverage,fuzzing"])
        .args(["--checks", "not_a_server_error,status_code_conformance"])
        .args(["--checks", "content_type_conformance,response_schema_conformance"])
        .args(["--max-examples", EXAMPLES, "--seed", SEED, "--generation-deterministic"])
        .args(["--generation-with-security-parameters", "false"])
        .args(["--no-color", "--suppress-health-check", "all", "--request-timeout", "30"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    // A run that tested nothing also ends well.
    let summary = said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default();
    let tested = summary.trim().split(' ').next();
    let tested: u32 = tested.and_then(|count| count.parse().ok()).unwrap_or(0);
    assert!(tested > 100, "{said}");
}

#[test]
fn the_public_api_is_what_its_description_says() {
    let server = Server::start();
    fuzz(&server, As::Shop, "^/(v1/|healthz|readyz)");
    assert_eq!(Call::get("/readyz").send(server.public).status, 200, "the writer lives");
}

#[test]
fn the_staff_api_is_what_its_description_says() {
    let server = Server::start();
    fuzz(&server, As::Staff, "^/(metrics|staff/)");
}
