//! The rows of the refusal table about mail and about the hooks of platforms.

use serde_json::json;

use super::{ANNA, For, MARKER, Operation, operation};

/// Where mail reaches customers, and what platforms tell and ask for.
pub(super) fn rows() -> Vec<Operation> {
    let deleted = json!({ "name": "customer.deleted", "data": { "id": MARKER } });
    let message =
        json!({ "type": "CustomerDeleted", "resource": { "typeId": "customer", "id": MARKER } });
    let question = json!({ "email": ANNA, "page": 1 });
    let told = |id, path, body| Operation {
        body: Some(body),
        ..operation(id, "POST", path, For::Platforms)
    };
    let shop = |id, method, path| operation(id, method, path, For::ShopOnly);
    let redaction = "/v1/platforms/shop-redaction";
    vec![
        Operation {
            body: Some(json!({ "customer": ANNA, "address": ANNA })),
            closed: true,
            ..shop("put_mail_address", "PUT", "/v1/mail-addresses")
        },
        told("shopify_message", "/v1/platforms/shopify", json!({ "shop_domain": MARKER })),
        told("medusa_event", "/v1/platforms/medusa", deleted),
        told("commercetools_message", "/v1/platforms/commercetools", message),
        told("wordpress_export", "/v1/platforms/wordpress/exporter", question.clone()),
        told("wordpress_erase", "/v1/platforms/wordpress/eraser", question),
        shop("list_platform_requests", "GET", "/v1/platforms/requests"),
        Operation {
            body: Some(json!({})),
            closed: true,
            ..shop("pick_up", "POST", "/v1/platforms/requests/canary-5e1f")
        },
        shop("read_redaction", "GET", redaction),
        shop("end_redaction", "DELETE", redaction),
    ]
}
