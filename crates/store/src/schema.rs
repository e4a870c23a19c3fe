//! The tables that exist: one per declaration, and no other.

use personal::kinds::DECLARATIONS;
use personal::record::Declaration;

use crate::error::StoreError;

/// Every declaration, in the order of the inventory.
pub static DECLARED: [Declaration; DECLARATIONS.len()] = DECLARATIONS;

/// Finds a declaration and its place in [`DECLARED`].
///
/// # Errors
/// [`StoreError::Undeclared`].
pub fn declared(table: &str) -> Result<(usize, &'static Declaration), StoreError> {
    DECLARED
        .iter()
        .enumerate()
        .find(|(_, declaration)| declaration.table == table)
        .ok_or(StoreError::Undeclared)
}
