use super::*;

#[test]
fn what_answers_mean() {
    let of = |status: u16, body: &str| {
        let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        done(Ok(response), &Clock::frozen(1_000_000_000)).unwrap_err()
    };
    let error = |status: u16, code: &str| of(status, &format!(r#"{{"error":"{code}"}}"#));
    let rejected = |v: Verdict| match v {
        Verdict::Rejected { code, .. } => code,
        other => panic!("{other:?}"),
    };
    for status in [400, 429] {
        assert_eq!(error(status, "rate_limit_error"), Verdict::RateLimited { until_us: None });
    }
    for key in ["incorrect_login", "not_logged_in", "password_incorrect"] {
        assert_eq!((error(400, key), error(401, key)), (Verdict::Unauthorised, Verdict::Unauthorised), "{key}");
    }
    for (status, code, ours) in [
        (400, "only_mods_can_post_in_community", "forbidden"),
        (400, "site_ban", "forbidden"),
        (400, "deleted", "gone"),
        (404, "couldnt_find_post", "gone"),
        (400, "couldnt_find_post", "not-found"),
        (400, "locked", "locked"),
        (400, "invalid_post_title", "refused"),
        (400, "missing_totp_token", "second-factor"),
        (400, "something_new", "refused"),
    ] {
        assert_eq!(rejected(error(status, code)), ours, "{code}");
    }
    for unknown in ["couldnt_create_post", "couldnt_like_post", "couldnt_update_comment"] {
        assert!(matches!(error(400, unknown), Verdict::Unknown { .. }), "{unknown}");
    }
    assert!(matches!(error(502, "something_new"), Verdict::Unknown { .. }));
    assert!(matches!(of(503, "<html>"), Verdict::Unknown { .. }));
    assert_eq!(rejected(of(404, "<html>")), "gone");
    assert_eq!(rejected(of(400, r#"{"error":"Record not found"}"#)), "refused");
    assert_eq!(rejected(of(302, "")), "moved");
}
