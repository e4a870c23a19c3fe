//! Another server, over TLS: it answers what it was told to and remembers what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use server::outbound::address::Address;
use server::serving;
use server::settings::Listener;
use server::settings::outbound::OutboundSettings;

/// What another server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// What it answers: status, headers, body.
pub(crate) type Says = (u16, Vec<(&'static str, String)>, Vec<u8>);
type Script = Arc<Mutex<(VecDeque<Says>, Vec<Asked>)>>;

/// A server with a certificate of its own for `localhost`.
pub(crate) struct Other {
    pub(crate) address: SocketAddr,
    pub(crate) folder: tempfile::TempDir,
    script: Script,
    handle: axum_server::Handle<SocketAddr>,
    _runtime: tokio::runtime::Runtime,
}

impl Other {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        std::fs::write(folder.path().join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), signing_key.serialize_pem()).unwrap();
        let settings = Listener {
            certificate_file: Some(folder.path().join("cert.pem")),
            private_key_file: Some(folder.path().join("key.pem")),
            ..Listener::loopback(0)
        };
        let bound = serving::bind(&settings).unwrap();
        let address = bound.address;
        let script = Script::default();
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&script));
        let handle = axum_server::Handle::new();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.spawn(bound.serve(router, handle.clone()));
        Self { address, folder, script, handle, _runtime: runtime }
    }

    /// What the next calls are answered, in this order; then 202 with an empty object.
    pub(crate) fn says(&self, answers: impl IntoIterator<Item = Says>) {
        self.script.lock().unwrap().0.extend(answers);
    }

    /// The same with statuses alone.
    pub(crate) fn says_status(&self, statuses: impl IntoIterator<Item = u16>) {
        self.says(statuses.into_iter().map(|status| (status, vec![], vec![])));
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().1.clone()
    }

    /// The file of the authority that signed its certificate.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// Settings with which it can be called.
    pub(crate) fn settings(&self) -> OutboundSettings {
        OutboundSettings {
            ca_file: Some(self.ca_file()),
            loopback: true,
            ..OutboundSettings::default()
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    pub(crate) fn at(&self, path: &str) -> Address {
        Address::parse(&self.url(path), &self.settings()).unwrap()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

async fn answer(State(script): State<Script>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_else(|_| Bytes::new());
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.iter().map(text).collect(),
        body: body.to_vec(),
    };
    let next = {
        let mut script = script.lock().unwrap();
        script.1.push(asked);
        script.0.pop_front()
    };
    let (status, headers, body) = next.unwrap_or_else(|| (202, vec![], b"{}".to_vec()));
    let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
