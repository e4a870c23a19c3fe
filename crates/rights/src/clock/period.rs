//! Lengths of time as laws count them, and the days on which they end.
//!
//! Regulation (EEC, Euratom) 1182/71 Art. 3 for the GDPR: the day of the event does not count; a
//! month ends on the day with the same number, and where there is none, on the last of that month;
//! holidays and weekends count, but a period that would end on one ends with the next working day.
//! California counts calendar days after receipt and moves nothing.

use std::collections::BTreeSet;

use domain::date::Date;
use domain::time::Day;

/// Most holidays of a calendar.
pub const HOLIDAYS_MAX: usize = 4_096;
/// Most days or months of a length.
pub const LENGTH_COUNT_MAX: u16 = 999;
/// Days of a week.
const WEEK: u32 = 7;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    /// Calendar days.
    Days(u16),
    /// Days on which offices work.
    BusinessDays(u16),
    /// Calendar months.
    Months(u16),
}

/// What happens to a last day on which nobody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LastDay {
    /// Nothing.
    AsItFalls,
    /// The next day on which offices work is the last one (Regulation 1182/71 Art. 3(4)).
    NextBusinessDay,
}

/// The days on which offices do not work: Saturdays, Sundays and these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    holidays: BTreeSet<Day>,
}

/// Too many holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a calendar has at most {HOLIDAYS_MAX} holidays")]
pub struct CalendarError;

impl Calendar {
    /// A calendar with holidays.
    ///
    /// # Errors
    /// [`CalendarError`] for more than [`HOLIDAYS_MAX`].
    pub fn new(holidays: BTreeSet<Day>) -> Result<Self, CalendarError> {
        match holidays.len() <= HOLIDAYS_MAX {
            true => Ok(Self { holidays }),
            false => Err(CalendarError),
        }
    }

    /// Whether offices work on a day.
    pub fn works(&self, day: Day) -> bool {
        // 1970-01-01, day 0, was a Thursday.
        !matches!(day.number() % WEEK, 2 | 3) && !self.holidays.contains(&day)
    }

    /// The day itself if offices work on it, else the next one on which they do.
    pub fn working(&self, day: Day) -> Day {
        // Bounded: no run of days off is longer than its weekends and every holiday.
        let longest = u32::try_from(self.holidays.len()).unwrap_or(u32::MAX).saturating_mul(2) + 3;
        let found = (0..longest).map(|days| day.plus(days)).find(|day| self.works(*day));
        found.unwrap_or(day)
    }

    /// The day on which the last of `count` working days after `day` ends.
    fn after(&self, day: Day, count: u16) -> Day {
        (0..count).fold(day, |day, _| self.working(day.plus(1)))
    }
}

/// The text is no length of days or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a length is 1 to {LENGTH_COUNT_MAX} days, business days or months")]
pub struct LengthError;

impl Length {
    /// Reads a length as law packs write it: `45 days`, `10 business days`, `1 month`.
    ///
    /// # Errors
    /// [`LengthError`], also for hours: an answer is due on a day.
    pub fn parse(text: &str) -> Result<Self, LengthError> {
        let (count, unit) = text.split_once(' ').ok_or(LengthError)?;
        let plain = count.len() <= 3 && count.bytes().all(|byte| byte.is_ascii_digit());
        let count: u16 = count.parse().map_err(|_| LengthError)?;
        if !plain || !(1..=LENGTH_COUNT_MAX).contains(&count) {
            return Err(LengthError);
        }
        match unit {
            "day" | "days" => Ok(Self::Days(count)),
            "business day" | "business days" => Ok(Self::BusinessDays(count)),
            "month" | "months" => Ok(Self::Months(count)),
            _ => Err(LengthError),
        }
    }

    /// The last day of the length, if it begins after `day`.
    pub fn after(self, day: Day, calendar: &Calendar) -> Day {
        match self {
            Self::Days(count) => day.plus(u32::from(count)),
            Self::BusinessDays(count) => calendar.after(day, count),
            Self::Months(count) => Date(day).plus_months(u32::from(count)).0,
        }
    }

    /// The last day of a length with an extension. Of one unit they are one period, as "three
    /// months from receipt" is; else the one follows the other.
    pub fn with(self, more: Self, day: Day, calendar: &Calendar) -> Day {
        let sum = match (self, more) {
            (Self::Days(a), Self::Days(b)) => Self::Days(a.saturating_add(b)),
            (Self::BusinessDays(a), Self::BusinessDays(b)) => {
                Self::BusinessDays(a.saturating_add(b))
            }
            (Self::Months(a), Self::Months(b)) => Self::Months(a.saturating_add(b)),
            (Self::Days(_) | Self::BusinessDays(_) | Self::Months(_), _) => {
                return more.after(self.after(day, calendar), calendar);
            }
        };
        sum.after(day, calendar)
    }
}

impl LastDay {
    /// The last day as this rule moves it.
    pub fn of(self, day: Day, calendar: &Calendar) -> Day {
        match self {
            Self::AsItFalls => day,
            Self::NextBusinessDay => calendar.working(day),
        }
    }
}

#[cfg(test)]
mod tests;
