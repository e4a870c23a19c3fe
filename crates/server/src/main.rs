//! The `confidant` binary.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::commands::{
    backup, bench, canary, consents, demo, doctor, documents, erase, evaluate, explain, export,
    import, keys, law, notice, notices, openapi, restore, scan, serve, simulate, tune, uninstall,
    verify, witness,
};
use server::telemetry::start_logging;

/// Personalization under purpose-bound consent, on a server that a shop runs itself.
#[derive(Debug, Parser)]
#[command(name = "confidant", version, propagate_version = true)]
struct Confidant {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Backup(backup::Backup),
    Bench(bench::Bench),
    Canary(canary::Canary),
    Consents(consents::Consents),
    Demo(demo::Demo),
    Doctor(doctor::Doctor),
    Documents(documents::Documents),
    Erase(erase::Erase),
    Evaluate(evaluate::Evaluate),
    Explain(explain::Explain),
    Export(export::Export),
    Import(import::Import),
    Keys(keys::Keys),
    Law(law::Law),
    Notice(notice::ShowNotice),
    Notices(notices::Notices),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    Restore(restore::Restore),
    Scan(scan::Scan),
    Serve(serve::Serve),
    Simulate(simulate::Simulate),
    Tune(tune::Tune),
    Uninstall(uninstall::Uninstall),
    Verify(verify::Verify),
    Witness(witness::Command),
}

#[expect(clippy::disallowed_methods, reason = "logging starts before settings are read")]
#[expect(clippy::print_stderr, reason = "the one line that says why a command failed")]
fn main() -> ExitCode {
    let filter = std::env::var("CONFIDANT_LOG").unwrap_or_else(|_| "warn".to_owned());
    let json = std::env::var("CONFIDANT_LOG_FORMAT").is_ok_and(|format| format == "json");
    start_logging(&filter, json);
    server::memory::keep_private();
    let outcome = match Confidant::parse().command {
        Command::Backup(command) => backup::run(&command),
        Command::Bench(command) => bench::run(&command),
        Command::Canary(command) => canary::run(&command),
        Command::Consents(command) => consents::run(&command),
        Command::Doctor(command) => doctor::run(&command),
        Command::Documents(command) => documents::run(&command),
        Command::Erase(command) => erase::run(&command),
        Command::Demo(command) => demo::run(&command),
        Command::Evaluate(command) => evaluate::run(&command),
        Command::Explain(command) => explain::run(&command),
        Command::Export(command) => export::run(&command),
        Command::Import(command) => import::run(&command),
        Command::Keys(command) => keys::run(&command),
        Command::Law(command) => law::run(&command),
        Command::Notice(command) => notice::run(&command),
        Command::Notices(command) => notices::run(&command),
        Command::OpenApi(command) => openapi::run(command),
        Command::Restore(command) => restore::run(&command),
        Command::Scan(command) => scan::run(&command),
        Command::Serve(command) => serve::run(&command),
        Command::Simulate(command) => simulate::run(&command),
        Command::Tune(command) => tune::run(&command),
        Command::Uninstall(command) => uninstall::run(&command),
        Command::Verify(command) => verify::run(&command),
        Command::Witness(command) => witness::run(&command),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("confidant: {failure}");
            ExitCode::FAILURE
        }
    }
}
