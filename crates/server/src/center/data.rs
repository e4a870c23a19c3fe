//! Entry by entry: what is held, who looked, taking out and taking along.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::date::Date;
use domain::event::Action;
use domain::time::{Day, Timestamp};
use personal::kinds::{HistoryEvent, LearnedOrder, MachineRead};
use personal::purpose::PurposeName;
use serde::Deserialize;

use crate::access::sealed::Lock;
use crate::access::{package, signal};
use crate::center::door::Scope;
use crate::center::overview::told;
use crate::center::words::{Words, fill};
use crate::center::{Arriving, Frame, Inside, draw};
use crate::engine::EngineError;
use crate::engine::correcting::{Correction, Signal};
use crate::engine::own::{Held, OwnData};
use crate::mail::letters::Deed;
use crate::mail::telling::tell;
use crate::problem;
use crate::routes::access::{archived, signal as read_signal};
use crate::writer::WriterError;

/// Why everything is opened for a download.
const DOWNLOAD: &str = "download";
/// Entries on one page.
const PAGE_ENTRIES: usize = 50;

/// One thing that the person did.
#[derive(Debug)]
struct Entry {
    signal: String,
    at: Timestamp,
    when: String,
    deed: String,
    id: String,
    item: String,
    until: String,
}

/// One thing that the person stated.
#[derive(Debug)]
struct Stated {
    field: &'static str,
    value: String,
    label: String,
}

#[derive(Debug, Template)]
#[template(path = "center/data.html")]
struct DataPage<'a> {
    frame: Frame<'a>,
    note: Option<&'a str>,
    entries: Vec<Entry>,
    older: Option<usize>,
    page: usize,
    stated: Vec<Stated>,
    models: String,
    looks: Vec<String>,
    own: Option<String>,
    machine: Vec<Read>,
}

/// How often programs opened something, on one day and for one purpose.
#[derive(Debug)]
struct Read {
    day: String,
    purpose: String,
    count: u64,
}

/// Which page, and what happened before it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    page: usize,
    #[serde(default)]
    said: Option<String>,
}

/// Shows the entries, newest first.
pub async fn show(at: Arriving, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let inside = match at.fresh(Scope::All) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let at = &inside.at;
    let Query(asked) = asked.unwrap_or_default(); // what cannot be read is the first page
    let data = match opened(&inside, "privacy_center").await {
        Ok(data) => data,
        Err(said) => return *said,
    };
    let mut entries = entries(at, &data);
    let skip = asked.page.saturating_mul(PAGE_ENTRIES).min(entries.len());
    let entries: Vec<Entry> = entries.split_off(skip);
    let more = entries.len() > PAGE_ENTRIES;
    let words = &at.words;
    let own = data.own.last().map(|last| {
        let (count, when) = (data.own.len().to_string(), minute(last.value.at));
        fill(&words.looks_own, &[("count", &count), ("when", &when)])
    });
    let learned = [data.visits_learned.to_string(), data.orders_learned.to_string()];
    let page = DataPage {
        frame: Frame::new(at, "data"),
        note: match asked.said.as_deref() {
            Some("out") => Some(&words.taken_out),
            Some("gone") => Some(&words.gone),
            _ => None,
        },
        entries: entries.into_iter().take(PAGE_ENTRIES).collect(),
        older: more.then(|| asked.page + 1),
        page: asked.page,
        stated: stated(words, &data),
        models: fill(&words.models, &[("visits", &learned[0]), ("orders", &learned[1])]),
        looks: looks(words, &data),
        own,
        machine: machine(at, &data),
    };
    draw(StatusCode::OK, &page)
}

/// Everything that is held, opened for the person who is in; the look is written down before.
async fn opened(inside: &Inside, why: &'static str) -> Result<OwnData, Box<Response>> {
    let guest = inside.visit.guest.clone();
    let app = &inside.at.app;
    let opened = app.writer.run(move |engine, now| {
        let known = engine.address_of(&guest.name, now)?;
        Ok((engine.own_data(&guest.name, (why, guest.how), now)?, known))
    });
    let (data, known) = opened.await.map_err(|error| Box::new(inside.at.failed(&error.into())))?;
    let deed = if why == DOWNLOAD { Deed::Downloaded } else { Deed::Seen };
    tell(app, (inside.visit.guest.subject, known), deed);
    Ok(data)
}

fn entries(at: &Arriving, data: &OwnData) -> Vec<Entry> {
    let taught = at.app.shared.taught();
    let title = |id: &domain::id::ItemId| {
        taught.catalog.get(id).map_or_else(|| id.to_string(), |item| item.title.clone())
    };
    let mut entries: Vec<Entry> = Vec::new();
    for Held { until, value, .. } in &data.history {
        let HistoryEvent { message, at: when, action, item } = value;
        entries.push(Entry {
            signal: signal(*message),
            at: *when,
            when: minute(*when),
            deed: deed(&at.words, *action).to_owned(),
            id: item.to_string(),
            item: title(item),
            until: Date(*until).to_string(),
        });
    }
    // What only teaches is listed as well: steps and orders that no own history holds.
    let known: std::collections::BTreeSet<u64> =
        data.history.iter().map(|held| held.value.message).collect();
    let steps = data.sessions.iter().flat_map(|held| {
        held.value.steps.iter().map(move |step| (step.message, step.at, &step.item, held.until))
    });
    let open = data.learning.iter().map(|held| {
        let event = &held.value;
        (event.message, event.at, &event.item, held.until)
    });
    let bought = data.orders.iter().flat_map(|held| {
        let LearnedOrder { message, at, items } = &held.value;
        items.iter().map(move |item| (*message, *at, item, held.until))
    });
    let all = steps.chain(open).map(|one| (one, Action::View));
    for ((message, when, item, until), action) in
        all.chain(bought.map(|one| (one, Action::Purchase)))
    {
        if known.contains(&message) {
            continue;
        }
        entries.push(Entry {
            signal: signal(message),
            at: when,
            when: minute(when),
            deed: deed(&at.words, action).to_owned(),
            id: item.to_string(),
            item: title(item),
            until: Date(until).to_string(),
        });
    }
    entries.sort_by(|a, b| (b.at, &b.signal, &b.id).cmp(&(a.at, &a.signal, &a.id)));
    entries.dedup_by(|a, b| (&a.signal, &a.id) == (&b.signal, &b.id));
    entries
}

fn deed(words: &Words, action: Action) -> &str {
    match action {
        Action::View => &words.view,
        Action::AddToCart => &words.add_to_cart,
        Action::RemoveFromCart => &words.remove_from_cart,
        Action::AddToWishlist => &words.add_to_wishlist,
        Action::Purchase => &words.purchase,
        Action::Refund => &words.refund,
    }
}

fn stated(words: &Words, data: &OwnData) -> Vec<Stated> {
    let mut stated = Vec::new();
    for held in &data.preferences {
        let size = |value: &String| Stated {
            field: "size",
            label: fill(&words.size, &[("value", value)]),
            value: value.clone(),
        };
        let category = |value: &String| Stated {
            field: "category",
            label: fill(&words.category, &[("value", value)]),
            value: value.clone(),
        };
        stated.extend(held.value.sizes.iter().map(size));
        stated.extend(held.value.categories.iter().map(category));
    }
    stated
}

/// Newest day first; a day that was written down in pieces is one line.
fn machine(at: &Arriving, data: &OwnData) -> Vec<Read> {
    let mut counts: BTreeMap<(Reverse<Day>, PurposeName), u64> = BTreeMap::new();
    for MachineRead { day, purpose, count } in data.machine.iter().map(|held| &held.value) {
        *counts.entry((Reverse(*day), *purpose)).or_default() += count;
    }
    let told = told(at).ok();
    let title = |purpose: PurposeName| {
        let named = told.iter().flat_map(|told| &told.purposes);
        let named = named.into_iter().find(|one| one.purpose == purpose.as_str());
        named.map_or_else(|| purpose.as_str().to_owned(), |one| one.title.clone())
    };
    let read = |((day, purpose), count): ((Reverse<Day>, PurposeName), u64)| Read {
        day: Date(day.0).to_string(),
        purpose: title(purpose),
        count,
    };
    counts.into_iter().map(read).collect()
}

fn looks(words: &Words, data: &OwnData) -> Vec<String> {
    let look = |held: &Held<personal::kinds::StaffRead>| {
        let read = &held.value;
        let values = [
            ("when", minute(read.at)),
            ("role", read.role.clone()),
            ("what", words.kind(&read.table).to_owned()),
            ("reason", read.reason.clone()),
        ];
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, v)| (*name, v.as_str())).collect();
        fill(&words.looks_staff, &values)
    };
    data.staff.iter().rev().map(look).collect()
}

fn minute(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.ms());
    at.map(|at| at.strftime("%F %H:%M UTC").to_string()).unwrap_or_default()
}

/// What is to be taken out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenOut {
    csrf: String,
    page: usize,
    #[serde(default)]
    signal: Option<String>,
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    size: Option<String>,
    #[serde(default)]
    category: Option<String>,
}

/// Takes one entry out.
pub async fn take_out(at: Arriving, form: Result<Form<TakenOut>, FormRejection>) -> Response {
    let inside = match at.fresh(Scope::All) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let at = &inside.at;
    let Ok(Form(form)) = form else { return at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&form.csrf) {
        return *said;
    }
    let signal = match form.signal.as_deref().map(|one| read_signal(one, form.item.as_deref())) {
        Some(Err(problem)) => return at.failed(&problem),
        Some(Ok(signal)) => Some(signal),
        None => None,
    };
    let correction = Correction {
        signals: signal.into_iter().collect::<Vec<Signal>>(),
        sizes: form.size.into_iter().collect(),
        categories: form.category.into_iter().collect(),
    };
    let guest = inside.visit.guest.clone();
    let done = at
        .app
        .writer
        .run(move |engine, now| engine.correct(&guest.name, &correction, (guest.how, now)))
        .await;
    let said = match done {
        Ok(_) => "out",
        Err(WriterError::Engine(EngineError::Unknown)) => "gone",
        Err(error) => return at.failed(&error.into()),
    };
    Redirect::to(&format!("/data?page={}&said={said}", form.page)).into_response()
}

#[derive(Debug, Template)]
#[template(path = "center/download.html")]
struct DownloadPage<'a> {
    frame: Frame<'a>,
}

/// Offers the file.
pub async fn offer(at: Arriving) -> Response {
    match at.fresh(Scope::Download) {
        Ok(inside) => {
            draw(StatusCode::OK, &DownloadPage { frame: Frame::new(&inside.at, "download") })
        }
        Err(said) => *said,
    }
}

/// The form of a download.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    csrf: String,
    #[serde(default)]
    passphrase: Option<String>,
    #[serde(default)]
    recipient: Option<String>,
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wanted(..)")
    }
}

/// Gives everything as one file, encrypted if the person gave a passphrase or a key.
pub async fn download(at: Arriving, form: Result<Form<Wanted>, FormRejection>) -> Response {
    let inside = match at.fresh(Scope::Download) {
        Ok(inside) => inside,
        Err(said) => return *said,
    };
    let Ok(Form(form)) = form else { return inside.at.failed(&problem::MALFORMED.into()) };
    if let Err(said) = inside.check(&form.csrf) {
        return *said;
    }
    let Inside { at, visit } = &inside;
    let Ok(lock) = Lock::read(form.passphrase.as_deref(), form.recipient.as_deref()) else {
        let said = (at.words.failed_title.as_str(), at.words.lock_failed.as_str());
        return at.said(StatusCode::UNPROCESSABLE_ENTITY, said);
    };
    let data = match opened(&inside, DOWNLOAD).await {
        Ok(data) => data,
        Err(said) => return *said,
    };
    let package = package(&at.app.shared, &visit.guest.name, &data, at.now);
    archived(package, lock).await.unwrap_or_else(|problem| at.failed(&problem))
}
