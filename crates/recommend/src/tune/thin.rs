//! Fewer candidates of a step, without a bias: the best by the weights so far are all there, of
//! the others some are drawn evenly and stand for the rest.
//!
//! Comparing with the best alone would be wrong: what lies beyond them could not pull a weight
//! back, and a fit would lift it above everything.

use crate::blend::fit::Choice;
use crate::blend::rank::Blended;
use crate::items::ItemNo;

/// The choice of `target` among at most `most` of the candidates; none when it is not among them.
/// `turn` differs from step to step, so that other candidates are drawn.
pub(super) fn thin(
    blended: &mut [Blended],
    target: Option<ItemNo>,
    most: u32,
    turn: usize,
) -> Option<Choice> {
    let order = |a: &Blended, b: &Blended| b.score.cmp(&a.score).then_with(|| a.item.cmp(&b.item));
    let row = |one: &Blended| one.row;
    let best = (most as usize / 2).max(1);
    if blended.len() <= best * 2 {
        let chosen = blended.iter().position(|one| Some(one.item) == target)?;
        let rows: Vec<_> = blended.iter().map(row).collect();
        return Some(Choice { whole: rows.len(), rows, stands_for: 1.0, chosen, weight: 1.0 });
    }
    blended.select_nth_unstable_by(best, order);
    let (whole, others) = blended.split_at_mut(best);
    // Every so manieth of the others in their order: near and far ones alike are drawn.
    others.sort_unstable_by(order);
    let stride = others.len().div_ceil(best);
    let place = whole.iter().chain(others.iter()).position(|one| Some(one.item) == target)?;
    let phase = match place.checked_sub(best) {
        Some(among_others) => among_others % stride,
        None => turn % stride,
    };
    let drawn = others.iter().skip(phase).step_by(stride);
    let rows: Vec<_> = whole.iter().chain(drawn).map(row).collect();
    let chosen = place.checked_sub(best).map_or(place, |among| best + among / stride);
    let stands_for = f64::from(u32::try_from(stride).unwrap_or(u32::MAX));
    Some(Choice { rows, whole: best, stands_for, chosen, weight: 1.0 })
}

#[cfg(test)]
mod tests;
