//! Words of a text, without a dictionary and the same for every language.
//!
//! Lower case, parted at everything that is neither letter nor digit, marks of Latin letters taken
//! off ("Über" and "uber" are one word). Chinese and Japanese write no spaces: runs of their
//! characters give overlapping pairs. Words of more than [`TOKEN_BYTES_MAX`] bytes are dropped,
//! and so is what comes after [`TOKENS_MAX`] words.

/// Longest word, in bytes.
pub const TOKEN_BYTES_MAX: usize = 64;
/// Most words of one text.
pub const TOKENS_MAX: usize = 255;

/// The words of a text in order, repeats included.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let (mut word, mut run) = (String::new(), Vec::new());
    for c in text.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)) {
        if is_unspaced(c) {
            take_word(&mut word, &mut tokens);
            run.push(c);
            continue;
        }
        take_run(&mut run, &mut tokens);
        if c.is_alphanumeric() {
            push_plain(c, &mut word);
        } else {
            take_word(&mut word, &mut tokens);
        }
        if tokens.len() >= TOKENS_MAX {
            break;
        }
    }
    take_word(&mut word, &mut tokens);
    take_run(&mut run, &mut tokens);
    tokens.truncate(TOKENS_MAX);
    tokens
}

/// A name as it is compared: lower case, without marks, single spaces.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for part in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        for c in part.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)) {
            push_plain(c, &mut plain);
        }
    }
    plain
}

fn take_word(word: &mut String, tokens: &mut Vec<String>) {
    if !word.is_empty() && word.len() <= TOKEN_BYTES_MAX {
        tokens.push(word.clone());
    }
    word.clear();
}

fn take_run(run: &mut Vec<char>, tokens: &mut Vec<String>) {
    if let [alone] = run.as_slice() {
        tokens.push(alone.to_string());
    }
    tokens.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
    run.clear();
}

/// Combining marks: what is left of a letter that was written in parts.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Characters of scripts that part no words: kana and ideographs.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Adds a lower-case letter, without its marks if it is Latin.
fn push_plain(c: char, word: &mut String) {
    let plain = match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | '\u{1ea0}'..='\u{1eb7}' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | '\u{1eb8}'..='\u{1ec7}' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | '\u{1ec8}'..='\u{1ecb}' => "i",
        'ĳ' => "ij",
        'ĵ' => "j",
        'ķ' | 'ĸ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŉ' | 'ŋ' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ǒ' | '\u{1ecc}'..='\u{1ee3}' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ß' => "ss",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ſ' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | '\u{1ee4}'..='\u{1ef1}' => {
            "u"
        }
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | '\u{1ef2}'..='\u{1ef9}' => "y",
        'ź' | 'ż' | 'ž' => "z",
        other => return word.push(other),
    };
    word.push_str(plain);
}

#[cfg(test)]
mod tests;
