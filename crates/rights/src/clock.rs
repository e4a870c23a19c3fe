//! When a request has to be acknowledged and answered: pure functions of a case, the rules of a
//! law, a calendar and the day.
//!
//! One path: the server fills [`Rules`] from a law pack and a [`Calendar`] from its settings;
//! [`read`] says the deadlines and how urgent they are, [`extension`] gives the act that puts the
//! answer off, [`reminders`] what became due since the last look.
//!
//! What this must never do: move a deadline because the shop asked a question too late, or take
//! the time of a law that lets the clock run.

pub mod period;

use domain::time::{Day, Timestamp};

use crate::clock::period::{Calendar, LastDay, Length};
use crate::request::Case;
use crate::request::act::{Act, Delay};

/// What a wait for the person does to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waiting {
    /// It runs on (California: whatever the time that verification takes, 11 CCR 7021(b)).
    Runs,
    /// It stops until the person answers (EDPB Guidelines 01/2022 on Art. 12(3) and (6) GDPR).
    Stops,
}

/// The clock of a law, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// To say that a request arrived, where the law asks for that.
    pub confirm: Option<Length>,
    /// To answer.
    pub answer: Length,
    /// By how much the answer may be put off, once.
    pub extension: Option<Length>,
    /// To put into effect what nobody may weigh: opt-out, limit, withdrawal, objection to
    /// marketing.
    pub opt_out: Length,
    /// What a wait for the person does.
    pub waiting: Waiting,
    /// What happens to a last day on which nobody works.
    pub last_day: LastDay,
}

impl Rules {
    /// The shortest times of all laws that we read, and no way to gain some: what counts where no
    /// law is known.
    pub const STRICTEST: Self = Self {
        confirm: Some(Length::BusinessDays(10)),
        answer: Length::Months(1),
        extension: None,
        opt_out: Length::BusinessDays(15),
        waiting: Waiting::Runs,
        last_day: LastDay::AsItFalls,
    };
}

/// How many days before a deadline somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarms {
    /// Whoever works on it.
    pub remind_days: u16,
    /// Whoever answers for it.
    pub escalate_days: u16,
}

impl Alarms {
    /// A week, and two days.
    pub const DEFAULT: Self = Self { remind_days: 7, escalate_days: 2 };
}

/// How urgent a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is due any more.
    Done,
    /// It is the person's turn, and the clock stands.
    Stopped,
    /// There is time.
    Calm,
    /// Whoever works on it is reminded.
    Remind,
    /// Whoever answers for it is told.
    Escalate,
    /// The last day is over.
    Overdue,
}

impl Level {
    /// Every level, from calm to late.
    pub const ALL: [Self; 6] =
        [Self::Done, Self::Stopped, Self::Calm, Self::Remind, Self::Escalate, Self::Overdue];

    /// The level as the API and the metrics write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Calm => "calm",
            Self::Remind => "remind",
            Self::Escalate => "escalate",
            Self::Overdue => "overdue",
        }
    }
}

/// A deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last day.
    pub due: Day,
    /// The day on which it was met, in time or not.
    pub met: Option<Day>,
}

impl Mark {
    /// Whether it was met too late, or was not met and is over.
    pub fn is_late(self, today: Day) -> bool {
        self.met.unwrap_or(today) > self.due
    }

    fn level(self, today: Day, alarms: Alarms) -> Level {
        let left = self.due.number().saturating_sub(today.number());
        match self.met {
            Some(_) => Level::Done,
            None if today > self.due => Level::Overdue,
            None if left <= u32::from(alarms.escalate_days) => Level::Escalate,
            None if left <= u32::from(alarms.remind_days) => Level::Remind,
            None => Level::Calm,
        }
    }
}

/// What the clock of a request shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dial {
    /// To say that it arrived, where the law asks for that.
    pub acknowledge: Option<Mark>,
    /// To answer it.
    pub answer: Mark,
    /// The last day on which the person can be told that it takes longer.
    pub extend_by: Option<Day>,
    /// Whether the clock stands, because it is the person's turn.
    pub stopped: bool,
    /// How urgent it is.
    pub level: Level,
}

/// Why an answer cannot be put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// The law has no extension, or nobody may weigh the request.
    #[error("the law lets nobody put this answer off")]
    None,
    /// It was put off before, or has ended.
    #[error("the answer was put off before, or was given")]
    Again,
    /// The first period is over.
    #[error("the first period is over, so the answer cannot be put off")]
    Late,
}

/// Which deadline a reminder is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// To say that the request arrived.
    Acknowledgment,
    /// To answer it.
    Answer,
}

/// A day on which a request became more urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reminder {
    /// The day.
    pub day: Day,
    /// Which deadline.
    pub of: Of,
    /// How urgent it became.
    pub level: Level,
}

/// The last day of the answer, and whether the clock stands.
///
/// # Privacy
/// A wait that began when the answer was late already moves nothing.
fn due(case: &Case, rules: &Rules, calendar: &Calendar, today: Day) -> (Day, bool) {
    let received = case.received.day();
    if case.is_absolute() {
        let end = rules.opt_out.after(received, calendar);
        return (rules.last_day.of(end, calendar), false);
    }
    let extension = rules.extension.filter(|_| case.extended.is_some());
    let end = match extension {
        Some(more) => rules.answer.with(more, received, calendar),
        None => rules.answer.after(received, calendar),
    };
    let mut due = rules.last_day.of(end, calendar);
    let mut stopped_days = 0;
    for wait in case.waits.iter().filter(|_| rules.waiting == Waiting::Stops) {
        let since = wait.since.day();
        if since > due {
            break;
        }
        if wait.over.is_none() && case.end.is_none() {
            let days = today.number().saturating_sub(since.number());
            let later = end.plus(days.saturating_add(stopped_days));
            return (rules.last_day.of(later, calendar), true);
        }
        let over = wait.over.map_or(today, Timestamp::day);
        stopped_days += over.number().saturating_sub(since.number());
        due = rules.last_day.of(end.plus(stopped_days), calendar);
    }
    (due, false)
}

/// Reads the clock of a request.
pub fn read(case: &Case, rules: &Rules, calendar: &Calendar, alarms: Alarms, today: Day) -> Dial {
    let (due, stopped) = due(case, rules, calendar, today);
    let ended = case.end.map(|(_, at)| at.day());
    let answer = Mark { due, met: ended };
    let confirm = rules.confirm.filter(|_| !case.is_absolute());
    let acknowledge = confirm.map(|length| {
        let end = length.after(case.received.day(), calendar);
        // Who has the answer needs no word that the question arrived (11 CCR 7021(a)).
        let met = case.acknowledged.map(Timestamp::day).into_iter().chain(ended).min();
        Mark { due: rules.last_day.of(end, calendar), met }
    });
    let may_extend = rules.extension.is_some()
        && !case.is_absolute()
        && case.extended.is_none()
        && ended.is_none()
        && today <= due;
    let answer_level = if stopped { Level::Stopped } else { answer.level(today, alarms) };
    let asked_level = acknowledge.map_or(Level::Done, |mark| mark.level(today, alarms));
    Dial {
        acknowledge,
        answer,
        extend_by: may_extend.then_some(due),
        stopped,
        level: answer_level.max(asked_level),
    }
}

/// The act that puts an answer off. Recording it is the word that the person was told.
///
/// # Errors
/// [`ExtensionError`].
pub fn extension(
    case: &Case,
    why: Delay,
    (rules, calendar): (&Rules, &Calendar),
    today: Day,
) -> Result<Act, ExtensionError> {
    if rules.extension.is_none() || case.is_absolute() {
        return Err(ExtensionError::None);
    }
    if case.extended.is_some() || case.end.is_some() {
        return Err(ExtensionError::Again);
    }
    let (due, _) = due(case, rules, calendar, today);
    match today <= due {
        true => Ok(Act::Extended { why, due }),
        false => Err(ExtensionError::Late),
    }
}

/// What became more urgent after one day and up to another, in the order of days. Who looks day by
/// day and who looks once a week are told the same.
pub fn reminders(
    case: &Case,
    (rules, calendar): (&Rules, &Calendar),
    alarms: Alarms,
    (after, upto): (Day, Day),
) -> Vec<Reminder> {
    let dial = read(case, rules, calendar, alarms, upto);
    let answer = (!dial.stopped).then_some((Of::Answer, dial.answer));
    let marks = dial.acknowledge.map(|mark| (Of::Acknowledgment, mark)).into_iter().chain(answer);
    let received = case.received.day();
    let mut found = Vec::new();
    for (of, mark) in marks.filter(|(_, mark)| mark.met.is_none()) {
        let before = |days: u16| {
            let number = mark.due.number().saturating_sub(u32::from(days));
            Day::from_number(number).max(received)
        };
        for (day, level) in [
            (before(alarms.remind_days), Level::Remind),
            (before(alarms.escalate_days), Level::Escalate),
            (mark.due.plus(1), Level::Overdue),
        ] {
            if after < day && day <= upto {
                found.push(Reminder { day, of, level });
            }
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests;
