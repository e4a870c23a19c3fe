use super::*;
use crate::plan::Scope;
use domain::id::RowId;
use domain::time::Timestamp;
use personal::purpose::PurposeName;

const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
const ONE: About = About::One(RowId::from_bytes([1; 16]));
const MARKETING: About = About::Scope(Scope::Purpose(PurposeName::Marketing));
const FRAUD: About = About::Scope(Scope::Purpose(PurposeName::FraudPrevention));

#[track_caller]
fn check(kind: Kind, about: About, expected: Strength) {
    assert!(about.fits(kind), "{kind:?} {about}");
    assert_eq!(needed(kind, about).strength, expected, "{kind:?} {about}");
}

#[test]
fn what_only_protects_needs_no_proof() {
    check(Kind::OptOut, About::EVERYTHING, Strength::Nothing);
    check(Kind::LimitUse, About::EVERYTHING, Strength::Nothing);
    check(Kind::Withdrawal, About::EVERYTHING, Strength::Nothing);
    check(Kind::Withdrawal, MARKETING, Strength::Nothing);
    check(Kind::Objection, MARKETING, Strength::Nothing);
}

#[test]
fn what_gives_everything_away_or_destroys_it_needs_a_login_of_this_moment() {
    check(Kind::Access, About::EVERYTHING, Strength::Fresh);
    check(Kind::Portability, About::EVERYTHING, Strength::Fresh);
    check(Kind::Erasure, About::EVERYTHING, Strength::Fresh);
    check(Kind::Erasure, MARKETING, Strength::Fresh);
}

#[test]
fn everything_else_needs_the_hand_off_of_the_shop() {
    check(Kind::Access, About::Categories, Strength::Linked);
    check(Kind::Erasure, ONE, Strength::Linked);
    check(Kind::Rectification, ONE, Strength::Linked);
    check(Kind::HumanReview, ONE, Strength::Linked);
    check(Kind::Restriction, About::EVERYTHING, Strength::Linked);
    check(Kind::Objection, FRAUD, Strength::Linked);
}

#[track_caller]
fn check_shown(
    (kind, about): (Kind, About),
    proof: (Proof, Known),
    age_ms: i64,
    expected: Result<Strength, &str>,
) {
    let needed = needed(kind, about);
    let found = enough(needed, proof, NOW.plus_ms(-age_ms), NOW);
    let found = found.map_err(|error| error.to_string());
    let found = found.as_ref().map(|one| *one).map_err(|text| text.split(':').next().unwrap());
    assert_eq!(found, expected, "{kind:?} {proof:?} {age_ms}");
}

#[test]
fn a_proof_is_strong_and_young_enough_or_refused() {
    let erasure = (Kind::Erasure, About::EVERYTHING);
    let fresh = (Proof::FreshLogin, Known::Account);
    check_shown(erasure, fresh, 0, Ok(Strength::Fresh));
    check_shown(erasure, fresh, 10 * MINUTE_MS, Ok(Strength::Fresh));
    check_shown(erasure, fresh, 10 * MINUTE_MS + 1, Err("proof is too old"));
    check_shown(erasure, fresh, -1, Err("proof was made after now"));
    check_shown(erasure, (Proof::HandOff, Known::Account), 0, Err("proof is too weak"));
    check_shown(erasure, (Proof::MailLink, Known::Account), 0, Err("proof is too weak"));
    check_shown(erasure, (Proof::Agent, Known::Account), 0, Err("proof is too weak"));
    check_shown(erasure, (Proof::MailLink, Known::Guest), 0, Ok(Strength::Fresh));
    check_shown(erasure, (Proof::MailLink, Known::Browser), 0, Err("proof is too weak"));
    check_shown(erasure, (Proof::BrowserHandle, Known::Browser), 0, Ok(Strength::Fresh));
    check_shown(erasure, (Proof::BrowserHandle, Known::Account), 0, Err("proof is too weak"));
    check_shown(erasure, (Proof::Shop, Known::Account), 0, Ok(Strength::Fresh));
    let review = (Kind::HumanReview, ONE);
    check_shown(review, (Proof::HandOff, Known::Account), 0, Ok(Strength::Linked));
    check_shown(review, (Proof::HandOff, Known::Account), 600_001, Err("proof is too old"));
    check_shown(review, (Proof::Agent, Known::Guest), 3_600_000, Ok(Strength::Linked));
    let opt_out = (Kind::OptOut, About::EVERYTHING);
    check_shown(opt_out, (Proof::BrowserHandle, Known::Account), 0, Ok(Strength::Nothing));
}

#[test]
fn everybody_can_prove_what_any_request_needs() {
    for known in [Known::Account, Known::Guest, Known::Browser] {
        let best = Proof::ALL.into_iter().map(|proof| gives(proof, known)).max();
        assert_eq!(best, Some(Strength::Fresh), "{known:?}");
        // Also without the help of the shop.
        let own = Proof::ALL.into_iter().filter(|proof| *proof != Proof::Shop);
        let best = own.map(|proof| gives(proof, known)).max();
        assert_eq!(best, Some(Strength::Fresh), "{known:?}");
    }
}
