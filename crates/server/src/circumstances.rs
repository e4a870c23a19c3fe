//! What a decision depends on besides the person: the signals of a request, and the law.

use std::sync::Arc;

use consent::law::LawPack;
use consent::law::course::Course;
use domain::time::Day;
use personal::gate::Law;
use personal::purpose::PurposeName;
use personal::signal::SignalsByPurpose;

/// The law of a place on a day, as it applies to this shop.
#[derive(Clone, Copy, Debug)]
pub struct AppliedLaw {
    /// The dated pack.
    pub pack: &'static LawPack,
    /// The day.
    pub day: Day,
    /// Whether the shop is directed at children.
    pub child_directed: bool,
}

impl AppliedLaw {
    /// What the gate takes for one purpose.
    pub fn on(&self, purpose: PurposeName) -> Law {
        Law { child_directed: self.child_directed, ..self.pack.law_of(purpose) }
    }
}

/// The law of a person: that of the last choice, and what came into force there since.
#[derive(Clone, Debug)]
pub struct OwnLaw {
    /// The pack that the last choice was made under.
    pub pack: &'static LawPack,
    /// The packs of the place where it was made.
    pub course: Arc<Course>,
    /// Whether an unknown age counts as a child's.
    pub child_directed: bool,
}

impl OwnLaw {
    /// What the gate takes for one purpose on a day.
    ///
    /// # Privacy
    /// A new pack only ever takes away from who has chosen under an older one.
    pub fn on(&self, purpose: PurposeName, day: Day) -> Law {
        let (chosen, today) = (self.pack.law_of(purpose), self.course.on(day));
        let both = if std::ptr::eq(today, self.pack) {
            chosen
        } else {
            chosen.stricter(today.law_of(purpose))
        };
        Law { child_directed: self.child_directed, ..both }
    }
}

/// What a decision depends on besides the person.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// Opt-out signals that came with the request, for each purpose.
    pub signals: SignalsByPurpose,
    /// The law of the place that the request names, or else of the shop's settings.
    pub law: AppliedLaw,
    /// Whether the request itself says where the person is.
    pub is_told: bool,
}

impl Circumstances {
    /// No signals, and the law of the settings.
    pub const fn of(law: AppliedLaw) -> Self {
        Self { signals: SignalsByPurpose::NONE, law, is_told: false }
    }

    /// The law for one purpose, today, of a person whose last choice was made under `own`.
    ///
    /// # Privacy
    /// Who is somewhere else now has the protection of both places.
    pub fn law(&self, own: Option<&OwnLaw>, purpose: PurposeName) -> Law {
        match own {
            Some(own) if self.is_told => {
                let both = own.on(purpose, self.law.day).stricter(self.law.on(purpose));
                // Whether a parent opened the shop for a child is a fact of the person.
                Law { child_directed: own.child_directed, ..both }
            }
            Some(own) => own.on(purpose, self.law.day),
            None => self.law.on(purpose),
        }
    }
}
