//! The form of the replay tester: what was filled in, and what it asks.

use std::collections::BTreeMap;

use consent::law::LawPack;
use personal::feature::Feature;
use personal::purpose::PurposeName;
use personal::signal::Signal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::replay::asked::{AgeIn, ChoiceIn, ReplayError, ReplayIn, SentBy, SignalsIn, StateIn};

/// What can be said of an age, and in which words.
pub const AGES: [(&str, &str); 4] = [
    ("unknown", "not known"),
    ("adult", "adult"),
    ("child", "child"),
    ("child_with_parent", "child, a parent consented"),
];
/// What can be said of a purpose, and in which words.
pub const STATES: [(&str, &str); 5] = [
    ("", "never asked"),
    ("given", "yes"),
    ("refused", "no"),
    ("withdrawn", "yes, taken back"),
    ("paused", "yes, paused"),
];

/// The fields of the form as they were filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Filled(BTreeMap<String, String>);

impl Filled {
    /// What the form shows first.
    pub fn example(today: &str, item: &str) -> Self {
        let event = json!({
            "type": "track",
            "event": "Product Viewed",
            "userId": "invented-customer",
            "properties": { "product_id": item, "coupon": "AUTUMN" },
            "context": {
                "ip": "203.0.113.7",
                "traits": { "email": "invented@example.org" },
                "consent": { "categoryPreferences": { "Advertising": false } },
            },
        });
        let event = serde_json::to_string_pretty(&event).unwrap_or_default();
        let fields = [("day", today), ("event", &event), ("choice.Personalization", "given")];
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// What a field holds; nothing when it is missing.
    pub fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// What a field of one purpose holds.
    pub fn value_of(&self, name: &str, purpose: &str) -> &str {
        self.value(&format!("{name}.{purpose}"))
    }

    /// Whether a field holds this.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// Whether a field of one purpose holds this.
    pub fn is_of(&self, name: &str, purpose: &str, value: &str) -> bool {
        self.value_of(name, purpose) == value
    }

    /// A pack that was named by its digest.
    pub fn other_pack(&self, packs: &[&LawPack]) -> Option<&str> {
        let name = self.value("pack");
        let listed = packs.iter().any(|pack| pack.id == name);
        (!name.is_empty() && !listed).then_some(name)
    }

    /// What it asks.
    ///
    /// # Errors
    /// [`ReplayError::NotJson`] for a text that has to be JSON and is not.
    pub fn asked(&self) -> Result<ReplayIn, ReplayError> {
        let mut choices = BTreeMap::new();
        for purpose in PurposeName::ALL {
            if let Some(choice) = self.choice(purpose.as_str()) {
                choices.insert(purpose.as_str().to_owned(), choice);
            }
        }
        let signals = SignalsIn {
            gpc: self.is("gpc", "yes"),
            tcf: self.text("tcf"),
            gpp: self.text("gpp"),
            us_privacy: self.text("us_privacy"),
            consent_mode: self.json("consent_mode", "Consent Mode")?,
            shopify: self.json("shopify", "Shopify customer privacy")?,
        };
        Ok(ReplayIn {
            jurisdiction: self.text("jurisdiction"),
            day: self.text("day"),
            pack: self.text("pack"),
            age: match self.value("age") {
                "adult" => AgeIn::Adult,
                "child" => AgeIn::Child,
                "child_with_parent" => AgeIn::ChildWithParent,
                _ => AgeIn::Unknown,
            },
            choices,
            features_off: Feature::ALL
                .map(Feature::as_str)
                .into_iter()
                .filter(|feature| self.is_of("off", feature, "yes"))
                .map(str::to_owned)
                .collect(),
            signals,
            event: self.json("event", "the event")?,
            sent_by: if self.is("sent_by", "shop") { SentBy::Shop } else { SentBy::Page },
        })
    }

    fn choice(&self, purpose: &str) -> Option<ChoiceIn> {
        let state = match self.value_of("choice", purpose) {
            "given" => StateIn::Given,
            "refused" => StateIn::Refused,
            "withdrawn" => StateIn::Withdrawn,
            "paused" => StateIn::Paused,
            _ => return None,
        };
        let text = |name: &str| self.text(&format!("{name}.{purpose}"));
        let told = self.is_of("told", purpose, "yes");
        let signals = Signal::ALL.map(|signal| signal.as_str().to_owned());
        let acknowledged = if told { signals.to_vec() } else { Vec::new() };
        Some(ChoiceIn { state, since: text("since"), until: text("until"), acknowledged })
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.value(name).trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn json(&self, name: &str, words: &'static str) -> Result<Option<Value>, ReplayError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|_| ReplayError::NotJson(words))
    }
}
