//! A plan that is adopted later gives the model that had it from the start; what was begun under
//! the plan before is refused.

use domain::time::Timestamp;

use crate::answer::{Query, recommend};
use crate::linear::LinearSettings;
use crate::model::Model;
use crate::plan::Plan;
use crate::scratch::Scratch;
use crate::sections::{Section, Tier};
use crate::sequence::settings::TrainerSettings;
use crate::settings::Settings;
use crate::small_shop::{ITEMS, Visit, id, item, learn, person};

fn linear() -> Plan {
    let linear = LinearSettings { voters_min: 1, ..LinearSettings::default() };
    let mut anonymous = Plan::shipped().blend.groups;
    anonymous[0].models.clear();
    anonymous[0].popular = 500;
    let section = Section {
        placement: None,
        tier: Some(Tier::Anonymous),
        scorers: vec![],
        groups: anonymous,
    };
    Plan { linear: Some(linear), sections: vec![section], ..Plan::shipped() }
}

fn taught(plan: Plan) -> Model {
    let settings = Settings { supporters_min: 1, ..Settings::default() };
    let mut model = Model::with_plan(settings, plan).unwrap();
    for number in 0..ITEMS {
        model.declare(&item(number));
    }
    for number in 0..20_u8 {
        let items = vec![number % 8, (number + 1) % 8, (number * 3) % 8];
        let visit = Visit { key: number, person: number % 5 + 1, hour: u32::from(number), items };
        learn(&mut model, &visit);
    }
    model
}

fn adopt(model: &mut Model, plan: Plan) {
    let planned = model.planned(plan).unwrap();
    model.adopt_plan(planned);
}

fn solve(model: &mut Model) -> bool {
    let mut solver = model.solver().unwrap();
    while solver.step().unwrap() {}
    model.adopt_solution(solver.finish().unwrap())
}

fn answers(model: &Model, tier: Tier) -> Vec<(u32, u64)> {
    let visit = [model.items().number(&id(1)).unwrap()];
    let weights = model.weights_for("home", tier);
    let query = Query { visit: &visit, count: 6, weights, ..Query::default() };
    let list = recommend(model, &query, &mut Scratch::new());
    list.iter().map(|one| (one.item.number(), one.score)).collect()
}

#[test]
fn a_plan_adopted_later_equals_one_from_the_start() {
    let mut early = taught(linear());
    let mut late = taught(Plan::shipped());
    assert_ne!(early.canonical_bytes(), late.canonical_bytes());
    adopt(&mut late, linear());
    assert_eq!(early.canonical_bytes(), late.canonical_bytes());
    assert!(solve(&mut early) && solve(&mut late));
    for tier in [Tier::Anonymous, Tier::Visit, Tier::History] {
        assert_eq!(answers(&early, tier), answers(&late, tier), "{tier:?}");
    }
    assert_ne!(answers(&late, Tier::Anonymous), answers(&late, Tier::Visit));
    assert_eq!(late.weights_name(late.weights_for("home", Tier::Anonymous)), "tier anonymous");
    adopt(&mut late, Plan::shipped());
    assert_eq!(late.canonical_bytes(), taught(Plan::shipped()).canonical_bytes());
}

#[test]
fn a_solution_goes_on_under_weights_alone_and_not_under_another_linear_model() {
    let mut model = taught(linear());
    assert!(solve(&mut model));
    adopt(&mut model, Plan { sections: vec![], ..linear() });
    assert!(model.linear().unwrap().solved().is_some());
    let mut other = linear();
    other.linear = Some(LinearSettings { lambda: 7, voters_min: 1, ..LinearSettings::default() });
    adopt(&mut model, other);
    assert!(model.linear().unwrap().solved().is_none());
}

#[test]
fn a_solution_that_was_begun_before_the_linear_model_went_is_refused() {
    let mut model = taught(linear());
    let mut solver = model.solver().unwrap();
    while solver.step().unwrap() {}
    let solved = solver.finish().unwrap();
    adopt(&mut model, Plan::shipped());
    model.unlearn_subject(person(1).unwrap());
    adopt(&mut model, linear());
    assert!(!model.adopt_solution(solved), "somebody in it was unlearned meanwhile");
    assert!(solve(&mut model));
}

#[test]
fn a_training_that_was_begun_under_another_plan_is_refused() {
    let sequence = TrainerSettings { width: 8, epochs: 1, ..TrainerSettings::default() };
    let plan = Plan { sequence: Some(sequence), ..Plan::shipped() };
    let mut model = taught(plan.clone());
    model.announce(Timestamp::from_ms(0), Timestamp::from_ms(99 * 3_600_000));
    let mut training = model.lesson().unwrap().begin().unwrap();
    while training.step() {}
    let other = TrainerSettings { width: 16, ..sequence };
    adopt(&mut model, Plan { sequence: Some(other), ..plan.clone() });
    adopt(&mut model, plan);
    assert!(!model.adopt(training.finish()));
}

#[test]
fn a_plan_that_cannot_be_honored_changes_nothing() {
    let model = taught(linear());
    let wrong = LinearSettings { lambda: 0, ..LinearSettings::default() };
    let refused = model.planned(Plan { linear: Some(wrong), ..Plan::shipped() }).unwrap_err();
    assert!(refused.to_string().contains("lambda"), "{refused}");
}
