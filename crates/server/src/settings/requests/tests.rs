use domain::date::day;

use crate::settings::Settings;

const SHOP: &str = "shop = \"demo\"\ndata_dir = \"data\"\n[requests]\n";

fn read(more: &str) -> Result<Settings, String> {
    Settings::parse(&format!("{SHOP}{more}")).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(more: &str, why: &str) {
    let error = read(more).unwrap_err();
    assert!(error.contains(why), "{error} does not say {why:?}");
}

#[test]
fn holidays_are_days_and_end_with_their_last_year() {
    let holidays = read("holidays = [\"2026-12-25\", \"2026-12-26\"]").unwrap().requests.holidays;
    assert!(!holidays.calendar().works(day(2026, 12, 25)));
    assert!(holidays.calendar().works(day(2026, 12, 24)));
    assert!(holidays.cover(day(2026, 12, 31)));
    assert!(!holidays.cover(day(2027, 1, 1)));
    let none = read("").unwrap().requests;
    assert!(none.holidays.is_empty() && !none.holidays.cover(day(2026, 1, 1)));
    assert_eq!(none.lift_days, 14);
    refused("holidays = [\"2026-12-25\", \"2026-12-25\"]", "2026-12-25 stands twice");
    refused("holidays = [\"25.12.2026\"]", "2026-11-22");
    refused("holidays = [\"2026-02-30\"]", "2026-11-22");
    refused("lift_days = 0", "lift_days is 1 to 365");
    refused("lift_days = 366", "lift_days is 1 to 365");
}
