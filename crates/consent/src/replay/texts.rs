//! The signals of one request as texts: what somebody pastes.

use domain::time::Timestamp;

use crate::consent_mode::ConsentMode;
use crate::gpp::Gpp;
use crate::shopify::Shopify;
use crate::signals::combine::Statement;
use crate::tcf::denied::{TcfMap, denied};
use crate::tcf::enforce::Party;
use crate::tcf::validate::Rules;
use crate::us_privacy::UsPrivacy;

/// Signals as texts; what is missing was not sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    /// Whether `Sec-GPC: 1` was sent.
    pub gpc: bool,
    /// A TC string.
    pub tcf: Option<&'a str>,
    /// A GPP string.
    pub gpp: Option<&'a str>,
    /// A US privacy string.
    pub us_privacy: Option<&'a str>,
    /// Commands of Consent Mode, as JSON.
    pub consent_mode: Option<&'a str>,
    /// What Shopify says of the visitor, as JSON.
    pub shopify: Option<&'a str>,
}

impl Texts<'_> {
    /// What each of them says, to a shop that is the publisher of its own pages. `region` is where
    /// the person is (ISO 3166).
    ///
    /// # Privacy
    /// A text that cannot be read says no to everything.
    pub fn statements(&self, region: Option<&str>, now: Timestamp) -> Vec<Statement> {
        let (map, rules) = (TcfMap::default(), Rules::at(now));
        let tcf = |text: &str| denied(text, &Party::Publisher, &map, &rules);
        let mut said = Vec::new();
        if self.gpc {
            said.push(Statement::gpc());
        }
        said.extend(self.gpp.map(|text| {
            let read = Gpp::decode(text);
            Statement::gpp(read.as_ref().map_err(|error| *error), tcf)
        }));
        said.extend(self.tcf.map(|text| Statement::tcf(&tcf(text))));
        said.extend(self.us_privacy.map(|text| Statement::us_privacy(UsPrivacy::decode(text))));
        said.extend(
            self.consent_mode
                .map(|text| Statement::consent_mode(ConsentMode::read(text.as_bytes(), region))),
        );
        said.extend(self.shopify.map(|text| Statement::shopify(Shopify::read(text.as_bytes()))));
        said
    }
}

#[cfg(test)]
mod tests;
