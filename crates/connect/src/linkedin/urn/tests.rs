use super::*;

#[test]
fn only_names_of_their_form_are_let_through() {
    let comment = "urn:li:comment:(urn:li:activity:71,82)";
    assert_eq!(place("urn:li:share:12"), Some(Place::Post("urn:li:share:12".into())));
    assert_eq!(place("urn:li:ugcPost:12").map(|p| p.path()).as_deref(), Some("/rest/posts/urn%3Ali%3AugcPost%3A12"));
    let found = place(comment).unwrap();
    assert_eq!((found.urn().as_str(), found.thread()), (comment, "urn:li:activity:71"));
    assert_eq!(place("urn:li:comment:(activity:71,82)").map(|p| p.urn()).as_deref(), Some(comment));
    assert_eq!(found.path(), "/rest/socialActions/urn%3Ali%3Aactivity%3A71/comments/82");
    assert_eq!(
        found.comments(),
        "/rest/socialActions/urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A71%2C82%29/comments"
    );
    for bad in [
        "",
        "12",
        "urn:li:share:",
        "urn:li:share:1/../../me",
        "urn:li:share:1\r\nx: y",
        "urn:li:share:-1",
        "urn:li:share:١",
        "urn:li:share:123456789012345678901",
        "urn:li:person:1",
        "urn:li:organization:1",
        "urn:li:activity:1",
        "urn:li:comment:(urn:li:activity:71)",
        "urn:li:comment:(urn:li:activity:71,82",
        "urn:li:comment:(urn:li:activity:71,82?x)",
        "urn:li:comment:(urn:li:person:71,82)",
        "urn:li:comment:(urn:li:comment:(urn:li:activity:1,2),3)",
    ] {
        assert_eq!(place(bad), None, "{bad}");
    }
    assert_eq!(organization("urn:li:organization:2414183"), Some("2414183"));
    assert_eq!((organization("2414183"), organization("urn:li:organization:1,2")), (None, None));
    assert_eq!(
        (person("urn:li:person:a-B_1"), person("urn:li:person:a)"), person("urn:li:person:")),
        (Some("a-B_1"), None, None)
    );
    assert!(is_video("urn:li:video:C5F_-1") && !is_video("urn:li:image:C4E_-1") && !is_video("urn:li:video:a/b"));
    assert!(is_image("urn:li:image:C4E_-1") && !is_image("urn:li:image:") && !is_image("urn:li:image:a/b"));
}

#[test]
fn a_page_is_known_by_what_people_give() {
    for (given, name) in [
        ("roads-bhutan", Some("roads-bhutan")),
        (" @roads-bhutan ", Some("roads-bhutan")),
        ("https://www.linkedin.com/company/roads-bhutan/posts/?x=1", Some("roads-bhutan")),
        ("linkedin.com/showcase/roads?x", Some("roads")),
        ("urn:li:organization:12", Some("12")),
        ("12", Some("12")),
        ("", None),
        ("@", None),
        ("two words", None),
        ("a\nb", None),
    ] {
        assert_eq!(handle(given), name, "{given}");
    }
}
