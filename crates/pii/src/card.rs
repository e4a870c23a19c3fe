//! Payment cards: length and first digits by network, and Luhn (ISO/IEC 7812-1).

use crate::checks::{luhn, number};
use crate::finding::Reason;
use crate::kind::Kind;
use crate::scan::Look;
use crate::scan::run::Run;

/// A network: its rule, first and last value of its first digits, shortest and longest number.
struct Network {
    rule: &'static str,
    from: u64,
    to: u64,
    digits: usize,
    lengths: (usize, usize),
    /// Numbers of this form are also article numbers: without a cue they are none.
    needs_cue: bool,
}

const fn network(
    rule: &'static str,
    (from, to, digits): (u64, u64, usize),
    lengths: (usize, usize),
) -> Network {
    Network { rule, from, to, digits, lengths, needs_cue: false }
}

const fn weak(rule: &'static str, prefix: (u64, u64, usize), lengths: (usize, usize)) -> Network {
    let mut network = network(rule, prefix, lengths);
    network.needs_cue = true;
    network
}

/// Ranges as the networks publish them; the first that fits names the card.
const NETWORKS: &[Network] = &[
    network("visa", (4, 4, 1), (16, 16)),
    weak("visa", (4, 4, 1), (13, 13)),
    network("visa", (4, 4, 1), (19, 19)),
    network("mastercard", (51, 55, 2), (16, 16)),
    network("mastercard", (2221, 2720, 4), (16, 16)),
    network("mir", (2200, 2204, 4), (16, 19)),
    network("amex", (34, 34, 2), (15, 15)),
    network("amex", (37, 37, 2), (15, 15)),
    network("diners", (300, 305, 3), (14, 14)),
    network("diners", (3095, 3095, 4), (14, 14)),
    network("diners", (36, 36, 2), (14, 14)),
    network("diners", (38, 39, 2), (14, 16)),
    network("jcb", (3528, 3589, 4), (16, 19)),
    network("jcb", (1800, 1800, 4), (15, 15)),
    network("jcb", (2131, 2131, 4), (15, 15)),
    network("discover", (6011, 6011, 4), (16, 19)),
    network("discover", (644, 649, 3), (16, 19)),
    network("discover", (65, 65, 2), (16, 19)),
    network("unionpay", (62, 62, 2), (16, 19)),
    network("unionpay", (81, 81, 2), (16, 19)),
    network("rupay", (60, 60, 2), (16, 16)),
    network("rupay", (82, 82, 2), (16, 16)),
    network("troy", (9792, 9792, 4), (16, 16)),
    network("uatp", (1, 1, 1), (15, 15)),
    weak("jcb", (35, 35, 2), (16, 16)),
    weak("maestro", (50, 50, 2), (12, 19)),
    weak("maestro", (56, 58, 2), (12, 19)),
    weak("maestro", (60, 69, 2), (12, 19)),
];

/// Shortest and longest number.
pub const DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// The network of a card number with a right check digit, and whether it needs a cue.
fn network_of(digits: &[u8]) -> Option<&'static Network> {
    let fits = |network: &&Network| {
        let (min, max) = network.lengths;
        let first = number(digits.get(..network.digits).unwrap_or_default());
        (min..=max).contains(&digits.len()) && (network.from..=network.to).contains(&first)
    };
    let network = NETWORKS.iter().find(fits)?;
    let same = digits.iter().all(|digit| Some(digit) == digits.first());
    (!same && luhn(digits)).then_some(network)
}

/// Looks at a run of digits.
pub fn look(run: &Run, look: &mut Look<'_>) {
    if !DIGITS.contains(&run.digits().len()) || !grouped(run) {
        return;
    }
    let Some(network) = network_of(run.digits()) else { return };
    let cue = look.cue(Kind::Card, run);
    if network.needs_cue && !cue {
        return;
    }
    // With fifteen or more digits one number in ten passes; the first digits narrow that.
    let score = if cue { 99 } else { 80 };
    look.found(run, Kind::Card, (score, Reason::Checksum, network.rule));
}

/// One piece, or pieces as they stand on a card, with one separator throughout.
fn grouped(run: &Run) -> bool {
    let groups = run.groups();
    if groups.len() == 1 {
        return true;
    }
    let first = groups.first().copied().unwrap_or(0);
    run.same_separator(&[" ", "-", ".", "  "])
        && first == 4
        && groups.iter().all(|len| (1..=7).contains(len))
        && groups.len() <= 5
        && groups.iter().rev().skip(1).all(|len| *len >= 4)
}

#[cfg(test)]
mod tests;
