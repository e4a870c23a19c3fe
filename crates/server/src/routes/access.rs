//! Seeing and correcting what is held about a person (GDPR Art. 15, 16 and 20).

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::id::ItemId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::sealed::Lock;
use crate::access::{Package, archive, package};
use crate::engine::correcting::{Corrected, Correction, Signal};
use crate::mail::letters::Deed;
use crate::mail::telling::tell;
use crate::problem::{self, Problem, ProblemBody};
use crate::routes::App;
use crate::routes::caller::Caller;
use crate::routes::erasures::Who;
use crate::routes::parameters::JsonBytes;

/// Most signals, sizes or categories of one correction.
pub const CORRECTIONS_MAX: usize = 1_000;
/// Longest size or category, in bytes.
const STATED_BYTES_MAX: usize = 256;
const ZIP: &str = "application/zip";
/// The age format has no media type of its own.
const AGE: &str = "application/octet-stream";

/// Whose data: a browser with its handle, a customer with the secret key, or, with a customer
/// token, nothing needs to be said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessIn {
    /// A browser id that we issued.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub browser: Option<String>,
    /// The handle that came with it.
    #[serde(default)]
    pub erase_handle: Option<String>,
    /// A customer, with the secret key only.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 128)]
    pub customer: Option<String>,
    /// Encrypts the archive with a passphrase of the person, in the age format; 12 characters or
    /// more.
    #[serde(default)]
    #[schema(max_length = 1024)]
    pub passphrase: Option<String>,
    /// Encrypts the archive for a public key of the person, such as `age1...`, instead.
    #[serde(default)]
    #[schema(max_length = 128)]
    pub recipient: Option<String>,
}

/// Gives everything that is held about a person: as JSON, or with `Accept: application/zip` as an
/// archive with a page to read. With a passphrase or a recipient the archive is encrypted.
///
/// # Errors
/// A problem that names what is wrong with the request.
#[utoipa::path(post, path = "/v1/access", tag = "rights", request_body = AccessIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "Everything that is held", content(
        (Package = "application/json"), (String = "application/zip"),
        (String = "application/octet-stream"))),
    (status = "4XX", description = "Not understood or not allowed", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn read_access(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBytes,
) -> Result<Response, Problem> {
    let asked: AccessIn = body.read()?;
    let who = Who {
        browser: asked.browser.as_deref(),
        erase_handle: asked.erase_handle.as_deref(),
        customer: asked.customer.as_deref(),
    };
    let (name, how) = who.verified(&app, &caller)?;
    let lock = Lock::read(asked.passphrase.as_deref(), asked.recipient.as_deref());
    let lock = lock.map_err(|error| Problem::new(problem::INVALID, error))?;
    let package = packed(&app, name, how).await?;
    match lock.is_some() || wants_zip(&headers) {
        true => archived(package, lock).await,
        false => Ok(Json(package).into_response()),
    }
}

/// Everything that is held about a person who was verified.
///
/// # Errors
/// What the writer says.
pub(crate) async fn packed(
    app: &App,
    name: personal::subject::Subject,
    how: rights::machine::Verification,
) -> Result<Package, Problem> {
    let shared = std::sync::Arc::clone(&app.shared);
    let subject = shared.ring.subject_ref(&name);
    let made = app.writer.run(move |engine, now| {
        let known = engine.address_of(&name, now)?;
        let data = engine.own_data(&name, ("access", how), now)?;
        Ok((package(&shared, &name, &data, now), known))
    });
    let (package, known) = made.await?;
    tell(app, (subject, known), Deed::Downloaded);
    Ok(package)
}

/// The package as an archive to keep, locked if the person gave a lock.
///
/// # Errors
/// [`problem::INTERNAL`].
pub(crate) async fn archived(package: Package, lock: Option<Lock>) -> Result<Response, Problem> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "an access package cannot be packed");
        Problem::from(problem::INTERNAL)
    };
    let made = tokio::task::spawn_blocking(move || archive::zip(&package)).await;
    let bytes = made.map_err(|_| problem::INTERNAL)?.map_err(|error| failed(&error))?;
    let (kind, name, bytes) = match lock {
        None => (ZIP, "attachment; filename=\"my-data.zip\"", bytes),
        Some(lock) => {
            let sealed = lock.seal(bytes).await.map_err(|error| failed(&error))?;
            (AGE, "attachment; filename=\"my-data.zip.age\"", sealed)
        }
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

fn wants_zip(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepts.flat_map(|value| value.split(','));
    kinds.any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == ZIP))
}

/// One thing that did not happen, or shall not count.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalIn {
    /// Its number in the access package: 16 hexadecimal characters.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    signal: String,
    /// Only this item of it, such as one line of an order.
    #[serde(default)]
    item: Option<String>,
}

/// Sizes and categories that are wrong.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedIn {
    /// Sizes.
    #[serde(default)]
    sizes: Vec<String>,
    /// Categories.
    #[serde(default)]
    categories: Vec<String>,
}

/// What is to be taken out, and of whose data.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionIn {
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
    /// What the person did, according to the package.
    #[serde(default)]
    forget: Vec<SignalIn>,
    /// What the person stated, according to the package.
    #[serde(default)]
    forget_stated: StatedIn,
}

/// What a correction changed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CorrectedBody {
    /// Signals that left the person's own answers.
    pub served: usize,
    /// Steps of visits that the shared models no longer know.
    pub taught: usize,
    /// Orders that lost a line, or went.
    pub orders: usize,
    /// Stated sizes and categories that went.
    pub stated: usize,
}

/// Takes single signals out of a person's data and out of the models, at once and for good.
///
/// # Errors
/// A problem that names what is wrong with the request; [`problem::NOT_FOUND`] when nothing of it
/// is held.
#[utoipa::path(post, path = "/v1/corrections", tag = "rights", request_body = CorrectionIn,
    security(("write_key" = []), ("secret_key" = []), ("write_key" = [], "customer_token" = [])),
    responses(
    (status = 200, description = "Corrected", body = CorrectedBody),
    (status = "4XX", description = "Not understood, not allowed or not there", body = ProblemBody),
    (status = 503, description = "Try again", body = ProblemBody)))]
pub async fn correct(
    State(app): State<App>,
    caller: Caller,
    body: JsonBytes,
) -> Result<Json<CorrectedBody>, Problem> {
    let asked: CorrectionIn = body.read()?;
    let who = Who {
        browser: asked.browser.as_deref(),
        erase_handle: asked.erase_handle.as_deref(),
        customer: asked.customer.as_deref(),
    };
    let (name, how) = who.verified(&app, &caller)?;
    let correction = asked.correction()?;
    let done =
        app.writer.run(move |engine, now| engine.correct(&name, &correction, (how, now))).await?;
    Ok(Json(CorrectedBody::of(done)))
}

impl CorrectedBody {
    const fn of(done: Corrected) -> Self {
        let Corrected { served, taught, orders, stated } = done;
        Self { served, taught, orders, stated }
    }
}

impl CorrectionIn {
    fn correction(self) -> Result<Correction, Problem> {
        let StatedIn { sizes, categories } = self.forget_stated;
        let all = self.forget.len() + sizes.len() + categories.len();
        if all == 0 {
            return Err(Problem::new(problem::INVALID, "nothing is named that is to be taken out"));
        }
        if all > CORRECTIONS_MAX {
            let detail = format!("a correction names at most {CORRECTIONS_MAX} things");
            return Err(Problem::new(problem::INVALID, detail));
        }
        if sizes.iter().chain(&categories).any(|one| one.len() > STATED_BYTES_MAX) {
            let detail = format!("a size or category has at most {STATED_BYTES_MAX} bytes");
            return Err(Problem::new(problem::INVALID, detail));
        }
        Ok(Correction {
            signals: self.forget.iter().map(SignalIn::read).collect::<Result<_, _>>()?,
            sizes: BTreeSet::from_iter(sizes),
            categories: BTreeSet::from_iter(categories),
        })
    }
}

impl SignalIn {
    fn read(&self) -> Result<Signal, Problem> {
        signal(&self.signal, self.item.as_deref())
    }
}

/// Reads the number of a message and an item of it.
///
/// # Errors
/// [`problem::INVALID`].
pub(crate) fn signal(number: &str, item: Option<&str>) -> Result<Signal, Problem> {
    let hex = number.len() == 16 && number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let message = u64::from_str_radix(number, 16).ok().filter(|_| hex).ok_or_else(|| {
        Problem::new(problem::INVALID, "signal is not 16 lower-case hexadecimal characters")
    })?;
    let item = item.map(ItemId::parse).transpose();
    let item = item.map_err(|error| Problem::new(problem::INVALID, format!("item: {error}")))?;
    Ok(Signal { message, item })
}
