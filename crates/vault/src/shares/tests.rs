use super::{CHANCE_BYTES, Share, Splitting, inverse, join, multiply, split};
use crate::key::ShopKey;

const KEY: [u8; 32] = *b"thirty-two bytes of a shop's key";

fn chance() -> [u8; CHANCE_BYTES] {
    let mut bytes = [0; CHANCE_BYTES];
    bytes.iter_mut().zip((7..=251).cycle()).for_each(|(to, from)| *to = from);
    bytes
}

fn shares(needed: u8, of: u8) -> Vec<Share> {
    let splitting = Splitting { needed, of, set: [1, 2, 3, 4] };
    split(&ShopKey::from_bytes(KEY), splitting, &chance()).unwrap()
}

/// Products of FIPS 197 section 4.2, and the inverse of its S-box example.
#[test]
fn the_field_is_the_one_of_aes() {
    assert_eq!(multiply(0x57, 0x83), 0xc1);
    assert_eq!(multiply(0x57, 0x13), 0xfe);
    assert_eq!(multiply(0x57, 0x02), 0xae);
    assert_eq!(inverse(0x53), 0xca);
    for a in 1..=255 {
        assert_eq!(multiply(a, inverse(a)), 1, "{a}");
    }
    assert_eq!(inverse(0), 0);
}

/// With one coefficient a share is the line `secret + chance * number`.
#[test]
fn two_of_three_are_points_of_a_line() {
    for share in shares(2, 3) {
        for (at, byte) in share.value.iter().enumerate() {
            assert_eq!(*byte, KEY[at] ^ multiply(chance()[at], share.number));
        }
    }
}

#[track_caller]
fn check(needed: u8, of: u8, chosen: &[usize], opens: bool) {
    let lines: Vec<_> = shares(needed, of).iter().map(Share::to_line).collect();
    let chosen: Vec<Share> = chosen.iter().map(|at| Share::parse(&lines[*at]).unwrap()).collect();
    let joined = join(&chosen).map(|key| *key.bytes());
    assert_eq!(joined.is_ok_and(|key| key == KEY), opens);
}

#[test]
fn enough_shares_open_and_fewer_do_not() {
    for pair in [[0, 1], [0, 2], [1, 2], [2, 0]] {
        check(2, 3, &pair, true);
    }
    check(2, 3, &[0, 1, 2], true);
    check(2, 3, &[1], false);
    check(2, 3, &[1, 1], false);
    check(2, 3, &[], false);
    check(3, 5, &[4, 0, 2], true);
    check(3, 5, &[4, 0], false);
    check(16, 16, &(0..16).collect::<Vec<_>>(), true);
}

#[test]
fn shares_of_two_splittings_are_not_mixed() {
    let mut mixed = shares(2, 3);
    mixed[1].set = [9; 4];
    assert!(join(&mixed[..2]).is_err());
    assert!(join(&[mixed.remove(0), mixed.remove(1)]).is_ok());
}

#[test]
fn a_mistake_in_a_line_is_found() {
    let line = shares(2, 3)[0].to_line();
    for at in 0..line.len() {
        let mut wrong = line.as_bytes().to_vec();
        wrong[at] = if wrong[at] == b'1' { b'2' } else { b'1' };
        assert!(Share::parse(std::str::from_utf8(&wrong).unwrap()).is_err(), "{at}");
    }
    assert!(Share::parse(&format!("  {}\n", *line)).is_ok());
    assert!(!format!("{:?}", shares(2, 3)).contains("value"));
}

#[test]
fn splittings_without_sense_are_refused() {
    let key = ShopKey::from_bytes(KEY);
    for (needed, of) in [(1, 3), (4, 3), (0, 0), (2, 17)] {
        assert!(split(&key, Splitting { needed, of, set: [0; 4] }, &chance()).is_err());
    }
}
