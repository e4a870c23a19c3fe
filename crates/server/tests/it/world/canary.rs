//! Hears every log line and span of this thread, at the lowest level.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::Dispatch;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What was logged.
#[derive(Clone, Debug, Default)]
pub(super) struct Canary(Arc<Mutex<Vec<u8>>>);

impl Canary {
    /// Runs `work` with every log line heard.
    pub(super) fn listen<R>(&self, work: impl FnOnce() -> R) -> R {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        // Tests run side by side, and what no live listener wants is skipped everywhere: one that
        // wants everything stays alive.
        static EVERYTHING: OnceLock<Dispatch> = OnceLock::new();
        EVERYTHING.get_or_init(|| {
            let sink = tracing_subscriber::fmt().with_writer(std::io::sink);
            Dispatch::new(sink.with_max_level(tracing::Level::TRACE).finish())
        });
        tracing::subscriber::with_default(subscriber, || {
            tracing::callsite::rebuild_interest_cache();
            work()
        })
    }

    /// All of it.
    pub(super) fn heard(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Canary {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Canary {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
