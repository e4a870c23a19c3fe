use domain::id::ShopId;
use domain::time::{DAY_MS, Timestamp};
use indicatif::ProgressBar;
use ingest::import::Kind;
use personal::kinds::LearnedOrder;
use personal::purpose::PurposeName;
use personal::record::Stored;

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
    /// Imports visits; gives the report and the sessions in the model afterwards.
    fn import(&mut self, text: &str, purposes: &[PurposeName], again: bool) -> (Report, u32) {
        let report = self.import_of(Kind::Events, text, purposes, again);
        (report, self.engine.shared.taught().model.index().sessions())
    }

    fn import_of(
        &mut self,
        kind: Kind,
        text: &str,
        purposes: &[PurposeName],
        again: bool,
    ) -> Report {
        let path = self.folder.path().join("rows");
        std::fs::write(&path, text).unwrap();
        let form = Form { format: "auto".to_owned(), ..Form::default() };
        let table = form.open(&path, kind, &ProgressBar::hidden()).unwrap();
        let asserted: Vec<_> =
            purposes.iter().map(|purpose| (*purpose, "a test".to_owned())).collect();
        let recording = Recording {
            import: "i".to_owned(),
            file: "f".to_owned(),
            kind,
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
        report
    }

    /// The orders in the model, and how many rows of them there are.
    fn orders(&self) -> (Vec<String>, usize) {
        let shared = &self.engine.shared;
        let taught = shared.taught();
        let mut orders = Vec::new();
        for person in shared.people.read().values() {
            let Some(who) = person.pseudonym(PurposeName::SharedLearning) else { continue };
            for (_, at, items) in taught.model.baskets().baskets_of(who) {
                let id = |item| taught.model.items().id(item).unwrap().as_str();
                let items: Vec<&str> = items.iter().copied().map(id).collect();
                orders.push(format!("{} {}", at.ms() / 1_000, items.join(" ")));
            }
        }
        orders.sort();
        let rows = self.engine.tables().page(LearnedOrder::DECLARATION.table, None, 1_000).unwrap();
        (orders, rows.len())
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

const ORDERS: &str = "order_id,customer_id,product_id,created_at,quantity\n\
    7,ada,a,1600000000,1\n7,ada,b,1600000000,2\n8,eve,b,1600000500,1\n7,ada,a,1600000000,1\n\
    9,ada,c,1600009000,-1\n";

#[test]
fn the_lines_of_an_order_teach_as_one_order() {
    let mut shop = shop();
    let report = shop.import_of(Kind::Orders, ORDERS, &BOTH, false);
    assert_eq!((report.taken, report.refused()), (5, 0));
    let expected = vec!["1600000000 a b".to_owned(), "1600000500 b".to_owned()];
    assert_eq!(shop.orders(), (expected.clone(), 2), "what was sent back is no order");
    // The file again changes nothing, also when its messages are forgotten: an order has one row.
    let report = shop.import_of(Kind::Orders, ORDERS, &BOTH, true);
    assert_eq!((report.taken, report.refused(), shop.orders()), (0, 5, (expected.clone(), 2)));
    shop.engine.reload(NOW).unwrap();
    assert_eq!(shop.orders(), (expected, 2));
    let mut shop = self::shop();
    shop.import_of(Kind::Orders, ORDERS, &[PurposeName::Personalization], false);
    assert_eq!(shop.orders(), (Vec::new(), 0), "nothing is learned without a basis for it");
}
