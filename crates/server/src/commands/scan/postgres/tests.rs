//! Addresses, and a real server, which `cargo xtask test` installs where it is missing.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{allow_open, is_url};
use crate::commands::scan::tests::scan;
use crate::commands::scan::{Scan, run};

#[test]
fn an_open_connection_to_another_machine_needs_a_word() {
    for (url, allowed) in [
        ("postgres://shop@localhost/shop", true),
        ("postgres://shop@127.0.0.1/shop", true),
        ("postgres://shop@%2Frun%2Fpostgresql/shop", true),
        ("postgres://shop@db.example.com/shop", false),
        ("postgres://shop@db.example.com/shop?sslmode=require", false),
        ("postgres://shop@db.example.com/shop?sslmode=disable", true),
    ] {
        assert!(is_url(url));
        assert_eq!(allow_open(&url.parse().unwrap()).is_ok(), allowed, "{url}");
    }
    let secret = "postgres://shop:secret@host:wrong/shop";
    let wrong = Scan { targets: vec![secret.to_owned()], ..scan(Path::new("/")) };
    assert!(!run(&wrong).unwrap_err().to_string().contains("secret"));
}

/// A server of this test alone, on a socket in a folder of its own.
struct Server {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The machine ends it otherwise.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// The user `nobody`: PostgreSQL does not run as root.
const NOBODY: u32 = 65_534;

fn program(name: &str) -> PathBuf {
    let mut folders = vec![PathBuf::from("/usr/local/bin"), PathBuf::from("/usr/bin")];
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.filter_map(Result::ok).map(|version| version.path().join("bin")));
    }
    let path = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.exists());
    path.unwrap_or_else(|| panic!("{name} is missing: install postgresql, or run cargo xtask test"))
}

fn command(path: &Path) -> Command {
    let mut command = Command::new(path);
    let root = std::fs::metadata("/proc/self")
        .is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0);
    if root {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

impl Server {
    fn start() -> Self {
        let (initdb, postgres) = (program("initdb"), program("postgres"));
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        // Only root can give the folder away, and only root has to.
        let _own = std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY));
        let data = folder.path().join("data");
        let made = command(&initdb)
            .args(["--auth=trust", "--username=shop", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg("-D")
            .arg(&data)
            .current_dir(folder.path())
            .status()
            .unwrap();
        assert!(made.success());
        let child = command(&postgres)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-k"])
            .arg(folder.path())
            .arg("-D")
            .arg(&data)
            .current_dir(folder.path())
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    fn url(&self) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://shop@{socket}/postgres")
    }

    /// Runs statements as soon as the server answers.
    fn execute(&self, statements: &str) {
        let config: tokio_postgres::Config = self.url().parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            loop {
                let Ok((client, connection)) = config.connect(tokio_postgres::NoTls).await else {
                    tokio::task::yield_now().await;
                    continue;
                };
                let connection = tokio::spawn(connection);
                client.batch_execute(statements).await.unwrap();
                drop(client);
                connection.await.unwrap().unwrap();
                return;
            }
        });
    }
}

const TABLES: &str = r#"
    CREATE TABLE customers (id bigint, first_name text, "E-Mail" text, born date, note jsonb,
                            payment numeric, picture bytea);
    INSERT INTO customers VALUES
        (1, 'Anna', 'anna@example.com', '1971-05-10', '{"tel": "+46 70 123 45 67"}',
         4111111111111111, 'x'),
        (2, NULL, 'bert@example.com', NULL, NULL, NULL, NULL);
    CREATE TABLE products (name text, price int);
    INSERT INTO products SELECT 'Ruby Heart Candle ' || n, n FROM generate_series(1, 300) AS n;
    CREATE SCHEMA hidden;
    CREATE TABLE hidden.secret (mail text);
    INSERT INTO hidden.secret VALUES ('carla@example.com');
"#;

#[test]
fn a_real_database_is_looked_through() {
    let server = Server::start();
    server.execute(TABLES);
    let out = server.folder.path().join("report.json");
    let command = Scan {
        targets: vec![server.url()],
        json: true,
        out: Some(out.clone()),
        ..scan(Path::new("/"))
    };
    run(&command).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let count = |place: &str, kind: &str| json["places"][place][kind]["count"].as_u64();
    assert_eq!(count("public.customers.E-Mail", "email"), Some(2), "{json:#}");
    assert_eq!(count("public.customers.first_name", "person"), Some(1), "{json:#}");
    assert_eq!(count("public.customers.born", "date_of_birth"), Some(1), "{json:#}");
    assert_eq!(count("public.customers.note", "phone"), Some(1), "{json:#}");
    assert_eq!(count("public.customers.payment", "card"), Some(1), "{json:#}");
    assert_eq!(count("hidden.secret.mail", "email"), Some(1), "{json:#}");
    assert!(json["places"].get("public.products.name").is_none(), "{json:#}");
    assert!(!json.to_string().contains("example.com"), "{json:#}");
    let skipped = json["skipped"].to_string();
    assert!(skipped.contains("only its first 100 rows"), "{skipped}");
    let fails = Scan { fail_on: vec!["card".to_owned()], ..command };
    assert_eq!(run(&fails).unwrap_err().to_string(), "found card 1");
}
