//! `confidant explain`: prints how one answer comes about, from candidates to the page.
//!
//! It answers as `GET /v1/recommendations` would, for nobody in particular: a person's own history
//! is not opened here. While a server holds the store, the server itself is asked, with
//! `explain=true` and the secret key.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use domain::id::ItemId;
use domain::market::Market;
use store::error::StoreError;

use crate::answer::words::Language;
use crate::answer::{Answer, Ask, RECENT_MAX};
use crate::circumstances::Circumstances;
use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::opening::{self, OpeningError};
use crate::path;
use crate::settings::Settings;
use crate::shared::Shared;

/// Prints how one answer comes about; the server of the shop must be stopped.
#[derive(Clone, Debug, Args)]
pub struct Explain {
    /// The configuration file.
    #[arg(long, visible_alias = "settings", default_value = "confidant.toml")]
    pub config: PathBuf,
    /// Folder of the store, in place of that of the configuration.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where the answer would be shown.
    #[arg(long, default_value = "home")]
    pub placement: String,
    /// The item in view.
    #[arg(long, value_name = "ID")]
    pub current: Option<String>,
    /// Items of the visit, oldest first.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub recent: Vec<String>,
    /// Items in the cart.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub cart: Vec<String>,
    /// The category that the page is about.
    #[arg(long, value_name = "PATH")]
    pub category: Option<String>,
    /// The words of a search.
    #[arg(long, value_name = "WORDS")]
    pub q: Option<String>,
    /// Where the goods would go: two capital letters.
    #[arg(long)]
    pub market: Option<String>,
    /// Language of the reasons: en, de, fr, es, nl, it.
    #[arg(long, default_value = "en")]
    pub lang: String,
    /// Length of the list; that of the placement when missing.
    #[arg(long)]
    pub count: Option<usize>,
    /// Where chance comes from.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Prints JSON, as the server answers it.
    #[arg(long)]
    pub json: bool,
}

/// Opens the shop, answers once and prints the trace.
///
/// # Errors
/// A configuration or store that cannot be used, or an item that is not in the catalog.
pub fn run(command: &Explain) -> Result<(), Failure> {
    let mut settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    if let Some(dir) = &command.data {
        settings.data_dir.clone_from(dir);
    }
    if !store::sqlite::exists(&settings.data_dir) {
        let dir = settings.data_dir.display();
        return Err(Failure::new(format!("there is no store in {dir}")));
    }
    let opened = opening::open(settings, Clock::machine()).map_err(|error| {
        let held = matches!(error, OpeningError::Store(StoreError::Locked));
        let how = "; stop its server, or ask it: GET /v1/recommendations?explain=true with the \
            secret key";
        Failure::new(format!("the shop cannot be opened: {error}{}", if held { how } else { "" }))
    })?;
    let ask = read(command, &opened.shared)?;
    let answer = path::recommend(&opened.shared, &ask, opened.shared.clock.now());
    print(&answer, command.json)
}

fn read(command: &Explain, shared: &Shared) -> Result<Ask, Failure> {
    let effect = shared.effect();
    let placements = &effect.placements;
    let placement = placements
        .get(&command.placement)
        .ok_or_else(|| Failure::new(format!("--placement is one of {}", placements.names())))?;
    let taught = shared.taught();
    let known = |text: &String| {
        let id = ItemId::parse(text).or_fail(text)?;
        match taught.catalog.contains_key(&id) {
            true => Ok(id),
            false => Err(Failure::new(format!("{text} is not in the catalog"))),
        }
    };
    let several = |list: &[String], name: &str| {
        if list.len() > RECENT_MAX {
            return Err(Failure::new(format!("{name} names at most {RECENT_MAX} items")));
        }
        list.iter().map(known).collect::<Result<Vec<_>, _>>()
    };
    let language = Language::of(&command.lang);
    let market = command.market.as_deref().map(Market::parse).transpose();
    let count_max = shared.settings.limits.count_max;
    let count = command.count.unwrap_or(placement.count);
    if !(1..=count_max).contains(&count) {
        return Err(Failure::new(format!("--count is 1 to {count_max}")));
    }
    let circumstances = Circumstances::of(shared.law(shared.clock.now().day()));
    Ok(Ask {
        current: command.current.as_ref().map(known).transpose()?,
        recent: several(&command.recent, "--recent")?,
        cart: several(&command.cart, "--cart")?,
        category: command.category.clone(),
        words: command.q.clone(),
        market: market.or_fail("--market")?,
        language: language.ok_or_else(|| Failure::new("--lang is en, de, fr, es, nl or it"))?,
        count,
        seed: command.seed,
        explain: true,
        ..Ask::new(Arc::clone(placement), circumstances)
    })
}

fn print(answer: &Answer, json: bool) -> Result<(), Failure> {
    if json {
        say(serde_json::to_string_pretty(answer).or_fail("the answer cannot be written")?);
        return Ok(());
    }
    if let Some(explanation) = &answer.explanation {
        explanation.lines().iter().for_each(say);
    }
    say("\nanswer");
    for (place, item) in (1..).zip(&answer.items) {
        say(format!("  {place:>3}  {}  {}: {}", item.id, item.item.title, item.reason.text));
    }
    let inputs: Vec<String> =
        answer.basis.inputs.iter().map(|input| format!("{} {}", input.count, input.kind)).collect();
    let used = if inputs.is_empty() { "nothing".to_owned() } else { inputs.join(", ") };
    say(format!("made from {used}, tier {}", answer.basis.tier.as_str()));
    Ok(())
}
