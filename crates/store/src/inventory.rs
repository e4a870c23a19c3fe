//! What the shop holds, table by table (GDPR Art. 30), written once for every back end.

use personal::record::Declaration;

use crate::error::StoreError;
use crate::port::Tables;
use crate::schema::DECLARED;

/// One line of the inventory.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Everything that the shop says about the table.
    pub declaration: &'static Declaration,
    /// How many rows it has now.
    pub rows: u64,
}

/// Every table with its words and its number of rows, in the order of the declarations.
///
/// # Errors
/// What the back end says.
pub fn inventory(tables: &dyn Tables) -> Result<Vec<Line>, StoreError> {
    DECLARED
        .iter()
        .map(|declaration| Ok(Line { declaration, rows: tables.count(declaration.table)? }))
        .collect()
}
