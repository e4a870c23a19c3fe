//! Names and what is none.

use crate::kind::Kind;
use crate::scan::tests::{finds, nothing};

#[test]
fn names_are_found() {
    finds("Please ask Laura Carvalho about it", Kind::Person, "Laura Carvalho");
    finds("I spoke with Maika van de Noort today", Kind::Person, "Maika van de Noort");
    finds("Hello, this is Mr. Dustin Wirth.", Kind::Person, "Dustin Wirth");
    finds("My name is Qwxyz", Kind::Person, "Qwxyz");
    finds("signed Faina D. Yefremova", Kind::Person, "Faina D. Yefremova");
    finds("ich heiße Jürgen Müller", Kind::Person, "Jürgen Müller");
    finds("my name is qwxyz", Kind::Person, "qwxyz");
    finds("a film by Qwxyz Vrtzk", Kind::Person, "Qwxyz Vrtzk");
    finds("Qwxyz lives on an island", Kind::Person, "Qwxyz");
    finds("Qwxyz Vrtzk's book", Kind::Person, "Qwxyz Vrtzk");
    finds("this is Qwxyz Petrosyan", Kind::Person, "Qwxyz Petrosyan");
    finds("Qwxyz Vrtzk\nBox 7\n", Kind::Person, "Qwxyz Vrtzk");
    finds("follow up with benjamin seiler soon", Kind::Person, "benjamin seiler");
}

#[test]
fn goods_are_no_names() {
    for text in [
        "ROSE COTTAGE KEEPSAKE BOX",
        "LILY BROOCH",
        "EMMA CUSHION COVER",
        "Ruby Heart Candle",
        "Rose Gold Ring",
        "Grace",
        "CHOCOLATE HOT WATER BOTTLE",
        "size M",
        "Daisy",
    ] {
        nothing(text, Kind::Person);
    }
}
