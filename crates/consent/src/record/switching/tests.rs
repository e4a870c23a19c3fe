use std::collections::BTreeMap;

use domain::id::Pseudonym;
use domain::time::{DAY_MS, Timestamp};
use personal::evidence::{DecidedBy, RecordState};
use personal::feature::{Feature, Features};
use personal::gate::{Age, Choices, Facts, Refusal, judge, judge_feature};
use personal::kinds::ConsentEvidence;
use personal::purpose::PurposeName;
use personal::signal::{Signal, Signals, SignalsByPurpose};
use personal::subject::SubjectRef;

use crate::law::named;
use crate::record::switching::{Standing, standing};
use crate::record::{ChooseError, Context, assert_basis, choose, expire, fold};
use crate::request::{ChoiceRequest, Notice};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);
const PURPOSE: PurposeName = PurposeName::Personalization;
const BOUGHT: Feature = Feature::PurchaseHistory;
const STATED: Feature = Feature::StatedPreferences;
const EU: &str = "eu-2018-05-25";
const CALIFORNIA: &str = "us-ca-2026-01-01";

fn context(pack: &str, ms: i64) -> Context<'static> {
    let law = named(pack).unwrap();
    Context { now: NOW.plus_ms(ms), law, place: None, signals: SignalsByPurpose::NONE }
}

fn asked(choices: &[(PurposeName, bool)], features: &[(Feature, bool)]) -> ChoiceRequest {
    ChoiceRequest {
        notice: Some(Notice { digest: [7; 32], language: "en".to_owned() }),
        features: features.iter().copied().collect(),
        ..ChoiceRequest::of(choices.iter().copied().collect(), "panel")
    }
}

/// A person under one law pack, with all evidence.
#[derive(Clone)]
struct Person {
    pack: &'static str,
    ms: i64,
    choices: Choices,
    rows: Vec<ConsentEvidence>,
}

impl Person {
    fn new(pack: &'static str) -> Self {
        Self { pack, ms: 0, choices: Choices::default(), rows: Vec::new() }
    }

    fn says(&mut self, request: &ChoiceRequest) -> Result<(), ChooseError> {
        let chosen = choose(&self.choices, request, &context(self.pack, self.ms))?;
        self.ms += 1;
        self.rows.extend(chosen.evidence);
        self.choices = chosen.choices;
        Ok(())
    }

    /// How the feature stands, which is what the gate says where the purpose is allowed.
    fn standing(&self, feature: Feature) -> Option<Standing> {
        standing(&self.choices, feature, &context(self.pack, self.ms)).map(|(one, _)| one)
    }

    fn verdict(&self, feature: Feature) -> Result<(), Refusal> {
        let facts = Facts {
            subject: SubjectRef::from_bytes([1; 16]),
            pseudonym: Pseudonym::from_bytes([2; 16]),
            choices: (self.choices != Choices::default()).then_some(&self.choices),
            signals: Signals::NONE,
            law: named(self.pack).unwrap().law_of(PURPOSE),
            age: Age::Adult,
        };
        let verdict = judge_feature(feature, &facts, NOW.plus_ms(self.ms));
        if let Err(refusal) = judge(PURPOSE, &facts, NOW.plus_ms(self.ms)) {
            assert_eq!(verdict, Err(refusal), "never wider than its purpose");
        }
        verdict
    }
}

#[test]
fn a_feature_stays_off_until_it_is_switched_on() {
    let mut anna = Person::new(EU);
    anna.says(&asked(&[(PURPOSE, true)], &[(BOUGHT, false)])).unwrap();
    assert_eq!(anna.rows.len(), 1, "one step, one row");
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::FeatureOff(BOUGHT)));
    assert_eq!(anna.verdict(STATED), Ok(()));
    // Neither a renewed yes nor a fresh one after a withdrawal turns it on.
    anna.says(&asked(&[(PURPOSE, true)], &[])).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::FeatureOff(BOUGHT)));
    anna.says(&asked(&[(PURPOSE, false)], &[])).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::Withdrawn));
    anna.says(&asked(&[(PURPOSE, true)], &[])).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::FeatureOff(BOUGHT)));
    anna.says(&asked(&[], &[(BOUGHT, true)])).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Ok(()));
    let row = anna.rows.last().unwrap();
    assert_eq!(
        (row.state, row.on, row.off),
        (RecordState::Switched, Features::NONE.with(BOUGHT), Features::NONE)
    );
    assert_eq!((row.notice.as_slice(), row.how.as_str()), (&[7; 32][..], "panel"));
    assert_eq!(row.decided_by, DecidedBy::Person);
    anna.says(&asked(&[(PURPOSE, false)], &[(STATED, false)])).unwrap();
    anna.says(&asked(&[(PURPOSE, true)], &[(BOUGHT, false), (STATED, true)])).unwrap();
    assert_eq!(anna.verdict(STATED), Ok(()));
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::FeatureOff(BOUGHT)));
}

#[test]
fn a_feature_is_switched_on_only_where_its_purpose_is() {
    let on = asked(&[], &[(BOUGHT, true)]);
    let refused = Err(ChooseError::FeatureNotOn(BOUGHT));
    let mut anna = Person::new(EU);
    assert_eq!(anna.says(&on), refused, "never asked");
    assert_eq!(anna.says(&asked(&[(PURPOSE, false)], &[(BOUGHT, true)])), refused);
    anna.says(&asked(&[(PURPOSE, true)], &[])).unwrap();
    anna.says(&ChoiceRequest { pauses: [PURPOSE].into(), ..asked(&[], &[]) }).unwrap();
    assert_eq!(anna.says(&on), refused, "paused");
    anna.says(&asked(&[], &[(BOUGHT, false)])).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::Paused), "an off is always taken");
    let mut silent = Person::new(CALIFORNIA);
    assert_eq!(silent.verdict(BOUGHT), Ok(()));
    silent.says(&asked(&[], &[(BOUGHT, false)])).unwrap();
    assert_eq!(silent.verdict(BOUGHT), Err(Refusal::FeatureOff(BOUGHT)));
    assert_eq!(silent.verdict(STATED), Ok(()));
    silent.says(&on).unwrap();
    assert_eq!(silent.verdict(BOUGHT), Ok(()));
    assert!(silent.choices.by_purpose.is_empty(), "a switch is no yes");
}

/// A feature that came later: an import, or a notice that did not tell of it.
#[test]
fn a_yes_covers_what_the_person_was_told_of() {
    let mut anna = Person::new(EU);
    let told = Features::NONE.with(STATED);
    anna.says(&ChoiceRequest { covers: told, ..asked(&[(PURPOSE, true)], &[]) }).unwrap();
    assert_eq!(anna.verdict(STATED), Ok(()));
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::FeatureNotAsked(BOUGHT)));
    assert_eq!(anna.standing(BOUGHT), Some(Standing::NotAsked));
    anna.says(&asked(&[], &[(BOUGHT, true)])).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Ok(()));
    // A yes after that which does not cover it again takes nothing from the earlier one.
    anna.says(&ChoiceRequest { covers: told, ..asked(&[(PURPOSE, true)], &[]) }).unwrap();
    assert_eq!(anna.verdict(BOUGHT), Err(Refusal::FeatureNotAsked(BOUGHT)));
    let context = context(EU, 0);
    let mut off = Person::new(EU);
    off.says(&asked(&[], &[(BOUGHT, false)])).unwrap();
    let imported = assert_basis(&off.choices, (PURPOSE, "paper form"), &context).unwrap();
    assert_eq!(imported.choices.features.off(), Features::NONE.with(BOUGHT));
    assert_eq!(fold(&[off.rows, imported.evidence].concat()), imported.choices);
}

/// A switch from a place without the signal does not clear what a choice was made under.
#[test]
fn a_switch_clears_no_signal() {
    let gpc = Signals::NONE.with(Signal::Gpc);
    let signals = SignalsByPurpose::everywhere(gpc);
    let first = choose(
        &Choices::default(),
        &asked(&[(PurposeName::Marketing, false)], &[]),
        &Context { signals, ..context(CALIFORNIA, 0) },
    );
    let first = first.unwrap();
    let second = choose(&first.choices, &asked(&[], &[(BOUGHT, false)]), &context(CALIFORNIA, 1));
    let second = second.unwrap();
    assert_eq!(second.choices.signals, gpc);
    assert_eq!(fold(&[first.evidence, second.evidence].concat()), second.choices);
}

#[test]
fn what_ends_by_itself_says_nothing_about_features() {
    let mut anna = Person::new(EU);
    anna.says(&asked(&[(PURPOSE, true)], &[])).unwrap();
    anna.says(&asked(&[], &[(BOUGHT, false)])).unwrap();
    let later = NOW.plus_ms(400 * DAY_MS);
    let over = expire(&anna.choices, &anna.rows, &[PURPOSE], later);
    assert_eq!(over.evidence.len(), 1);
    assert_eq!((over.evidence[0].on, over.evidence[0].off), (Features::NONE, Features::NONE));
    assert_eq!(over.choices.features.off(), Features::NONE.with(BOUGHT));
}

/// What a person can say here.
fn steps() -> Vec<ChoiceRequest> {
    let mut steps = Vec::new();
    for choice in [None, Some(true), Some(false)] {
        for bought in [None, Some(true), Some(false)] {
            for stated in [None, Some(true), Some(false)] {
                let features: Vec<_> = [(BOUGHT, bought), (STATED, stated)]
                    .into_iter()
                    .filter_map(|(feature, on)| Some((feature, on?)))
                    .collect();
                let choices: Vec<_> = choice.map(|yes| (PURPOSE, yes)).into_iter().collect();
                if !choices.is_empty() || !features.is_empty() {
                    steps.push(asked(&choices, &features));
                }
            }
        }
    }
    steps.push(ChoiceRequest { pauses: [PURPOSE].into(), ..asked(&[], &[]) });
    steps
}

/// What the words say, without looking at the code: the last word about each of them counts.
#[derive(Clone, Default)]
struct Said {
    purpose: Option<bool>,
    off: BTreeMap<Feature, bool>,
}

impl Said {
    fn takes(&mut self, request: &ChoiceRequest) {
        if let Some(yes) = request.choices.get(&PURPOSE) {
            self.purpose = Some(*yes);
        }
        if request.pauses.contains(&PURPOSE) {
            self.purpose = Some(false);
        }
        self.off.extend(request.features.iter().map(|(feature, on)| (*feature, !on)));
    }

    fn allows(&self, pack: &str, feature: Feature) -> bool {
        let purpose = self.purpose.unwrap_or(pack == CALIFORNIA);
        purpose && !self.off.get(&feature).copied().unwrap_or(false)
    }
}

fn walk(person: &Person, said: &Said, depth: u32) -> u64 {
    let mut states = 1;
    for feature in Feature::ALL {
        let expected = match person.verdict(feature) {
            Ok(()) => Some(Standing::On),
            Err(Refusal::FeatureOff(_)) => Some(Standing::Off),
            Err(Refusal::FeatureNotAsked(_)) => Some(Standing::NotAsked),
            Err(_) => person.choices.features.off().holds(feature).then_some(Standing::Off),
        };
        assert_eq!(person.standing(feature), expected, "{feature:?}");
        let allows = said.allows(person.pack, feature);
        assert_eq!(person.verdict(feature).is_ok(), allows, "{feature:?} {:?}", person.rows);
    }
    assert_eq!(fold(&person.rows), person.choices);
    assert_eq!(fold(person.rows.iter().rev()), person.choices);
    if depth == 0 {
        return states;
    }
    for step in steps() {
        let (mut person, mut said) = (person.clone(), said.clone());
        if person.says(&step).is_ok() {
            said.takes(&step);
            states += walk(&person, &said, depth - 1);
        }
    }
    states
}

/// Every sequence of three things that can be said, under both kinds of law.
#[test]
fn the_last_word_about_each_feature_counts() {
    for pack in [EU, CALIFORNIA] {
        let states = walk(&Person::new(pack), &Said::default(), 3);
        assert!(states > 5_000, "{pack}: {states}");
    }
}

/// Of two rows of the same moment the one that switches off counts, in either order.
#[test]
fn of_switches_that_clash_off_counts() {
    let mut anna = Person::new(EU);
    anna.says(&asked(&[(PURPOSE, true)], &[])).unwrap();
    let yes = anna.rows[0].clone();
    let no =
        ConsentEvidence { on: Features::NONE, off: Features::NONE.with(BOUGHT), ..yes.clone() };
    let folded = fold([&yes, &no]);
    assert_eq!(folded, fold([&no, &yes]));
    assert_eq!(folded.features.off(), Features::NONE.with(BOUGHT));
}
