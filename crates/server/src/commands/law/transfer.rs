//! `confidant law transfer`: whether personal data may go to a place or a recipient, and why.

use std::path::PathBuf;

use clap::Args;
use consent::law::NOT_LEGAL_ADVICE;
use consent::law::place::Place;
use consent::law::transfer::shipped;
use domain::date::Date;
use domain::time::Day;
use personal::purpose::PurposeName;
use personal::transfer::{
    Ground, OtherController, Processor, Recipient, RecipientName, Role, Tool, TransferRefusal,
};

use crate::clock::Clock;
use crate::commands::{Failure, OrFail as _, say};
use crate::recipients::{Declared, declared, tool_of};
use crate::settings::Settings;

/// What is asked.
#[derive(Clone, Debug, Args)]
pub struct Transfer {
    /// The place: US, GB, CH; every tool is tried unless one is given.
    #[arg(
        long,
        value_name = "PLACE",
        conflicts_with = "recipient",
        required_unless_present = "recipient"
    )]
    to: Option<String>,
    /// The tool: scc, bcr, code, certification, covered or derogation.
    #[arg(long, conflicts_with = "recipient")]
    tool: Option<String>,
    /// A recipient of the configuration, instead of a place.
    #[arg(long, value_name = "NAME")]
    recipient: Option<String>,
    /// The configuration file that declares the recipient.
    #[arg(long, default_value = "confidant.toml")]
    config: PathBuf,
    /// The day, such as 2026-11-22; today when missing.
    #[arg(long, value_name = "DAY")]
    date: Option<String>,
}

/// Prints the decision.
///
/// # Errors
/// A place, tool, day or recipient that does not exist.
pub fn run(asked: &Transfer) -> Result<(), Failure> {
    let day = match &asked.date {
        Some(text) => Date::parse(text).or_fail("--date")?.0,
        None => Clock::machine().now().day(),
    };
    match (&asked.recipient, &asked.to) {
        (Some(name), _) => to_recipient(asked, name, day)?,
        (None, Some(place)) => to_place(asked, place, day)?,
        (None, None) => return Err(Failure::new("give --to or --recipient")),
    }
    say(NOT_LEGAL_ADVICE);
    Ok(())
}

fn to_recipient(asked: &Transfer, name: &str, day: Day) -> Result<(), Failure> {
    let config = asked.config.display();
    let settings = Settings::read(&asked.config)
        .or_fail(&format!("the configuration {config} is not usable"))?;
    let one = settings.recipients.get(name);
    let one = one.ok_or_else(|| Failure::new(format!("{config} declares no recipient {name}")))?;
    let declared = declared(name, one).or_fail("recipients")?;
    about(&declared.country, day)?;
    for purpose in &declared.recipient.purposes {
        let word = verdict(decided(&declared, *purpose, day));
        say(format!("  {name}, {}: {word}", purpose.as_str()));
    }
    Ok(())
}

fn to_place(asked: &Transfer, place: &str, day: Day) -> Result<(), Failure> {
    let country = Place::parse(place).or_fail("--to")?;
    let tools = match asked.tool.as_deref() {
        Some(word) => {
            let known = Tool::ALL.map(Tool::as_str).join(", ");
            let wrong = || Failure::new(format!("--tool is one of {known}"));
            vec![Some(tool_of(word).ok_or_else(wrong)?)]
        }
        None => [None].into_iter().chain(Tool::ALL.map(Some)).collect(),
    };
    about(&country, day)?;
    let name = RecipientName::parse("anybody").ok_or_else(|| Failure::new("no name"))?;
    for tool in tools {
        let purposes = [PurposeName::LegalObligation].into();
        let checked = tool.map(|tool| (tool, day));
        let recipient =
            Recipient { name: name.clone(), role: Role::Processor, purposes, tool: checked };
        let declared = Declared { recipient, country: country.clone() };
        let word = verdict(decided(&declared, PurposeName::LegalObligation, day));
        say(format!("  {:<14} {word}", tool.map_or("no tool", Tool::as_str)));
    }
    Ok(())
}

/// What is decided about the place.
fn about(place: &Place, day: Day) -> Result<(), Failure> {
    let list = shipped().or_fail("list of transfers")?;
    let (looked, adequacy) = (Date(list.verified_on()), list.adequate(place, day));
    say(format!("{place} on {}, by the list of {looked}", Date(day)));
    say(format!("  {adequacy}"));
    Ok(())
}

/// The permit that a client would show on that day, by the rule that it names.
fn decided(declared: &Declared, purpose: PurposeName, day: Day) -> Result<Ground, TransferRefusal> {
    match declared.recipient.role {
        Role::Processor => {
            declared.permit::<Processor>(purpose, day.start()).map(|permit| permit.ground().clone())
        }
        Role::Controller => {
            let permit = declared.permit::<OtherController>(purpose, day.start());
            permit.map(|permit| permit.ground().clone())
        }
    }
}

fn verdict(decided: Result<Ground, TransferRefusal>) -> String {
    match decided {
        Ok(ground) => format!("permitted: {ground}"),
        Err(refusal) => format!("refused: {refusal}"),
    }
}
