use super::*;
use crate::fingerprint;

fn media(alt: &str) -> Media {
    Media { bytes: vec![], mime: "image/png".into(), alt: alt.into(), url: None, path: None }
}

#[test]
fn titles() {
    for (text, wanted) in [
        ("Road open\nMore below", "Road open"),
        ("\n  \n  Road open", "Road open"),
        ("12345678901234567890123456789012", "12345678901234567890123456789012"),
        ("123456789012345678901234567890123", "1234567890123456789012345678901…"),
        ("The road to Trongsa is open again for light vehicles", "The road to Trongsa is open…"),
    ] {
        assert_eq!(title(text, &[]).as_deref(), Some(wanted));
        assert!(wanted.chars().count() <= TITLE);
    }
    assert_eq!(title(" ", &[media(""), media("A bridge")]).as_deref(), Some("A bridge"));
    assert_eq!(title("", &[media(" ")]), None);
    let tibetan = "འབྲུག་ལྗོངས་ཀྱི་ལམ་འདི་ད་ལྟོ་འགྲུལ་བསྐྱོད་འབད་ཚུགས།";
    assert!(title(tibetan, &[]).unwrap().chars().count() <= TITLE);
}

#[test]
fn texts_read_back_as_they_were_given() {
    for text in [
        "Road <b>closed</b> & \"slippery\" 'now'",
        "One\n\n\n  Two  \nThree &lt; four &amp;",
        "<script>alert(1)</script>",
        "道路封闭 འབྲུག་ཡུལ 😀 https://a.bt/x?y=1&z=2",
        "&#39; &quot; </p><p>",
    ] {
        let html = content(text, &[("https://mmbiz.qpic.cn/\"x".into(), "A \"<bridge>\"".into())]);
        assert_eq!(fingerprint(&said(&html)), fingerprint(text), "{html}");
        assert!(!html.contains("<script") && html.contains("alt=\"A &quot;&lt;bridge&gt;&quot;\""));
    }
    assert_eq!(content("a\u{7}b", &[]), "<p>ab</p>");
}

#[test]
fn links() {
    assert_eq!(link("see (https://a.bt/x), or https://b.bt"), Some("https://a.bt/x"));
    assert_eq!(link("no link"), None);
    assert_eq!(link(&format!("https://a.bt/{}", "x".repeat(LINK))), None);
}
