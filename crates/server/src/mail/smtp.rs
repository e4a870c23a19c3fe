//! The shop's mail server (RFC 5321), by TLS with aws-lc-rs.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use domain::time::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::mail::Letter;
use crate::settings::mail::{MailSettings, MailSettingsError, Security};

/// Longest that one step of the conversation may take, in seconds.
const STEP_SECONDS_MAX: u64 = 10;

/// Why the server cannot be spoken to as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// Not readable.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Settings.
    #[error(transparent)]
    Settings(#[from] MailSettingsError),
    /// Certificates that cannot be used.
    #[error("certificate_file holds no certificate in PEM, or the system's cannot be used")]
    Tls,
}

/// Why a letter was not taken. No word of the server: it can quote the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// For good, with the server's code; 0 where the letter could not be written.
    Refused(u16),
    /// For now, with the server's code; 0 where there was no answer.
    Later(u16),
}

/// The server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Smtp(..)")
    }
}

impl Smtp {
    /// Reads password and certificates; speaks to nobody yet.
    ///
    /// # Errors
    /// [`SmtpError`].
    pub fn open(settings: &MailSettings) -> Result<Self, SmtpError> {
        let mailbox = |name, text: &str| {
            text.parse::<Mailbox>().map_err(|_| MailSettingsError::Address(name))
        };
        let from = mailbox("from", &settings.from)?;
        let reply_to = settings.reply_to.as_deref().map(|text| mailbox("reply_to", text));
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.server.clone())
                .port(settings.port())
                .hello_name(hello)
                .timeout(Some(Duration::from_secs(STEP_SECONDS_MAX)))
                .tls(tls(settings)?);
        let builder = match (&settings.user, &settings.password_file) {
            (Some(user), Some(file)) => {
                let password = String::from_utf8(read(file)?).map_err(|_| SmtpError::Tls)?;
                let password = password.trim_end_matches(['\r', '\n']).to_owned();
                builder.credentials(Credentials::new(user.clone(), password))
            }
            _ => builder,
        };
        Ok(Self { transport: builder.build(), from, reply_to: reply_to.transpose()? })
    }

    /// Gives a letter to the server.
    ///
    /// # Errors
    /// [`NotSent`].
    pub async fn send(&self, letter: &Letter, now: Timestamp) -> Result<(), NotSent> {
        let message = self.write(letter, now).map_err(|_| NotSent::Refused(0))?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| {
            let code = error.status().map_or(0, u16::from);
            if error.is_permanent() { NotSent::Refused(code) } else { NotSent::Later(code) }
        })
    }

    /// The same for the same letter, however often it is sent (RFC 5322, section 3.6.4).
    fn name_of(&self, number: u64) -> String {
        format!("<{number:016x}.request@{}>", self.from.email.domain())
    }

    /// Every header is encoded by the library, and an address has no line end: nothing that a
    /// person or a shop wrote can become a header of its own.
    fn write(&self, letter: &Letter, now: Timestamp) -> Result<Message, lettre::error::Error> {
        let since = Duration::from_millis(u64::try_from(now.ms()).unwrap_or(0));
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.to.clone()))
            .date(UNIX_EPOCH + since)
            .message_id(letter.about.map(|about| self.name_of(about.number)))
            .subject(letter.subject.clone())
            .header(ContentType::TEXT_PLAIN);
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        // No answering machine replies to it (RFC 3834, section 5).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = message.raw_header(HeaderValue::new(name, "auto-generated".to_owned()));
        message.body(letter.text.clone())
    }
}

fn tls(settings: &MailSettings) -> Result<Tls, SmtpError> {
    if settings.security == Security::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(settings.server.clone());
    if let Some(file) = &settings.certificate_file {
        let certificate = Certificate::from_pem(&read(file)?).map_err(|_| SmtpError::Tls)?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls().map_err(|_| SmtpError::Tls)?;
    Ok(match settings.security {
        Security::Tls => Tls::Wrapper(parameters),
        Security::Starttls | Security::None => Tls::Required(parameters),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, SmtpError> {
    std::fs::read(path).map_err(|error| SmtpError::Read { path: path.to_owned(), error })
}
