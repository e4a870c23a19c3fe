//! Where mail reaches customers.

use axum::extract::State;
use axum::http::StatusCode;
use personal::kinds::MailAddress;
use personal::subject::{CustomerId, Subject};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Role;
use crate::mail::{address, found_by};
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::parameters::JsonBytes;

/// Longest language tag, in bytes.
const LANGUAGE_BYTES_MAX: usize = 35;

/// The address of one customer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailAddressIn {
    /// The address, which the shop has made sure of; missing, the one before is deleted.
    #[serde(default)]
    #[schema(max_length = 254)]
    address: Option<String>,
    /// The customer.
    #[schema(min_length = 1, max_length = 128)]
    customer: String,
    /// The language of the mails, such as `de`; English when missing.
    #[serde(default)]
    #[schema(max_length = 35)]
    language: Option<String>,
    /// Whether the customer has no account to log in to: then a mailed link opens everything.
    #[serde(default)]
    guest: bool,
}

/// Reports where mail reaches a customer, for links into the privacy center and for notices of
/// what was done there. With the secret key only; replaces the address before.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(put, path = "/v1/mail-addresses", tag = "rights", request_body = MailAddressIn,
    security(("secret_key" = [])),
    responses(
    (status = 204, description = "Kept, or deleted"),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn put_mail_address(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<StatusCode, Problem> {
    if caller.role != Role::Secret {
        return Err(Problem::new(problem::FORBIDDEN, "mail addresses need the secret key"));
    }
    let asked: MailAddressIn = body.read()?;
    let invalid = |detail: &str| Problem::new(problem::INVALID, detail);
    let customer = CustomerId::parse(&asked.customer)
        .map_err(|error| Problem::new(problem::INVALID, format!("customer: {error}")))?;
    let language = asked.language.unwrap_or_else(|| "en".to_owned());
    let tag = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if language.is_empty() || language.len() > LANGUAGE_BYTES_MAX || !language.chars().all(tag) {
        return Err(invalid("language is no tag such as de"));
    }
    let kept = match asked.address.as_deref() {
        None => None,
        Some(text) => {
            let address = address(text).ok_or_else(|| invalid("address is no mail address"))?;
            let id = app.shared.ring.address(&found_by(&address));
            let row = MailAddress {
                customer: asked.customer,
                address: address.to_string(),
                language,
                guest: asked.guest,
            };
            Some((id, row))
        }
    };
    let name = Subject::Customer(customer);
    app.writer.run(move |engine, now| engine.put_address(&name, kept, now)).await?;
    Ok(StatusCode::NO_CONTENT)
}
