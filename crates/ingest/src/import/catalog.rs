//! One row of a file of items.

use domain::catalog::Item;
use domain::money::{Currency, Money};

use crate::import::mapping::{Columns, Key};
use crate::import::rows::RowRefusal;

impl Columns {
    /// Reads one row of a catalog. Several category columns make one path; the title falls back
    /// to the most specific category, then to the id. A price needs a currency, from a column or
    /// as three letters in the mapping, and is left out without one.
    ///
    /// # Errors
    /// [`RowRefusal`].
    pub fn catalog_item(&self, row: &[&str]) -> Result<Item, RowRefusal> {
        let id = self.item(row)?;
        let parts = self.texts(Key::Category, row).unwrap_or_default();
        let composed = parts.len() > 1;
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| if composed { one_level(part) } else { part.to_owned() })
            .collect();
        let title = match (self.text(Key::Title, row), parts.last()) {
            (Some(title), _) => title.to_owned(),
            (None, Some(part)) => part.clone(),
            (None, None) => id.as_str().to_owned(),
        };
        let mut item = Item::new(id, title);
        if !parts.is_empty() {
            item.categories = vec![parts.join("/")];
        }
        let owned = |key| self.text(key, row).map(str::to_owned);
        item.brand = owned(Key::Brand);
        item.url = owned(Key::Url);
        item.image = owned(Key::Image);
        item.price = self.price(row)?;
        item.admit().map_err(|_| RowRefusal::Catalog)
    }

    fn price(&self, row: &[&str]) -> Result<Option<Money>, RowRefusal> {
        let currency = self.text(Key::Currency, row).or(self.currency.as_deref());
        let (Some(amount), Some(currency)) = (self.text(Key::Price, row), currency) else {
            return Ok(None);
        };
        let currency = Currency::parse(currency).map_err(|_| RowRefusal::Currency)?;
        Money::parse(amount, currency).map(Some).map_err(|_| RowRefusal::Price)
    }
}

/// A slash parts levels of a path, so inside of one level it becomes a word.
fn one_level(part: &str) -> String {
    part.split('/').map(str::trim).collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests;
