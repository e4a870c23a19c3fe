//! Whether what is declared of recipients lets anything go to them.

use domain::date::Date;
use domain::time::Day;

use crate::commands::doctor::Finding;
use crate::recipients::declared;
use crate::settings::Settings;

/// Days before a look at a tool stops to count from which on a warning is given.
const SOON_DAYS: u32 = 30;

/// One finding for each recipient.
pub fn recipients(settings: &Settings, today: Day) -> Vec<Finding> {
    let what = "recipients";
    let one = |(name, settings): (&String, _)| {
        let declared = match declared(name, settings) {
            Ok(declared) => declared,
            Err(error) => return Finding::failure(what, error.to_string()),
        };
        let mut rules = Vec::new();
        for purpose in &declared.recipient.purposes {
            match declared.verdict(*purpose, today) {
                Ok(ground) => rules.push(format!("{}: {ground}", purpose.as_str())),
                Err(refusal) => {
                    let words = format!("nothing may go to {name}: {refusal}");
                    return Finding::warning(what, words);
                }
            }
        }
        let soon = declared.looked_until().filter(|last| *last < today.plus(SOON_DAYS));
        match soon {
            Some(last) => {
                let words = format!("{name}: look at its tool again before {}", Date(last));
                Finding::warning(what, words)
            }
            None => Finding::ok(what, format!("{name}: {}", rules.join("; "))),
        }
    };
    let old = settings.notice.recipients.iter().flatten().map(|one| {
        let words = format!(
            "{:?} stands in notice.recipients, the older way: move it to a table of [recipients]",
            one.name
        );
        Finding::warning(what, words)
    });
    settings.recipients.iter().map(one).chain(old).collect()
}

#[cfg(test)]
mod tests;
