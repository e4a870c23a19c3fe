//! How long a yes counts: what a person can choose from, in words.

use consent::record::VISIT_DAYS_MAX;
use domain::time::DAY_MS;
use ingest::sessions::IDLE_MS;
use serde::Serialize;
use utoipa::ToSchema;

use crate::banner::texts::Texts;

/// The shorter time that a person can choose, in days.
const MONTH_DAYS: u32 = 30;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long a yes counts; without a choice `yes_days`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LastingBody {
    /// Heading.
    pub title: String,
    /// What a person can choose from, none of it chosen before.
    pub choices: Vec<LastingChoice>,
}

/// One time that a yes can count for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LastingChoice {
    /// `days` or `visit`: what goes into the choice, `for_days` or `for`.
    pub way: &'static str,
    /// How many days; missing for the visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// As shown.
    pub text: String,
}

/// The times that a yes can count for, longest first.
pub(super) fn lasting(texts: &Texts, yes_days: u32) -> LastingBody {
    let words = &texts.settings;
    let days = |sentence: &str, days: u32| LastingChoice {
        way: "days",
        days: Some(days),
        text: sentence.replace("{days}", &days.to_string()),
    };
    let mut choices = vec![days(&words.lasting_long, yes_days)];
    if yes_days > MONTH_DAYS {
        choices.push(days(&words.lasting_days, MONTH_DAYS));
    }
    let minutes = (IDLE_MS / MINUTE_MS).to_string();
    let hours = (i64::from(VISIT_DAYS_MAX) * DAY_MS / HOUR_MS).to_string();
    let text = words.lasting_visit.replace("{minutes}", &minutes).replace("{hours}", &hours);
    choices.push(LastingChoice { way: "visit", days: None, text });
    LastingBody { title: words.lasting.clone(), choices }
}
