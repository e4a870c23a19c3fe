//! What the shop states about itself in the transparency log: what it runs with, its keys, the
//! policies in force, the models that answer; and orders, which only their customers can open.
//!
//! Each statement is written down when it differs from the last one of its topic. The record is
//! kept beside the commitment, because anyone may ask for it with its proof.
//!
//! # Privacy
//! Nothing here is about a person. A record holds digests, public keys and check values, never
//! what somebody wrote. An order's record and opening go to the shop's server and are not kept.

use std::collections::BTreeMap;

use consent::law;
use domain::hex;
use domain::time::Timestamp;
use ledger::entry::{EntryKind, Opening};
use notices::document::Kind as Paper;
use rights::receipt::public_key;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use store::port::{Document, Write};

use crate::chance;
use crate::engine::proving::waits;
use crate::engine::{Engine, EngineError};
use crate::transparency::{LogError, Opened, records};

/// The kind under which the store keeps what was stated last, by topic.
const STATE: &str = "log-state";
/// The kind under which the store keeps statements that anyone may open.
const STATED: &str = "log-stated";
/// Statements that one answer gives at most.
pub const STATED_MAX: usize = 50;
/// Statements that are read at once when others are passed over.
const PAGE: usize = 500;
/// What people are told, whose digests are policies.
const TOLD: [(Paper, &str); 2] = [(Paper::Notice, "privacy_notice"), (Paper::Ropa, "record")];

/// A statement as the store keeps it.
#[derive(Serialize, Deserialize)]
struct Stated {
    kind: u8,
    topic: String,
    which: String,
    record: String,
}

/// One topic with what it is now.
struct News<'a> {
    topic: &'a str,
    kind: EntryKind,
    state: &'a str,
    record: Vec<u8>,
}

impl Engine {
    /// Lets what the server runs with wait for the log, where it is not what it ran with before: a
    /// new version, other settings, other packs, keys, policies or weights.
    pub(super) fn log_start(&mut self, now: Timestamp) -> Result<(), EngineError> {
        if let Ok(shelf) = law::shipped() {
            let settings = self.shared.settings.digest.clone();
            let made = |at| records::of_start(settings.as_deref(), shelf.packs(), at);
            let state = digest(&made(Timestamp::default())?);
            let record = made(now)?;
            self.state_news(
                &News { topic: "start", kind: EntryKind::Policy, state: &state, record },
                now,
            )?;
        }
        self.log_keys(now)?;
        self.log_standing(now)
    }

    /// The same for what changes while the server runs: policies by their days, models by their
    /// weights.
    pub(super) fn log_standing(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.log_policies(now)?;
        self.log_model(now)
    }

    /// Every key of the shop that is in use, by its public half or by a check value.
    fn log_keys(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let ring = &self.shared.ring;
        let check = |what: &str, which: &str| hex::encode(&*ring.log_opening(what, which));
        let api = digest(self.shared.api_keys.to_lines().as_bytes());
        let keys = [
            ("shop", "key/shop", check("key-check", "shop")),
            ("log", "key/log", self.shared.log.key().to_text()),
            ("receipts", "key/receipts", public_key(&ring.receipt_seed())),
            ("api", "key/api", check("key-check", &api)),
        ];
        for (key, topic, says) in keys {
            let known = self.tables.document(STATE, topic)?.is_some();
            let event = if known { "changed" } else { "in_use" };
            let record = records::of_key(key, event, &says, now)?;
            self.state_news(&News { topic, kind: EntryKind::Key, state: &says, record }, now)?;
        }
        Ok(())
    }

    fn log_policies(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let today = now.day();
        let effect = self.shared.effect();
        let packs: BTreeMap<String, String> = effect
            .laws
            .in_force(today)
            .into_iter()
            .map(|(pack, _)| (pack.id.to_owned(), pack.digest.clone()))
            .collect();
        let shared = &self.shared;
        let mut notices = BTreeMap::new();
        for (kind, name) in TOLD {
            let source = (&shared.settings, &shared.wording, today);
            match shared.papers.of(kind, None, source) {
                Ok(paper) => drop(notices.insert(name, paper.digest.clone())),
                Err(error) => tracing::error!(%error, name, "a notice cannot be logged"),
            }
        }
        let state = digest(&records::of_policy(&packs, &notices, Timestamp::default())?);
        let record = records::of_policy(&packs, &notices, now)?;
        let kind = EntryKind::Policy;
        self.state_news(&News { topic: "policy", kind, state: &state, record }, now)
    }

    fn log_model(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let effect = self.shared.effect();
        let found = effect.weights(&self.shared.base, now.day());
        let from = match found {
            Some((_, true)) => "document",
            Some((_, false)) => "settings",
            None => "shipped",
        };
        let plan = serde_json::to_vec(&effect.plan(&self.shared.base, now.day()));
        let plan = digest(&plan.map_err(LogError::from)?);
        let record = records::of_model(&plan, from, now)?;
        let state = format!("{from} {plan}");
        let kind = EntryKind::Model;
        self.state_news(&News { topic: "model", kind, state: &state, record }, now)
    }

    /// Writes down what is new of a topic; nothing when it is as it was.
    fn state_news(&mut self, news: &News<'_>, now: Timestamp) -> Result<(), EngineError> {
        if self.tables.document(STATE, news.topic)?.as_deref() == Some(news.state.as_bytes()) {
            return Ok(());
        }
        // What is stated again after something else was is another leaf.
        let which = format!("{} {}", now.ms(), digest(&news.record));
        let record = String::from_utf8_lossy(&news.record).into_owned();
        let (topic, kind) = (news.topic.to_owned(), news.kind.code());
        let stated = Stated { kind, topic, which, record };
        let opened = self.opened_statement(&stated, now)?;
        let key =
            format!("{:020}/{}", now.ms().max(0), hex::encode(opened.commitment().as_bytes()));
        let body = serde_json::to_vec(&stated).map_err(LogError::from)?;
        let state = Document {
            kind: STATE.to_owned(),
            key: news.topic.to_owned(),
            body: news.state.as_bytes().to_vec(),
        };
        let stated = Document { kind: STATED.to_owned(), key, body };
        let writes = vec![Write::PutDocument(state), Write::PutDocument(stated), waits(&opened)];
        self.commit(writes).map(|_| ())
    }

    fn opened_statement(&self, stated: &Stated, since: Timestamp) -> Result<Opened, EngineError> {
        let kind = EntryKind::of(stated.kind).ok_or(EngineError::Unknown)?;
        let opening = self.shared.ring.log_opening(&stated.topic, &stated.which);
        let opening = Opening::from_bytes(*opening);
        Ok(Opened { kind, opening, record: stated.record.clone().into_bytes(), since })
    }

    /// What the shop stated of one kind, oldest first, each with what opens it; and where to go on
    /// when there is more.
    ///
    /// # Errors
    /// What the store says.
    pub fn statements(
        &self,
        kind: Option<EntryKind>,
        after: Option<&str>,
    ) -> Result<(Vec<Opened>, Option<String>), EngineError> {
        let mut found = Vec::new();
        let mut after = after.map(str::to_owned);
        loop {
            let page = self.tables.documents(STATED, after.as_deref(), PAGE)?;
            let Some(last) = page.last() else { return Ok((found, None)) };
            after = Some(last.key.clone());
            for row in page {
                let stated: Stated = serde_json::from_slice(&row.body).map_err(LogError::from)?;
                if kind.is_some_and(|kind| kind.code() != stated.kind) {
                    continue;
                }
                let at = row.key.split('/').next().and_then(|digits| digits.parse().ok());
                let since = Timestamp::from_ms(at.unwrap_or_default());
                found.push(self.opened_statement(&stated, since)?);
                if found.len() == STATED_MAX {
                    return Ok((found, Some(row.key)));
                }
            }
        }
    }

    /// Lets a commitment to an order wait for the log, and gives what opens it.
    ///
    /// # Privacy
    /// Record and opening are the answer and are kept nowhere: afterwards only their holder can
    /// connect the leaf with the order.
    ///
    /// # Errors
    /// What the store says.
    pub fn commit_order(
        &mut self,
        order: &RawValue,
        now: Timestamp,
    ) -> Result<Opened, EngineError> {
        let name = self.shared.log.key().name().as_str();
        let record = records::of_order(name, order, now)?;
        let opening = Opening::from_bytes(chance::bytes()?);
        let opened = Opened { kind: EntryKind::Order, opening, record, since: now };
        self.commit(vec![waits(&opened)])?;
        Ok(opened)
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes))
}
