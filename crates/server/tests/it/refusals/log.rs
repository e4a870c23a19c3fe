//! The rows of the refusal table about the transparency log.

use serde_json::json;

use super::{For, MARKER, Named, Operation, operation, own};

/// Has the form of a commitment and is none.
pub(super) const HASH: &str = "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f";

pub(super) fn log() -> Vec<Operation> {
    let proofs = operation("consent_proofs", "GET", "/v1/consents/proofs", For::Pages);
    let order = operation("commit_order", "POST", "/v1/log/orders", For::ShopOnly);
    let hash =
        "/v1/log/orders/5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f?at_ms=0";
    let change = "/staff/documents/placement/home/versions/1/proof";
    vec![
        operation("read_log", "GET", "/v1/log", For::Everyone),
        operation("log_file", "GET", "/log/checkpoint", For::Everyone),
        operation("erasure_proof", "GET", "/v1/erasures/canary-5e1f/proof", For::Pages),
        Operation { customer: Some(Named::InQuery), query: true, ..proofs },
        own("own_proofs", "/v1/log/proofs"),
        Operation {
            query: true,
            ..operation("stated_records", "GET", "/v1/log/records", For::Everyone)
        },
        Operation { body: Some(json!({ "order": { "number": MARKER } })), closed: true, ..order },
        Operation { query: true, ..operation("order_proof", "GET", hash, For::Everyone) },
        operation("change_proof", "GET", change, For::StaffOnly),
    ]
}
