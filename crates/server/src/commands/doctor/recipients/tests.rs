use domain::date::day;
use domain::time::Day;

use super::recipients;
use crate::commands::doctor::Verdict;
use crate::settings::Settings;

#[track_caller]
fn check(today: Day, country: &str, tool: &str, expected: (Verdict, &str)) {
    let text = format!(
        "shop = \"demo\"\ndata_dir = \"data\"\n[recipients.mailer]\ncountry = \"{country}\"\n\
         role = \"processor\"\npurposes = [\"LegalObligation\"]\n{tool}"
    );
    let found = recipients(&Settings::parse(&text).unwrap(), today);
    let [found] = &found[..] else { panic!("{found:?}") };
    assert_eq!(found.verdict, expected.0, "{}", found.words);
    assert!(found.words.contains(expected.1), "{}", found.words);
}

#[test]
fn recipients_are_looked_over() {
    let scc = "tool = \"scc\"\nchecked = \"2026-11-01\"\n";
    let today = day(2026, 11, 22);
    check(today, "DE", "", (Verdict::Ok, "mailer: LegalObligation: within the European"));
    check(today, "CN", "", (Verdict::Warning, "nothing may go to mailer: no decision"));
    check(today, "CN", scc, (Verdict::Ok, "standard contractual clauses"));
    let soon = "mailer: look at its tool again before 2027-11-02";
    check(day(2027, 10, 20), "CN", scc, (Verdict::Warning, soon));
    check(day(2028, 1, 1), "CN", scc, (Verdict::Warning, "nobody looked within 366 days"));
}
