//! Whether the place of a visitor is known, and from what.

use domain::time::Day;

use crate::commands::doctor::Finding;
use crate::place::PlaceFile;
use crate::settings::Settings;

/// Age of a file of places from which on a warning is given, in days: networks move.
const AGE_DAYS_WARN: u32 = 60;

/// What the file of places is, and whether it can help.
pub fn places(settings: &Settings, today: Day) -> Option<Finding> {
    let what = "places";
    let path = settings.place.file.as_deref()?;
    let said = match PlaceFile::open(path) {
        Ok(file) => file.said(),
        Err(error) => return Some(Finding::failure(what, format!("place.file: {error}"))),
    };
    let line = said.line();
    if today > said.made.plus(AGE_DAYS_WARN) {
        let words = format!("{line}; older than {AGE_DAYS_WARN} days, get a newer one");
        return Some(Finding::warning(what, words));
    }
    if !settings.public.address.ip().is_loopback() || !settings.trusted_proxies.is_empty() {
        return Some(Finding::ok(what, line));
    }
    let words = format!(
        "{line}; the public listener is on loopback and trusted_proxies is empty, so every visitor \
         has the address of this machine and is under the strictest law"
    );
    Some(Finding::warning(what, words))
}

#[cfg(test)]
mod tests;
