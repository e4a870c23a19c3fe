//! Why a request is refused, what the person is told, and who may decide it.

use serde::{Deserialize, Serialize};

use crate::request::kind::{About, Kind, is_absolute};

/// What stands under every refusal, whole or in part (GDPR Art. 12(4)).
pub const REMEDIES: &str = "You can complain to a data protection authority, and you can go to \
                            court.";

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// Somebody else asked in the person's name.
    SuspectedFraud,
    /// It was asked for proof of identity, and the proof failed or never came.
    InsufficientVerification,
    /// Nobody in the shop's data is the person.
    NoMatch,
    /// The right does not cover what was asked for.
    NotCovered,
    /// The law that the request names does not protect the person.
    OutsideJurisdiction,
    /// More requests than the law makes the shop answer.
    TooManyRequests,
    /// Manifestly unfounded.
    Unfounded,
    /// Manifestly excessive, in particular because it is repeated.
    Excessive,
    /// A law demands that the data be kept or used.
    LegalObligation,
    /// The data are needed for legal claims.
    LegalClaims,
    /// Freedom of expression and information, public health, archives, research.
    PublicInterest,
    /// The answer would take rights from others.
    OthersRights,
    /// Compelling grounds that override the person's.
    CompellingGrounds,
    /// The data are right as they are.
    Accurate,
    /// The decision was not made by a machine alone, or does not affect the person.
    NotAutomated,
}

impl Denial {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::SuspectedFraud,
        Self::InsufficientVerification,
        Self::NoMatch,
        Self::NotCovered,
        Self::OutsideJurisdiction,
        Self::TooManyRequests,
        Self::Unfounded,
        Self::Excessive,
        Self::LegalObligation,
        Self::LegalClaims,
        Self::PublicInterest,
        Self::OthersRights,
        Self::CompellingGrounds,
        Self::Accurate,
        Self::NotAutomated,
    ];

    /// The reason as records and the API write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuspectedFraud => "suspected_fraud",
            Self::InsufficientVerification => "insufficient_verification",
            Self::NoMatch => "no_match",
            Self::NotCovered => "not_covered",
            Self::OutsideJurisdiction => "outside_jurisdiction",
            Self::TooManyRequests => "too_many_requests",
            Self::Unfounded => "unfounded",
            Self::Excessive => "excessive",
            Self::LegalObligation => "legal_obligation",
            Self::LegalClaims => "legal_claims",
            Self::PublicInterest => "public_interest",
            Self::OthersRights => "others_rights",
            Self::CompellingGrounds => "compelling_grounds",
            Self::Accurate => "accurate",
            Self::NotAutomated => "not_automated",
        }
    }

    /// The article that allows it.
    pub const fn source(self) -> &'static str {
        match self {
            Self::SuspectedFraud => "GDPR Art. 12(2); 11 CCR 7026(e) and 7060",
            Self::InsufficientVerification | Self::NoMatch => {
                "GDPR Art. 11(2) and 12(2); 11 CCR 7021(b)"
            }
            Self::NotCovered => "the article of the right itself",
            Self::OutsideJurisdiction => "GDPR Art. 3; Cal. Civ. Code 1798.140(i)",
            Self::TooManyRequests => "Cal. Civ. Code 1798.130(b)",
            Self::Unfounded | Self::Excessive => {
                "GDPR Art. 12(5)(b); Cal. Civ. Code 1798.145(h)(3)"
            }
            Self::LegalObligation => "GDPR Art. 17(3)(b); Cal. Civ. Code 1798.105(d)(8)",
            Self::LegalClaims => "GDPR Art. 17(3)(e), 18(2) and 21(1)",
            Self::PublicInterest => "GDPR Art. 17(3)(a), (c) and (d)",
            Self::OthersRights => "GDPR Art. 15(4) and 20(4)",
            Self::CompellingGrounds => "GDPR Art. 21(1)",
            Self::Accurate => "GDPR Art. 16; 11 CCR 7023(b)",
            Self::NotAutomated => "GDPR Art. 22(1)",
        }
    }

    /// What the person is told. The shop adds the facts of the case, and [`REMEDIES`] follows.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SuspectedFraud => "We have reason to believe that this request is not from you.",
            Self::InsufficientVerification => {
                "We could not make sure that it is you who asks, so nothing was shown or changed."
            }
            Self::NoMatch => "We hold nothing that we could find with what you told us.",
            Self::NotCovered => "The law does not give a right to what you asked for.",
            Self::OutsideJurisdiction => "The law that you named does not apply to you here.",
            Self::TooManyRequests => {
                "You asked for the same more often within a year than we have to answer."
            }
            Self::Unfounded => "The request was plainly not made to use the right.",
            Self::Excessive => "The request goes plainly beyond what the right is for.",
            Self::LegalObligation => "A law makes us keep these data.",
            Self::LegalClaims => "These data are needed in a legal dispute.",
            Self::PublicInterest => "The law puts a public interest first here.",
            Self::OthersRights => "The answer would show what belongs to other people.",
            Self::CompellingGrounds => {
                "We have reasons for this use that weigh more, and we name them to you."
            }
            Self::Accurate => "We looked into it, and the data are right.",
            Self::NotAutomated => "A person made this decision, or it does not affect you.",
        }
    }

    /// Whether people have to weigh it, so that one proposes and another one approves. The others
    /// are plain facts.
    pub const fn needs_two(self) -> bool {
        !matches!(self, Self::InsufficientVerification | Self::NoMatch | Self::NotCovered)
    }

    /// Whether a request may be refused for this reason.
    ///
    /// # Privacy
    /// What nobody may weigh ([`is_absolute`]) is refused only when somebody else asked.
    pub fn fits(self, kind: Kind, about: About) -> bool {
        if is_absolute(kind, about) {
            let signal = matches!(kind, Kind::OptOut | Kind::LimitUse);
            return signal && self == Self::SuspectedFraud;
        }
        match self {
            Self::SuspectedFraud
            | Self::InsufficientVerification
            | Self::NoMatch
            | Self::NotCovered
            | Self::OutsideJurisdiction
            | Self::Unfounded
            | Self::Excessive => true,
            Self::TooManyRequests => kind == Kind::Access,
            Self::LegalObligation => {
                matches!(kind, Kind::Erasure | Kind::Restriction | Kind::Objection)
            }
            Self::LegalClaims => {
                matches!(kind, Kind::Erasure | Kind::Restriction | Kind::Objection)
            }
            Self::PublicInterest => matches!(kind, Kind::Erasure),
            Self::OthersRights => matches!(kind, Kind::Access | Kind::Portability),
            Self::CompellingGrounds => kind == Kind::Objection,
            Self::Accurate => kind == Kind::Rectification,
            Self::NotAutomated => kind == Kind::HumanReview,
        }
    }
}
