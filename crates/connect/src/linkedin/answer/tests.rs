use super::*;
use crate::Secret;

fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let access = Access {
        base_url: "https://api.linkedin.com".into(),
        secret: Secret::new("AQVtoken"),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    let response = Response { status, headers, body: body.as_bytes().to_vec() };
    done(Ok(response), &Clock::frozen(DAY + 1_000_000_000), &access).unwrap_err()
}

fn code(status: u16, body: &str) -> (String, Option<String>) {
    match of(status, &[], body) {
        Verdict::Rejected { code, field, .. } => (code, field),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn what_the_codes_mean() {
    for (status, body) in [
        (
            401,
            r#"{"status":401,"serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","message":"Invalid access token"}"#,
        ),
        (401, ""),
        (400, r#"{"code":"REVOKED_ACCESS_TOKEN","message":"The token has been revoked"}"#),
        (403, r#"{"serviceErrorCode":65602,"message":"expired"}"#),
    ] {
        assert_eq!(of(status, &[], body), Verdict::Unauthorised, "{body}");
    }
    let day = r#"{"status":429,"serviceErrorCode":101,"code":"TOO_MANY_REQUESTS","message":"Resource level throttle APPLICATION DAY limit for calls to this resource is reached."}"#;
    assert_eq!(of(429, &[], day), Verdict::RateLimited { until_us: Some(2 * DAY) });
    assert_eq!(of(400, &[("retry-after", "30")], day), Verdict::RateLimited { until_us: Some(DAY + 1_030_000_000) });
    assert_eq!(of(429, &[], "slow down"), Verdict::RateLimited { until_us: None });
    let rights = r#"{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: posts.CREATE"}"#;
    assert_eq!(code(403, rights), ("forbidden".into(), None));
    let version = r#"{"status":426,"code":"NONEXISTENT_VERSION","message":"Requested version 20230101 is not active"}"#;
    assert_eq!(code(426, version).0, "version-ended");
    assert_eq!(code(400, version).0, "version-ended");
    assert_eq!(code(426, "").0, "refused");
    let twice = r#"{"message":"Content is a duplicate of urn:li:share:6","status":422}"#;
    assert_eq!(code(422, twice), ("duplicate".into(), Some("text".into())));
    let twice = r#"{"message":"Input validation failed","errorDetails":{"inputErrors":[{"code":"DUPLICATE_POST","description":"Duplicate post is detected"}]}}"#;
    assert_eq!(code(422, twice).0, "duplicate");
    let long = r#"{"message":"x","errorDetails":{"inputErrors":[{"code":"FIELD_LENGTH_TOO_LONG","input":{"inputPath":{"fieldPath":"commentary"}}}]}}"#;
    assert_eq!(code(400, long), ("text-too-long".into(), Some("text".into())));
    let image = r#"{"message":"x","errorDetails":{"inputErrors":[{"code":"MISSING","input":{"inputPath":{"fieldPath":"content/media/id"}}}]}}"#;
    assert_eq!(code(400, image), ("refused".into(), Some("media".into())));
    assert_eq!(code(404, r#"{"message":"Not found"}"#).0, "gone");
    for unknown in [500, 502, 503, 504, 408] {
        assert!(matches!(of(unknown, &[], day), Verdict::Unknown { .. }), "{unknown}");
    }
}

#[test]
fn no_key_and_no_control_characters_in_what_is_told() {
    for (body, words) in [
        (r#"{"message":"No AQVtoken here"}"#, "LinkedIn refuses, and repeats the key in its words."),
        ("{\"message\":\"a\\u0007\\u001b[31mb\"}", "a[31mb"),
        ("<html>", "The platform answered 400."),
    ] {
        let Verdict::Rejected { human, .. } = of(400, &[], body) else { panic!("{body}") };
        assert_eq!(human, words);
    }
    let Verdict::Rejected { human, .. } = of(400, &[], &format!(r#"{{"message":"{}"}}"#, "x".repeat(9000))) else {
        panic!()
    };
    assert_eq!(human.len(), 500);
}
