//! One blended answer: candidates of all models, their features, their order.

use crate::blend::features::{self, FEATURE_BITS, Row, SEQUENCE_MIN, Total};
use crate::blend::{Blend, LINEAR, SEQUENCE};
use crate::index::SessionIndex;
use crate::items::{ItemNo, Items};
use crate::linear::Linear;
use crate::neighbors::{COLUMNS_MAX, Walk, Wanted};
use crate::scratch::Scratch;
use crate::sequence::weights::Weights;
use crate::trained::Trained;
use domain::time::Timestamp;

/// Most candidates that get all features; the sequence model scores no more.
pub const CANDIDATES_MAX: usize = 400;
/// Items that the sequence model and the linear model propose by themselves.
const PROPOSED: usize = 100;

/// Everything that is asked for one answer.
#[derive(Clone, Copy, Debug)]
pub struct Blender<'a> {
    /// The sessions.
    pub index: &'a SessionIndex,
    /// The catalog.
    pub items: &'a Items,
    /// What is blended and how.
    pub blend: &'a Blend,
    /// The sequence model, when it is trained.
    pub sequence: Option<&'a Trained>,
    /// The linear model, when the shop has one.
    pub linear: Option<&'a Linear>,
    /// Sessions age until here.
    pub now: Timestamp,
}

/// A candidate with what the models said of it.
#[derive(Clone, Copy, Debug)]
pub struct Blended {
    /// The item.
    pub item: ItemNo,
    /// Comparable within one list only.
    pub score: i64,
    /// Distinct subjects behind it.
    pub supporters: u32,
    /// What the sequence model says, in fixed point and up to a constant of the visit.
    pub(crate) logit: Option<i32>,
    pub(crate) row: Row,
}

/// What one model gave to one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution<'a> {
    /// The model, or `item` for what the item is by itself.
    pub model: &'a str,
    /// Its part of the score.
    pub score: i64,
    /// Whether the model knew the item.
    pub known: bool,
}

impl Blender<'_> {
    /// The best items for a visit (newest item last), best first.
    pub fn rank<'s>(
        &self,
        visit: &[ItemNo],
        wanted: &Wanted<'_>,
        scratch: &'s mut Scratch,
    ) -> &'s [Blended] {
        self.gather(visit, wanted, scratch);
        let order = |a: &Blended, b: &Blended| {
            b.score.cmp(&a.score).then_with(|| self.items.id(a.item).cmp(&self.items.id(b.item)))
        };
        let blended = &mut scratch.blended;
        if blended.len() > wanted.count {
            blended.select_nth_unstable_by(wanted.count, order);
            blended.truncate(wanted.count);
        }
        blended.sort_unstable_by(order);
        blended
    }

    /// Fills `scratch.blended` with candidates, features and scores, in no order.
    pub(crate) fn gather(&self, visit: &[ItemNo], wanted: &Wanted<'_>, scratch: &mut Scratch) {
        self.walk().vote(visit, scratch);
        scratch.blended.clear();
        scratch.scores.clear();
        scratch.group += 1; // no cell carries this number yet, so nothing is listed
        self.list_touched(wanted, scratch);
        self.list_linear(visit, wanted, scratch);
        let asks = self.list_sequence(visit, wanted, scratch);
        let weights = self.blend.weights(visit.len());
        let Scratch { blended, scores, .. } = scratch;
        let mut totals = [Total::default(); features::MODELS];
        for all in scores.iter() {
            for (total, score) in totals.iter_mut().zip(all) {
                total.add(*score);
            }
        }
        let current = visit.last();
        for (one, all) in blended.iter_mut().zip(scores.iter()) {
            for (model, (score, total)) in all.iter().zip(&totals).enumerate() {
                features::of_model(&mut one.row, model, *score, *total, &self.blend.tables);
            }
            let is_current = Some(&one.item) == current;
            let seen = !is_current && visit.contains(&one.item);
            let sessions = self.index.linked_count(one.item);
            features::of_item(&mut one.row, is_current, seen, sessions, &self.blend.tables);
            one.score = features::score(&one.row, weights);
        }
        if let Some(trained) = self.sequence.filter(|_| asks) {
            self.ask_sequence(trained, weights, scratch);
        }
    }

    /// What each model gave to a candidate, greatest first.
    pub fn contributions(&self, visit_items: usize, one: &Blended) -> Vec<Contribution<'_>> {
        let weights = self.blend.weights(visit_items);
        let part = |from: usize, to: usize| -> i64 {
            let pairs = one.row.iter().zip(weights).take(to).skip(from);
            pairs.map(|(feature, weight)| i64::from(*feature) * i64::from(*weight)).sum()
        };
        let of = |model: usize, name| Contribution {
            model: name,
            score: part(3 * model, 3 * model + 3),
            known: one.row.get(3 * model + 2) == Some(&0),
        };
        let names = self.blend.settings().scorers.iter().map(|named| named.name.as_str());
        let mut parts: Vec<Contribution<'_>> =
            names.enumerate().map(|(model, name)| of(model, name)).collect();
        if self.linear.is_some_and(|linear| linear.solved().is_some()) {
            parts.push(of(COLUMNS_MAX, LINEAR));
        }
        if self.sequence.is_some() {
            parts.push(of(features::MODELS, SEQUENCE));
        }
        let own = 3 * features::MODELS + 3;
        parts.push(Contribution {
            model: "item",
            score: part(own, features::FEATURES),
            known: true,
        });
        parts.sort_by(|a, b| b.score.cmp(&a.score).then(a.model.cmp(b.model)));
        parts
    }

    const fn walk(&self) -> Walk<'_> {
        Walk { index: self.index, items: self.items, scorers: &self.blend.scorers, now: self.now }
    }

    /// Lists what the walk touched.
    fn list_touched(&self, wanted: &Wanted<'_>, scratch: &mut Scratch) {
        let walk = self.walk();
        let columns = self.blend.scorers.len();
        let touched = std::mem::take(&mut scratch.touched);
        for item in &touched {
            let supporters = scratch.cells.get(item.at()).map_or(0, |cell| cell.supporters);
            if supporters < wanted.supporters_min || !self.may_list(*item, wanted) {
                continue;
            }
            let mut all = [0; features::MODELS];
            for (column, score) in all.iter_mut().take(columns).enumerate() {
                *score = walk.score(column, *item, scratch);
            }
            list(*item, supporters, all, scratch);
        }
        scratch.touched = touched;
    }

    /// Lists what the linear model proposes.
    fn list_linear(&self, visit: &[ItemNo], wanted: &Wanted<'_>, scratch: &mut Scratch) {
        let Some(linear) = self.linear.filter(|linear| linear.solved().is_some()) else { return };
        let wanted = Wanted { count: PROPOSED, ..*wanted };
        let mut own = std::mem::take(&mut scratch.linear);
        for scored in linear.rank(self.items, visit, &wanted, &mut own) {
            let place = list(scored.item, scored.supporters, [0; features::MODELS], scratch);
            if let Some(score) = scratch.scores.get_mut(place).and_then(|all| all.last_mut()) {
                *score = scored.score;
            }
        }
        scratch.linear = own;
    }

    /// Asks the sequence model what it makes of the visit, and lists what it proposes where there
    /// is no floor; says whether it has an opinion.
    fn list_sequence(&self, visit: &[ItemNo], wanted: &Wanted<'_>, scratch: &mut Scratch) -> bool {
        let Some(trained) = self.sequence else { return false };
        let mut asked = std::mem::take(&mut scratch.asked);
        asked.clear();
        asked.extend(visit.iter().filter_map(|item| trained.number(*item)));
        let mut own = std::mem::take(&mut scratch.sequence);
        let mut proposals = std::mem::take(&mut scratch.proposals);
        proposals.clear();
        let question = trained.weights().represent(&asked, &mut own);
        let asks = question.is_some();
        if let Some(question) =
            question.filter(|_| wanted.supporters_min <= 1 && trained.compares_all())
        {
            trained.weights().score_all(question, &mut scratch.logits);
            proposals.extend((0_u32..).zip(&scratch.logits).map(|(number, one)| (*one, number)));
        }
        scratch.sequence = own;
        scratch.asked = asked;
        if proposals.len() > PROPOSED {
            proposals.select_nth_unstable_by(PROPOSED, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            proposals.truncate(PROPOSED);
        }
        for (_, number) in &proposals {
            if let Some(item) = trained.item(*number).filter(|item| self.may_list(*item, wanted)) {
                list(item, 0, [0; features::MODELS], scratch);
            }
        }
        scratch.proposals = proposals;
        asks
    }

    /// Adds what the sequence model says to the best candidates of the others.
    fn ask_sequence(&self, trained: &Trained, weights: &Row, scratch: &mut Scratch) {
        let Scratch { blended, asked, sequence, .. } = scratch;
        let Some(question) = trained.weights().represent(asked, sequence) else { return };
        if blended.len() > CANDIDATES_MAX && !trained.compares_all() {
            let order = |a: &Blended, b: &Blended| {
                b.score
                    .cmp(&a.score)
                    .then_with(|| self.items.id(a.item).cmp(&self.items.id(b.item)))
            };
            blended.select_nth_unstable_by(CANDIDATES_MAX, order);
            blended.truncate(CANDIDATES_MAX);
        }
        let logit = |item| {
            let score = trained.weights().score(question, trained.number(item)?);
            Some(fixed(Weights::logit(question, score)))
        };
        let mut best = i32::MIN;
        for one in blended.iter_mut() {
            one.logit = logit(one.item);
            best = best.max(one.logit.unwrap_or(i32::MIN));
        }
        for one in blended.iter_mut() {
            let below = one.logit.map(|logit| logit.saturating_sub(best));
            features::of_sequence(&mut one.row, below, exponential);
            one.score = features::score(&one.row, weights);
        }
    }

    fn may_list(&self, item: ItemNo, wanted: &Wanted<'_>) -> bool {
        self.items.is_answer(item) && !wanted.exclude.contains(&item)
    }
}

/// Lists a candidate unless it is; gives its place.
fn list(
    item: ItemNo,
    supporters: u32,
    scores: [u64; features::MODELS],
    scratch: &mut Scratch,
) -> usize {
    let Scratch { group, cells, blended, scores: all, .. } = scratch;
    let Some(cell) = cells.get_mut(item.at()) else { return usize::MAX };
    if cell.group != *group {
        cell.group = *group;
        cell.place = u32::try_from(blended.len()).unwrap_or(u32::MAX);
        blended.push(Blended { item, score: 0, supporters, logit: None, row: features::EMPTY });
        all.push(scores);
    }
    cell.place as usize
}

/// e^x for x at most 0, both in fixed point.
#[expect(
    clippy::cast_possible_truncation,
    reason = "e to the power of at most 0 is at most 1, so the product fits 13 bits"
)]
fn exponential(below: i32) -> i32 {
    let one = f64::from(1 << FEATURE_BITS);
    libm::round(libm::exp(f64::from(below) / one) * one) as i32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range before")]
fn fixed(logit: f32) -> i32 {
    let low = f64::from(SEQUENCE_MIN) * 4.0;
    libm::round((f64::from(logit) * f64::from(1 << FEATURE_BITS)).clamp(low, -low)) as i32
}
