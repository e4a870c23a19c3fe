//! The world: what a person can do, what was said, and the states between.

use consent::law::named;
use consent::record::Context;
use consent::request::ChoiceRequest;
use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};
use personal::evidence::RecordState;
use personal::gate::{Age, Choices, Facts, Law, Regime};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::SubjectRef;

/// The two purposes; both rest on consent.
pub(crate) const PURPOSES: [PurposeName; 2] =
    [PurposeName::Personalization, PurposeName::SharedLearning];
/// The signals, of which a world has the first two or all.
const SIGNALS: [Signal; 3] = [Signal::Gpc, Signal::ConsentTool, Signal::Gpp];
/// How many days a yes counts.
const FOR_DAYS: [u32; 2] = [1, 2];
/// The last day of the world; a yes of the first days has ended by then.
pub(crate) const LAST_DAY: u8 = 3;
const DAY_ZERO: Timestamp = Timestamp::from_ms(20_000 * DAY_MS);

/// The first instant of a day of the world.
pub(crate) fn at(day: u8) -> Timestamp {
    DAY_ZERO.plus_ms(i64::from(day) * DAY_MS)
}

/// A set of signals by a bit each.
pub(crate) fn signals(mask: u8) -> Signals {
    let held = SIGNALS.into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
    held.fold(Signals::NONE, |all, (_, signal)| all.with(signal))
}

/// The bits of a set of signals.
pub(crate) fn mask(signals: Signals) -> u8 {
    let held = SIGNALS.into_iter().enumerate().filter(|(_, signal)| signals.holds(*signal));
    held.fold(0, |mask, (bit, _)| mask | 1 << bit)
}

/// Every law that differs to the gate.
pub(crate) fn laws() -> Vec<Law> {
    let both = [false, true];
    let mut laws = Vec::new();
    for regime in [Regime::OptIn, Regime::OptOut] {
        for choice_outranks_signal in both {
            for child_directed in both {
                laws.push(Law { regime, choice_outranks_signal, child_directed });
            }
        }
    }
    laws
}

/// Every age that differs to the gate.
pub(crate) const AGES: [Age; 4] = [
    Age::Adult,
    Age::Unknown,
    Age::Child { parental_consent: false },
    Age::Child { parental_consent: true },
];

/// What the gate is asked with.
pub(crate) fn facts(choices: &Choices, request: u8, law: Law, age: Age) -> Facts<'_> {
    Facts {
        subject: SubjectRef::from_bytes([1; 16]),
        pseudonym: Pseudonym::from_bytes([2; 16]),
        choices: Some(choices),
        signals: signals(request),
        law,
        age,
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A day goes by.
    Day,
    /// The server writes down which yes ended by itself.
    WriteDown,
    /// The person is asked; nothing is said.
    Asked(ChoiceRequest),
    /// The shop learns that a yes never counted.
    Invalid(ChoiceRequest),
    /// The person chooses, with a request that carries signals.
    Choice {
        /// What is asked for.
        request: ChoiceRequest,
        /// The signals that it carries.
        carried: u8,
    },
}

/// What a person last said about one purpose, in the plainest words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// Nothing yet.
    Nothing,
    /// No.
    No,
    /// Yes.
    Yes {
        /// The first day on which it does not count any more.
        ends: u8,
        /// The signals that it knowingly outranks.
        acknowledged: u8,
    },
}

/// A state of the world: what the room holds, and beside it what was said.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Today.
    pub(crate) day: u8,
    /// What the gate reads.
    pub(crate) choices: Choices,
    /// What is stored.
    pub(crate) evidence: Vec<ConsentEvidence>,
    /// What was said, by purpose.
    pub(crate) said: [Said; 2],
    /// The signals that the last choice carried.
    pub(crate) carried: u8,
}

/// Two states of one key have the same future.
pub(crate) type Key = (u8, u64, u8, [Said; 2], (u8, bool), Vec<Chosen>);

/// A choice as far as the future depends on it.
pub(crate) type Chosen = (PurposeName, u8, i64, i64, u8);

impl State {
    /// Nobody said anything.
    pub(crate) fn first() -> Self {
        Self {
            day: 0,
            choices: Choices::default(),
            evidence: Vec::new(),
            said: [Said::Nothing; 2],
            carried: 0,
        }
    }

    /// Everything that the future depends on.
    pub(crate) fn key(&self) -> Key {
        let choices = self.choices.by_purpose.iter().map(|(purpose, choice)| {
            let acknowledged = mask(choice.acknowledged);
            (*purpose, choice.state as u8, choice.at.ms(), choice.expires.ms(), acknowledged)
        });
        let version = self.choices.version.number();
        let stored = mask(self.choices.signals);
        let was_asked = self.evidence.iter().any(|row| row.state == RecordState::Requested);
        (self.day, version, stored, self.said, (self.carried, was_asked), choices.collect())
    }

    /// What is said after a choice.
    pub(crate) fn say(&mut self, request: &ChoiceRequest, carried: u8) {
        for (purpose, said) in PURPOSES.iter().zip(&mut self.said) {
            let days = u8::try_from(request.for_days).unwrap();
            match request.choices.get(purpose) {
                Some(true) => {
                    let acknowledged = mask(request.acknowledged);
                    *said = Said::Yes { ends: self.day + days, acknowledged };
                }
                Some(false) => *said = Said::No,
                None => {}
            }
        }
        // Global Privacy Control alone stays with the person.
        self.carried = carried & mask(Signals::NONE.with(Signal::Gpc));
    }

    /// The surroundings of a choice today.
    pub(crate) fn context(&self, carried: u8) -> Context<'static> {
        let law = named("eu-2018-05-25").unwrap();
        Context {
            now: at(self.day),
            law,
            place: None,
            signals: SignalsByPurpose::everywhere(signals(carried)),
        }
    }
}

/// Every event of a world with so many signals.
pub(crate) fn events(signal_count: u32) -> Vec<Event> {
    let masks = || 0..1_u8 << signal_count;
    let mut events = vec![Event::Day, Event::WriteDown];
    for answers in [[Some(false), None], [None, Some(false)]] {
        let request = request(answers, 1, 0);
        events.extend([Event::Asked(request.clone()), Event::Invalid(request)]);
    }
    for answers in [
        [Some(true), None],
        [None, Some(true)],
        [Some(true), Some(true)],
        [Some(true), Some(false)],
        [Some(false), Some(true)],
        [Some(false), None],
        [None, Some(false)],
        [Some(false), Some(false)],
    ] {
        // A no has no days and acknowledges nothing.
        let is_yes = answers.contains(&Some(true));
        let days = if is_yes { &FOR_DAYS[..] } else { &FOR_DAYS[..1] };
        for &for_days in days {
            for acknowledged in masks().filter(|mask| is_yes || *mask == 0) {
                let request = request(answers, for_days, acknowledged);
                events.extend(
                    masks().map(|carried| Event::Choice { request: request.clone(), carried }),
                );
            }
        }
    }
    events
}

/// The request as the API reads it.
fn request(answers: [Option<bool>; 2], for_days: u32, acknowledged: u8) -> ChoiceRequest {
    let said = PURPOSES.iter().zip(answers);
    let choices: Vec<_> = said
        .filter_map(|(purpose, answer)| Some(format!("\"{}\":{}", purpose.as_str(), answer?)))
        .collect();
    let acknowledged: Vec<_> =
        signals(acknowledged).iter().map(|signal| format!("\"{}\"", signal.as_str())).collect();
    let body = format!(
        r#"{{"browser":"{}","choices":{{{}}},"notice":{{"digest":"{}","language":"en"}},
            "for_days":{for_days},"acknowledged_signals":[{}]}}"#,
        "1".repeat(32),
        choices.join(","),
        "7".repeat(64),
        acknowledged.join(","),
    );
    ChoiceRequest::parse(body.as_bytes()).unwrap()
}
