//! Query strings and bodies, read with problems that name the place.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::problem::{self, Problem};
use crate::routes::App;
use crate::writer::WriterError;

/// The query string as `T`; unknown parameters are refused by `T` itself.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = Query::<T>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::new(problem::MALFORMED, "a query parameter cannot be read"))?;
        Ok(Self(query.0))
    }
}

/// The bytes of a JSON body, with its content type checked and its length limited.
#[derive(Clone, Debug)]
pub struct JsonBytes(pub Bytes);

impl FromRequest<App> for JsonBytes {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(problem::MEDIA_TYPE.into());
        }
        let max = app.shared.settings.limits.body_bytes_max;
        let too_large =
            || Problem::new(problem::TOO_LARGE, format!("a body has at most {max} bytes"));
        // A declared length is refused before a byte of the body has come.
        if declared_bytes(request.headers()).is_some_and(|bytes| bytes > max) {
            return Err(too_large());
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|error| {
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
                return too_large();
            }
            Problem::new(problem::MALFORMED, "the body did not arrive whole")
        })?;
        Ok(Self(bytes))
    }
}

fn declared_bytes(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `application/json`, or `text/plain` as `sendBeacon` sends it; what has no type counts as JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return true };
    let given = given.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    let given = given.trim().to_ascii_lowercase();
    matches!(given.as_str(), "application/json" | "text/plain")
}

impl JsonBytes {
    /// The body as `T`.
    ///
    /// # Errors
    /// [`problem::MALFORMED`] with line and column, never with a value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.0).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let detail =
                format!("the body is not what is expected at line {line}, column {column}");
            Problem::new(problem::MALFORMED, detail)
        })
    }
}

impl From<WriterError> for Problem {
    fn from(error: WriterError) -> Self {
        use consent::record::ChooseError;

        use crate::engine::EngineError;
        match error {
            WriterError::Busy | WriterError::Stopped => problem::UNAVAILABLE.into(),
            WriterError::Engine(EngineError::Choice(rests @ ChooseError::NotYet(..))) => {
                Self::new(problem::ASK_LATER, rests)
            }
            WriterError::Engine(EngineError::Choice(choice)) => Self::new(problem::INVALID, choice),
            WriterError::Engine(EngineError::Unknown) => problem::NOT_FOUND.into(),
            WriterError::Engine(EngineError::Document(error)) => error.into(),
            WriterError::Engine(EngineError::Request(error)) => Self::new(problem::REQUEST, error),
            WriterError::Engine(error @ EngineError::Exchange(_)) => {
                Self::new(problem::INVALID, error)
            }
            WriterError::Engine(error @ EngineError::TooMany) => Self::new(problem::RATE, error),
            WriterError::Engine(error) => {
                tracing::error!(%error, "a command failed");
                problem::UNAVAILABLE.into()
            }
        }
    }
}
