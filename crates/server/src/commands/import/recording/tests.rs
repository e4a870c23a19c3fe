use domain::id::ShopId;
use domain::time::{DAY_MS, Timestamp};
use indicatif::ProgressBar;
use ingest::import::Kind;
use personal::purpose::PurposeName;

use super::Recording;
use crate::clock::Clock;
use crate::commands::import::report::Report;
use crate::commands::import::table::{Form, Table};
use crate::engine::Engine;
use crate::engine::importing::Mark;
use crate::opening;
use crate::settings::Settings;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

struct Shop {
    folder: tempfile::TempDir,
    engine: Engine,
}

fn shop() -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::of(ShopId::parse("shop").unwrap(), folder.path().join("data"));
    let engine = opening::open_in_memory(settings, Clock::by_hand(NOW)).unwrap().engine;
    Shop { folder, engine }
}

impl Shop {
    /// Imports `text`; gives the report and the sessions in the model afterwards.
    fn import(&mut self, text: &str, purposes: &[PurposeName], again: bool) -> (Report, u32) {
        let path = self.folder.path().join("rows");
        std::fs::write(&path, text).unwrap();
        let form = Form { format: "auto".to_owned(), ..Form::default() };
        let table = form.open(&path, Kind::Events, &ProgressBar::hidden()).unwrap();
        let asserted: Vec<_> =
            purposes.iter().map(|purpose| (*purpose, "a test".to_owned())).collect();
        let recording = Recording {
            import: "i".to_owned(),
            file: "f".to_owned(),
            kind: Kind::Events,
            asserted: &asserted,
            declare_items: true,
            again,
        };
        let mut report = Report::default();
        match table {
            Table::Columns(rows) => recording.columns(&mut self.engine, rows, &mut report),
            Table::Lines(lines) => recording.lines(&mut self.engine, lines, &mut report),
        }
        .unwrap();
        let sessions = self.engine.shared.taught().model.index().sessions();
        (report, sessions)
    }
}

const BOTH: [PurposeName; 2] = [PurposeName::Personalization, PurposeName::SharedLearning];
const ROWS: &str = "session,item,time\n1,a,1600000000\n1,b,1600000010\n2,c,1600000000\n2,d,9\n";

#[test]
fn visits_of_guests_teach_with_an_asserted_basis() {
    let mut shop = shop();
    let (report, sessions) = shop.import(ROWS, &BOTH, false);
    assert_eq!((report.taken, report.refused()), (4, 0));
    // The second visit has a pause of years inside, so it is two.
    assert_eq!(sessions, 3);
    assert_eq!(shop.engine.shared.taught().catalog.len(), 4);
}

#[test]
fn without_a_basis_for_it_nothing_is_learned() {
    let mut shop = shop();
    let (report, sessions) = shop.import(ROWS, &[PurposeName::Personalization], false);
    assert_eq!((report.taken, sessions), (4, 0));
    let (report, sessions) = self::shop().import(ROWS, &[], false);
    assert_eq!((report.taken, report.refused(), sessions), (0, 4, 0));
}

#[test]
fn a_file_is_taken_once() {
    let mut shop = shop();
    let (_, sessions) = shop.import(ROWS, &BOTH, false);
    let (report, after) = shop.import(ROWS, &BOTH, false);
    assert_eq!((report.taken, report.taken_before, after), (0, 4, sessions));
    let (report, after) = shop.import(ROWS, &BOTH, true);
    assert_eq!((report.taken, report.refused(), after), (0, 4, sessions));
}

#[test]
fn an_interrupted_import_goes_on_with_the_next_person() {
    let mut whole = shop();
    let (_, expected) = whole.import(ROWS, &BOTH, false);
    let mut shop = shop();
    // What a run leaves that stopped after the first visit.
    let (_, first) =
        shop.import("session,item,time\n1,a,1600000000\n1,b,1600000010\n", &BOTH, false);
    assert_eq!(first, 1);
    let mark = Mark { through: 1, taken: 2, done: false };
    shop.engine.stage_import_mark("i", mark).unwrap();
    shop.engine.commit_staged(NOW).unwrap();
    let (report, sessions) = shop.import(ROWS, &BOTH, false);
    assert_eq!((report.taken, report.taken_before, sessions), (2, 2, expected));
    assert!(shop.engine.import_mark("i").unwrap().unwrap().done);
}

#[test]
fn lines_of_events_keep_their_own_time() {
    let line = |id: &str, user: &str, at: &str| {
        format!(
            "{{\"type\":\"track\",\"event\":\"Product Viewed\",\"messageId\":\"{id}\",\
             \"userId\":\"{user}\",\"timestamp\":\"{at}\",\"properties\":{{\"product_id\":\"{id}\"}}}}\n"
        )
    };
    let text = [
        line("a", "ada", "2020-01-01T00:00:00Z"),
        line("b", "ada", "2020-01-01T00:00:10Z"),
        line("a", "ada", "2020-01-01T00:00:00Z"),
        line("c", "ada", "2021-01-01T00:00:00Z"),
        "{\"type\":\"track\",\"event\":\"Product Viewed\"}\n".to_owned(),
        "no json\n".to_owned(),
    ]
    .concat();
    let mut shop = shop();
    let (report, sessions) = shop.import(&text, &BOTH, false);
    assert_eq!((report.taken, report.refused(), sessions), (3, 3, 2));
    let (report, sessions) = shop.import(&text, &BOTH, false);
    assert_eq!((report.taken, report.taken_before, sessions), (0, 3, 2));
    assert!(NOW.ms_since(Timestamp::from_ms(1_577_836_800_000)) > 365 * DAY_MS);
}
