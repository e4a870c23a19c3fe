//! What one person is told before choosing, and the digest that evidence names.
//!
//! A pure function of words, law pack, signals and purposes. Everything that is shown stands in
//! [`Notice`], in the order in which [`Notice::text`] writes it down; the digest is the SHA-256 of
//! that text. Nothing else that a page shows belongs to the notice.

use consent::law::rules::{Period, Unit};
use consent::law::{LawPack, NOT_LEGAL_ADVICE};
use consent::record::PAUSE_DAYS_MAX;
use consent::request::CONSENT_DAYS_MAX;
use domain::hex;
use domain::time::Day;
use personal::feature::Feature;
use personal::gate::Regime;
use personal::kinds::{ConsentEvidence, DECLARATIONS};
use personal::purpose::PurposeName;
use personal::record::Stored as _;
use personal::signal::{Signal, Signals};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::banner::notice::lasting::{LastingBody, lasting};
use crate::banner::texts::{Direction, Texts};

pub mod lasting;

/// The first line of every notice; another form gets another number.
const FORM: &str = "confidant notice 1";

/// What a notice depends on, besides the words.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The law pack of the place.
    pub pack: &'a LawPack,
    /// The opt-out signals of the browser.
    pub signals: Signals,
    /// The purposes that are asked for, in the order in which they are shown.
    pub purposes: &'a [PurposeName],
    /// Today; it counts for the days until the next question only and is not in the digest.
    pub today: Day,
}

/// What a page shows at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// The question.
    Banner,
    /// That an opt-out signal was honored (11 CCR 7025(c)(6)).
    Honored,
    /// Nothing: a signal has answered, or nothing is asked.
    Nothing,
}

/// The law pack of a notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeLaw {
    /// Name of the pack.
    pub id: &'static str,
    /// SHA-256 of the pack.
    pub digest: String,
    /// Always the same sentence: not legal advice.
    pub advice: &'static str,
}

/// One kind of data that is kept for a purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeData {
    /// Name of the table.
    pub table: &'static str,
    /// Its category, in the words of the inventory.
    pub category: &'static str,
    /// Longest retention, in days.
    pub keep_days_max: u32,
    /// Both, as shown.
    pub text: String,
}

/// One purpose that a person is asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticePurpose {
    /// The purpose as the API writes it.
    pub purpose: &'static str,
    /// `opt_in` or `opt_out`: what silence means here.
    pub regime: &'static str,
    /// Its name, as shown.
    pub title: String,
    /// What it does, as shown.
    pub text: String,
    /// What silence means, as shown.
    pub silence: String,
    /// What is kept; computed from the declarations that storage itself uses.
    pub data: Vec<NoticeData>,
    /// Said where nothing is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nothing_kept: Option<String>,
    /// Parts of the purpose that a person can leave out of a yes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<NoticeFeature>,
}

/// A part of a purpose that a person can leave out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeFeature {
    /// The feature as the API writes it.
    pub feature: &'static str,
    /// Its name, as shown.
    pub title: String,
}

/// The words of the banner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BannerBody {
    /// Heading.
    pub title: String,
    /// Sentences.
    pub lines: Vec<String>,
    /// There where a signal is confirmed instead of a question: the button that closes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<String>,
    /// The button that says no to all.
    pub refuse: String,
    /// The button that says yes to all.
    pub accept: String,
    /// Opens the preferences.
    pub choose: String,
    /// Closes without a choice.
    pub close: String,
}

/// The words of the preferences.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingsBody {
    /// Heading.
    pub title: String,
    /// What an opt-out signal means here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// The choice no.
    pub no: String,
    /// The choice yes.
    pub yes: String,
    /// Saves.
    pub save: String,
    /// Said before the parts that can be left out, where a purpose has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leave_out: Option<String>,
    /// How long a yes counts.
    pub lasting: LastingBody,
    /// Heading of what else a person should know.
    pub facts_title: String,
    /// What else a person should know.
    pub facts: Vec<String>,
    /// Heading of taking a yes back.
    pub out_title: String,
    /// Each way out: what it does, then its button.
    pub out: Vec<OutBody>,
}

/// One way out of a yes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutBody {
    /// `pause` or `withdraw`.
    pub way: &'static str,
    /// What it does, said before the click.
    pub text: String,
    /// Its button.
    pub button: String,
}

/// What is said after a choice; no part of the notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatusBody {
    /// It is saved.
    pub saved: String,
    /// It is not, and nothing changed.
    pub failed: String,
    /// A no counts in the browser, and the server has not heard of it yet.
    pub stopped: String,
}

/// What one person is told before choosing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notice {
    /// SHA-256 of the text; goes into `notice.digest` of a choice.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// The language (BCP 47); goes into `notice.language` of a choice.
    pub language: String,
    /// How it is written.
    pub direction: Direction,
    /// Which version of the words this is.
    pub texts: String,
    /// The law pack that counts.
    pub law: NoticeLaw,
    /// The opt-out signals that the notice speaks of.
    pub signals: Vec<&'static str>,
    /// What a page shows at the start.
    pub show: Show,
    /// Whether a yes can count: under some law packs nothing outranks a signal.
    pub yes_counts: bool,
    /// Days from today on which nobody asks again after a no; `null` is never again.
    pub ask_again_days: Option<u32>,
    /// Days after which a yes ends by itself.
    pub yes_days: u32,
    /// The purposes that are asked for, in the order in which they are shown.
    pub purposes: Vec<NoticePurpose>,
    /// The words of the banner.
    pub banner: BannerBody,
    /// The words of the preferences.
    pub settings: SettingsBody,
    /// What is said after a choice.
    pub status: StatusBody,
}

/// Computes what a person is told.
pub fn notice(texts: &Texts, asked: &Asked<'_>) -> Notice {
    let pack = asked.pack;
    let gpc = asked.signals.holds(Signal::Gpc);
    let shows = pack.rules.show_honored.as_ref().is_some_and(|rule| rule.value);
    let yes_counts = !gpc || pack.law.choice_outranks_signal;
    let show = match (asked.purposes.is_empty(), gpc) {
        (true, _) => Show::Nothing,
        (false, true) if shows => Show::Honored,
        (false, true) => Show::Nothing,
        (false, false) => Show::Banner,
    };
    let signal = gpc.then(|| match yes_counts {
        true => texts.signal.counts_as_no.clone(),
        false => texts.signal.always_no.clone(),
    });
    let again = pack.ask_again().map(|rule| rule.value);
    let again_on = pack.may_ask_again(asked.today);
    let parts = asked.purposes.iter().any(|one| Feature::of(*one).next().is_some());
    let mut notice = Notice {
        digest: String::new(),
        language: texts.language.clone(),
        direction: texts.direction,
        texts: texts.version.clone(),
        law: NoticeLaw { id: pack.id, digest: pack.digest.clone(), advice: NOT_LEGAL_ADVICE },
        signals: if gpc { vec![Signal::Gpc.as_str()] } else { Vec::new() },
        show,
        yes_counts,
        ask_again_days: again_on.map(|day| day.number().saturating_sub(asked.today.number())),
        yes_days: yes_days(pack),
        purposes: asked.purposes.iter().map(|&one| purpose(texts, asked, one)).collect(),
        banner: banner(texts, asked, shows, signal.as_deref()),
        settings: SettingsBody {
            leave_out: parts.then(|| texts.settings.leave_out.clone()),
            ..settings(texts, signal, again, yes_days(pack))
        },
        status: StatusBody {
            saved: texts.status.saved.clone(),
            failed: texts.status.failed.clone(),
            stopped: texts.status.stopped.clone(),
        },
    };
    notice.digest = hex::encode(&Sha256::digest(notice.text()));
    notice
}

/// How long a yes counts: as long as the law pack lets it, and 13 months at most.
fn yes_days(pack: &LawPack) -> u32 {
    let days = pack.remind().map_or(CONSENT_DAYS_MAX, |rule| match rule.value {
        Period { count, unit: Unit::Months } => count * 365 / 12,
        Period { count, unit: Unit::Days | Unit::BusinessDays } => count,
        Period { unit: Unit::Hours, .. } => 1,
    });
    days.clamp(1, CONSENT_DAYS_MAX)
}

fn silence(asked: &Asked<'_>, purpose: PurposeName) -> Regime {
    asked.pack.regime(purpose).value
}

fn purpose(texts: &Texts, asked: &Asked<'_>, purpose: PurposeName) -> NoticePurpose {
    let regime = silence(asked, purpose);
    let is_on = regime == Regime::OptOut && !asked.signals.holds(Signal::Gpc);
    let words = texts.purposes.get(&purpose);
    let data: Vec<NoticeData> = DECLARATIONS
        .iter()
        .filter(|kind| kind.purpose == purpose)
        .map(|kind| {
            let days = kind.keep_days_max.to_string();
            let what = texts.kind(kind).unwrap_or(kind.what);
            let text = texts.settings.kept.replace("{days}", &days).replace("{what}", what);
            let (table, category) = (kind.table, kind.category.as_str());
            NoticeData { table, category, keep_days_max: kind.keep_days_max, text }
        })
        .collect();
    NoticePurpose {
        purpose: purpose.as_str(),
        regime: match regime {
            Regime::OptIn => "opt_in",
            Regime::OptOut => "opt_out",
        },
        title: words.map(|words| words.title.clone()).unwrap_or_default(),
        text: words.map(|words| words.text.clone()).unwrap_or_default(),
        silence: if is_on { texts.settings.on.clone() } else { texts.settings.off.clone() },
        nothing_kept: data.is_empty().then(|| texts.settings.nothing_kept.clone()),
        data,
        features: Feature::of(purpose)
            .map(|feature| NoticeFeature {
                feature: feature.as_str(),
                title: texts.feature(feature).unwrap_or(feature.what()).to_owned(),
            })
            .collect(),
    }
}

fn banner(texts: &Texts, asked: &Asked<'_>, shows: bool, signal: Option<&str>) -> BannerBody {
    let words = &texts.banner;
    let mut body = BannerBody {
        title: words.title.clone(),
        lines: Vec::new(),
        ok: None,
        refuse: words.refuse.clone(),
        accept: words.accept.clone(),
        choose: words.choose.clone(),
        close: words.close.clone(),
    };
    // A signal has answered: it is confirmed, and nothing is asked.
    if let Some(signal) = signal {
        let confirms = if shows { &texts.signal.honored } else { signal };
        body.title = texts.signal.honored_title.clone();
        body.lines = vec![confirms.to_owned()];
        body.ok = Some(texts.signal.ok.clone());
        return body;
    }
    for (regime, sentence) in [(Regime::OptIn, &words.opt_in), (Regime::OptOut, &words.opt_out)] {
        let titles = asked.purposes.iter().filter(|&&one| silence(asked, one) == regime);
        let titles = titles.filter_map(|one| Some(texts.purposes.get(one)?.title.as_str()));
        let titles: Vec<&str> = titles.collect();
        if !titles.is_empty() {
            body.lines.push(sentence.replace("{purposes}", &titles.join(", ")));
        }
    }
    body
}

fn settings(
    texts: &Texts,
    signal: Option<String>,
    again: Option<Period>,
    yes_days: u32,
) -> SettingsBody {
    let (words, facts) = (&texts.settings, &texts.facts);
    let proof = ConsentEvidence::DECLARATION.keep_days_max.to_string();
    let again = again.and_then(|Period { count, unit }| {
        let sentence = match unit {
            Unit::Days => &facts.ask_again_days,
            Unit::Months => &facts.ask_again_months,
            Unit::Hours | Unit::BusinessDays => return None,
        };
        Some(sentence.replace("{n}", &count.to_string()))
    });
    let said = [
        facts.number.clone(),
        facts.proof.replace("{days}", &proof),
        facts.yes_ends.replace("{days}", &yes_days.to_string()),
    ];
    SettingsBody {
        title: words.title.clone(),
        signal,
        no: words.no.clone(),
        yes: words.yes.clone(),
        save: words.save.clone(),
        facts_title: facts.title.clone(),
        facts: said.into_iter().chain(again).collect(),
        leave_out: None,
        lasting: lasting(texts, yes_days),
        out_title: texts.out.title.clone(),
        out: ways(texts),
    }
}

/// The ways out of a yes.
fn ways(texts: &Texts) -> Vec<OutBody> {
    let words = &texts.out;
    let pause = OutBody {
        way: "pause",
        text: words.pause.replace("{days}", &PAUSE_DAYS_MAX.to_string()),
        button: words.pause_button.clone(),
    };
    let withdraw = OutBody {
        way: "withdraw",
        text: words.withdraw.clone(),
        button: words.withdraw_button.clone(),
    };
    vec![pause, withdraw]
}

impl Notice {
    /// The notice as text: a head that says what it depends on, then every word that is shown.
    pub fn text(&self) -> String {
        let signals = if self.signals.is_empty() { "none" } else { "gpc" };
        let mut text = FORM.to_owned();
        let purposes: Vec<&str> = self.purposes.iter().map(|one| one.purpose).collect();
        for line in [
            format!("language: {}", self.language),
            format!("texts: {}", self.texts),
            format!("law: {} {}", self.law.id, self.law.digest),
            format!("signals: {signals}"),
            format!("purposes: {}", purposes.join(" ")),
            String::new(),
        ] {
            text.push('\n');
            text.push_str(&line);
        }
        for words in self.words() {
            text.push('\n');
            text.push_str(words);
        }
        text.push('\n');
        text
    }

    /// Every word that is shown before a choice, in its order.
    pub fn words(&self) -> Vec<&str> {
        let BannerBody { title, lines, ok, refuse, accept, choose, close } = &self.banner;
        let mut words = vec![title.as_str()];
        words.extend(lines.iter().map(String::as_str));
        words.extend(ok.as_deref());
        words.extend([refuse, accept, choose, close].map(String::as_str));
        words.push(&self.settings.title);
        words.extend(self.settings.signal.as_deref());
        for one in &self.purposes {
            words.extend([&one.title, &one.text, &one.silence].map(String::as_str));
            words.extend(one.data.iter().map(|data| data.text.as_str()));
            words.extend(one.nothing_kept.as_deref());
            words.extend(one.features.iter().map(|feature| feature.title.as_str()));
        }
        let SettingsBody { no, yes, save, facts_title, facts, out_title, out, .. } = &self.settings;
        let SettingsBody { leave_out, lasting, .. } = &self.settings;
        words.extend(leave_out.as_deref());
        words.push(&lasting.title);
        words.extend(lasting.choices.iter().map(|choice| choice.text.as_str()));
        words.extend([no, yes, save, facts_title].map(String::as_str));
        words.extend(facts.iter().map(String::as_str));
        words.push(out_title);
        words.extend(out.iter().flat_map(|one| [one.text.as_str(), one.button.as_str()]));
        words
    }
}

#[cfg(test)]
mod tests;
