//! The rows of the refusal table that only staff may call: canary, notices and records, documents.

use serde_json::json;

use super::{For, MARKER, Operation, operation};

/// The exchange of the shop key.
pub(super) fn keys() -> Vec<Operation> {
    vec![operation("rotate_key", "POST", "/staff/keys/rotate", For::StaffOnly)]
}

/// Holding the files for a backup.
pub(super) fn backups() -> Vec<Operation> {
    let release = json!({ "hold": MARKER, "digests": [] });
    vec![
        operation("hold_files", "POST", "/staff/backups/hold", For::StaffOnly),
        Operation {
            body: Some(release),
            closed: true,
            ..operation("release_files", "POST", "/staff/backups/release", For::StaffOnly)
        },
    ]
}

/// The opt-out canary's runs.
pub(super) fn canary() -> Vec<Operation> {
    let run = json!({
        "run": "0123456789abcdef", "how": MARKER, "packs": [], "ways": [MARKER], "visitors": [],
        "opened": 0, "quiet": 0, "failures": [],
    });
    let get = |id, path| operation(id, "GET", path, For::StaffOnly);
    vec![
        get("list_canary_runs", "/staff/canary"),
        get("read_canary_visitor", "/staff/canary/visitors/canary-5e1f"),
        Operation {
            body: Some(run),
            closed: true,
            ..operation("keep_canary_run", "POST", "/staff/canary", For::StaffOnly)
        },
    ]
}

/// What staff change without a restart. Without `If-Match` a change that is fine is refused too.
pub(super) fn documents() -> Vec<Operation> {
    let put = json!({ "role": "merchandiser", "reason": MARKER, "toml": "count = 5" });
    let delete = "/staff/documents/placement/home?role=merchandiser&reason=canary-5e1f";
    let get = |id, path| operation(id, "GET", path, For::StaffOnly);
    vec![
        get("list_sweeps", "/staff/sweeps"),
        Operation { query: true, ..get("read_paper", "/staff/notices/ropa") },
        Operation {
            body: Some(json!({ "digest": MARKER })),
            ..operation("compare_papers", "POST", "/staff/notices/ropa/comparison", For::StaffOnly)
        },
        get("list_documents", "/staff/documents"),
        get("read_document", "/staff/documents/placement/home"),
        Operation {
            body: Some(put),
            query: true,
            closed: true,
            ..operation("put_document", "PUT", "/staff/documents/placement/home", For::StaffOnly)
        },
        Operation { query: true, ..operation("delete_document", "DELETE", delete, For::StaffOnly) },
        get("list_versions", "/staff/documents/placement/home/versions"),
        get("read_version", "/staff/documents/placement/home/versions/1"),
    ]
}
