//! Says in words which pack counts for a place, a purpose and a day, and what it means.

use std::fmt;

use domain::time::Day;
use personal::gate::Regime;
use personal::purpose::{LawfulBasis, PurposeName};

use crate::law::place::{Place, Reach};
use crate::law::rules::Deadline;
use crate::law::{LawPack, NOT_LEGAL_ADVICE, find};
use domain::date::Date;

/// Which rule applies, and why.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The place as it was asked for.
    pub asked: Option<String>,
    /// The purpose.
    pub purpose: PurposeName,
    /// The day.
    pub day: Day,
    /// The pack that counts.
    pub pack: &'static LawPack,
    /// Why it is that one.
    pub reach: Reach,
    /// What a choice that was never made means.
    pub missing: Missing,
    /// What an opt-out signal does.
    pub signal: OnSignal,
    /// What the law of the place says about Global Privacy Control.
    pub gpc: Gpc,
}

/// What a choice that was never made means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing happens without a yes.
    Refused,
    /// It happens until a no or an opt-out signal.
    AllowedUntilNo,
    /// It happens until an objection (GDPR Art. 21); a signal is none.
    AllowedUntilObjection,
    /// It happens because a contract or a law demands it.
    AllowedWithoutChoice,
}

/// What an opt-out signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSignal {
    /// It refuses, whatever was chosen.
    Refuses,
    /// It refuses, unless a later yes for this purpose was given with the signal acknowledged.
    RefusesUnlessAcknowledged,
    /// The purpose does not rest on consent; a signal does not reach it.
    Nothing,
}

/// What the law of the place says about Global Privacy Control. Confidant honors it everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpc {
    /// It has to be honored since this day.
    Since(Day),
    /// It will have to be honored from this day on.
    From(Day),
    /// The pack has no rule about it.
    Unsaid,
}

/// Explains what counts for a purpose in a place on a day.
pub fn explain(place: Option<&str>, purpose: PurposeName, day: Day) -> Explanation {
    explain_found(place, purpose, day, find(place, day))
}

/// Explains what a pack that was found for a place on a day says about a purpose.
pub fn explain_found(
    place: Option<&str>,
    purpose: PurposeName,
    day: Day,
    (pack, reach): (&'static LawPack, Reach),
) -> Explanation {
    let law = pack.law_of(purpose);
    let missing = match (purpose.basis(), law.regime) {
        (LawfulBasis::Consent, Regime::OptIn) => Missing::Refused,
        (LawfulBasis::Consent, Regime::OptOut) => Missing::AllowedUntilNo,
        (LawfulBasis::LegitimateInterests, _) => Missing::AllowedUntilObjection,
        (LawfulBasis::Contract | LawfulBasis::LegalObligation, _) => Missing::AllowedWithoutChoice,
    };
    let signal = match (purpose.basis(), law.choice_outranks_signal) {
        (LawfulBasis::Consent, true) => OnSignal::RefusesUnlessAcknowledged,
        (LawfulBasis::Consent, false) => OnSignal::Refuses,
        (_, _) => OnSignal::Nothing,
    };
    let gpc = match pack.rules.gpc.as_ref().map(|rule| rule.value.0) {
        Some(since) if since <= day => Gpc::Since(since),
        Some(from) => Gpc::From(from),
        None => Gpc::Unsaid,
    };
    let asked = place.map(|place| place.escape_debug().take(20).collect());
    Explanation { asked, purpose, day, pack, reach, missing, signal, gpc }
}

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pack = self.pack;
        writeln!(out, "{}: {}", pack.id, pack.place)?;
        writeln!(out, "  digest    {}", pack.digest)?;
        write!(out, "  valid     from {}", Date(pack.valid_from))?;
        match pack.valid_to {
            Some(last) => writeln!(out, " to {}", Date(last))?,
            None => writeln!(out, ", no end known")?,
        }
        writeln!(out, "  looked at {}", Date(pack.verified_on))?;
        writeln!(out, "  source    {}", pack.source)?;
        writeln!(out, "  why       {}", self.why())?;
        writeln!(out)?;
        self.meaning(out)?;
        writeln!(out)?;
        self.clocks(out)?;
        write!(out, "\n{NOT_LEGAL_ADVICE}")
    }
}

impl Explanation {
    /// Why this pack counts, as half a sentence.
    pub fn why(&self) -> String {
        let day = Date(self.day);
        let Some(asked) = &self.asked else {
            return "no place was said, so the strictest counts".to_owned();
        };
        match &self.reach {
            Reach::Itself => format!("the pack names {asked}, on {day}"),
            Reach::Country(country) => {
                format!("no pack names {asked} itself on {day}; this one names {country}")
            }
            Reach::Group(group) => format!("{asked} belongs to {group} on {day}"),
            Reach::Anywhere => {
                format!("no pack names {asked} on {day}, so the strictest counts")
            }
        }
    }

    fn meaning(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (pack, purpose) = (self.pack, self.purpose);
        writeln!(out, "{} rests on {}", purpose.as_str(), basis(purpose.basis()))?;
        let silence = match self.missing {
            Missing::Refused => "refused: nothing happens without a yes",
            Missing::AllowedUntilNo => "allowed until a no or an opt-out signal",
            Missing::AllowedUntilObjection => "allowed until the person objects (GDPR Art. 21)",
            Missing::AllowedWithoutChoice => "allowed: a contract or a law demands it",
        };
        write!(out, "  never asked     {silence}")?;
        let consent = purpose.basis() == LawfulBasis::Consent;
        if consent {
            write!(out, " {}", pack.regime(purpose).cited())?;
        }
        let signal = match self.signal {
            OnSignal::Refuses => "refuses, whatever was chosen",
            OnSignal::RefusesUnlessAcknowledged => {
                "refuses, unless a later yes for this purpose acknowledged it"
            }
            OnSignal::Nothing => "nothing: the purpose does not rest on consent",
        };
        write!(out, "\n  opt-out signal  {signal}")?;
        if consent {
            write!(out, " {}", pack.rules.choice_outranks_signal.cited())?;
        }
        if consent {
            let (earlier, source) = match &pack.rules.earlier_yes {
                Some(rule) if rule.value => ("counts", rule.cited()),
                Some(rule) => ("does not count: asking is due", rule.cited()),
                None => ("counts, unless silence was a yes and is one no more", String::new()),
            };
            write!(out, "\n  an earlier yes  {earlier} {source}")?;
        }
        write!(out, "\n  GPC             ")?;
        match self.gpc {
            Gpc::Since(day) => write!(out, "has to be honored since {}", Date(day))?,
            Gpc::From(day) => write!(out, "has to be honored from {} on", Date(day))?,
            Gpc::Unsaid => write!(out, "the pack has no rule; Confidant honors it everywhere")?,
        }
        let source = pack.rules.gpc.as_ref().map(|rule| format!(" {}", rule.cited()));
        writeln!(out, "{}", source.unwrap_or_default())?;
        if let Some(rule) = &pack.rules.show_honored {
            let must = if rule.value { "has" } else { "does not have" };
            writeln!(out, "  shown           the page {must} to show it {}", rule.cited())?;
        }
        Ok(())
    }

    fn clocks(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pack = self.pack;
        if let Some(rule) = pack.children() {
            let asked = self.asked.as_deref().and_then(|asked| Place::parse(asked).ok());
            let age = match asked {
                Some(place) => rule.value.parent_below(&place.country()),
                None => rule.value.parent_below,
            };
            writeln!(out, "children: a parent decides below {age} {}", rule.cited())?;
            if let Some(age) = rule.value.opt_in_below {
                writeln!(out, "children: silence is a no below {age}")?;
            }
        }
        if let Some(rule) = pack.sensitive() {
            writeln!(out, "sensitive data: {} {}", rule.value.as_str(), rule.cited())?;
        }
        if let Some(rule) = pack.ask_again() {
            writeln!(out, "ask again after a refusal: {} {}", rule.value, rule.cited())?;
        }
        if let Some(rule) = pack.remind() {
            writeln!(out, "remind of a yes: {} {}", rule.value, rule.cited())?;
        }
        for deadline in Deadline::ALL {
            if let Some(rule) = pack.deadline(deadline) {
                writeln!(out, "{}: {} {}", deadline.as_str(), rule.value, rule.cited())?;
            }
        }
        if let Some(rule) = &pack.rules.waits_stop {
            let what = if rule.value { "stands still" } else { "runs on" };
            writeln!(out, "while it is the person's turn the clock {what} {}", rule.cited())?;
        }
        if let Some(rule) = &pack.rules.ends_on_working_day {
            let what = if rule.value { "moves to the next working day" } else { "stays" };
            writeln!(out, "a last day off {what} {}", rule.cited())?;
        }
        Ok(())
    }
}

const fn basis(basis: LawfulBasis) -> &'static str {
    match basis {
        LawfulBasis::Consent => "consent",
        LawfulBasis::Contract => "a contract",
        LawfulBasis::LegalObligation => "a legal obligation",
        LawfulBasis::LegitimateInterests => "legitimate interests",
    }
}

#[cfg(test)]
mod tests;
