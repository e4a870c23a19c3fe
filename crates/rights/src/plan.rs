//! What an erasure changes, computed from the declarations. Reads nothing, writes nothing.

use domain::time::Day;
use personal::purpose::PurposeName;
use personal::record::{Declaration, OnErasure};
use serde::{Deserialize, Serialize};

/// What a person asked to have erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// Everything about the person (GDPR Art. 17).
    Everything,
    /// One purpose only: what a withdrawal of consent takes back (GDPR Art. 7(3), 17(1)(b)).
    Purpose(PurposeName),
}

/// The text names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("scope must be everything or the name of a purpose")]
pub struct ScopeError;

impl Scope {
    /// The scope as receipts and the API write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Purpose(purpose) => purpose.as_str(),
        }
    }

    /// Reads a scope.
    ///
    /// # Errors
    /// [`ScopeError`].
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text == "everything" {
            return Ok(Self::Everything);
        }
        PurposeName::parse(text).map(Self::Purpose).map_err(|_| ScopeError)
    }

    /// Whether data of `purpose` was asked for.
    pub fn reaches(self, purpose: PurposeName) -> bool {
        match self {
            Self::Everything => true,
            Self::Purpose(only) => only == purpose,
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        Self::parse(&text)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.as_str().to_owned()
    }
}

/// A table that loses the person's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Name of the table.
    pub table: &'static str,
    /// What it holds, in plain words.
    pub what: &'static str,
    /// Purpose of the table.
    pub purpose: PurposeName,
}

/// A table whose rows stay for a while (GDPR Art. 17(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Name of the table.
    pub table: &'static str,
    /// What it holds, in plain words.
    pub what: &'static str,
    /// Purpose of the table.
    pub purpose: PurposeName,
    /// The article that allows it.
    pub basis: &'static str,
    /// The first day on which even a row written today is deleted.
    pub until: Day,
}

/// What goes and what stays. In the order of the declarations and purposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What was asked for.
    pub scope: Scope,
    /// Tables that lose the person's rows.
    pub delete: Vec<Deletion>,
    /// Purposes whose key, pseudonym and mapping go: those that keep no row.
    pub destroy_keys: Vec<PurposeName>,
    /// Tables whose rows stay.
    pub keep: Vec<Keeping>,
}

/// Plans the erasure of one person.
///
/// # Privacy
/// Every declared table of the scope is either deleted from or named with basis and date; a
/// purpose outside of the scope is not touched. A purpose loses its key unless one of its tables
/// keeps rows, also when it declares no table at all.
pub fn plan_erasure(scope: Scope, declarations: &[Declaration], today: Day) -> Plan {
    let mut plan = Plan { scope, delete: vec![], destroy_keys: vec![], keep: vec![] };
    for declaration in declarations.iter().filter(|one| scope.reaches(one.purpose)) {
        let Declaration { table, what, purpose, .. } = *declaration;
        let what = what.trim();
        match declaration.on_erasure {
            OnErasure::Delete => plan.delete.push(Deletion { table, what, purpose }),
            OnErasure::Keep { basis, days } => {
                let until = today.plus(days.min(declaration.keep_days_max));
                plan.keep.push(Keeping { table, what, purpose, basis, until });
            }
        }
    }
    plan.destroy_keys = PurposeName::ALL
        .into_iter()
        .filter(|&purpose| scope.reaches(purpose))
        .filter(|purpose| plan.keep.iter().all(|keeping| keeping.purpose != *purpose))
        .collect();
    plan
}

#[cfg(test)]
mod tests;
