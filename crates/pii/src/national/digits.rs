//! Rules of numbers of digits only.
//!
//! Sources are the authorities' own descriptions; the tests name a number for each rule.

use crate::checks::{at, ean_13, is_day, luhn, mod_11_10, number, pair, verhoeff, weighted};
use crate::national::Rule;

/// Below the default threshold: a cue is needed.
const CUE: u8 = 30;

const fn rule(
    name: &'static str,
    groups: &'static [&'static [usize]],
    check: fn(&[u8]) -> bool,
    scores: (u8, u8),
) -> Rule {
    Rule { name, groups, check, scores }
}

/// Every rule.
pub const RULES: &[Rule] = &[
    rule("us_ssn", &[&[9], &[3, 2, 4]], us_ssn, (CUE, 75)),
    rule("us_itin", &[&[9], &[3, 2, 4]], us_itin, (CUE, 75)),
    rule("uk_nhs", &[&[10], &[3, 3, 4]], uk_nhs, (CUE, 45)),
    rule("uk_utr", &[&[10], &[5, 5]], uk_utr, (CUE, CUE)),
    rule("at_social", &[&[10], &[4, 6]], at_social, (45, 60)),
    rule("be_register", &[&[11], &[2, 2, 2, 3, 2], &[6, 3, 2]], be_register, (65, 90)),
    rule("bg_egn", &[&[10]], bg_egn, (55, CUE)),
    rule("hr_oib", &[&[11]], mod_11_10, (CUE, CUE)),
    rule("cz_sk_birth", &[&[10], &[6, 4]], cz_sk_birth, (45, 75)),
    rule("dk_cpr", &[&[10], &[6, 4]], dk_cpr, (CUE, 60)),
    rule("ee_lt_personal", &[&[11]], ee_lt_personal, (65, CUE)),
    rule("fi_hetu", &[&[6, 4]], fi_hetu, (CUE, 65)),
    rule("fr_nir", &[&[15], &[1, 2, 2, 2, 3, 3, 2], &[13, 2]], fr_nir, (85, 90)),
    rule("de_tax", &[&[11], &[2, 3, 3, 3]], de_tax, (45, 65)),
    rule("gr_amka", &[&[11]], gr_amka, (50, CUE)),
    rule("gr_afm", &[&[9]], gr_afm, (CUE, CUE)),
    rule("hu_tax", &[&[10]], hu_tax, (CUE, CUE)),
    rule("hu_taj", &[&[9], &[3, 3, 3]], hu_taj, (CUE, CUE)),
    rule("hu_personal", &[&[11], &[1, 6, 4]], hu_personal, (55, 80)),
    rule("lv_personal", &[&[11], &[6, 5]], lv_personal, (CUE, 75)),
    rule("lu_matricule", &[&[13]], lu_matricule, (85, CUE)),
    rule("nl_bsn", &[&[9], &[4, 2, 3], &[3, 3, 3]], nl_bsn, (CUE, CUE)),
    rule("pl_pesel", &[&[11]], pl_pesel, (65, CUE)),
    rule("pl_nip", &[&[10], &[3, 3, 2, 2], &[3, 2, 2, 3]], pl_nip, (CUE, 60)),
    rule("pt_nif", &[&[9], &[3, 3, 3]], pt_nif, (CUE, CUE)),
    rule("ro_cnp", &[&[13]], ro_cnp, (80, CUE)),
    rule("si_emso", &[&[13]], si_emso, (75, CUE)),
    rule("se_personal", &[&[10], &[12], &[6, 4], &[8, 4]], se_personal, (45, 80)),
    rule("no_birth", &[&[11], &[6, 5]], no_birth, (85, 90)),
    rule("is_kennitala", &[&[10], &[6, 4]], is_kennitala, (60, 80)),
    rule("ch_ahv", &[&[13], &[3, 4, 4, 2]], ch_ahv, (70, 95)),
];

/// USA, Social Security Administration: no area 000, 666 or 900 to 999, no group 00, no serial
/// 0000. Since 2011 there is no check beyond that.
fn us_ssn(d: &[u8]) -> bool {
    let area = number(d.get(..3).unwrap_or_default());
    let serial = number(d.get(5..).unwrap_or_default());
    area > 0 && area != 666 && area < 900 && pair(d, 3) > 0 && serial > 0 && !is_same(d)
}

/// USA, Internal Revenue Service.
fn us_itin(d: &[u8]) -> bool {
    at(d, 0) == 9 && matches!(pair(d, 3), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// United Kingdom, NHS data dictionary: modulus 11.
fn uk_nhs(d: &[u8]) -> bool {
    let check = (11 - weighted(d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    check == u32::from(at(d, 9)) && !is_same(d)
}

/// United Kingdom, HMRC: the first digit checks the others.
fn uk_utr(d: &[u8]) -> bool {
    let rest = weighted(d.get(1..).unwrap_or_default(), &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    let check = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1].get(rest as usize).copied();
    check == Some(at(d, 0))
}

/// Austria: the fourth digit checks the others; day, month and year of birth follow.
fn at_social(d: &[u8]) -> bool {
    let check = weighted(d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    // Months 13 to 15 are given out when a day has no numbers left.
    let date = is_day(pair(d, 4), pair(d, 6)) || matches!(pair(d, 6), 13..=15);
    at(d, 0) > 0 && check == u32::from(at(d, 3)) && date && pair(d, 4) <= 31
}

/// Belgium: 97 less the rest, with a 2 in front for those born since 2000.
fn be_register(d: &[u8]) -> bool {
    let body = number(d.get(..9).unwrap_or_default());
    let check = u64::from(pair(d, 9));
    let right = |body: u64| 97 - body % 97 == check;
    let month = pair(d, 2);
    let month =
        [0, 20, 40].into_iter().find_map(|more| month.checked_sub(more).filter(|m| *m < 13));
    let date = month.is_some_and(|month| month == 0 || is_day(pair(d, 4).max(1), month));
    date && (right(body) || right(2_000_000_000 + body))
}

/// Bulgaria: months plus 20 for the 1800s, plus 40 for the 2000s.
fn bg_egn(d: &[u8]) -> bool {
    let month = pair(d, 2) % 20;
    let check = weighted(d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    pair(d, 2) <= 52 && is_day(pair(d, 4), month) && check == u32::from(at(d, 9))
}

/// Czechia and Slovakia, since 1954: divisible by 11, women's months plus 50, overflow plus 20.
fn cz_sk_birth(d: &[u8]) -> bool {
    let month = pair(d, 2) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let body = number(d.get(..9).unwrap_or_default()) % 11 % 10;
    is_day(pair(d, 4), month) && body == u64::from(at(d, 9))
}

/// Denmark: a date and four digits; since 2007 the check digit is not always right.
fn dk_cpr(d: &[u8]) -> bool {
    is_day(pair(d, 0), pair(d, 2)) && !is_same(d)
}

/// Estonia and Lithuania.
fn ee_lt_personal(d: &[u8]) -> bool {
    let first = weighted(d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(d, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let check = if first < 10 { first } else { second % 10 };
    (1..=6).contains(&at(d, 0)) && is_day(pair(d, 5), pair(d, 3)) && check == u32::from(at(d, 10))
}

/// Finland, born before 2000 and with a digit as check character; the others have letters.
fn fi_hetu(d: &[u8]) -> bool {
    let check = number(d.get(..9).unwrap_or_default()) % 31;
    is_day(pair(d, 0), pair(d, 2)) && check == u64::from(at(d, 9))
}

/// France: sex, year, month, department, commune, order, and 97 less the rest.
fn fr_nir(d: &[u8]) -> bool {
    let key = 97 - number(d.get(..13).unwrap_or_default()) % 97;
    let month = pair(d, 3);
    let month = (1..=12).contains(&month) || (20..=42).contains(&month) || month >= 50;
    matches!(at(d, 0), 1..=4 | 7 | 8) && month && key == u64::from(pair(d, 13))
}

/// Germany: ISO 7064 MOD 11,10; of the first ten digits one stands twice or three times.
fn de_tax(d: &[u8]) -> bool {
    let mut seen = [0_u8; 10];
    for digit in d.iter().take(10) {
        if let Some(count) = seen.get_mut(usize::from(*digit)) {
            *count += 1;
        }
    }
    let twice = seen.iter().filter(|count| **count > 1).count() == 1;
    at(d, 0) > 0 && twice && seen.iter().all(|count| *count < 4) && mod_11_10(d)
}

/// Greece, social security: day, month, year of birth, and Luhn.
fn gr_amka(d: &[u8]) -> bool {
    is_day(pair(d, 0), pair(d, 2)) && luhn(d)
}

/// Greece, tax: powers of two.
fn gr_afm(d: &[u8]) -> bool {
    let check = weighted(d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10;
    check == u32::from(at(d, 8)) && !is_same(d)
}

/// Hungary, tax: an 8, days since 1867, order.
fn hu_tax(d: &[u8]) -> bool {
    at(d, 0) == 8 && weighted(d, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == u32::from(at(d, 9))
}

/// Hungary, health insurance.
fn hu_taj(d: &[u8]) -> bool {
    weighted(d, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == u32::from(at(d, 8)) && !is_same(d)
}

/// Hungary, personal: the weights turned round for those born since 1997.
fn hu_personal(d: &[u8]) -> bool {
    let old = weighted(d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
    let new = weighted(d, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
    let check = u32::from(at(d, 10));
    (1..=8).contains(&at(d, 0)) && is_day(pair(d, 5), pair(d, 3)) && (old == check || new == check)
}

/// Latvia: a date and a check digit; numbers since 2017 start with 32 and have neither.
fn lv_personal(d: &[u8]) -> bool {
    let sum = weighted(d, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let check = (1101 - sum) % 11;
    let dated = is_day(pair(d, 0), pair(d, 2)) && check == u32::from(at(d, 10));
    dated || pair(d, 0) == 32
}

/// Luxembourg: year, month, day, order, Luhn over twelve digits and Verhoeff over eleven.
fn lu_matricule(d: &[u8]) -> bool {
    let mut second: [u8; 12] = [0; 12];
    for (place, digit) in second.iter_mut().zip(d) {
        *place = *digit;
    }
    let first = luhn(&second);
    if let Some(last) = second.last_mut() {
        *last = at(d, 12);
    }
    let year = number(d.get(..4).unwrap_or_default());
    let date = (1880..=2100).contains(&year) && is_day(pair(d, 6), pair(d, 4));
    date && first && verhoeff(&second)
}

/// The Netherlands: the test of eleven.
fn nl_bsn(d: &[u8]) -> bool {
    let sum = weighted(d, &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum > 0 && sum % 11 == u32::from(at(d, 8)) && !is_same(d)
}

/// Poland: the century stands in the month.
fn pl_pesel(d: &[u8]) -> bool {
    let check = (10 - weighted(d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    is_day(pair(d, 4), pair(d, 2) % 20) && check == u32::from(at(d, 10))
}

/// Poland, tax.
fn pl_nip(d: &[u8]) -> bool {
    weighted(d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == u32::from(at(d, 9)) && !is_same(d)
}

/// Portugal, tax: persons start with 1, 2, 3 or 45.
fn pt_nif(d: &[u8]) -> bool {
    let check = 11 - weighted(d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let person = matches!(at(d, 0), 1..=3) || pair(d, 0) == 45;
    person && u32::from(at(d, 8)) == if check > 9 { 0 } else { check }
}

/// Romania.
fn ro_cnp(d: &[u8]) -> bool {
    let check = weighted(d, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let check = if check == 10 { 1 } else { check };
    at(d, 0) > 0 && is_day(pair(d, 5), pair(d, 3)) && check == u32::from(at(d, 12))
}

/// Slovenia and its neighbors: day, month, three digits of the year, region, order.
fn si_emso(d: &[u8]) -> bool {
    let check = 11 - weighted(d, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let century = matches!(at(d, 4), 0 | 8 | 9);
    let right = u32::from(at(d, 12)) == if check == 11 { 0 } else { check };
    is_day(pair(d, 0), pair(d, 2)) && century && right
}

/// Sweden: year, month, day (coordination numbers plus 60), Luhn over the last ten.
fn se_personal(d: &[u8]) -> bool {
    let short = d.get(d.len().saturating_sub(10)..).unwrap_or_default();
    let day = pair(short, 4);
    let day = if day > 60 { day - 60 } else { day };
    let century = d.len() == 10 || matches!(pair(d, 0), 18..=20);
    century && is_day(day, pair(short, 2)) && luhn(short)
}

/// Norway: D-numbers add 40 to the day, test numbers 40 or 80 to the month.
fn no_birth(d: &[u8]) -> bool {
    let first = (11 - weighted(d, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - weighted(d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    let date = is_day(pair(d, 0) % 40, pair(d, 2) % 40);
    date && first == u32::from(at(d, 9)) && second == u32::from(at(d, 10))
}

/// Iceland: the last digit is the century.
fn is_kennitala(d: &[u8]) -> bool {
    let check = (11 - weighted(d, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    let day = pair(d, 0) % 40;
    is_day(day, pair(d, 2)) && check == u32::from(at(d, 8)) && matches!(at(d, 9), 8 | 9 | 0)
}

/// Switzerland: 756 and the check digit of GS1.
fn ch_ahv(d: &[u8]) -> bool {
    d.starts_with(&[7, 5, 6]) && ean_13(d)
}

fn is_same(digits: &[u8]) -> bool {
    digits.iter().all(|digit| Some(digit) == digits.first())
}
