//! Scoring of similar items and of searches alike: gather by rare terms, then score in full.

use std::cmp::Reverse;

use crate::content::terms::{Kind, Term};
use crate::content::{ANCHORS_MAX, Content, Described, Shared, frequency_in};
use crate::items::{ItemNo, Items};

/// One in the fixed point of rarities and of the weight of a frequency.
const ONE: u64 = 1 << 10;
/// Fields that items can share.
const FIELDS: usize = 5;
/// Items that are scored in full: so many per wanted one, and so many besides.
const FULL_PER_WANTED: usize = 4;
const FULL_BESIDES: usize = 64;

/// An item that answers a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The item.
    pub item: ItemNo,
    /// Fixed-point score, above 0; comparable within one answer only.
    pub score: u64,
    /// Place of the anchor that gave most of it; 0 for a search.
    pub anchor: usize,
    /// The field that gave most of what that anchor gave.
    pub shared: Shared,
}

/// Working memory of content queries, made once per worker and reused.
#[derive(Debug, Default)]
pub struct ContentScratch {
    query: u64,
    cells: Vec<Cell>,
    touched: Vec<ItemNo>,
    pub(super) matches: Vec<Match>,
}

/// What the postings said of an item; of another query when the number differs.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    query: u64,
    score: u64,
}

impl ContentScratch {
    /// Empty working memory; it grows with the first queries.
    pub fn new() -> Self {
        Self::default()
    }
}

/// One term of a query.
pub(super) struct Asked<'a> {
    number: u32,
    term: &'a Term,
    /// Weight of the field times rarity.
    base: u64,
    /// Weight of each anchor that has the term.
    anchors: [u16; ANCHORS_MAX],
}

impl Asked<'_> {
    fn anchored(&self) -> u64 {
        self.anchors.iter().map(|weight| u64::from(*weight)).sum()
    }
}

/// A query that is being put together.
pub(super) struct Asking<'a> {
    content: &'a Content,
    asked: Vec<Asked<'a>>,
    /// Anchors that something was asked for.
    anchors: usize,
    /// By length of a text: what BM25 adds to the frequency in the denominator.
    norms: [u64; 256],
}

impl<'a> Asking<'a> {
    pub(super) fn new(content: &'a Content) -> Self {
        Self { content, asked: Vec::new(), anchors: 0, norms: norms(content) }
    }

    /// Asks for a term that an anchor has.
    pub(super) fn ask(&mut self, number: u32, anchor: usize, weight: u16) {
        let Some(term) = self.content.terms.term(number) else { return };
        let place = match self.asked.iter().position(|asked| asked.number == number) {
            Some(place) => place,
            None => {
                let field = u64::from(self.content.settings.weight(term.kind));
                let base = field * rarity(term.postings.len(), self.content.described);
                self.asked.push(Asked { number, term, base, anchors: [0; ANCHORS_MAX] });
                self.asked.len() - 1
            }
        };
        self.anchors = self.anchors.max(anchor + 1);
        let anchors = self.asked.get_mut(place).map(|asked| &mut asked.anchors);
        if let Some(old) = anchors.and_then(|anchors| anchors.get_mut(anchor)) {
            *old = old.saturating_add(weight);
        }
    }

    /// Fills `scratch.matches` with the best `count` of the items that `fits`.
    pub(super) fn rank(
        mut self,
        items: &Items,
        count: usize,
        fits: impl Fn(ItemNo) -> bool,
        scratch: &mut ContentScratch,
    ) {
        let order = |a: &Asked<'_>, b: &Asked<'_>| {
            (a.term.kind, &a.term.text).cmp(&(b.term.kind, &b.term.text))
        };
        self.asked.retain(|asked| asked.base > 0 && asked.anchored() > 0);
        self.asked.sort_unstable_by(|a, b| {
            let value = |asked: &Asked<'_>| asked.base.saturating_mul(asked.anchored());
            value(b).cmp(&value(a)).then_with(|| order(a, b))
        });
        self.asked.truncate(usize::from(self.content.settings.terms_max));
        self.asked.sort_unstable_by(|a, b| {
            a.term.postings.len().cmp(&b.term.postings.len()).then_with(|| order(a, b))
        });
        scratch.matches.clear();
        if count == 0 {
            return;
        }
        self.gather(items, scratch);
        self.narrow(count, fits, scratch);
        for place in 0..scratch.touched.len() {
            if let Some(found) = scratch.touched.get(place).and_then(|item| self.score(*item)) {
                scratch.matches.push(found);
            }
        }
        scratch.matches.sort_unstable_by(|a, b| {
            b.score.cmp(&a.score).then_with(|| items.id(a.item).cmp(&items.id(b.item)))
        });
        scratch.matches.truncate(count);
    }

    /// Adds up what the postings say, the rarest terms first, as long as the budget lasts.
    fn gather(&self, items: &Items, scratch: &mut ContentScratch) {
        scratch.query += 1;
        scratch.touched.clear();
        if scratch.cells.len() < items.numbers() {
            scratch.cells.resize(items.numbers(), Cell::default());
        }
        let mut left = self.content.settings.postings_max as usize;
        for asked in &self.asked {
            let anchored = asked.anchored();
            for posting in asked.term.postings.iter().take(left) {
                let Some(cell) = scratch.cells.get_mut(posting.item.at()) else { continue };
                if cell.query != scratch.query {
                    *cell = Cell { query: scratch.query, score: 0 };
                    scratch.touched.push(posting.item);
                }
                let often = self.often(asked.term.kind, posting.frequency, posting.length);
                let part = asked.base.saturating_mul(anchored).saturating_mul(often);
                cell.score = cell.score.saturating_add(part);
            }
            left = left.saturating_sub(asked.term.postings.len());
        }
    }

    /// Leaves the best of the gathered items that fit; equals are taken by the checksum of their
    /// ids.
    fn narrow(&self, count: usize, fits: impl Fn(ItemNo) -> bool, scratch: &mut ContentScratch) {
        let ContentScratch { cells, touched, .. } = scratch;
        touched.retain(|item| fits(*item));
        let full = count.saturating_mul(FULL_PER_WANTED).saturating_add(FULL_BESIDES);
        if touched.len() > full {
            let key = |item: &ItemNo| {
                let score = cells.get(item.at()).map_or(0, |cell| cell.score);
                (Reverse(score), self.content.terms.place(*item))
            };
            touched.select_nth_unstable_by_key(full, key);
            touched.truncate(full);
        }
    }

    /// The full score of an item, over all terms of the query.
    pub(super) fn score(&self, item: ItemNo) -> Option<Match> {
        let described: &Described = self.content.by_item.get(item.at())?;
        let mut sums = [[0_u64; FIELDS]; ANCHORS_MAX];
        let mut score = 0_u64;
        for asked in &self.asked {
            let Some(frequency) = frequency_in(described, asked.number) else { continue };
            let kind = asked.term.kind;
            let often = self.often(kind, frequency, described.text_length);
            for (sums, weight) in sums.iter_mut().zip(asked.anchors).take(self.anchors) {
                let part = asked.base.saturating_mul(u64::from(weight)).saturating_mul(often);
                score = score.saturating_add(part);
                if let Some(sum) = sums.get_mut(kind.shared() as usize) {
                    *sum = sum.saturating_add(part);
                }
            }
        }
        let of_anchor = |sums: &[u64; FIELDS]| sums.iter().fold(0, |a, b| b.saturating_add(a));
        let (anchor, sums) =
            first_highest(sums.iter().take(self.anchors).enumerate(), |(_, sums)| of_anchor(sums))?;
        let fields =
            [Shared::Category, Shared::Brand, Shared::Attribute, Shared::Price, Shared::Text];
        let (shared, _) = first_highest(fields.into_iter().zip(sums), |(_, sum)| **sum)?;
        (score > 0).then_some(Match { item, score, anchor, shared })
    }

    /// What the frequency of a term weighs: 1 for names, the fraction of BM25 for words.
    fn often(&self, kind: Kind, frequency: u8, length: u8) -> u64 {
        if kind != Kind::Text {
            return ONE;
        }
        let frequency = u64::from(frequency) * ONE;
        let norm = self.norms.get(usize::from(length)).copied().unwrap_or(ONE);
        let highest = ONE * (100 + u64::from(self.content.settings.k1_percent)) / 100;
        frequency * highest / (frequency + norm).max(1)
    }
}

/// The element with the highest value, the first of several.
fn first_highest<T>(all: impl Iterator<Item = T>, value: impl Fn(&T) -> u64) -> Option<T> {
    let mut best: Option<T> = None;
    for one in all {
        if best.as_ref().is_none_or(|best| value(&one) > value(best)) {
            best = Some(one);
        }
    }
    best
}

/// ln((N + 1) / (n + ½)) in fixed point.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the logarithm is between 0 and 23"
)]
pub(super) fn rarity(with_term: usize, all: u32) -> u64 {
    let with_term = u32::try_from(with_term).unwrap_or(u32::MAX).min(all);
    let quotient = (2.0 * f64::from(all) + 2.0) / (2.0 * f64::from(with_term) + 1.0);
    (libm::log(quotient) * 1024.0) as u64
}

/// k1 (1 − b + b · length / mean length) for every length, in fixed point.
fn norms(content: &Content) -> [u64; 256] {
    let (k1, b) = (content.settings.k1_percent, u64::from(content.settings.b_percent));
    let (texts, words) = (u64::from(content.texts), content.text_words.max(1));
    let mut norms = [0; 256];
    for (length, norm) in (0_u64..).zip(&mut norms) {
        *norm = u64::from(k1) * ONE * ((100 - b) * words + b * length * texts) / (10_000 * words);
    }
    norms
}
