use std::collections::{BTreeMap, BTreeSet};

use domain::id::{Pseudonym, RequestId, ShopId};
use domain::time::{Day, Timestamp};
use personal::kinds::DECLARATIONS;
use personal::purpose::PurposeName;
use personal::subject::SubjectRef;
use proptest::prelude::*;

use super::{Ending, Erasure, Intended, ModelAfter, Request, Verification};
use crate::intent::{Found, Intent, Marks, Target};
use crate::plan::{Scope, plan_erasure};
use crate::receipt::ReceiptPayload;

const TODAY: Day = Day::from_number(20_000);
const ANNA: u8 = 1;
const BEN: u8 = 2;

/// The machine stops here, before or after it did the work of a step.
#[derive(Debug, PartialEq, Eq)]
struct Crash;

/// A shop small enough to compare whole: rows are (table, person), keys are (purpose, person).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shop {
    keys: BTreeSet<(PurposeName, u8)>,
    rows: BTreeSet<(&'static str, u8, u8)>,
    model: BTreeSet<(u8, u8)>,
    log: Vec<u8>,
    tombstones: BTreeSet<[u8; 16]>,
    intent: Option<Vec<u8>>,
    receipt: Option<ReceiptPayload>,
    done: Vec<&'static str>,
    steps_left: u32,
}

fn marks(scope: Scope) -> Marks {
    let purposes: BTreeSet<PurposeName> = DECLARATIONS.iter().map(|one| one.purpose).collect();
    let reached = purposes.into_iter().filter(|&purpose| scope.reaches(purpose));
    let target = |purpose| Target { purpose, pseudonym: Pseudonym::from_bytes([ANNA; 16]) };
    Marks {
        subject: SubjectRef::from_bytes([ANNA; 16]),
        targets: reached.map(target).collect(),
        tombstones: vec![[9; 16]],
        cutoff: Timestamp::from_ms(86_400_000 * 20_000),
        tombstones_until: TODAY.plus(400),
        tell: Vec::new(),
    }
}

impl Shop {
    fn new(steps_left: u32) -> Self {
        let mut shop = Self {
            keys: BTreeSet::new(),
            rows: BTreeSet::new(),
            model: BTreeSet::from([(ANNA, 0), (ANNA, 1), (BEN, 0)]),
            log: vec![ANNA, BEN],
            tombstones: BTreeSet::new(),
            intent: None,
            receipt: None,
            done: vec![],
            steps_left,
        };
        for declaration in DECLARATIONS {
            for who in [ANNA, BEN] {
                shop.keys.insert((declaration.purpose, who));
                shop.rows.extend([(declaration.table, who, 0), (declaration.table, who, 1)]);
            }
        }
        shop
    }

    /// One indivisible write; the crash comes when no step is left.
    fn step(&mut self, act: impl FnOnce(&mut Self)) -> Result<(), Crash> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(Crash)?;
        act(self);
        Ok(())
    }

    fn fingerprint(&self) -> [u8; 16] {
        let mut sum = [0; 16];
        for (who, visit) in &self.model {
            sum[usize::from(*who)] += visit + 1;
        }
        sum
    }

    fn found(&self, scope: Scope) -> Found {
        let plan = plan_erasure(scope, &DECLARATIONS, TODAY);
        let rows = plan.delete.iter().map(|deletion| {
            let mine = |row: &&(&str, u8, u8)| row.0 == deletion.table && row.1 == ANNA;
            (deletion.table.to_owned(), self.rows.iter().filter(mine).count() as u64)
        });
        let learned = scope.reaches(PurposeName::SharedLearning);
        Found {
            rows: rows.collect(),
            keys: u32::try_from(plan.destroy_keys.len()).unwrap(),
            sessions: if learned { 2 } else { 0 },
            orders: 0,
            fingerprint: self.fingerprint(),
        }
    }

    fn erase(&mut self, scope: Scope) -> Result<(), Crash> {
        let request = Request { id: RequestId::from_bytes([5; 16]), scope, at: TODAY.start() };
        let verified = Erasure::new(request).verify(Verification::SecretKey);
        assert_eq!(verified.verification(), Verification::SecretKey);
        let planned = verified.plan(marks(scope), self.found(scope)).unwrap();
        let intended = planned.intend(|intent| {
            let body = intent.to_body().unwrap();
            self.step(|shop| {
                shop.tombstones.extend(&intent.marks.tombstones);
                shop.intent = Some(body);
            })
        })?;
        self.walk(intended)
    }

    fn walk(&mut self, intended: Erasure<Intended>) -> Result<(), Crash> {
        let plan = plan_erasure(intended.intent().scope, &DECLARATIONS, TODAY);
        let learned = intended.intent().scope.reaches(PurposeName::SharedLearning);
        let keyless = intended.destroy_keys(|_| {
            self.done.push("keys");
            plan.destroy_keys.iter().try_for_each(|purpose| {
                self.step(|shop| shop.keys.retain(|key| *key != (*purpose, ANNA)))
            })
        })?;
        let rowless = keyless.delete_rows(|_| {
            self.done.push("rows");
            plan.delete.iter().try_for_each(|one| {
                self.step(|shop| shop.rows.retain(|row| (row.0, row.1) != (one.table, ANNA)))
            })
        })?;
        let unlearned = rowless.unlearn(|_| {
            self.done.push("model");
            self.step(|shop| shop.model.retain(|visit| !(learned && visit.0 == ANNA)))?;
            Ok(ModelAfter { fingerprint: self.fingerprint(), seq: 77 })
        })?;
        let scrubbed = unlearned.scrub(|_| {
            self.done.push("log");
            self.step(|shop| shop.log.clear())
        })?;
        let shop = ShopId::parse("shop-1").unwrap();
        let ending =
            Ending { shop: &shop, plan: &plan, completed: TODAY, backups_clear: TODAY.plus(14) };
        let (done, ()) = scrubbed.receipt(&ending, |payload| {
            self.done.push("receipt");
            self.step(|shop| {
                shop.intent = None;
                shop.receipt = Some(payload);
            })
        })?;
        assert_eq!(done.request(), RequestId::from_bytes([5; 16]));
        Ok(())
    }

    fn reopen(&mut self, steps_left: u32) -> Result<(), Crash> {
        self.steps_left = steps_left;
        match self.intent.clone() {
            Some(body) => self.walk(Erasure::resume(Intent::from_body(&body).unwrap())),
            None => Ok(()),
        }
    }

    /// Everything but the traces of the test itself.
    fn settled(mut self) -> Self {
        self.done.clear();
        self.steps_left = 0;
        if let Some(receipt) = &mut self.receipt {
            receipt.words.retain(|words| !words.contains("interrupted"));
        }
        self
    }
}

const SCOPES: [Scope; 3] = [
    Scope::Everything,
    Scope::Purpose(PurposeName::SharedLearning),
    Scope::Purpose(PurposeName::Personalization),
];

#[test]
fn the_steps_come_in_order_and_leave_the_others_alone() {
    let mut shop = Shop::new(100);
    assert_eq!(shop.erase(Scope::Everything), Ok(()));
    assert_eq!(shop.done, ["keys", "rows", "model", "log", "receipt"]);
    assert_eq!(shop.model, BTreeSet::from([(BEN, 0)]));
    let left: BTreeMap<_, u32> = shop.rows.iter().fold(BTreeMap::new(), |mut left, row| {
        *left.entry(row.1).or_default() += 1;
        left
    });
    // Two rows of each table of each person; Anna's stay where a declaration keeps them.
    let rows = |tables: usize| u32::try_from(2 * tables).unwrap();
    let kept = plan_erasure(Scope::Everything, &DECLARATIONS, TODAY).keep.len();
    let expected = BTreeMap::from([(ANNA, rows(kept)), (BEN, rows(DECLARATIONS.len()))]);
    assert_eq!(left, expected, "evidence stays, Ben stays");
    assert!(kept > 0 && kept < DECLARATIONS.len());
    let keys: Vec<_> = shop.keys.iter().filter(|key| key.1 == ANNA).collect();
    assert_eq!(keys, [&(PurposeName::LegalProof, ANNA)]);
}

#[test]
fn a_crash_before_the_intent_changes_nothing() {
    let mut shop = Shop::new(0);
    assert_eq!(shop.erase(Scope::Everything), Err(Crash));
    assert_eq!(shop.reopen(100), Ok(()));
    assert_eq!(shop.settled(), Shop::new(0).settled());
}

#[test]
fn a_crash_at_any_step_is_redone_to_the_same_end() {
    for scope in SCOPES {
        let mut whole = Shop::new(100);
        whole.erase(scope).unwrap();
        let steps = 100 - whole.steps_left;
        for crash_after in 1..steps {
            let mut shop = Shop::new(crash_after);
            assert_eq!(shop.erase(scope), Err(Crash));
            assert_eq!(shop.receipt, None, "no receipt before the work is done");
            shop.reopen(100).unwrap();
            let receipt = shop.receipt.clone().unwrap();
            assert!(receipt.words.iter().any(|words| words.contains("interrupted")));
            let mut expected = whole.clone().settled();
            let after = whole.receipt.as_ref().unwrap().model.fingerprint_after;
            assert_eq!(receipt.model.fingerprint_after, after);
            expected.intent = None;
            assert_eq!(shop.settled(), expected, "{scope:?} after {crash_after} steps");
        }
    }
}

proptest! {
    #[test]
    fn any_number_of_crashes_ends_the_same(
        scope in proptest::sample::select(&SCOPES[..]),
        crashes in proptest::collection::vec(0..12_u32, 0..12),
    ) {
        let mut whole = Shop::new(100);
        prop_assert_eq!(whole.erase(scope), Ok(()));
        let mut shop = Shop::new(1);
        prop_assert_eq!(shop.erase(scope), Err(Crash));
        for steps in crashes {
            // Whether this round crashes or not is the point of the random number.
            let round = shop.reopen(steps);
            prop_assert!(round.is_ok() == shop.intent.is_none());
        }
        prop_assert_eq!(shop.reopen(100), Ok(()));
        prop_assert_eq!(shop.settled(), whole.settled());
    }
}
