//! What a decision depends on besides the person: the signals of a request, and the law.

use consent::law::LawPack;
use personal::gate::Law;
use personal::purpose::PurposeName;
use personal::signal::SignalsByPurpose;

/// The law of a place, as it applies to this shop.
#[derive(Clone, Copy, Debug)]
pub struct AppliedLaw {
    /// The dated pack.
    pub pack: &'static LawPack,
    /// Whether the shop is directed at children.
    pub child_directed: bool,
}

impl AppliedLaw {
    /// What the gate takes for one purpose.
    pub fn on(&self, purpose: PurposeName) -> Law {
        Law { child_directed: self.child_directed, ..self.pack.law_of(purpose) }
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

    /// The law for one purpose of a person whose last choice was made under `own`.
    ///
    /// # Privacy
    /// Who is somewhere else now has the protection of both places.
    pub fn law(&self, own: Option<&AppliedLaw>, purpose: PurposeName) -> Law {
        match own {
            Some(own) if self.is_told => {
                let both = own.on(purpose).stricter(self.law.on(purpose));
                // Whether a parent opened the shop for a child is a fact of the person.
                Law { child_directed: own.child_directed, ..both }
            }
            Some(own) => own.on(purpose),
            None => self.law.on(purpose),
        }
    }
}
