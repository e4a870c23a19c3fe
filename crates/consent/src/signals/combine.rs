//! Several signals at once: the most protective wins, and each is named.
//!
//! Every signal that a request carries becomes a [`Statement`]: what it denies, and in which
//! words of its own. [`combine`] lists them all and gives per purpose the signals that say no,
//! which the gate takes (`personal::gate::Facts::signals`). A yes of a signal is no consent of
//! ours, so it adds nothing.
//!
//! # Privacy
//! A signal that cannot be read says no to everything, and one more statement never takes a no
//! away.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals};

use crate::consent_mode::{ConsentMode, ConsentModeError, State};
use crate::gpp::Gpp;
use crate::gpp::canada::TcfCa;
use crate::gpp::error::GppError;
use crate::gpp::layout::UsField;
use crate::gpp::section::Section;
use crate::gpp::us::{Consent, OptOut, UsSection};
use crate::shopify::{Shopify, ShopifyError, Topic};
use crate::signals::CategoryMap;
use crate::signals::allowed::on_consent;
use crate::tcf::denied::Denied;
use crate::us_privacy::{UsPrivacy, UsPrivacyError};

/// What uses that the disclosed purposes do not cover are, here.
const FURTHER_USE: &[PurposeName] = &[
    PurposeName::SharedLearning,
    PurposeName::PrivateAggregates,
    PurposeName::PersonalizedPricing,
];
/// What targeted advertising is, here.
const ADVERTISING: &[PurposeName] = &[PurposeName::Marketing, PurposeName::PersonalizedPricing];
/// TCF purposes that each of ours needs in Canada, which does not use purpose 1.
const CANADA: [(PurposeName, &[u8]); 6] = [
    (PurposeName::Personalization, &[5, 6]),
    (PurposeName::SharedLearning, &[10]),
    (PurposeName::PrivateAggregates, &[9]),
    (PurposeName::Measurement, &[8]),
    (PurposeName::Marketing, &[3, 4]),
    (PurposeName::PersonalizedPricing, &[5, 6]),
];

/// One no of a signal, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What says no, such as `usca SaleOptOut`. Holds nothing of the person but the choice.
    pub what: String,
    /// The purposes that it denies.
    pub purposes: BTreeSet<PurposeName>,
}

/// What one signal says. Without denials it was seen and says no no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The signal.
    pub signal: Signal,
    /// Its denials.
    pub denials: Vec<Denial>,
}

impl Statement {
    /// Global Privacy Control: `Sec-GPC: 1` was there.
    pub fn gpc() -> Self {
        Self::new(Signal::Gpc, [denial("Sec-GPC", on_consent())])
    }

    /// A GPP string as it was read; `tcf` reads its section of Europe.
    pub fn gpp(read: Result<&Gpp, GppError>, tcf: impl Fn(&str) -> Denied) -> Self {
        let gpp = match read {
            Ok(gpp) => gpp,
            Err(error) => return Self::unreadable(Signal::Gpp, error),
        };
        let denials = gpp.sections().iter().flat_map(|section| match section {
            Section::TcfEu(text) => denials_of_tcf("tcfeuv2 ", &tcf(text)),
            Section::TcfCa(section) => denials_of_canada(section),
            Section::UsPrivacy(section) => denials_of_us_privacy("uspv1 ", *section),
            Section::Us(section) => denials_of_us(section),
            // Of a section that nobody has specified yet nothing is known, so it says no.
            Section::Unknown { number, .. } => {
                vec![denial(format!("section {number} is not known"), on_consent())]
            }
        });
        Self::new(Signal::Gpp, denials)
    }

    /// A TC string, as `tcf::denied` read it.
    pub fn tcf(denied: &Denied) -> Self {
        Self::new(Signal::Tcf, denials_of_tcf("", denied))
    }

    /// A US privacy string as it was read.
    pub fn us_privacy(read: Result<UsPrivacy, UsPrivacyError>) -> Self {
        match read {
            Ok(string) => Self::new(Signal::UsPrivacy, denials_of_us_privacy("", string)),
            Err(error) => Self::unreadable(Signal::UsPrivacy, error),
        }
    }

    /// What Consent Mode was set to, as it was read.
    pub fn consent_mode(read: Result<ConsentMode, ConsentModeError>) -> Self {
        let mode = match read {
            Ok(mode) => mode,
            Err(error) => return Self::unreadable(Signal::ConsentMode, error),
        };
        let denied = mode.iter().filter(|(_, state)| *state == State::Denied);
        let denials = denied.map(|(kind, _)| denial(kind.as_str(), kind.denies()));
        Self::new(Signal::ConsentMode, denials)
    }

    /// What Shopify says of the visitor, as it was read.
    pub fn shopify(read: Result<Shopify, ShopifyError>) -> Self {
        let said = match read {
            Ok(said) => said,
            Err(error) => return Self::unreadable(Signal::Shopify, error),
        };
        let denied = Topic::ALL.into_iter().filter(|topic| said.get(*topic) == Some(false));
        let denials = denied.map(|topic| denial(topic.as_str(), topic.denies()));
        Self::new(Signal::Shopify, denials)
    }

    /// The categories of a consent tool (Segment `context.consent`).
    pub fn tool(map: &CategoryMap, preferences: &[(String, bool)]) -> Self {
        let denied = preferences.iter().filter(|(_, yes)| !yes);
        let denials = denied.map(|one| {
            let purposes = map.denied(std::slice::from_ref(one));
            Denial { what: one.0.clone(), purposes }
        });
        Self::new(Signal::ConsentTool, denials)
    }

    fn new(signal: Signal, denials: impl IntoIterator<Item = Denial>) -> Self {
        let denials = denials.into_iter().filter(|denial| !denial.purposes.is_empty());
        Self { signal, denials: denials.collect() }
    }

    fn unreadable(signal: Signal, error: impl Display) -> Self {
        Self::new(signal, [denial(format!("cannot be read: {error}"), on_consent())])
    }
}

/// What all signals say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Combined {
    statements: Vec<Statement>,
    against: BTreeMap<PurposeName, Signals>,
}

/// Takes every statement; the most protective wins.
pub fn combine(statements: impl IntoIterator<Item = Statement>) -> Combined {
    let mut combined = Combined::default();
    for statement in statements {
        for purpose in statement.denials.iter().flat_map(|denial| &denial.purposes) {
            let signals = combined.against.entry(*purpose).or_default();
            *signals = signals.with(statement.signal);
        }
        combined.statements.push(statement);
    }
    combined
}

impl Combined {
    /// The signals that say no to a purpose, as the gate takes them.
    pub fn against(&self, purpose: PurposeName) -> Signals {
        self.against.get(&purpose).copied().unwrap_or_default()
    }

    /// The same for all purposes that something says no to; the others are missing.
    pub const fn by_purpose(&self) -> &BTreeMap<PurposeName, Signals> {
        &self.against
    }

    /// Every signal that was seen, whatever it said.
    pub fn seen(&self) -> Signals {
        self.statements.iter().fold(Signals::NONE, |all, one| all.with(one.signal))
    }

    /// What each signal said, in the order in which they came.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Everything that says no to a purpose, each with its signal.
    pub fn reasons(&self, purpose: PurposeName) -> impl Iterator<Item = (Signal, &str)> {
        self.statements.iter().flat_map(move |statement| {
            let denials = statement.denials.iter();
            let against = denials.filter(move |denial| denial.purposes.contains(&purpose));
            against.map(|denial| (statement.signal, denial.what.as_str()))
        })
    }
}

fn denial(what: impl Into<String>, purposes: impl IntoIterator<Item = PurposeName>) -> Denial {
    Denial { what: what.into(), purposes: purposes.into_iter().collect() }
}

fn denials_of_us(section: &UsSection) -> Vec<Denial> {
    let name = section.id().as_str();
    let what = |field: &str| format!("{name} {field}");
    let mut denials = Vec::new();
    for (field, opt_out) in [
        (UsField::SaleOptOut, section.sale_opt_out()),
        (UsField::SharingOptOut, section.sharing_opt_out()),
    ] {
        if opt_out == OptOut::OptedOut {
            denials.push(denial(what(field.as_str()), on_consent()));
        }
    }
    if section.targeted_advertising_opt_out() == OptOut::OptedOut {
        let field = UsField::TargetedAdvertisingOptOut.as_str();
        denials.push(denial(what(field), ADVERTISING.iter().copied()));
    }
    if section.gpc() == Some(true) {
        denials.push(denial(what("Gpc"), on_consent()));
    }
    if section.known_child().any(|consent| consent == Consent::Denied) {
        let field = UsField::KnownChildSensitiveDataConsents.as_str();
        denials.push(denial(what(field), on_consent()));
    }
    if section.further_use() == Consent::Denied {
        denials.push(denial(what("further use"), FURTHER_USE.iter().copied()));
    }
    denials
}

fn denials_of_us_privacy(prefix: &str, string: UsPrivacy) -> Vec<Denial> {
    if !string.is_opted_out() {
        return Vec::new();
    }
    vec![denial(format!("{prefix}opt-out of sale"), on_consent())]
}

fn denials_of_tcf(prefix: &str, denied: &Denied) -> Vec<Denial> {
    let denials = denied.iter().map(|(purpose, why)| denial(format!("{prefix}{why}"), [purpose]));
    denials.collect()
}

/// The publisher's own sub-section speaks for the shop; without it the purposes of the core do.
fn denials_of_canada(section: &TcfCa) -> Vec<Denial> {
    let given = match &section.publisher {
        Some(publisher) => publisher.express.or(publisher.implied),
        None => section.express.or(section.implied),
    };
    let denied = CANADA.into_iter().filter_map(|(purpose, needs)| {
        let missing = needs.iter().find(|need| !given.contains(**need))?;
        Some(denial(format!("tcfcav1 purpose {missing}"), [purpose]))
    });
    denied.collect()
}

#[cfg(test)]
mod tests;
