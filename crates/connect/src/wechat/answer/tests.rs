use super::*;

fn of(status: u16, body: &str) -> Result<Value, No> {
    let response = Response { status, headers: vec![], body: body.as_bytes().to_vec() };
    done(Ok(response), &Clock::frozen(1_000_000_000), &["TOKEN", ""])
}

fn code(number: i64) -> No {
    of(200, &format!(r#"{{"errcode":{number},"errmsg":"words"}}"#)).unwrap_err()
}

#[test]
fn codes_are_read_before_the_status() {
    for status in [200, 400, 500] {
        let body = |n: i64| format!(r#"{{"errcode":{n},"errmsg":"words"}}"#);
        assert_eq!(of(status, &body(42_001)), Err(No::Token), "{status}");
        assert_eq!(of(status, &body(40_125)), Err(No::Is(Verdict::Unauthorised)), "{status}");
        let minute = Verdict::RateLimited { until_us: Some(1_000_000_000 + MINUTE) };
        assert_eq!(of(status, &body(45_011)), Err(No::Is(minute)), "{status}");
    }
    assert_eq!(code(45_009), No::Is(Verdict::RateLimited { until_us: Some(1_000_000_000 + HOUR) }));
    for token in [40_001, 40_014, 41_001, 42_001] {
        assert_eq!(code(token), No::Token, "{token}");
    }
    for (number, name) in [
        (48_001, "forbidden"),
        (50_002, "forbidden"),
        (40_007, NO_SUCH_ID),
        (53_600, NO_SUCH_ID),
        (53_503, "draft-refused"),
        (53_504, "draft-by-hand"),
        (53_505, "draft-by-hand"),
        (40_164, "address-not-allowed"),
        (45_003, "text-too-long"),
        (45_166, "text-refused"),
        (45_001, "too-large"),
        (40_137, "media-refused"),
        (88_000, NO_COMMENTS),
        (88_001, "gone"),
        (88_005, ANSWERED),
        (47_001, "refused"),
    ] {
        let No::Is(verdict) = code(number) else { panic!("{number}") };
        assert!(is_code(&verdict, name), "{number}: {verdict:?}");
    }
    for unsure in [-1, 61_450] {
        assert!(matches!(code(unsure), No::Is(Verdict::Unknown { .. })), "{unsure}");
    }
}

#[test]
fn what_cannot_be_read_is_no_yes() {
    for (status, body) in [
        (200, "<html>"),
        (200, ""),
        (200, "[]"),
        (200, r#"{"errcode":"ok"}"#),
        (200, r#"{"errcode":null}"#),
        (500, r#"{"errcode":0}"#),
        (500, r#"{"errcode":47001}"#),
        (502, "<html>"),
    ] {
        assert!(matches!(of(status, body), Err(No::Is(Verdict::Unknown { .. }))), "{status} {body}");
    }
    assert!(of(200, r#"{"media_id":"x"}"#).is_ok() && of(200, r#"{"errcode":0,"errmsg":"ok"}"#).is_ok());
    let Err(No::Is(Verdict::Rejected { human, .. })) =
        of(200, "{\"errcode\":47001,\"errmsg\":\"bad TOKEN\\u0007 rid\"}")
    else {
        panic!()
    };
    assert_eq!(human, "bad … rid (47001)");
    assert_eq!(digits(Some(&serde_json::json!(2247))), Some("2247".into()));
    assert_eq!(digits(Some(&serde_json::json!("2247"))), Some("2247".into()));
    for bad in [serde_json::json!("2247\n"), serde_json::json!(-1), serde_json::json!(1.5), serde_json::json!("")] {
        assert_eq!(digits(Some(&bad)), None);
    }
}
