//! The methods that are compared: every single model, the blend, and simple baselines.

use domain::time::Timestamp;

use crate::blend::rank::Blender;
use crate::blend::{Blend, BlendError};
use crate::evaluation::learned::Learned;
use crate::items::ItemNo;
use crate::neighbors::settings::ScorerSettings;
use crate::neighbors::{Scorers, Walk, Wanted};
use crate::plan::Plan;
use crate::scratch::Scratch;
use crate::sequence::weights::SequenceScratch;

/// A way of making lists.
#[derive(Clone, Debug)]
pub struct Method {
    name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The items that most sessions hold.
    Popular(Vec<ItemNo>),
    Scorer(Scorers),
    Linear,
    Sequence,
    Blend(Box<Blend>),
    /// The blend, its lists varied; see [`Method::lambda_per_mille`].
    Varied(Box<Blend>),
}

/// Weight of unlikeness in the lists of `varied`, in thousandths.
const LAMBDA_PER_MILLE: u32 = 300;
/// Candidates of `varied` for each place of its lists, as pages have them.
const CANDIDATES: usize = 5;

/// What is asked of a method.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Newest item last.
    pub visit: &'a [ItemNo],
    /// When.
    pub at: Timestamp,
    /// Length of the list.
    pub count: usize,
    /// Distinct subjects behind an item, at least.
    pub supporters_min: u32,
}

impl Method {
    /// One scorer by itself.
    pub fn scorer(name: &str, settings: ScorerSettings) -> Self {
        Self { name: name.to_owned(), kind: Kind::Scorer(Scorers::new(&[settings])) }
    }

    /// Everything in a plan, simple baselines first, the blend last.
    ///
    /// # Errors
    /// The blend cannot be made.
    pub fn all(learned: &Learned, plan: &Plan) -> Result<Vec<Self>, BlendError> {
        let mut popular: Vec<ItemNo> = learned.items.iter().map(|(_, item)| item).collect();
        // A stable sort keeps the order of ids.
        popular.sort_by_key(|item| std::cmp::Reverse(learned.index.linked_count(*item)));
        let mut methods = vec![Self { name: "popular".to_owned(), kind: Kind::Popular(popular) }];
        for scorer in &plan.blend.scorers {
            methods.push(Self::scorer(&scorer.name, scorer.settings));
        }
        if learned.linear.is_some() {
            methods.push(Self { name: "linear".to_owned(), kind: Kind::Linear });
        }
        if learned.sequence.is_some() {
            methods.push(Self { name: "sequence".to_owned(), kind: Kind::Sequence });
        }
        let blend = Box::new(Blend::new(plan.blend.clone())?);
        methods.push(Self { name: "varied".to_owned(), kind: Kind::Varied(blend.clone()) });
        methods.push(Self { name: "blend".to_owned(), kind: Kind::Blend(blend) });
        Ok(methods)
    }

    /// A blend by itself.
    pub fn blend(name: String, blend: Blend) -> Self {
        Self { name, kind: Kind::Blend(Box::new(blend)) }
    }

    /// The method's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it knows how many people stand behind an item.
    pub const fn has_supporters(&self) -> bool {
        matches!(self.kind, Kind::Scorer(_) | Kind::Linear | Kind::Blend(_) | Kind::Varied(_))
    }

    /// How much its lists are to be varied; 0 leaves them as they are. What [`Method::list`] gives
    /// for a list that is to be varied are the candidates, several for each place.
    pub const fn lambda_per_mille(&self) -> u32 {
        match self.kind {
            Kind::Varied(_) => LAMBDA_PER_MILLE,
            Kind::Popular(_) | Kind::Scorer(_) | Kind::Linear | Kind::Sequence | Kind::Blend(_) => {
                0
            }
        }
    }

    /// The method's list.
    pub fn list(&self, learned: &Learned, asked: &Asked<'_>, scratch: &mut Scratch) -> Vec<ItemNo> {
        let (index, items) = (&learned.index, &learned.items);
        let wanted =
            Wanted { count: asked.count, supporters_min: asked.supporters_min, exclude: &[] };
        match &self.kind {
            Kind::Popular(ranking) => ranking.iter().copied().take(asked.count).collect(),
            Kind::Scorer(scorers) => {
                let walk = Walk { index, items, scorers, now: asked.at };
                let ranked = walk.rank(asked.visit, &wanted, scratch);
                ranked.iter().map(|scored| scored.item).collect()
            }
            Kind::Linear => learned.linear.as_ref().map_or(Vec::new(), |linear| {
                let ranked = linear.rank(items, asked.visit, &wanted, &mut scratch.linear);
                ranked.iter().map(|scored| scored.item).collect()
            }),
            Kind::Sequence => sequence(learned, asked, &mut scratch.sequence),
            Kind::Blend(blend) | Kind::Varied(blend) => {
                let each = if self.lambda_per_mille() > 0 { CANDIDATES } else { 1 };
                let wanted = Wanted { count: asked.count * each, ..wanted };
                let (sequence, linear) = (learned.sequence.as_ref(), learned.linear.as_ref());
                let now = asked.at;
                let blender = Blender { index, items, blend, sequence, linear, now };
                let ranked = blender.rank(asked.visit, &wanted, scratch);
                ranked.iter().map(|blended| blended.item).collect()
            }
        }
    }
}

/// The items that the sequence model thinks most likely.
fn sequence(learned: &Learned, asked: &Asked<'_>, scratch: &mut SequenceScratch) -> Vec<ItemNo> {
    let Some(trained) = &learned.sequence else { return Vec::new() };
    let visit: Vec<u32> = asked.visit.iter().filter_map(|item| trained.number(*item)).collect();
    let Some(question) = trained.weights().represent(&visit, scratch) else { return Vec::new() };
    let mut scores = Vec::new();
    trained.weights().score_all(question, &mut scores);
    let mut ranked: Vec<(i32, u32)> =
        (0_u32..).zip(&scores).map(|(number, score)| (*score, number)).collect();
    let order = |a: &(i32, u32), b: &(i32, u32)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
    if ranked.len() > asked.count {
        ranked.select_nth_unstable_by(asked.count, order);
        ranked.truncate(asked.count);
    }
    ranked.sort_unstable_by(order);
    ranked.into_iter().filter_map(|(_, number)| trained.item(number)).collect()
}
