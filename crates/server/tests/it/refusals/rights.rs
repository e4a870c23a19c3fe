//! The rows of the refusal table about requests: made by people, decided by staff.

use serde_json::json;

use super::{For, MARKER, Named, Operation, operation, own};

/// Requests of people about their data.
pub(super) fn requests() -> Vec<Operation> {
    let staff = |id, path| operation(id, "POST", path, For::StaffOnly);
    vec![
        Operation {
            body: Some(json!({ "kind": "access" })),
            customer: Some(Named::InBody("customer")),
            closed: true,
            ..operation("make_request", "POST", "/v1/requests", For::Pages)
        },
        operation("read_request", "GET", "/v1/requests/canary-5e1f", For::Pages),
        own("own_requests", "/v1/requests/own"),
        own("revoke_request", "/v1/requests/canary-5e1f/revocation"),
        own("lift_restriction", "/v1/requests/canary-5e1f/lift"),
        own("confirm_request", "/v1/requests/canary-5e1f/confirmation"),
        Operation {
            query: true,
            ..operation("list_requests", "GET", "/staff/requests", For::StaffOnly)
        },
        Operation {
            body: Some(json!({ "reason": MARKER })),
            closed: true,
            ..staff("look_at_request", "/staff/requests/canary-5e1f/look")
        },
        Operation {
            body: Some(json!({ "act": "extend", "why": "complex" })),
            closed: true,
            ..staff("act_on_request", "/staff/requests/canary-5e1f/acts")
        },
    ]
}
