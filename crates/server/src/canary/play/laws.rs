//! The law packs of the shop that is played against: those of the program, and the shop's own as
//! its staff listener shows them.

use consent::law::laws::Laws;

use crate::canary::play::{Call, Shop, Side, field};
use crate::documents::{Format, Text, reading};

impl Shop<'_> {
    /// The packs that the shop goes by.
    pub(super) fn laws(&mut self) -> Result<Laws, String> {
        let list = self.good(Side::Staff, &get("/staff/documents"))?;
        let mut own = Vec::new();
        for line in list.as_array().map(Vec::as_slice).unwrap_or_default() {
            let counts = field(line, "/kind") == "law" && field(line, "/from") == "document";
            let Some(name) = field(line, "/name").as_str().filter(|_| counts) else { continue };
            let path = format!("/staff/documents/law/{name}");
            let document = self.good(Side::Staff, &get(&path))?;
            let text = field(&document, "/toml").as_str().unwrap_or_default().to_owned();
            own.extend(reading::law(&Text { format: Format::Toml, text })?);
        }
        Laws::with(own, Vec::new()).map_err(|why| why.to_string())
    }
}

const fn get(path: &str) -> Call<'_> {
    Call { method: "GET", path, header: None, body: None }
}
