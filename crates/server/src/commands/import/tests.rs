use personal::purpose::PurposeName;

use super::asserted;

#[track_caller]
fn check(text: &str, expected: Option<(PurposeName, &str)>) {
    let expected = expected.map(|(purpose, text)| (purpose, text.to_owned()));
    assert_eq!(asserted(text).ok(), expected, "{text:?}");
}

#[test]
fn an_asserted_basis_names_a_purpose_and_says_why() {
    check("SharedLearning=on paper", Some((PurposeName::SharedLearning, "on paper")));
    check(" Personalization = a=b ", Some((PurposeName::Personalization, "a=b")));
    check("Personalization=", None);
    check("Personalization", None);
    check("everything=yes", None);
}
