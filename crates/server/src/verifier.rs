//! The page that checks proofs in the browser: a static file with two scripts and no third party.
//!
//! It computes with WebCrypto and may connect to nothing, so what is dropped on it stays there.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::routes::App;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
/// It may change with the next version.
const KEEP: &str = "public, max-age=600";

/// The page below `/verify`.
pub fn router() -> Router<App> {
    let page = || async { asset(HTML, include_str!("../assets/verifier/index.html")) };
    let style = || async { asset(CSS, include_str!("../assets/verifier/style.css")) };
    let script = || async { asset(JS, include_str!("../assets/verifier/page.js")) };
    let proof = || async { asset(JS, include_str!("../assets/verifier/proof.js")) };
    let words = || async { asset(JS, include_str!("../assets/verifier/words.js")) };
    Router::new()
        .route("/verify", get(page))
        .route("/verify/style.css", get(style))
        .route("/verify/page.js", get(script))
        .route("/verify/proof.js", get(proof))
        .route("/verify/words.js", get(words))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, KEEP),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, text).into_response()
}
