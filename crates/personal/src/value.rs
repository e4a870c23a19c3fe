//! A value about a person, closed until a permit opens it.

use std::fmt;

use domain::id::{Pseudonym, RowId};
use domain::time::{Day, Timestamp};

use crate::feature::Feature;
use crate::permit::{ConsentVersion, Permit, PermitError};
use crate::record::{RecordError, Stored};
use crate::register::Covers;
use crate::row::{RowContext, Seal, SealedRow};

/// A value about the person whose pseudonym it carries.
///
/// No `Serialize`, no `Deref`, no printing: it opens with a permit or travels sealed.
pub struct Personal<T> {
    pseudonym: Pseudonym,
    value: T,
}

impl<T> Personal<T> {
    /// Closes a value over the person it is about.
    pub const fn new(pseudonym: Pseudonym, value: T) -> Self {
        Self { pseudonym, value }
    }

    /// Opens the value for a purpose that covers it.
    ///
    /// # Errors
    /// See [`Permit::open`]; a permit of somebody else is refused as well, and one that does not
    /// reach the feature that the value belongs to.
    pub fn open<P: Covers<T>>(
        self,
        permit: &Permit<P>,
        now: Timestamp,
        current: ConsentVersion,
    ) -> Result<T, PermitError> {
        check(&self, permit, now, current)?;
        Ok(self.value)
    }

    /// Looks at the value without taking it, under the same conditions as [`Personal::open`].
    ///
    /// # Errors
    /// See [`Personal::open`].
    pub fn look<P: Covers<T>>(
        &self,
        permit: &Permit<P>,
        now: Timestamp,
        current: ConsentVersion,
    ) -> Result<&T, PermitError> {
        check(self, permit, now, current)?;
        Ok(&self.value)
    }

    /// Changes the value in place, under the same conditions as [`Personal::open`].
    ///
    /// # Errors
    /// See [`Personal::open`].
    pub fn change<P: Covers<T>>(
        &mut self,
        permit: &Permit<P>,
        now: Timestamp,
        current: ConsentVersion,
    ) -> Result<&mut T, PermitError> {
        check(self, permit, now, current)?;
        Ok(&mut self.value)
    }

    /// The pseudonym of the person, the plain half of the row's key.
    pub const fn pseudonym(&self) -> Pseudonym {
        self.pseudonym
    }
}

fn check<T, P: Covers<T>>(
    value: &Personal<T>,
    permit: &Permit<P>,
    now: Timestamp,
    current: ConsentVersion,
) -> Result<(), PermitError> {
    if permit.open(now, current)? != value.pseudonym {
        return Err(PermitError::WrongSubject);
    }
    match P::feature(&value.value) {
        Some(feature) if !permit.allows(feature) => Err(PermitError::Feature(feature)),
        Some(_) | None => Ok(()),
    }
}

impl<T: Stored> Personal<T> {
    /// Seals the value into a row that ends with its declared retention, counted from `today`.
    ///
    /// # Errors
    /// What the codec or `vault` say; neither names the value.
    pub fn seal<S: Seal>(
        &self,
        id: RowId,
        today: Day,
        vault: &S,
    ) -> Result<SealedRow, RecordError> {
        let context = RowContext::of::<T>(self.pseudonym, id);
        let sealed = vault.seal(&context, &self.value.encode()?)?;
        let expires = today.plus(T::DECLARATION.keep_days_max);
        Ok(SealedRow { table: context.table, pseudonym: self.pseudonym, id, expires, sealed })
    }

    /// Unseals a row of this kind, also one of a layout from before (the layout is bound into the
    /// seal, so that only its own opens it). What comes out is still closed.
    ///
    /// # Errors
    /// [`RecordError::WrongTable`] for a row of another kind; otherwise what the codec or `vault`
    /// say.
    pub fn unseal<S: Seal>(row: &SealedRow, vault: &S) -> Result<Self, RecordError> {
        if row.table != T::DECLARATION.table {
            return Err(RecordError::WrongTable);
        }
        let context = RowContext::of::<T>(row.pseudonym, row.id);
        let mut opened = vault.open(&context, &row.sealed).and_then(|plain| T::decode(&plain));
        for older in T::OLDER {
            if !matches!(opened, Err(RecordError::Seal)) {
                break;
            }
            let context = RowContext { schema: older.schema, ..context };
            opened = vault.open(&context, &row.sealed).and_then(|plain| (older.decode)(&plain));
        }
        Ok(Self { pseudonym: row.pseudonym, value: opened? })
    }
}

impl<T> Personal<T> {
    /// For the other three doors, which check by themselves.
    pub(crate) fn into_value(self) -> T {
        self.value
    }

    /// The feature of purpose `P` that the value belongs to.
    pub(crate) fn feature<P: Covers<T>>(&self) -> Option<Feature> {
        P::feature(&self.value)
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(..)")
    }
}

#[cfg(test)]
mod tests;
