//! `confidant export --all DIR`: everything of the shop in open formats, while it is stopped.
//!
//! JSON lines and CSV for each table, a dictionary of every field that is computed from the
//! declarations, the catalog, the documents and the files of the transparency log, with a manifest
//! that names a digest of each file. The store is read in the order of its keys and nothing is held
//! in memory but one person at a time and the shop's own list of customers.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use domain::date::Date;
use personal::handover::Handover;
use personal::kinds::DECLARATIONS;
use personal::record::{Declaration, OnErasure};
use personal::subject::{CustomerId, Subject};
use rights::receipt::public_key;
use serde_json::{Value, json};
use store::port::Tables as _;

use crate::access::rows;
use crate::clock::{Clock, Stopwatch};
use crate::commands::{Failure, OrFail as _, progress, say};
use crate::leaving::again::{self, CHOICES, EVENTS, Written};
use crate::leaving::files::{Folder, Sink};
use crate::leaving::taking::{Names, Store};
use crate::settings::Settings;

/// Name of the format, in the manifest.
pub const FORMAT: &str = "confidant-export-v1";
/// The file that lists the others; written last.
pub const MANIFEST: &str = "manifest.json";
/// Kinds of documents and the files that they are written to.
const DOCUMENTS: [(&str, &str); 5] = [
    (crate::engine::catalog::CATALOG, "catalog.jsonl"),
    (crate::documents::STORED_AS, "documents/versions.jsonl"),
    ("retention_sweep", "documents/retention_sweeps.jsonl"),
    ("canary_run", "documents/canary_runs.jsonl"),
    ("import", "documents/imports.jsonl"),
];
/// Documents that are read at once.
const PAGE: usize = 1_000;

/// Writes everything of the shop into a new folder.
#[derive(Clone, Debug, Args)]
pub struct Export {
    /// The folder; it is made, and never written over.
    #[arg(long, value_name = "DIR")]
    pub all: PathBuf,
    /// The configuration file.
    #[arg(long, default_value = "confidant.toml")]
    pub config: PathBuf,
    /// The file with the shop key: whoever takes everything has to show it.
    #[arg(long, value_name = "FILE")]
    pub shop_key: PathBuf,
    /// The shop's own ids of its customers, one a line: the store knows nobody by name.
    #[arg(long, value_name = "FILE")]
    pub customers: Option<PathBuf>,
}

/// Exports and says what was written.
///
/// # Errors
/// A store that is open elsewhere, another shop's key, a folder that is not empty.
pub fn run(command: &Export) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let mut settings = Settings::read(&command.config)
        .or_fail(&format!("the configuration {} is not usable", command.config.display()))?;
    if !command.shop_key.is_file() {
        return Err(Failure::new(format!("{} is no file", command.shop_key.display())));
    }
    settings.shop_key.environment = None;
    settings.shop_key.file = Some(command.shop_key.clone());
    let store = Store::open(&settings)?;
    let mut folder = Folder::make(&command.all)?;
    let mut door = Handover::begin();
    let names = names(&store, command.customers.as_deref())?;
    people(&store, &names, (&mut folder, &mut door))?;
    let opened = door.end();
    documents(&store, &mut folder)?;
    // Opened again for the files that an import takes; each row was counted above.
    let written = importable(&store, command.customers.as_deref(), &mut folder)?;
    ledger(&settings.data_dir.join("ledger"), Path::new("ledger"), &mut folder)?;
    let dictionary: Vec<Value> = DECLARATIONS.iter().map(entry).collect();
    folder.put("dictionary.json", &pretty(&json!({ "tables": dictionary }))?)?;
    let key = public_key(&store.ring.receipt_seed());
    folder.put("receipt-key.txt", format!("{key}\n").as_bytes())?;
    let manifest = json!({
        "format": FORMAT,
        "shop": settings.shop.to_string(),
        "program": env!("CARGO_PKG_VERSION"),
        "day": Date(Clock::machine().now().day()).to_string(),
        "receipt_key": key,
        "rows": opened,
        "customers_named": written.people,
        "choices_left_out": written.left_out,
        "files": folder.listed(),
    });
    folder.finish(MANIFEST, &pretty(&manifest)?)?;
    let rows: u64 = opened.values().sum();
    let bytes: u64 = folder.listed().iter().map(|file| file.bytes).sum();
    say(format!("{rows} rows in {} files, {bytes} bytes", folder.listed().len()));
    if command.customers.is_none() {
        say("Rows carry a name of this export only; with --customers FILE they carry yours.");
    }
    if written.left_out > 0 {
        say(format!(
            "{} choices cannot be imported again: pauses, and a yes without the notice that was shown.",
            written.left_out
        ));
    }
    say(format!(
        "It took {} ms. Sealed at home, this lies open: keep it like the shop key.",
        watch.ns() / 1_000_000
    ));
    Ok(())
}

fn pretty(value: &Value) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_string_pretty(value).or_fail("an export cannot be written")?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// Each line of the shop's list.
fn each_customer(
    file: &Path,
    mut work: impl FnMut(&str, Subject) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failed = "the list of customers cannot be read";
    let lines = BufReader::new(std::fs::File::open(file).or_fail(failed)?).lines();
    for line in lines {
        let line = line.or_fail(failed)?;
        let id = line.trim();
        if !id.is_empty() {
            work(id, Subject::Customer(CustomerId::parse(id).or_fail(failed)?))?;
        }
    }
    Ok(())
}

fn names(store: &Store, file: Option<&Path>) -> Result<Names, Failure> {
    let mut names = Names::new();
    let Some(file) = file else { return Ok(names) };
    each_customer(file, |id, name| {
        names.insert(store.ring.subject_ref(&name), id.to_owned());
        Ok(())
    })?;
    Ok(names)
}

/// The two files of one table.
struct Pair {
    declaration: &'static Declaration,
    lines: Sink,
    table: Sink,
}

/// Every row of every table, in the order of the keys.
fn people(
    store: &Store,
    names: &Names,
    (folder, door): (&mut Folder, &mut Handover),
) -> Result<(), Failure> {
    let mut files: Vec<Pair> = Vec::new();
    for declaration in &DECLARATIONS {
        let lines = folder.begin(&format!("tables/{}.jsonl", declaration.table))?;
        let mut table = folder.begin(&format!("tables/{}.csv", declaration.table))?;
        let mut header = vec!["person", "customer", "row", "until"];
        header.extend(declaration.fields.iter().map(|field| field.name));
        table.header(&header)?;
        files.push(Pair { declaration, lines, table });
    }
    let mut all = 0;
    for declaration in &DECLARATIONS {
        all += store.tables.count(declaration.table).or_fail("a table cannot be read")?;
    }
    let bar = progress(all, "rows");
    store.each_key(|store, key, row| {
        let person = store.person(key.subject());
        let customer = names.get(&key.subject()).cloned();
        for file in files.iter_mut().filter(|file| file.declaration.purpose == row.purpose) {
            let data = store.rows(file.declaration, key, door)?;
            let written = write_rows(
                file,
                &rows::of(file.declaration.table, &data),
                (&person, customer.as_deref()),
            )?;
            bar.inc(written);
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    for Pair { lines, table, .. } in files {
        folder.end(lines)?;
        folder.end(table)?;
    }
    Ok(())
}

fn write_rows(
    file: &mut Pair,
    held: &[crate::engine::own::Held<Vec<Value>>],
    (person, customer): (&str, Option<&str>),
) -> Result<u64, Failure> {
    for row in held {
        let (id, until) = (row.id.to_hex(), Date(row.until).to_string());
        let names = file.declaration.fields.iter().map(|field| field.name.to_owned());
        let values: serde_json::Map<String, Value> = names.zip(row.value.iter().cloned()).collect();
        let mut line = json!({ "person": person, "row": id, "until": until, "values": values });
        if let (Some(customer), Some(line)) = (customer, line.as_object_mut()) {
            line.insert("customer".to_owned(), json!(customer));
        }
        file.lines.line(&line)?;
        let mut fields =
            vec![person.to_owned(), customer.unwrap_or_default().to_owned(), id, until];
        fields.extend(row.value.iter().map(plain));
        file.table.row(&fields)?;
    }
    Ok(held.len() as u64)
}

/// A value in a cell: a text as it is, nothing as nothing, the rest as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    }
}

/// The shop's own documents; nothing of them is about a person.
fn documents(store: &Store, folder: &mut Folder) -> Result<(), Failure> {
    for (kind, path) in DOCUMENTS {
        let mut sink = folder.begin(path)?;
        let mut after: Option<String> = None;
        loop {
            let page = store.tables.documents(kind, after.as_deref(), PAGE);
            let page = page.or_fail("the documents cannot be read")?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for document in &page {
                let body: Value = serde_json::from_slice(&document.body)
                    .unwrap_or_else(|_| json!(domain::hex::encode(&document.body)));
                match path {
                    "catalog.jsonl" => sink.line(&body)?,
                    _ => sink.line(&json!({ "key": document.key, "body": body }))?,
                }
            }
        }
        folder.end(sink)?;
    }
    Ok(())
}

fn importable(
    store: &Store,
    customers: Option<&Path>,
    folder: &mut Folder,
) -> Result<Written, Failure> {
    let mut written = Written::default();
    let Some(customers) = customers else { return Ok(written) };
    let mut choices = folder.begin("import/choices.csv")?;
    let mut events = folder.begin("import/events.csv")?;
    choices.header(&CHOICES)?;
    events.header(&EVENTS)?;
    let mut door = Handover::begin();
    let now = Clock::machine().now();
    each_customer(customers, |id, name| {
        let Some(data) = again::whole(store, &name, &mut door)? else { return Ok(()) };
        again::write(id, &data, (&mut choices, &mut events), (now, &mut written))
    })?;
    drop(door.end());
    folder.end(choices)?;
    folder.end(events)?;
    Ok(written)
}

/// The files of the transparency log, as they are published.
fn ledger(from: &Path, to: &Path, folder: &mut Folder) -> Result<(), Failure> {
    let failed = "the log's files cannot be read";
    if !from.is_dir() {
        return Ok(());
    }
    let entries = std::fs::read_dir(from).or_fail(failed)?;
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>().or_fail(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            ledger(&path, &name, folder)?;
            continue;
        }
        let bytes = std::fs::read(&path).or_fail(failed)?;
        folder.put(&name.to_string_lossy(), &bytes)?;
    }
    Ok(())
}

/// One table of the dictionary, in the words of its declaration.
fn entry(declaration: &Declaration) -> Value {
    let on_erasure = match declaration.on_erasure {
        OnErasure::Delete => json!("delete"),
        OnErasure::Keep { basis, days } => json!({ "keep": { "basis": basis, "days": days } }),
    };
    let fields: Vec<Value> = declaration
        .fields
        .iter()
        .map(|field| json!({ "name": field.name, "what": field.what.trim() }))
        .collect();
    json!({
        "table": declaration.table,
        "what": declaration.what.trim(),
        "purpose": declaration.purpose.as_str(),
        "category": declaration.category.as_str(),
        "schema": declaration.schema,
        "keep_days_max": declaration.keep_days_max,
        "on_erasure": on_erasure,
        "fields": fields,
    })
}
