//! Check digits: Luhn, ISO 7064, weighted sums, Verhoeff.

/// Luhn (ISO/IEC 7812-1): the last digit checks the others.
pub fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0_u32;
    for (place, &digit) in digits.iter().rev().enumerate() {
        let digit = u32::from(digit);
        let doubled = if digit > 4 { digit * 2 - 9 } else { digit * 2 };
        sum += if place % 2 == 1 { doubled } else { digit };
    }
    digits.len() > 1 && sum.is_multiple_of(10)
}

/// The rest of digits and letters (A = 10) divided by 97 (ISO 7064 MOD 97-10).
pub fn mod_97(text: impl Iterator<Item = u8>) -> Option<u32> {
    let mut rest = 0_u32;
    for byte in text {
        rest = match byte {
            b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(byte - b'A') + 10,
            b'a'..=b'z' => rest * 100 + u32::from(byte - b'a') + 10,
            _ => return None,
        } % 97;
    }
    Some(rest)
}

/// ISO 7064 MOD 11,10: the last digit checks the others.
pub fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let mut product = 10;
    for digit in body {
        let sum = (u32::from(*digit) + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (11 - product) % 10 == u32::from(*last)
}

/// The sum of digits times weights; digits without a weight do not count.
pub fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The number that digits write, for at most 18 of them.
pub fn number(digits: &[u8]) -> u64 {
    digits.iter().take(18).fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// The digit at a place; 10, which no digit is, behind the last one.
pub fn at(digits: &[u8], place: usize) -> u8 {
    digits.get(place).copied().unwrap_or(10)
}

/// The two digits at a place as a number.
pub fn pair(digits: &[u8], place: usize) -> u32 {
    u32::from(at(digits, place)) * 10 + u32::from(at(digits, place + 1))
}

/// Whether day and month can be of one date; February has 29 days, the year is not looked at.
pub const fn is_day(day: u32, month: u32) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    day >= 1 && day <= days
}

/// Verhoeff (1969): the last digit checks the others.
pub fn verhoeff(digits: &[u8]) -> bool {
    let mut check = 0_u8;
    for (place, digit) in digits.iter().rev().enumerate() {
        let mut moved = *digit;
        for _ in 0..place % 8 {
            moved = PERMUTED.get(usize::from(moved)).copied().unwrap_or(0);
        }
        check = dihedral(check, moved);
    }
    !digits.is_empty() && check == 0
}

const PERMUTED: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Multiplication in the dihedral group of the pentagon.
const fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + (b - 5)) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// The check digit of GS1 numbers: weights 1 and 3 from the left, for 13 digits.
pub fn ean_13(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 13] = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1];
    digits.len() == 13 && weighted(digits, &WEIGHTS).is_multiple_of(10)
}

#[cfg(test)]
mod tests;
