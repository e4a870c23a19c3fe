//! What an erasure would do, for whoever asks: the API, the privacy center, the staff, a terminal.

use personal::subject::Subject;
use rights::plan::Scope;
use rights::preview::{Place, Preview, going};

use crate::routes::App;
use crate::writer::WriterError;

/// Says what an erasure would do today. Nothing is opened, written or changed for it.
///
/// # Errors
/// What the store says, or a writer that is busy.
pub async fn preview(app: &App, name: &Subject, scope: Scope) -> Result<Preview, WriterError> {
    let subject = app.shared.ring.subject_ref(name);
    let name = name.clone();
    let mut said = app.writer.run(move |engine, now| engine.preview(&name, scope, now)).await?;
    if let Some(center) = &app.center {
        let (links, sessions) = center.door.open_for(subject);
        let what = "Links into the privacy center, and sessions in it. They end within an hour.";
        said.goes.push(going(Place::Center, "sessions", what, links + sessions));
    }
    Ok(said)
}
