use clap::Parser;
use recommend::evaluation::tiers::{About, Price};
use recommend::plan::Plan;

use super::words::{Printed, table};
use super::{Tiers, measure, page};
use crate::commands::evaluate::read;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    tiers: Tiers,
}

/// What was found in two files of rows `who,item`; a visit begins with each new person.
pub(super) fn found(column: &str) -> Price {
    let folder = tempfile::tempdir().unwrap();
    let train = (0..12).flat_map(|who| {
        let (one, other) = if who < 6 { ("a", "b") } else { ("c", "<d>") };
        [format!("{who},{one},{}\n", who * 9), format!("{who},{other},{}\n", who * 9 + 1)]
    });
    let write = |name: &str, rows: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{column},item,time\n{rows}")).unwrap();
        path.to_string_lossy().into_owned()
    };
    let train = write("train.csv", train.collect());
    let test = write("test.csv", "3,a,99999\n3,b,100000\n8,c,99999\n8,<d>,100000\n".to_owned());
    let command = Line::parse_from(["tiers", "--train", &train, "--test", &test, "--k", "3"]).tiers;
    let held = [&command.train, &command.test].map(|path| read(path, &command.form).unwrap());
    measure(&command, &Plan::shipped(), held.each_ref()).unwrap()
}

#[test]
fn every_series_is_printed_with_its_digest() {
    let price = found("customer");
    let printed = Printed::new(&price).unwrap();
    let text = table(&printed);
    let count = |about| price.series.iter().find(|one| one.about == about).unwrap().points.len();
    assert_eq!([About::Tier, About::Share, About::Floor].map(count), [4, 7, 5]);
    for word in ["history", "12 people", "2 of the test sessions have earlier ones", "the best"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    assert!(text.ends_with(&format!("digest of everything  {}", printed.digest)));
    assert_eq!(Printed::new(&found("customer")).unwrap().digest, printed.digest);
    let json = serde_json::to_value(&printed).unwrap();
    assert_eq!(json["series"][0]["points"][1]["label"], "anonymous");
    assert_eq!(json["digest"], printed.digest.as_str());
}

#[test]
fn files_that_name_nobody_have_no_history_and_say_so() {
    let price = found("session");
    let text = table(&Printed::new(&price).unwrap());
    assert!(text.contains("tier history is left out: the files name nobody"), "{text}");
    assert_eq!(price.series[0].points.len(), 3);
}

#[test]
fn the_page_holds_drawing_and_tables_and_escapes_names() {
    let price = found("customer");
    let printed = Printed::new(&price).unwrap();
    let names = ["<script>&\"x\".csv".to_owned(), "b\u{1}.csv".to_owned()];
    let html = page::html(&printed, &names);
    assert!(html.contains("&lt;script&gt;&amp;&quot;x&quot;.csv"));
    assert!(!html.contains("<script") && !html.contains('\u{1}'));
    assert!(html.contains("<svg ") && html.contains("</svg>"));
    assert_eq!(html.matches("<th scope=\"row\">").count(), 16);
    assert!(html.contains(&printed.digest));
}
