//! A page is whole, escaped, and readable without sight, color or script.

use crate::document::{Kind, document};
use crate::fixture::{all, english, speech};
use crate::html::page;
use crate::words::FILES;

fn drawn(kind: Kind) -> String {
    page(&document(kind, &all(), &english()), &english())
}

#[test]
fn everything_is_escaped() {
    let mut shop = all();
    shop.shop = "\"><script>".to_owned();
    shop.controller.rights_page = "https://shop.example/\"onclick=alert(1)".to_owned();
    shop.controller.consent_page = "javascript:alert(1)".to_owned();
    let page = page(&document(Kind::Notice, &shop, &english()), &english());
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&quot;&gt;&lt;script&gt;"));
    assert!(page.contains("Nordlicht &lt;Mode&gt; GmbH"));
    assert!(!page.contains("\"onclick") && !page.contains("href=\"javascript"));
    assert!(page.contains("href=\"https://shop.example/&quot;onclick=alert(1)\""));
}

#[test]
fn a_page_loads_nothing_and_stands_alone() {
    for kind in Kind::ALL {
        let page = drawn(kind);
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">"));
        for word in ["<script", "<img", "<link", "src=", "@import", "url("] {
            assert!(!page.contains(word), "{kind:?}: {word}");
        }
        assert!(page.contains(&document(kind, &all(), &english()).digest()));
    }
}

#[test]
fn tags_are_closed_in_their_order_and_headings_go_down_by_one() {
    for (_, file) in FILES {
        let speech = speech(file);
        for kind in Kind::ALL {
            let page = page(&document(kind, &all(), &speech), &speech);
            let body = page.split("</style>").nth(1).unwrap();
            let mut open: Vec<&str> = vec!["html", "head"];
            let mut level = 0;
            for tag in body.split('<').skip(1) {
                let name = tag.split(['>', ' ']).next().unwrap();
                if let Some(name) = name.strip_prefix('/') {
                    assert_eq!(open.pop(), Some(name));
                    continue;
                }
                open.push(name);
                if let Some(now) = name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
                    assert!(now <= level + 1, "h{level} is followed by h{now}");
                    level = now;
                }
            }
            assert!(open.is_empty(), "{open:?}");
        }
    }
}

#[test]
fn tables_have_captions_and_heads_with_a_scope() {
    let page = drawn(Kind::Notice);
    let tables = page.matches("<table>").count();
    assert!(tables > 3);
    assert_eq!(page.matches("<caption id=").count(), tables);
    assert_eq!(page.matches("<thead><tr><th scope=\"col\">").count(), tables);
    assert_eq!(page.matches("role=\"region\" tabindex=\"0\" aria-labelledby=").count(), tables);
    for label in page.split("aria-labelledby=\"").skip(1) {
        let id = label.split('"').next().unwrap();
        assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[test]
fn missing_words_are_listed_first_with_their_keys() {
    let mut silent = all();
    silent.controller.name.clear();
    let page = page(&document(Kind::Notice, &silent, &english()), &english());
    assert!(
        page.contains("What the shop still has to state</h2>\n<ul>\n<li><code>controller.name")
    );
    assert!(!drawn(Kind::Notice).contains("id=\"missing\""));
}
