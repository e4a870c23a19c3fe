//! Reasons in the visitor's language: one table, six languages, a closed list of sentences.
//!
//! A title or a category that is put into a sentence is isolated (Unicode UAX #9: FSI, PDI), so
//! that a right-to-left title cannot turn the words around it. What a sentence claims is decided
//! in [`crate::answer::reasons`]; here it is only said.

use crate::answer::words::table::TABLE;

mod table;

/// A language that reasons are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, also for whoever reads none of the others.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Dutch.
    Dutch,
    /// Italian.
    Italian,
}

impl Language {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 6] =
        [Self::English, Self::German, Self::French, Self::Spanish, Self::Dutch, Self::Italian];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Dutch => "nl",
            Self::Italian => "it",
        }
    }

    /// The language of a BCP 47 tag, by its first part.
    pub fn of(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| first.eq_ignore_ascii_case(language.tag()))
    }

    /// The language that an `Accept-Language` header asks for (RFC 9110, section 12.5.4): the one
    /// with the greatest weight that there is, the first of equals.
    pub fn negotiated(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        // A browser sends a handful; what comes after that is no preference.
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default();
            let Some(language) = Self::of(tag) else { continue };
            let weight = parts.find_map(|part| weight(part.trim())).unwrap_or(1_000);
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// `q=0.7` in thousandths; anything else that begins with `q=` counts as nothing.
fn weight(part: &str) -> Option<u32> {
    let number = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    Some((whole.min(1) * 1_000 + digits.parse::<u32>().unwrap_or(0)).min(1_000))
}

/// A sentence of the table. `{item}`, `{category}` and `{weeks}` stand for what is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// People looked at both in one visit.
    ViewedWith,
    /// The same, where the other item may not be named.
    ViewedWithUnnamed,
    /// Fits the item in view.
    FitsItem,
    /// Fits what was looked at in this visit.
    FitsVisit,
    /// Fits what was looked at lately.
    FitsHistory,
    /// Of the same kind.
    SameKind,
    /// Of the same brand.
    SameBrand,
    /// Has something in common.
    SameAttribute,
    /// Costs about the same.
    SamePrice,
    /// Described in the same words.
    SameWords,
    /// Like another item that may not be named.
    SimilarUnnamed,
    /// Bought with another item in one order.
    BoughtWith,
    /// The same, where the other item may not be named.
    BoughtWithUnnamed,
    /// Bought by customers with like orders.
    LikeCustomers,
    /// Fits the person's own orders.
    FitsOrders,
    /// Bought again and again, about every so many weeks.
    EveryWeeks,
    /// Bought again and again, about every week.
    EveryWeek,
    /// Bought before.
    BoughtBefore,
    /// Looked at by many in a category this week.
    PopularInCategory,
    /// Looked at by many.
    Popular,
    /// Looked at more than usual in a category.
    TrendingInCategory,
    /// Looked at more than usual.
    Trending,
    /// Fits the words of a search.
    FitsSearch,
    /// Chosen by the shop.
    Pinned,
    /// New in the catalog.
    NewHere,
    /// Shown seldom so far.
    Explore,
    /// From the catalog.
    Range,
}

impl Sentence {
    /// The sentence as the table has it.
    pub fn template(self, language: Language) -> &'static str {
        let line = TABLE.iter().find(|(sentence, _)| *sentence == self).map(|(_, line)| line);
        let place = Language::ALL.iter().position(|one| *one == language);
        line.zip(place).and_then(|(line, place)| line.get(place)).copied().unwrap_or_default()
    }

    /// The sentence with `named` and `weeks` put in.
    pub fn say(self, language: Language, named: &str, weeks: u32) -> String {
        let mut rest = self.template(language);
        let mut said = String::with_capacity(rest.len() + named.len());
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let Some((slot, tail)) = after.split_once('}') else { break };
            match slot {
                "weeks" => said.push_str(&weeks.to_string()),
                _ => isolate(&mut said, named),
            }
            rest = tail;
        }
        said.push_str(rest);
        said
    }
}

/// Writes a title so that its direction ends with it. What turns the direction of writing is left
/// out: it could end the isolation too early.
fn isolate(said: &mut String, title: &str) {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    said.push('\u{2068}');
    match title.is_ascii() {
        true => said.push_str(title),
        false => said.extend(title.chars().filter(|c| !turns(*c))),
    }
    said.push('\u{2069}');
}

#[cfg(test)]
mod tests;
