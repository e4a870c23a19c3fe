//! Documents through the writer: checked, durable, then in the next answer.

use std::sync::Arc;

use consent::law::LawPack;
use domain::time::Timestamp;
use store::port::Write;

use crate::documents::effect::{Effect, Newest};
use crate::documents::{
    Asked, Change, DocumentError, Key, Kind, NAMES_MAX, STORED_AS, Text, VERSIONS_MAX, Version,
    reading,
};
use crate::engine::{Engine, EngineError};

/// Versions that are read at once.
const PAGE: usize = 200;

impl Engine {
    /// Changes a document, or looks whether it could; gives the version that it has or would have.
    ///
    /// # Errors
    /// [`DocumentError`], or what the store says; nothing has changed then.
    pub fn change_document(
        &mut self,
        asked: Asked,
        now: Timestamp,
    ) -> Result<Version, EngineError> {
        let effect = self.shared.effect();
        let current = effect.newest.get(&asked.key).map_or(0, |version| version.version);
        if asked.based_on != current {
            return Err(DocumentError::Stale { given: asked.based_on, current }.into());
        }
        let kept = self.document_versions(&asked.key)?;
        // Evidence may name the packs of every version, so none is ever thrown away.
        if asked.key.kind == Kind::Law && kept.len() >= VERSIONS_MAX {
            let why = format!("{}: {VERSIONS_MAX} versions at most; take another name", asked.key);
            return Err(DocumentError::Wrong(why).into());
        }
        let (text, restored) = said(asked.change, &kept)?;
        if text.is_none() && effect.newest.get(&asked.key).is_none_or(|one| one.text.is_none()) {
            return Err(DocumentError::NoVersion.into());
        }
        let version = Version {
            key: asked.key,
            version: current + 1,
            seq: self.tables.seq().next().number(),
            at_ms: now.ms(),
            author: asked.author,
            restored,
            text,
        };
        let mut newest = effect.newest.clone();
        newest.insert(version.key.clone(), Arc::new(version.clone()));
        let mut deletes = self.make_room(&mut newest, &version.key)?;
        let mut known = effect.laws.known().to_vec();
        known.extend(law_packs(&version)?);
        let effect = Effect::of(&self.shared.base, newest, &known);
        if let Some(why) = effect.refused.get(&version.key) {
            return Err(DocumentError::Wrong(why.clone()).into());
        }
        let planned = self.plan_anew(&effect, &version, now)?;
        if asked.check {
            return Ok(version);
        }
        let too_old = match version.key.kind {
            Kind::Law => 0,
            Kind::Placement | Kind::Rules | Kind::Weights => {
                (kept.len() + 1).saturating_sub(VERSIONS_MAX)
            }
        };
        deletes.extend(kept.iter().take(too_old).map(Version::stored_key));
        let delete = |key| Write::DeleteDocument { kind: STORED_AS.to_owned(), key };
        let mut writes: Vec<Write> = deletes.into_iter().map(delete).collect();
        writes.push(Write::PutDocument(version.to_row()?));
        writes.push(self.logged_change(&version)?);
        self.commit(writes)?;
        if let Some(planned) = planned {
            self.shared.teach().model.adopt_plan(planned);
        }
        self.shared.put_into_effect(effect);
        tracing::info!(document = %version.key, version = version.version, "document changed");
        if version.key.kind == Kind::Law {
            let applied = self.apply_laws(now);
            self.torn |= applied.is_err();
            applied?;
        }
        self.log_standing(now)?;
        Ok(version)
    }

    /// The versions of a document that are kept, oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub fn document_versions(&self, key: &Key) -> Result<Vec<Version>, EngineError> {
        let stem = key.stem();
        let mut versions = Vec::new();
        let mut after = stem.clone();
        loop {
            let page = self.tables.documents(STORED_AS, Some(&after), PAGE)?;
            for row in &page {
                if !row.key.starts_with(&stem) {
                    return Ok(versions);
                }
                versions.push(Version::from_row(row)?);
            }
            let Some(last) = page.last() else { return Ok(versions) };
            after.clone_from(&last.key);
        }
    }

    /// Reads the newest versions and lets them count. A document that this version of the program
    /// cannot honor changes nothing, and the log says so: a shop starts all the same.
    pub(super) fn load_documents(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let mut newest = Newest::new();
        let mut known = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.documents(STORED_AS, after.as_deref(), PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for row in &page {
                // In the order of keys the newest comes last.
                let version = Version::from_row(row)?;
                let packs = law_packs(&version);
                if let Err(why) = &packs {
                    tracing::error!(%why, "evidence under these packs is read strictly");
                }
                known.extend(packs.unwrap_or_default());
                newest.insert(version.key.clone(), Arc::new(version));
            }
        }
        let effect = Effect::of(&self.shared.base, newest, &known);
        for why in effect.refused.values() {
            tracing::error!(why, "a document cannot be honored and changes nothing");
        }
        self.shared.put_into_effect(effect);
        self.renew_plan(now)
    }

    /// Lets the weights of the day count: fitted ones end by themselves.
    pub(super) fn renew_plan(&self, now: Timestamp) -> Result<(), EngineError> {
        let plan = self.shared.effect().plan(&self.shared.base, now.day());
        let planned = {
            let taught = self.shared.taught();
            if *taught.model.plan() == plan {
                return Ok(());
            }
            taught.model.planned(plan).map_err(|error| DocumentError::Wrong(error.to_string()))?
        };
        self.shared.teach().model.adopt_plan(planned);
        tracing::info!("the weights of the blend are others from now on");
        Ok(())
    }

    /// The model's side of a change; none when the weights stay.
    fn plan_anew(
        &self,
        effect: &Effect,
        version: &Version,
        now: Timestamp,
    ) -> Result<Option<recommend::model::planning::Planned>, DocumentError> {
        let key = &version.key;
        let base = &self.shared.base;
        let found = effect.weights(base, now.day());
        let own = found.as_ref().is_some_and(|(_, own)| *own);
        if key.kind == Kind::Weights && version.text.is_some() && !own {
            return Err(DocumentError::Wrong(format!(
                "{key}: made, expires: these weights have ended, or are from a later day"
            )));
        }
        let plan = effect.plan(base, now.day());
        let taught = self.shared.taught();
        if *taught.model.plan() == plan {
            return Ok(None);
        }
        let planned = taught.model.planned(plan);
        planned.map(Some).map_err(|error| DocumentError::Wrong(format!("{key}: {error}")))
    }

    /// Makes room for a new name: the document that has been back at its default for longest goes,
    /// with its versions. Gives the keys that are to be deleted.
    fn make_room(&self, newest: &mut Newest, fresh: &Key) -> Result<Vec<String>, EngineError> {
        let of_kind = newest.values().filter(|version| version.key.kind == fresh.kind);
        if of_kind.clone().count() <= NAMES_MAX {
            return Ok(Vec::new());
        }
        if fresh.kind == Kind::Law {
            return Err(DocumentError::Full.into()); // Evidence may name what would go.
        }
        let idle = of_kind.filter(|version| version.text.is_none() && version.key != *fresh);
        let oldest = idle.min_by_key(|version| version.seq).map(|version| version.key.clone());
        let key = oldest.ok_or(DocumentError::Full)?;
        newest.remove(&key);
        Ok(self.document_versions(&key)?.iter().map(Version::stored_key).collect())
    }
}

/// The packs of a version of a law document; none of other documents.
fn law_packs(version: &Version) -> Result<Vec<&'static LawPack>, DocumentError> {
    let text = version.text.as_ref().filter(|_| version.key.kind == Kind::Law);
    let packs = text.map(reading::law).transpose();
    let packs = packs.map_err(|why| DocumentError::Wrong(format!("{}: {why}", version.key)))?;
    Ok(packs.unwrap_or_default())
}

/// What a change says, and the version whose text it is again.
fn said(change: Change, kept: &[Version]) -> Result<(Option<Text>, Option<u64>), DocumentError> {
    match change {
        Change::To(text) => Ok((Some(text), None)),
        Change::ToDefault => Ok((None, None)),
        Change::BackTo(number) => {
            let old = kept.iter().find(|version| version.version == number);
            let text = old.and_then(|version| version.text.clone());
            text.map(|text| (Some(text), Some(number))).ok_or(DocumentError::NoVersion)
        }
    }
}
