//! Whole answers: which tier of knowledge fills the list, and whether its reason is true.

use domain::time::Day;

use crate::answer::{Candidate, Query, Reason, recommend};
use crate::content::Shared;
use crate::items::ItemNo;
use crate::model::Model;
use crate::scratch::Scratch;
use crate::settings::Settings;
use crate::small_shop::{ITEMS, empty, id, item, no, shop};

fn ask(model: &Model, query: &Query<'_>) -> Vec<Candidate> {
    recommend(model, query, &mut Scratch::new())
}

/// The answer on the page of an item.
fn on_page(model: &Model, item: u8) -> Vec<Candidate> {
    ask(model, &Query { current: Some(no(model, item)), count: 4, ..Query::default() })
}

#[track_caller]
fn check(model: &Model, page: u8, place: usize, item: u8, reason: Reason) {
    let answer = on_page(model, page);
    let found = answer.get(place).map(|candidate| (candidate.item, candidate.reason));
    assert_eq!(found, Some((no(model, item), reason)), "{answer:?}");
}

#[test]
fn two_subjects_make_a_candidate_and_five_a_named_reason() {
    let visits: Vec<(u8, &[u8])> = vec![(1, &[0, 1])];
    let model = shop(Settings::default(), &visits);
    assert!(on_page(&model, 0).iter().all(|candidate| candidate.item != no(&model, 1)));
    let same: Vec<(u8, &[u8])> = vec![(1, &[0, 1]), (1, &[0, 1]), (1, &[1, 0])];
    let model = shop(Settings::default(), &same);
    assert!(on_page(&model, 0).iter().all(|candidate| candidate.item != no(&model, 1)));
    let two: Vec<(u8, &[u8])> = vec![(1, &[0, 1]), (2, &[0, 1])];
    check(&shop(Settings::default(), &two), 0, 0, 1, Reason::ThisVisit);
    let four: Vec<(u8, &[u8])> = (1..5).map(|person| (person, &[0, 1][..])).collect();
    check(&shop(Settings::default(), &four), 0, 0, 1, Reason::ThisVisit);
    let five: Vec<(u8, &[u8])> = (1..6).map(|person| (person, &[0, 1][..])).collect();
    let model = shop(Settings::default(), &five);
    check(&model, 0, 0, 1, Reason::ViewedTogether { with: no(&model, 0) });
}

#[test]
fn sessions_of_one_subject_count_once_for_a_named_reason() {
    let visits: Vec<(u8, &[u8])> = [1, 1, 1, 1, 1, 2].map(|person| (person, &[0, 1][..])).to_vec();
    check(&shop(Settings::default(), &visits), 0, 0, 1, Reason::ThisVisit);
}

#[test]
fn a_reason_names_the_newest_item_of_which_it_is_true() {
    let visits: Vec<(u8, &[u8])> =
        (1..6).map(|person| (person, &[0, 1][..])).chain([(6, &[2, 1][..])]).collect();
    let model = shop(Settings::default(), &visits);
    let visit = [no(&model, 0), no(&model, 2)];
    let answer =
        ask(&model, &Query { visit: &visit, count: 1, exclude: &visit, ..Query::default() });
    let reason = Reason::ViewedTogether { with: no(&model, 0) };
    assert_eq!((answer[0].item, answer[0].reason), (no(&model, 1), reason));
}

#[test]
fn the_item_in_view_is_not_recommended_but_the_last_one_seen_may_be() {
    let visits: Vec<(u8, &[u8])> = vec![(1, &[0, 1]), (2, &[0, 1])];
    let model = shop(Settings::default(), &visits);
    let visit = [no(&model, 0)];
    let items = |query: &Query<'_>| -> Vec<ItemNo> {
        ask(&model, query).iter().map(|candidate| candidate.item).collect()
    };
    let home = items(&Query { visit: &visit, count: 9, ..Query::default() });
    assert!(home.contains(&visit[0]));
    let page =
        items(&Query { visit: &visit, current: Some(visit[0]), count: 9, ..Query::default() });
    assert!(!page.contains(&visit[0]));
    let other = items(&Query { exclude: &[no(&model, 1)], count: 9, ..Query::default() });
    assert!(!other.contains(&no(&model, 1)));
}

#[test]
fn without_neighbors_the_catalog_describes() {
    let model = empty(Settings::default());
    // Item 0 and 6 are shirts of Lark; the brand (4 items) is rarer than nothing else of both.
    let answer = on_page(&model, 0);
    let similar = Reason::SimilarTo { with: no(&model, 0), shared: Shared::Category };
    assert_eq!((answer[0].item, answer[0].reason), (no(&model, 6), similar));
    assert!(answer[0].score > answer[1].score);
}

#[test]
fn without_anything_to_go_by_popular_items_come_then_the_catalog() {
    let visits: Vec<(u8, &[u8])> = (1..6).map(|person| (person, &[3][..])).collect();
    let mut model = shop(Settings::default(), &visits);
    model.advance(Day::from_number(1));
    let answer = ask(&model, &Query { count: 100, ..Query::default() });
    let first = Candidate { item: no(&model, 3), score: 5, reason: Reason::Popular };
    assert_eq!((answer[0], answer.len()), (first, usize::from(ITEMS)));
    let ids: Vec<_> =
        answer[1..].iter().map(|candidate| model.items().id(candidate.item)).collect();
    assert!(ids.is_sorted() && answer[1..].iter().all(|c| c.reason == Reason::Catalog));
    assert!(ask(&model, &Query::default()).is_empty());
}

#[test]
fn sensitive_sold_out_and_withdrawn_items_are_in_no_answer() {
    let visits: Vec<(u8, &[u8])> = (1..8).map(|person| (person, &[0, 1, 2, 3][..])).collect();
    let mut model = shop(Settings::default(), &visits);
    let (mut sensitive, mut sold_out) = (item(1), item(2));
    sensitive.sensitive = true;
    sold_out.in_stock = false;
    model.declare(&sensitive);
    model.declare(&sold_out);
    model.withdraw(&id(3));
    let refused = [1, 2].map(|item| no(&model, item));
    for page in [0, 4] {
        let query = Query { current: Some(no(&model, page)), count: 100, ..Query::default() };
        let answer = ask(&model, &query);
        assert_eq!(answer.len(), usize::from(ITEMS) - 4, "page, sensitive, sold out, withdrawn");
        assert!(answer.iter().all(|candidate| !refused.contains(&candidate.item)));
    }
}

#[test]
fn a_sensitive_page_is_not_named_and_answers_as_if_it_were_not_there() {
    let mut model = empty(Settings::default());
    let mut sensitive = item(0);
    sensitive.sensitive = true;
    model.declare(&sensitive);
    let answer = on_page(&model, 0);
    assert!(answer.iter().all(|candidate| candidate.reason == Reason::Catalog));
    let visit = [no(&model, 4)];
    let with = ask(
        &model,
        &Query { visit: &visit, current: Some(no(&model, 0)), count: 9, ..Query::default() },
    );
    let without = ask(&model, &Query { visit: &visit, count: 9, ..Query::default() });
    assert_eq!(with, without);
}
