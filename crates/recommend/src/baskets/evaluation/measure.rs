//! How good one list is for one basket, and the means over many.

use serde::Serialize;

use crate::items::ItemNo;

/// Which items of the basket are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// All.
    All,
    /// Those that the customer bought before.
    Repeat,
    /// Those that the customer never bought.
    Explore,
}

impl Group {
    /// All groups.
    pub const EACH: [Self; 3] = [Self::All, Self::Repeat, Self::Explore];
}

/// One list against one basket; a basket without an item of the group has no score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Share of the sought items that stand in the list.
    pub recall: f64,
    /// Discounted cumulative gain over that of the best list of this length.
    pub ndcg: f64,
    /// 1 if any sought item stands in the list.
    pub hit: f64,
}

/// Means over all baskets that have an item of the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quality {
    /// How many those are.
    pub baskets: u64,
    /// Recall@k.
    pub recall: f64,
    /// nDCG@k, every item of the basket as good as the other.
    pub ndcg: f64,
    /// HR@k.
    pub hit_rate: f64,
}

/// Scores the first `k` of a list.
pub fn score(list: &[ItemNo], k: usize, sought: &[ItemNo]) -> Option<Score> {
    if sought.is_empty() {
        return None;
    }
    let (mut hits, mut gain) = (0_u32, 0.0);
    for (rank, item) in list.iter().take(k).enumerate() {
        if sought.contains(item) {
            hits += 1;
            gain += discount(rank);
        }
    }
    let best: f64 = (0..k.min(sought.len())).map(discount).sum();
    let recall = f64::from(hits) / sought.len() as f64;
    Some(Score { recall, ndcg: gain / best, hit: f64::from(hits.min(1)) })
}

/// The items of a target that belong to a group.
pub fn sought(target: &[ItemNo], known: &[ItemNo], group: Group) -> Vec<ItemNo> {
    let wanted = |item: &ItemNo| match group {
        Group::All => true,
        Group::Repeat => known.binary_search(item).is_ok(),
        Group::Explore => known.binary_search(item).is_err(),
    };
    target.iter().copied().filter(wanted).collect()
}

/// The means, added in the order of the baskets.
pub fn means(scores: &[Option<Score>]) -> Quality {
    let mut sum = Score::default();
    let mut baskets = 0_u64;
    for score in scores.iter().flatten() {
        baskets += 1;
        sum.recall += score.recall;
        sum.ndcg += score.ndcg;
        sum.hit += score.hit;
    }
    let count = baskets.max(1) as f64;
    Quality {
        baskets,
        recall: sum.recall / count,
        ndcg: sum.ndcg / count,
        hit_rate: sum.hit / count,
    }
}

fn discount(rank: usize) -> f64 {
    1.0 / libm::log2(rank as f64 + 2.0)
}

#[cfg(test)]
mod tests;
