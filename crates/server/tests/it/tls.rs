//! TLS on the public listener: what is negotiated, and certificates that change while it serves.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, NamedGroup, ProtocolVersion, RootCertStore, StreamOwned,
};
use server::serving;
use server::settings::Listener;

/// Writes a fresh certificate for loopback and gives what a client trusts.
pub(crate) fn certificate(folder: &Path) -> CertificateDer<'static> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.der().clone()
}

fn listener(folder: &Path) -> Listener {
    Listener {
        certificate_file: Some(folder.join("cert.pem")),
        private_key_file: Some(folder.join("key.pem")),
        ..Listener::loopback(0)
    }
}

/// What a handshake and one request gave.
#[derive(Debug, PartialEq, Eq)]
struct Handshake {
    version: ProtocolVersion,
    group: NamedGroup,
    status: String,
}

fn handshake(
    to: SocketAddr,
    trusted: &CertificateDer<'static>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> std::io::Result<Handshake> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(to)?);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(Handshake {
        version: stream.conn.protocol_version().unwrap(),
        group: stream.conn.negotiated_key_exchange_group().unwrap().name(),
        status: answer.lines().next().unwrap_or_default().to_owned(),
    })
}

#[test]
fn the_post_quantum_hybrid_is_negotiated_first() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = certificate(folder.path());
    let tls = TlsServer::start(folder.path());
    let new = handshake(tls.address, &trusted, &[&TLS13]).unwrap();
    assert_eq!(new.version, ProtocolVersion::TLSv1_3);
    assert_eq!(new.group, NamedGroup::X25519MLKEM768);
    assert_eq!(new.status, "HTTP/1.1 200 OK");
    let old = handshake(tls.address, &trusted, &[&TLS12]).unwrap();
    assert_eq!(old.version, ProtocolVersion::TLSv1_2);
}

/// Serves one route over TLS with the listener's own code.
struct TlsServer {
    address: SocketAddr,
    reload: Box<dyn Fn() -> Result<(), serving::ServingError>>,
    handle: axum_server::Handle<SocketAddr>,
    _runtime: tokio::runtime::Runtime,
}

impl TlsServer {
    fn start(folder: &Path) -> Self {
        let settings = listener(folder);
        let bound = serving::bind(&settings).unwrap();
        let address = bound.address;
        let reload = bound.certificate_reloader(&settings).unwrap();
        let handle = axum_server::Handle::new();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let route = axum::routing::get(|| async { "ok" });
        let router = axum::Router::new().route("/healthz", route);
        runtime.spawn(bound.serve(router, handle.clone()));
        Self { address, reload: Box::new(reload), handle, _runtime: runtime }
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

#[test]
fn a_new_certificate_counts_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let tls = TlsServer::start(folder.path());
    handshake(tls.address, &first, &[&TLS13]).unwrap();

    let second = certificate(folder.path());
    handshake(tls.address, &first, &[&TLS13]).expect("the old one counts until it is reloaded");
    (tls.reload)().unwrap();
    handshake(tls.address, &second, &[&TLS13]).unwrap();
    handshake(tls.address, &first, &[&TLS13]).expect_err("the old one is not shown any more");

    std::fs::write(folder.path().join("cert.pem"), "no certificate").unwrap();
    (tls.reload)().expect_err("a file that is no certificate is refused");
    handshake(tls.address, &second, &[&TLS13]).expect("and the old one stays");
}
