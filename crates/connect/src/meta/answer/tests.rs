use super::*;
use crate::Secret;

fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Value, Verdict> {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let access = Access {
        base_url: String::new(),
        secret: Secret::new("EAAGsecret"),
        remote_account_id: "1".into(),
        handle: "@a".into(),
    };
    let response = Response { status, headers, body: body.as_bytes().to_vec() };
    done(Ok(response), &Clock::frozen(1_000_000_000), &access, "Facebook")
}

fn error(code: i64, subcode: i64) -> String {
    format!(r#"{{"error":{{"message":"Some words","type":"OAuthException","code":{code},"error_subcode":{subcode}}}}}"#)
}

#[test]
fn codes_are_read_before_the_status() {
    for status in [200, 400, 401, 403, 500] {
        let verdict = |code, subcode| of(status, &[], &error(code, subcode)).unwrap_err();
        let code = |number, subcode| match verdict(number, subcode) {
            Verdict::Rejected { code, .. } => code,
            other => panic!("{status} {number}: {other:?}"),
        };
        for ended in [102, 190] {
            assert_eq!(verdict(ended, 463), Verdict::Unauthorised, "{status}");
        }
        for throttled in [4, 17, 32, 341, 613, 80_001] {
            assert_eq!(verdict(throttled, 0), Verdict::RateLimited { until_us: None }, "{status} {throttled}");
        }
        assert_eq!(verdict(368, 1_390_008), Verdict::RateLimited { until_us: None });
        assert_eq!(verdict(9, 2_207_042), Verdict::RateLimited { until_us: None });
        assert!(matches!(verdict(9_007, 2_207_027), Verdict::NotReady { .. }), "{status}");
        for (unsure, subcode) in [(1, 0), (2, 0), (-1, 2_207_001), (-1, 2_207_032), (-1, 2_207_053), (-2, 2_207_003)] {
            assert!(matches!(verdict(unsure, subcode), Verdict::Unknown { .. }), "{status} {unsure} {subcode}");
        }
        for early in [2_207_008, 4_279_009] {
            assert!(matches!(verdict(24, early), Verdict::NotReady { .. }), "{status} {early}");
        }
        assert_eq!(code(4, 2_207_051), "blocked", "{status}");
        assert_eq!(code(-2, 2_207_020), "expired", "{status}");
        for forbidden in [3, 10, 200, 230, 299] {
            assert_eq!(code(forbidden, 0), "forbidden", "{status}");
        }
        assert_eq!(code(368, 0), "blocked");
        assert_eq!(code(506, 0), DUPLICATE);
        assert_eq!((code(100, 33), code(803, 0)), ("gone".to_owned(), "gone".to_owned()));
    }
}

#[test]
fn the_rest_is_read_by_status() {
    let refused = |status, body: &str| match of(status, &[], body).unwrap_err() {
        Verdict::Rejected { code, human, .. } => (code, human),
        other => panic!("{body}: {other:?}"),
    };
    assert_eq!(refused(400, &error(100, 0)), ("refused".into(), "Some words".into()));
    assert_eq!(refused(400, r#"{"error":"no envelope"}"#), ("refused".into(), "Facebook answered 400.".into()));
    assert_eq!(refused(400, r#"{"error":{"code":"190"}}"#).0, "refused");
    assert_eq!(
        refused(400, "{\"error\":{\"code\":100,\"message\":\"Malformed access token EAAGsecret\\u0007\"}}").1,
        "Malformed access token …"
    );
    assert_eq!(
        refused(400, r#"{"error":{"code":100,"message":"x","error_user_msg":"Shorter, please"}}"#).1,
        "Shorter, please"
    );
    assert!(matches!(of(400, &[], r#"{"error":{"code":99,"is_transient":true}}"#), Err(Verdict::Unknown { .. })));
    for unknown in [
        (200, error(100, 0)),
        (500, error(100, 0)),
        (200, "<html>".into()),
        (502, "<html>".into()),
        (200, String::new()),
    ] {
        assert!(matches!(of(unknown.0, &[], &unknown.1), Err(Verdict::Unknown { .. })), "{unknown:?}");
    }
    assert!(of(200, &[], r#"{"id":"1"}"#).is_ok());
}

#[test]
fn waiting_is_told_in_minutes() {
    let until = |header: &str| match of(400, &[("x-business-use-case-usage", header)], &error(32, 0)).unwrap_err() {
        Verdict::RateLimited { until_us } => until_us,
        other => panic!("{other:?}"),
    };
    let usage = r#"{"7":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":3}],"8":[]}"#;
    assert_eq!(until(usage), Some(1_000_000_000 + 3 * MINUTE));
    assert_eq!(until(&usage.replace(":3}", ":99999999999}")), Some(1_000_000_000 + 7 * 24 * 60 * MINUTE));
    for nothing in ["", "[]", r#"{"7":{}}"#, r#"{"7":[{"estimated_time_to_regain_access":0}]}"#] {
        assert_eq!(until(nothing), None, "{nothing}");
    }
    let both = [("retry-after", "9"), ("x-business-use-case-usage", usage)];
    assert_eq!(of(400, &both, &error(4, 0)), Err(Verdict::RateLimited { until_us: Some(1_009_000_000) }));
}
