use proptest::prelude::*;

use super::{Account, AccountError, Month, TASKS_MAX, TaskId};
use crate::dp::rho::Rho;

fn task(number: u32) -> TaskId {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id
}

fn rho(nano: u64) -> Rho {
    Rho::from_nano(nano)
}

#[test]
fn an_account_pays_until_it_is_spent() {
    let mut account = Account::new(rho(100), Month(600));
    assert_eq!(account.spend(task(1), rho(60), Month(600)), Ok(()));
    let refused = AccountError::Spent { left: rho(40), asked: rho(41) };
    assert_eq!(account.spend(task(2), rho(41), Month(603)), Err(refused));
    assert_eq!(account.spend(task(2), rho(40), Month(603)), Ok(()));
    assert_eq!(account.left(Month(603)), Rho::ZERO);
    assert_eq!(account.spend(task(1), Rho::ZERO, Month(603)), Err(AccountError::Answered));
}

#[test]
fn what_was_spent_counts_for_twelve_months_and_the_current_one() {
    let mut account = Account::new(rho(100), Month(600));
    account.spend(task(1), rho(100), Month(600)).unwrap();
    assert_eq!(account.left(Month(612)), Rho::ZERO);
    assert_eq!(account.left(Month(613)), rho(100));
}

#[test]
fn a_clock_that_goes_back_gives_nothing_back() {
    let mut account = Account::new(rho(100), Month(600));
    account.spend(task(1), rho(100), Month(610)).unwrap();
    for month in [0, 100, 597, 609] {
        assert_eq!(account.left(Month(month)), Rho::ZERO);
        assert!(account.clone().spend(task(2), rho(1), Month(month)).is_err());
    }
}

#[test]
fn erasing_keeps_the_sum_and_nothing_else() {
    let mut account = Account::new(rho(100), Month(600));
    account.spend(task(1), rho(30), Month(600)).unwrap();
    account.spend(task(2), rho(20), Month(605)).unwrap();
    account.forget(Month(606));
    assert_eq!(account.spent(Month(606)), rho(50));
    assert_eq!(account.spent(Month(618)), rho(50), "never less than what is true");
    assert_eq!(account.answered().count(), 0);
    let marker = task(2);
    assert!(!account.to_bytes().windows(16).any(|bytes| bytes == marker));
}

#[test]
fn an_account_remembers_a_bounded_number_of_tasks() {
    let mut account = Account::new(rho(u64::MAX), Month(600));
    for number in 0..u32::try_from(TASKS_MAX).unwrap() {
        account.spend(task(number), rho(1), Month(600)).unwrap();
    }
    assert_eq!(account.spend(task(99_999), rho(1), Month(600)), Err(AccountError::Full));
    assert_eq!(Account::from_bytes(&account.to_bytes()), Ok(account.clone()));
    assert_eq!(account.spend(task(99_999), rho(1), Month(613)), Ok(()), "old tasks leave");
}

#[test]
fn bytes_that_are_not_an_account_are_refused() {
    let mut account = Account::new(rho(100), Month(600));
    account.spend(task(1), rho(60), Month(600)).unwrap();
    let bytes = account.to_bytes();
    for cut in 0..bytes.len() {
        assert_eq!(Account::from_bytes(&bytes[..cut]), Err(AccountError::Malformed));
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Account::from_bytes(&longer), Err(AccountError::Malformed));
    let mut other = bytes.clone();
    other[0] = 2;
    assert_eq!(Account::from_bytes(&other), Err(AccountError::Malformed));
    let mut later = bytes;
    later[9..11].copy_from_slice(&599_u16.to_be_bytes()); // spent after the newest month
    assert_eq!(Account::from_bytes(&later), Err(AccountError::Malformed));
}

/// What may happen to an account.
#[derive(Clone, Debug)]
enum Step {
    Spend(u32, u64, u16),
    Forget(u16),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let month = 590_u16..640;
    let spend = (0_u32..20, 0_u64..60, month.clone());
    let step = prop_oneof![
        6 => spend.prop_map(|(task, cost, month)| Step::Spend(task, cost, month)),
        1 => month.prop_map(Step::Forget),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    /// Law 6, and the promise about any twelve months, over any order of months.
    #[test]
    fn no_twelve_months_exceed_the_limit_and_nothing_comes_back(steps in steps()) {
        let mut account = Account::new(rho(100), Month(600));
        let mut truly: Vec<(u16, u64)> = Vec::new(); // by a clock that does not go back
        let mut newest = 600;
        for step in steps {
            let before = account.clone();
            match step {
                Step::Spend(number, cost, month) => {
                    if account.spend(task(number), rho(cost), Month(month)).is_ok() {
                        newest = newest.max(month);
                        truly.push((newest, cost));
                    } else {
                        prop_assert_eq!(&account, &before, "a refusal changes nothing");
                    }
                }
                Step::Forget(month) => {
                    newest = newest.max(month);
                    account.forget(Month(month));
                }
                Step::Restart => account = Account::from_bytes(&account.to_bytes()).unwrap(),
            }
            let true_sum = |now: u16| -> u64 {
                truly.iter().filter(|(month, _)| *month + 12 >= now).map(|(_, cost)| cost).sum()
            };
            prop_assert!(account.spent(Month(newest)).nano() >= true_sum(newest));
            prop_assert!(true_sum(newest) <= 100);
            prop_assert!(account.spent(Month(newest)) >= before.spent(Month(newest)));
        }
    }

    #[test]
    fn no_bytes_are_read_as_another_account(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(account) = Account::from_bytes(&bytes) {
            prop_assert_eq!(account.to_bytes(), bytes);
        }
    }
}
