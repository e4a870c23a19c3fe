//! The last-basket split as files, so that anybody's recommender can be run on the very same one.
//!
//! `train.csv` and `test.csv` hold customer, basket and item; customers are numbers in the order
//! of their pseudonyms and baskets are numbered oldest first. `lists.csv` holds our lists at floor
//! 1, best first.

use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use domain::id::ItemId;
use recommend::baskets::BasketIndex;
use recommend::baskets::evaluation::history::{History, Split};
use recommend::baskets::rank::{BasketScratch, Parts, Wish};
use recommend::baskets::settings::BasketSettings;
use recommend::items::ItemNo;

use crate::commands::evaluate::baskets::{Baskets, Outcome};
use crate::commands::{Failure, OrFail as _};

/// Writes the three files into a folder, which is made when it is missing.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(
    folder: &Path,
    history: &History,
    command: &Baskets,
    outcome: &Outcome,
) -> Result<(), Failure> {
    let failed = format!("cannot write to {}", folder.display());
    create_dir_all(folder).or_fail(&failed)?;
    let split = Split::LastBasket { back: 0 };
    let open = |name: &str| -> Result<_, Failure> {
        let mut file = BufWriter::new(File::create(folder.join(name)).or_fail(&failed)?);
        writeln!(file, "customer,basket,item").or_fail(&failed)?;
        Ok(csv::Writer::from_writer(file))
    };
    let (mut train, mut test, mut lists) =
        (open("train.csv")?, open("test.csv")?, open("lists.csv")?);
    let put = |file: &mut csv::Writer<BufWriter<File>>, customer: usize, basket: usize, item| {
        let item = history.items.id(item).map_or("", ItemId::as_str);
        file.write_record([customer.to_string().as_str(), basket.to_string().as_str(), item])
    };
    for (number, person) in history.people.iter().enumerate() {
        for (place, (_, basket)) in split.learned(person).iter().enumerate() {
            for item in basket {
                put(&mut train, number, place, *item).or_fail(&failed)?;
            }
        }
    }
    let settings = outcome.splits.first().map_or_else(
        || command.shape.settings(1, BasketSettings::default()),
        |split| split.report.settings,
    );
    let settings = BasketSettings { supporters_min: 1, bytes_max: u64::MAX, ..settings };
    let mut index = BasketIndex::new(settings).or_fail("parameters")?;
    index.learn_all(&history.items, history.learned(split)).or_fail("orders")?;
    let mut scratch = BasketScratch::new();
    let count = usize::from(command.lengths.iter().copied().max().unwrap_or(1));
    for case in history.cases(split) {
        for item in case.target {
            put(&mut test, case.person, case.own.len(), *item).or_fail(&failed)?;
        }
        let own: Vec<&[ItemNo]> = case.own.iter().map(|(_, items)| items.as_slice()).collect();
        let myself = Some(case.subject);
        let wish = Wish { own: &own, myself, parts: Parts::Both, count, exclude: &[] };
        for next in index.next_basket(&history.items, &wish, &mut scratch) {
            put(&mut lists, case.person, case.own.len(), next.item).or_fail(&failed)?;
        }
    }
    for mut file in [train, test, lists] {
        file.flush().or_fail(&failed)?;
    }
    Ok(())
}
