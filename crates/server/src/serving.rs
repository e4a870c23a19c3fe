//! Listeners, TLS, and an orderly end.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::settings::Listener;

/// Most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Longest that a client may take to send a request's head.
const HEAD_MS_MAX: u64 = 10_000;
/// Longest that open requests may take after the end was asked for.
const DRAIN_MS_MAX: u64 = 5_000;

/// Why a listener cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServingError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {error}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The certificate or its key cannot be read.
    #[error("cannot read {file}: {error}")]
    Pem {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: rustls::pki_types::pem::Error,
    },
    /// The certificate and its key do not fit.
    #[error("certificate: {0}")]
    Tls(#[from] rustls::Error),
}

/// A listener that is bound and not yet served.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    /// The address, with the port that was taken.
    pub address: SocketAddr,
}

/// Binds an address and reads its certificate.
///
/// # Errors
/// [`ServingError`].
pub fn bind(settings: &Listener) -> Result<Bound, ServingError> {
    let failed = |error| ServingError::Bind { address: settings.address, error };
    let listener = TcpListener::bind(settings.address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let tls = match settings.tls() {
        Some((certificate, key)) => {
            Some(RustlsConfig::from_config(Arc::new(tls_config(certificate, key)?)))
        }
        None => None,
    };
    Ok(Bound { listener, tls, address })
}

/// TLS 1.2 and 1.3 with the post-quantum hybrid first, as the provider prefers it.
fn tls_config(certificate: &Path, key: &Path) -> Result<ServerConfig, ServingError> {
    let pem = |file: &Path| {
        let file = file.display().to_string();
        move |error| ServingError::Pem { file, error }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(pem(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(pem(key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

impl Bound {
    /// How a browser writes this listener's origin.
    pub fn origin(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Reads the certificate anew, for a listener with TLS.
    ///
    /// # Errors
    /// [`ServingError`]; the old certificate stays.
    pub fn certificate_reloader(
        &self,
        settings: &Listener,
    ) -> Option<impl Fn() -> Result<(), ServingError> + use<>> {
        let tls = self.tls.clone()?;
        let settings = settings.clone();
        Some(move || {
            if let Some((certificate, key)) = settings.tls() {
                tls.reload_from_config(Arc::new(tls_config(certificate, key)?));
            }
            Ok(())
        })
    }

    /// Serves until `handle` says that it is over.
    ///
    /// # Errors
    /// What the system says.
    pub async fn serve(self, router: Router, handle: Handle<SocketAddr>) -> std::io::Result<()> {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        match self.tls {
            Some(tls) => {
                let mut server = axum_server::from_tcp_rustls(self.listener, tls)?.handle(handle);
                limit(server.http_builder());
                server.serve(service).await
            }
            None => {
                let mut server = axum_server::from_tcp(self.listener)?.handle(handle);
                limit(server.http_builder());
                server.serve(service).await
            }
        }
    }
}

fn limit(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(TokioTimer::new())
        .max_buf_size(HEAD_BYTES_MAX)
        .header_read_timeout(Duration::from_millis(HEAD_MS_MAX));
    let head_bytes = u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(head_bytes);
}

/// The signals that end a server, heard from the moment that this exists.
#[derive(Debug)]
pub struct Told {
    interrupts: Signal,
    terminations: Signal,
}

impl Told {
    /// Begins to listen; inside a runtime only.
    ///
    /// # Errors
    /// What the system says.
    pub fn listen() -> std::io::Result<Self> {
        let interrupts = signal(SignalKind::interrupt())?;
        Ok(Self { interrupts, terminations: signal(SignalKind::terminate())? })
    }

    /// Waits for an interrupt or a termination, then lets the listeners drain.
    pub async fn end(mut self, handles: &[Handle<SocketAddr>]) {
        tokio::select! {
            _ = self.interrupts.recv() => {}
            _ = self.terminations.recv() => {}
        }
        for handle in handles {
            handle.graceful_shutdown(Some(Duration::from_millis(DRAIN_MS_MAX)));
        }
    }
}
