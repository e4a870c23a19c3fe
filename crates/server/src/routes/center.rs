//! Links into the privacy center.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::center::door::{Guest, LINK_MS, Scope};
use crate::chance;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::erasures::Who;
use crate::routes::parameters::JsonBytes;

/// Who goes in, and for what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    /// A browser id that we issued.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    browser: Option<String>,
    /// The handle that came with it.
    #[serde(default)]
    erase_handle: Option<String>,
    /// A customer, with the secret key only.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    customer: Option<String>,
    /// `all` (default), `choices`, `download` or `erase`: the link opens nothing else.
    #[serde(default)]
    #[schema(pattern = "^(all|choices|download|erase)$")]
    scope: Option<String>,
}

/// A link that works once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkOut {
    /// Send the browser there; keep it out of logs and mails.
    pub url: String,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: i64,
}

/// Makes a link into the privacy center for a person who is logged in to the shop, or for the
/// browser that holds its erase handle.
///
/// # Errors
/// A problem that names what is wrong with the request; [`problem::NOT_FOUND`] without a center.
#[utoipa::path(post, path = "/v1/privacy-center/links", tag = "rights", request_body = LinkIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "A link that works once, for five minutes", body = LinkOut),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Too many people are in", body = ProblemBody)))]
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<LinkOut>, Problem> {
    let asked: LinkIn = body.read()?;
    let who = Who {
        browser: asked.browser.as_deref(),
        erase_handle: asked.erase_handle.as_deref(),
        customer: asked.customer.as_deref(),
    };
    let (name, how) = who.verified(&app, &caller)?;
    let scope = match asked.scope.as_deref() {
        None => Scope::All,
        Some(text) => {
            Scope::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
                Problem::new(problem::INVALID, "scope is all, choices, download or erase")
            })?
        }
    };
    let Some(center) = &app.center else {
        let detail = "this server has no privacy center; see the setting privacy_center";
        return Err(Problem::new(problem::NOT_FOUND, detail));
    };
    let now = app.shared.clock.now();
    let guest = Guest { subject: app.shared.ring.subject_ref(&name), name, how, scope };
    let token = chance::bytes().map_err(|_| problem::UNAVAILABLE)?;
    let link = center.door.invite(guest, token, now);
    let link = link.map_err(|crowded| Problem::new(problem::UNAVAILABLE, crowded))?;
    let url = format!("{}/enter?link={link}", center.origin);
    Ok(Json(LinkOut { url, expires_ms: now.plus_ms(LINK_MS).ms() }))
}
