//! Calls to other servers: the one door through which this server speaks first.
//!
//! ```text
//! settings > Client      text > Address      Client + Address + body > Answer
//! Parcel + TransferPermit + Carrier > Answer              (what is about a person)
//! ```
//!
//! TLS always, but for this machine when the settings say so. Every name is resolved here, and every
//! address that it has must be one of the public internet, or of a kind that the settings allow; the
//! call goes to exactly those addresses, so that a name cannot mean another machine a moment later.
//! No redirect is followed, no proxy of the environment is used, no answer is read beyond its limit,
//! and no error says where a call went to or what it carried. To try again is the caller's.
//!
//! # Privacy
//! A body about a person comes out of a [`Parcel`] with its [`TransferPermit`] and goes by
//! [`Carrier`]; [`Client::post`] is for what is about nobody. No log line is written here.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use domain::time::Timestamp;
use personal::parcel::{Outbound, Parcel, TransferError};
use personal::transfer::{Destination, RecipientName, TransferPermit};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::config::Config;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Error, http};

use crate::outbound::address::{Address, Forbidden, Vetted};
use crate::settings::outbound::OutboundSettings;

pub mod address;

/// A header of a call: its name in lower case, and its value.
pub type Header = (&'static str, String);

/// Why a call brought no answer. Says nothing of where it went or what it carried.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The name means an address that may not be called.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The certificates that are believed.
    #[error("outbound: the authorities cannot be read: {0}")]
    Authorities(String),
    /// No certificate that is believed, or no TLS.
    #[error("the other server could not be trusted")]
    Untrusted,
    /// No connection, or it broke.
    #[error("the other server could not be reached")]
    Unreachable,
    /// It took too long.
    #[error("the other server took too long")]
    TooLate,
    /// The answer is larger than what is read.
    #[error("the answer has more bytes than outbound.answer_bytes_max")]
    TooLong,
    /// The answer is not HTTP, or a header of the call is none.
    #[error("the call or its answer is malformed")]
    Malformed,
    /// The parcel stayed closed.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

/// What another server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status. A redirect is an answer like any other: nobody follows it.
    pub status: u16,
    /// Headers by name in lower case; those that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status says that it worked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of a name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Calls other servers. Blocks; not for threads of the runtime.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    answer_bytes_max: usize,
}

impl Client {
    /// A client of the settings.
    ///
    /// # Errors
    /// [`OutboundError::Authorities`].
    pub fn new(settings: &OutboundSettings) -> Result<Self, OutboundError> {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&authorities(settings)?))
            .unversioned_rustls_crypto_provider(Arc::new(default_provider()))
            .build();
        let whole = Duration::from_millis(settings.call_ms_max);
        let config = Config::builder()
            .http_status_as_error(false)
            .https_only(!settings.loopback)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_idle_connections(0)
            .max_response_header_size(16 * 1024)
            .user_agent("confidant")
            .timeout_global(Some(whole))
            .tls_config(tls)
            .build();
        let vetted = Vetted { loopback: settings.loopback, private: settings.private };
        let agent = Agent::with_parts(config, DefaultConnector::default(), vetted);
        Ok(Self { agent, answer_bytes_max: settings.answer_bytes_max })
    }

    /// Asks for something.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub fn get(&self, to: &Address, headers: &[Header]) -> Result<Answer, OutboundError> {
        let mut call = self.agent.get(to.uri().clone());
        for (name, value) in headers {
            call = call.header(*name, value);
        }
        self.read(call.call()).map_err(OutboundError::of)
    }

    /// Sends a body that is about nobody.
    ///
    /// # Privacy
    /// What is about a person goes by [`Carrier`].
    ///
    /// # Errors
    /// [`OutboundError`].
    pub fn post(
        &self,
        to: &Address,
        headers: &[Header],
        body: &[u8],
    ) -> Result<Answer, OutboundError> {
        let mut call = self.agent.post(to.uri().clone());
        for (name, value) in headers {
            call = call.header(*name, value);
        }
        self.read(call.send(body)).map_err(OutboundError::of)
    }

    /// Puts a body that is about nobody at an address.
    ///
    /// # Privacy
    /// What is about a person goes by [`Carrier`].
    ///
    /// # Errors
    /// [`OutboundError`].
    pub fn put(
        &self,
        to: &Address,
        headers: &[Header],
        body: &[u8],
    ) -> Result<Answer, OutboundError> {
        let mut call = self.agent.put(to.uri().clone());
        for (name, value) in headers {
            call = call.header(*name, value);
        }
        self.read(call.send(body)).map_err(OutboundError::of)
    }

    fn read(&self, answered: Result<http::Response<Body>, Error>) -> Result<Answer, Error> {
        let mut answer = answered?;
        let limit = self.answer_bytes_max as u64;
        let mut body = Vec::new();
        let mut reader = answer.body_mut().as_reader().take(limit.saturating_add(1));
        reader.read_to_end(&mut body).map_err(Error::from)?;
        if body.len() as u64 > limit {
            return Err(Error::BodyExceedsLimit(limit));
        }
        let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = answer.headers().iter().filter_map(text).collect();
        Ok(Answer { status: answer.status().as_u16(), headers, body })
    }
}

impl OutboundError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the client's list grows with its features")]
    fn of(error: Error) -> Self {
        match error {
            Error::Other(other) => match other.downcast::<Forbidden>() {
                Ok(forbidden) => Self::Forbidden(*forbidden),
                Err(_) => Self::Unreachable,
            },
            Error::Timeout(_) => Self::TooLate,
            Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..) => Self::TooLong,
            Error::Http(_) | Error::BadUri(_) | Error::Protocol(_) => Self::Malformed,
            Error::Io(error) => Self::of_system(&error),
            Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired | Error::RequireHttpsOnly(_) => {
                Self::Untrusted
            }
            _ => Self::Unreachable,
        }
    }

    /// What goes wrong within TLS arrives as an error of the system.
    fn of_system(error: &std::io::Error) -> Self {
        match error.get_ref() {
            Some(inner) if inner.is::<rustls::Error>() => Self::Untrusted,
            Some(_) | None if error.kind() == std::io::ErrorKind::TimedOut => Self::TooLate,
            Some(_) | None => Self::Unreachable,
        }
    }
}

/// Reads the certificates that are believed: those of the file, or those of the system.
fn authorities(settings: &OutboundSettings) -> Result<Vec<Certificate<'static>>, OutboundError> {
    let read: Vec<CertificateDer<'static>> = match &settings.ca_file {
        Some(file) => CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|error| OutboundError::Authorities(error.to_string()))?,
        // Some that cannot be read are no reason to believe none of the others.
        None => rustls_native_certs::load_native_certs().certs,
    };
    match read.is_empty() {
        true => Err(OutboundError::Authorities("there are none; set outbound.ca_file".to_owned())),
        false => Ok(read.iter().map(|one| Certificate::from_der(one).to_owned()).collect()),
    }
}

/// Carries what is about a person to one recipient.
#[derive(Debug)]
pub struct Carrier<'a> {
    /// The client.
    pub client: &'a Client,
    /// Whose address it is.
    pub recipient: &'a RecipientName,
    /// The address that the shop declares for that recipient.
    pub address: &'a Address,
    /// Headers of the call.
    pub headers: &'a [Header],
}

impl<D: Destination> Outbound<D> for Carrier<'_> {
    type Answer = Answer;
    type Error = OutboundError;

    fn send(
        &mut self,
        permit: &TransferPermit<D>,
        parcel: Parcel<D>,
        now: Timestamp,
    ) -> Result<Answer, OutboundError> {
        if parcel.recipient() != self.recipient {
            return Err(TransferError::WrongRecipient.into());
        }
        let body = parcel.open(permit, now)?;
        self.client.post(self.address, self.headers, &body)
    }
}

#[cfg(test)]
mod tests;
