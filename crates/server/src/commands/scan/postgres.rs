//! The columns of a PostgreSQL database as text.
//!
//! One read-only transaction, tables one by one through a cursor. The name of a column stands
//! before its values while they are looked through, because `date_of_birth` says what a date is.

use pii::scan::Scanner;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};

use crate::commands::scan::Looking;
use crate::commands::scan::report::{At, Report};
use crate::commands::{Failure, OrFail as _, progress};

/// Rows that one answer of the database holds.
const FETCHED_ROWS: u64 = 1_000;
/// Characters that are read of one value.
const VALUE_CHARS_MAX: u32 = 65_536;

/// Base tables and materialized views that this user may read, column by column. Columns without
/// text in them (flags, times of day, floating point, bytes) are left out.
const COLUMNS: &str = "
    SELECT n.nspname, c.relname, a.attname,
           has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND t.typname NOT IN ('bool', 'bytea', 'uuid', 'oid', 'float4', 'float8',
                            'time', 'timetz', 'timestamp', 'timestamptz', 'interval')
    ORDER BY n.nspname, c.relname, a.attnum";

/// Whether a target is a database.
pub fn is_url(target: &str) -> bool {
    target.starts_with("postgres://") || target.starts_with("postgresql://")
}

/// Looks through every table of a database.
///
/// # Errors
/// A wrong address, a database that does not answer or refuses, and one on another machine
/// without a word that an open connection is meant.
pub fn look(url: &str, looking: &Looking, report: &mut Report) -> Result<(), Failure> {
    // The error of a wrong address could repeat a password.
    let config: Config =
        url.parse().map_err(|_wrong| Failure::new("the address of the database is malformed"))?;
    allow_open(&config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.or_fail("the database")?.block_on(database(&config, looking, report))
}

/// The client speaks without encryption: allowed on this machine, elsewhere only when the address
/// says `sslmode=disable`.
fn allow_open(config: &Config) -> Result<(), Failure> {
    let here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    if config.get_hosts().iter().all(here) || config.get_ssl_mode() == SslMode::Disable {
        return Ok(());
    }
    Err(Failure::new(
        "the database is on another machine and this client does not encrypt: open a tunnel to it, or add ?sslmode=disable when the network is your own",
    ))
}

/// A table and its columns.
struct Table {
    schema: String,
    name: String,
    columns: Vec<String>,
}

async fn database(config: &Config, looking: &Looking, report: &mut Report) -> Result<(), Failure> {
    let (client, connection) = config.connect(NoTls).await.or_fail("cannot connect")?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "the connection to the database ended");
        }
    });
    let begin = "SET idle_in_transaction_session_timeout = 0;
                 BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
    client.batch_execute(begin).await.or_fail("cannot begin")?;
    let tables = tables(&client, report).await?;
    let bar = progress(tables.len() as u64, "tables");
    for table in &tables {
        let name = format!("{}.{}", table.schema, table.name);
        client.batch_execute("SAVEPOINT before_table").await.or_fail(&name)?;
        if let Err(error) = rows(&client, table, looking, report).await {
            report.skip(&name, error);
            client.batch_execute("ROLLBACK TO before_table").await.or_fail(&name)?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    client.batch_execute("ROLLBACK").await.or_fail("cannot end")
}

async fn tables(client: &Client, report: &mut Report) -> Result<Vec<Table>, Failure> {
    let mut tables: Vec<Table> = Vec::new();
    for row in client.query(COLUMNS, &[]).await.or_fail("cannot list the tables")? {
        let read = |index: usize| row.try_get::<_, String>(index).or_fail("the list of tables");
        let (schema, name, column) = (read(0)?, read(1)?, read(2)?);
        if !row.try_get::<_, bool>(3).or_fail("the list of tables")? {
            report.skip(&format!("{schema}.{name}.{column}"), "this user may not read it");
            continue;
        }
        match tables.last_mut() {
            Some(last) if last.schema == schema && last.name == name => last.columns.push(column),
            Some(_) | None => tables.push(Table { schema, name, columns: vec![column] }),
        }
    }
    Ok(tables)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn rows(
    client: &Client,
    table: &Table,
    looking: &Looking,
    report: &mut Report,
) -> Result<(), tokio_postgres::Error> {
    let of = |column: &String| format!("left({}::text, {VALUE_CHARS_MAX})", quoted(column));
    let columns: Vec<String> = table.columns.iter().map(of).collect();
    let (schema, name) = (quoted(&table.schema), quoted(&table.name));
    let select = format!("SELECT {} FROM {schema}.{name}", columns.join(", "));
    client.batch_execute(&format!("DECLARE scanned NO SCROLL CURSOR FOR {select}")).await?;
    let places: Vec<Column> =
        table.columns.iter().map(|column| Column::new(table, column)).collect();
    places.iter().for_each(|_| report.read_column());
    let mut number = 0;
    loop {
        // One row more than the limit tells that there is more.
        let wanted = FETCHED_ROWS.min(looking.rows_max.saturating_sub(number) + 1);
        let fetched = client.query(&format!("FETCH {wanted} FROM scanned"), &[]).await?;
        let ended = fetched.len() < usize::try_from(wanted).unwrap_or(usize::MAX);
        for row in fetched {
            if number >= looking.rows_max {
                let name = format!("{}.{}", table.schema, table.name);
                report.skip(&name, format!("only its first {number} rows"));
                return client.batch_execute("CLOSE scanned").await;
            }
            number += 1;
            for (index, place) in places.iter().enumerate() {
                if let Some(value) = row.try_get::<_, Option<String>>(index)? {
                    place.look(&value, number, &looking.scanner, report);
                }
            }
        }
        if ended {
            return client.batch_execute("CLOSE scanned").await;
        }
    }
}

/// A column: what it is called in the report, and the words that announce its values.
struct Column {
    place: String,
    announced: String,
}

impl Column {
    fn new(table: &Table, column: &str) -> Self {
        let words = column.replace(['_', '-'], " ").to_lowercase();
        // The name of a good is no name of a person; `first_name` and `customer` say whose it is.
        let person =
            ["first", "last", "full", "given", "family", "customer", "recipient", "contact"];
        let good = words.contains("name") && !person.iter().any(|word| words.contains(word));
        let announced = if good { String::new() } else { format!("{words}: ") };
        Self { place: format!("{}.{}.{column}", table.schema, table.name), announced }
    }

    fn look(&self, value: &str, row: u64, scanner: &Scanner, report: &mut Report) {
        report.read_bytes(value.len() as u64);
        let text = format!("{}{value}", self.announced);
        let from = self.announced.len();
        match scanner.scan(&text) {
            Ok(found) => {
                for finding in found.into_iter().filter(|finding| finding.start >= from) {
                    let value = text.get(finding.range()).unwrap_or_default();
                    report.add(&self.place, value, &finding, At::Row(row));
                }
            }
            Err(error) => report.skip(&self.place, error),
        }
    }
}

#[cfg(test)]
mod tests;
