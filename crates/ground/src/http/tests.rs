use super::*;
use crate::clock::{Clock, MINUTE};

#[test]
fn one_cookie_of_many() {
    let mut headers = HeaderMap::new();
    headers.append(header::COOKIE, "a=1; lang=dz".parse().unwrap());
    headers.append(header::COOKIE, "b=2".parse().unwrap());
    assert_eq!(cookie(&headers, "lang"), Some("dz"));
    assert_eq!(cookie(&headers, "b"), Some("2"));
    assert_eq!(cookie(&headers, "la"), None);
}

#[test]
fn a_limit_opens_again_after_its_window() {
    let clock = Clock::frozen(0);
    let limits = limits::Limits::new(clock.clone());
    for _ in 0..3 {
        limits.take("sign-in", "pema", 3, MINUTE).unwrap();
    }
    let error = limits.take("sign-in", "pema", 3, MINUTE).unwrap_err();
    assert!(matches!(error.kind, crate::error::Kind::TooMany { retry_after_s: 61 }));
    limits.take("sign-in", "dorji", 3, MINUTE).unwrap();
    clock.advance(MINUTE);
    limits.take("sign-in", "pema", 3, MINUTE).unwrap();
}

#[tokio::test]
async fn forms_keep_what_was_typed_and_refuse_bad_utf8() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
    let data = form::read(&headers, b"text=a%0D%0Ab&account=1&account=2&empty=").await.unwrap();
    assert_eq!(data.text("text"), "a\nb");
    assert_eq!(data.numbers("account"), [1, 2]);
    assert!(data.all("empty").is_empty());
    assert!(form::read(&headers, b"text=%ff").await.is_err());
    assert!(form::read(&headers, b"text=a%00b").await.is_err());
}
