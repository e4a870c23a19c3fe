//! WordPress's personal-data exporters and erasers, over HTTP.
//!
//! WordPress asks page by page and names people by mail address; a small plugin of the shop sends
//! the questions on. Who is meant is the customer that the plugin names, or the people whose
//! address the shop reported here.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::date::Date;
use personal::subject::{CustomerId, Subject};
use rights::machine::Verification;
use rights::plan::plan_erasure;
use rights::request::kind::Kind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::engine::requests::handing::FromPlatform;
use crate::mail::{address, found_by};
use crate::platforms::Hook;
use crate::platforms::paging::{ExportPage, page};
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::access::packed;
use crate::routes::parameters::JsonBytes;
use crate::routes::platforms::{Erased, erase, hook_id, signed};

/// What WordPress asks an exporter or eraser.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordpressQuestion {
    /// The mail address of the person.
    #[schema(max_length = 254)]
    email: String,
    /// The page, from 1.
    page: usize,
    /// The number of the account that has the address; missing, there is none.
    #[serde(default)]
    customer: Option<String>,
}

impl std::fmt::Debug for WordpressQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WordpressQuestion(..)")
    }
}

/// What an eraser answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErasedPage {
    /// Whether something was erased.
    pub items_removed: bool,
    /// Whether something stays.
    pub items_retained: bool,
    /// What stays and why.
    pub messages: Vec<String>,
    /// Always: it is answered when everything is erased.
    pub done: bool,
}

/// Answers WordPress's exporter, one page at a time.
///
/// # Errors
/// [`problem::UNAUTHENTICATED`] for what the shop's WordPress did not sign.
#[utoipa::path(post, path = "/v1/platforms/wordpress/exporter", tag = "platforms",
    request_body = WordpressQuestion,
    params(("Confidant-Timestamp" = String, Header, description = "Seconds since 1970"),
        ("Confidant-Signature" = String, Header, description = "HMAC of time and body, base64")),
    responses(
    (status = 200, description = "A page", body = ExportPage),
    (status = "4XX", description = "Not signed or not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn wordpress_export(
    State(app): State<App>,
    headers: HeaderMap,
    sent: JsonBytes,
) -> Result<Json<ExportPage>, Problem> {
    let hook = app.platforms.wordpress.as_ref();
    let (hook, asked): (_, WordpressQuestion) = signed(&app, hook, &headers, &sent)?;
    let mut all = ExportPage { data: Vec::new(), done: true };
    for customer in people(&app, hook, &asked).await? {
        let name = Subject::Customer(customer);
        let package = packed(&app, name.clone(), Verification::Platform).await?;
        let one = page(&package, asked.page);
        let (first, last) = (asked.page == 1, one.done);
        let platform = hook_id(hook.name)?;
        // It stands in the queue from its first page to its last.
        let noted = app.writer.run(move |engine, now| {
            if first {
                let platform = platform.clone();
                let from = FromPlatform { platform, kind: Kind::Access, row: None };
                engine.file_for_platform(&name, from, now)?;
            }
            match last {
                true => engine.handed_over(&name, &platform, now),
                false => Ok(()),
            }
        });
        noted.await?;
        all.data.extend(one.data);
        all.done &= one.done;
    }
    Ok(Json(all))
}

/// Answers WordPress's eraser.
///
/// # Errors
/// [`problem::UNAUTHENTICATED`] for what the shop's WordPress did not sign.
#[utoipa::path(post, path = "/v1/platforms/wordpress/eraser", tag = "platforms",
    request_body = WordpressQuestion,
    params(("Confidant-Timestamp" = String, Header, description = "Seconds since 1970"),
        ("Confidant-Signature" = String, Header, description = "HMAC of time and body, base64")),
    responses(
    (status = 200, description = "Erased, with what stays", body = ErasedPage),
    (status = "4XX", description = "Not signed or not understood", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn wordpress_erase(
    State(app): State<App>,
    headers: HeaderMap,
    sent: JsonBytes,
) -> Result<Json<ErasedPage>, Problem> {
    let hook = app.platforms.wordpress.as_ref();
    let (hook, asked): (_, WordpressQuestion) = signed(&app, hook, &headers, &sent)?;
    let (mut removed, mut messages) = (false, Vec::new());
    for customer in people(&app, hook, &asked).await? {
        let name = Subject::Customer(customer.clone());
        let held = app.writer.run(move |engine, _| engine.held_rows(&name)).await?;
        let plan = plan_erasure(
            rights::plan::Scope::Everything,
            &personal::kinds::DECLARATIONS,
            app.shared.clock.now().day(),
        );
        for (declaration, rows) in held {
            match plan.keep.iter().find(|kept| kept.table == declaration.table) {
                None => removed = true,
                Some(kept) => {
                    let until = Date(kept.until);
                    let (what, basis) = (kept.what, kept.basis);
                    messages.push(format!("{rows} kept at most until {until}: {what} ({basis})"));
                }
            }
        }
        let erased = erase(&app, (hook_id(hook.name)?, customer), None).await?;
        if erased == Erased::Held {
            messages.push("a person of the shop has to look at this first".to_owned());
        }
    }
    Ok(Json(ErasedPage {
        items_removed: removed,
        items_retained: !messages.is_empty(),
        messages,
        done: true,
    }))
}

/// Whom a question is about.
async fn people(
    app: &App,
    hook: &Hook,
    asked: &WordpressQuestion,
) -> Result<Vec<CustomerId>, Problem> {
    let invalid = |detail: &str| Problem::new(problem::INVALID, detail);
    if asked.page == 0 {
        return Err(invalid("pages begin at 1"));
    }
    let email = address(&asked.email).ok_or_else(|| invalid("email is no mail address"))?;
    let id = app.shared.ring.address(&found_by(&email));
    let known = app.writer.run(move |engine, now| engine.people_at(id, now)).await?;
    let mut people: BTreeMap<String, CustomerId> = BTreeMap::new();
    for one in known {
        people.extend(CustomerId::parse(&one.customer).ok().map(|id| (one.customer, id)));
    }
    if let Some(number) = &asked.customer {
        let named = hook.customer(number);
        let named = named.ok_or_else(|| invalid("customer cannot be the name of a customer"))?;
        people.insert(named.text, named.id);
    }
    Ok(people.into_values().collect())
}
