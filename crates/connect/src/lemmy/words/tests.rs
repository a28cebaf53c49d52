use super::*;
use crate::fingerprint;

const AT: &str = "https://forum.example/pictrs/image/";

fn back(text: &str) -> String {
    let (title, rest) = parts(text);
    let raw = body(rest, &["a.png|A ](x) bridge".to_owned()], AT);
    whole(&title, &plain(&raw, AT))
}

#[test]
fn what_is_read_back_is_what_was_given() {
    let long = "ཀ".repeat(300);
    for text in [
        "Road closed",
        "Road closed\nuntil *noon*\nuse <b>the bypass</b>",
        "Road closed\n\nhttps://a.bt/x_y?a=1&b=2#c ^now^",
        "1\nRoad closed",
        "To 5\nRoad closed",
        "- a\n- b",
        "::: spoiler x\ny\n:::",
        "Same words\nSame words",
        long.as_str(),
    ] {
        assert_eq!(fingerprint(&back(text)), fingerprint(text), "{text:?} as {:?}", back(text));
    }
    let pieces =
        ["a", "Road", "5 5", " ", "\n", "\n\n", "*", "_", "^", ":::", "#", "&amp;", "\\", "![x](y)", "…", "–", "ཀ་"];
    let mut chance = 20_261_129_u64;
    let mut below = |n: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) as usize % n
    };
    for _ in 0..4000 {
        let text: String = (0..=below(12)).map(|_| pieces[below(pieces.len())]).collect();
        assert_eq!(fingerprint(&back(&text)), fingerprint(&text), "{text:?} as {:?}", back(&text));
    }
}

#[test]
fn titles_and_line_ends() {
    assert_eq!(parts("Road closed \nuntil noon"), ("Road closed".to_owned(), "until noon"));
    assert_eq!(parts("1\n\nRoad"), ("1 – Road".to_owned(), "1\n\nRoad"));
    assert_eq!(parts("To 5 \nRoad"), ("To 5 – Road".to_owned(), "To 5 \nRoad"), "no three signs in a row");
    assert_eq!(parts("OK").0, "OK");
    assert!(!makes_a_title("OK") && !makes_a_title("a – b – c") && makes_a_title("1 ཀུན"));
    let long = "ཀི".repeat(150);
    let (title, rest) = parts(&long);
    assert_eq!((title.chars().count(), title.ends_with("ཀི…"), rest.chars().count()), (199, true, 300));
    assert_eq!(escape("a\nb\n\n:c^2"), "a  \nb\n\n\\:c\\^2");
    assert_eq!(without_html_signs("a &lt;b&gt; &amp;amp;"), "a <b> &amp;");
}
