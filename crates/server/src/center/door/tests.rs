use domain::time::Timestamp;
use personal::subject::{CustomerId, Subject, SubjectRef};
use rights::machine::Verification;

use super::{Crowded, Door, FRESH_MS, Guest, IDLE_MS, LINK_MS, OPEN_MAX, SESSION_MS, Scope};

const START: Timestamp = Timestamp::from_ms(1_000_000);

fn guest(number: u32, scope: Scope) -> Guest {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Guest {
        name: Subject::Customer(CustomerId::parse("anna").unwrap()),
        subject: SubjectRef::from_bytes(bytes),
        how: Verification::CustomerToken,
        scope,
    }
}

fn token(number: u32) -> [u8; 32] {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[test]
fn a_link_opens_one_session_once() {
    let door = Door::default();
    let link = door.invite(guest(1, Scope::Download), token(1), START).unwrap();
    assert!(door.knows(&link, START));
    let (cookie, scope) = door.enter(&link, token(2), START).unwrap().unwrap();
    assert_eq!(scope, Scope::Download);
    assert!(!door.knows(&link, START));
    assert_eq!(door.enter(&link, token(3), START), Ok(None), "it works once");
    let visit = door.visit(&cookie, START).unwrap();
    assert_eq!(visit.guest.subject, guest(1, Scope::All).subject);
    assert!(door.visit(&link, START).is_none(), "a link is no cookie");
    assert!(door.visit("", START).is_none());
    door.leave(&cookie, START);
    assert!(door.visit(&cookie, START).is_none());
}

#[test]
fn links_and_sessions_end() {
    let door = Door::default();
    let link = door.invite(guest(1, Scope::All), token(1), START).unwrap();
    let late = START.plus_ms(LINK_MS);
    assert!(!door.knows(&link, late));
    assert_eq!(door.enter(&link, token(2), late), Ok(None));

    let link = door.invite(guest(1, Scope::All), token(3), START).unwrap();
    let (cookie, _) = door.enter(&link, token(4), START).unwrap().unwrap();
    assert!(door.visit(&cookie, START.plus_ms(IDLE_MS)).is_none(), "idle");

    let link = door.invite(guest(1, Scope::All), token(5), START).unwrap();
    let (cookie, _) = door.enter(&link, token(6), START).unwrap().unwrap();
    let mut now = START;
    while now.ms_since(START) < SESSION_MS - IDLE_MS {
        now = now.plus_ms(IDLE_MS - 1);
        let visit = door.visit(&cookie, now).unwrap();
        assert_eq!(visit.is_fresh(now), now.ms_since(START) < FRESH_MS);
    }
    assert!(door.visit(&cookie, START.plus_ms(SESSION_MS)).is_none(), "an hour at most");
}

#[test]
fn one_person_cannot_fill_the_house() {
    let door = Door::default();
    let links: Vec<String> = (0..6)
        .map(|number| {
            let now = START.plus_ms(i64::from(number));
            door.invite(guest(1, Scope::All), token(number), now).unwrap()
        })
        .collect();
    assert!(!door.knows(&links[0], START), "the oldest went");
    assert!(links[1..].iter().all(|link| door.knows(link, START)));
    let full = u32::try_from(OPEN_MAX).unwrap();
    for number in 0..full - 5 {
        door.invite(guest(100 + number, Scope::All), token(100 + number), START).unwrap();
    }
    let refused = door.invite(guest(7, Scope::All), token(7), START);
    assert_eq!(refused, Err(Crowded));
    // What ended makes room.
    let later = START.plus_ms(LINK_MS);
    assert!(door.invite(guest(7, Scope::All), token(7), later.plus_ms(10)).is_ok());
}

#[test]
fn a_scope_opens_itself_alone() {
    for has in Scope::ALL {
        for needed in Scope::ALL {
            assert_eq!(has.may(needed), has == Scope::All || has == needed);
        }
    }
}
