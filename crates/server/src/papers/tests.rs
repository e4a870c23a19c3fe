//! Every document can be made in every language of the program, from any settings.

use domain::id::ShopId;
use domain::time::Day;
use notices::document::Kind;

use crate::banner::texts::Library;
use crate::papers::{Papers, nearest, processing};
use crate::settings::Settings;

const TODAY: Day = Day::from_number(20_779);

fn library() -> Library {
    Library::read(None, "en").unwrap()
}

fn shop() -> Settings {
    Settings::of(ShopId::parse("clothes").unwrap(), "data".into())
}

#[test]
fn every_document_is_there_in_every_language_of_the_banner() {
    let (library, settings, papers) = (library(), shop(), Papers::default());
    for texts in library.all() {
        for kind in Kind::ALL {
            let paper =
                papers.of(kind, Some(&texts.language), (&settings, &library, TODAY)).unwrap();
            assert_eq!(paper.language, texts.language);
            assert_eq!(paper.json["digest"], paper.digest);
            assert_eq!(paper.dpv.is_some(), kind == Kind::Ropa);
        }
        let notice =
            papers.of(Kind::Notice, Some(&texts.language), (&settings, &library, TODAY)).unwrap();
        let named = texts.named();
        let (title, text) = &named.purposes[&personal::purpose::PurposeName::Marketing];
        assert!(notice.html.contains(&text.replace('\'', "&#39;")), "{title}: {text}");
    }
}

#[test]
fn a_paper_is_made_once_a_day() {
    let (library, settings, papers) = (library(), shop(), Papers::default());
    let of = |day| papers.of(Kind::Notice, None, (&settings, &library, day)).unwrap();
    let (first, second) = (of(TODAY), of(TODAY));
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    let tomorrow = of(TODAY.plus(1));
    assert!(!std::sync::Arc::ptr_eq(&first, &tomorrow));
    assert_eq!(first.digest, tomorrow.digest, "nothing changed");
}

#[test]
fn the_nearest_language_answers() {
    let library = library();
    for (asked, tag) in
        [("de-AT", "de"), ("no", "nb"), ("nn", "nb"), ("pt-BR", "en"), ("EN", "en"), ("", "en")]
    {
        assert_eq!(nearest(&library, asked), tag, "{asked}");
    }
}

#[test]
fn a_shop_for_children_asks_nobody() {
    let mut settings = shop();
    settings.child_directed = true;
    let done = processing(&settings, TODAY);
    assert!(done.limits.child_directed && done.purposes.iter().all(|one| !one.asked));
    assert!(processing(&shop(), TODAY).purposes.iter().any(|one| one.asked));
}
