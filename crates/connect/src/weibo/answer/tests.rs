use super::*;

fn of(status: u16, body: &str) -> Result<Value, Verdict> {
    let response = Response { status, headers: vec![], body: body.as_bytes().to_vec() };
    done(Ok(response), &Clock::frozen(1_000_000_000), "2.00TOKEN")
}

#[test]
fn codes_are_read_before_the_status() {
    for status in [200, 400, 403, 500] {
        for quote in ["", "\""] {
            let verdict = |code: i64| {
                of(status, &format!(r#"{{"error":"words","error_code":{quote}{code}{quote},"request":"/2/x"}}"#))
                    .unwrap_err()
            };
            let name = |code: i64| match verdict(code) {
                Verdict::Rejected { code, .. } => code,
                other => panic!("{status} {code}: {other:?}"),
            };
            for ended in [21_314, 21_315, 21_317, 21_327, 21_332] {
                assert_eq!(verdict(ended), Verdict::Unauthorised, "{status} {ended}");
            }
            let later = Verdict::RateLimited { until_us: Some(1_000_000_000 + HOUR) };
            assert_eq!((verdict(10_022), verdict(10_023), verdict(10_024)), (later.clone(), later.clone(), later));
            assert_eq!(
                verdict(20_016),
                Verdict::RateLimited { until_us: Some(1_000_000_000 + HOUR) },
                "too many posts"
            );
            assert!(matches!(verdict(10_001), Verdict::Unknown { .. }));
            // “Update success, while server slow now”: it is out, and the answer does not say under which number.
            assert!(matches!(verdict(20_032), Verdict::Unknown { .. }));
            assert_eq!(
                (name(20_019), name(20_012), name(10_014)),
                ("duplicate".into(), "text-too-long".into(), "forbidden".into())
            );
        }
    }
    let Err(Verdict::Rejected { code, human, .. }) = of(400, r#"{"error":"bad 2.00TOKEN","error_code":10008}"#) else {
        panic!()
    };
    assert_eq!((code.as_str(), human.as_str()), (WRONG, "bad … (10008)"));
}

#[test]
fn what_cannot_be_read_is_no_yes() {
    for (status, body) in [
        (200, "<html>"),
        (200, "[]"),
        (200, ""),
        (200, r#"{"error_code":null}"#),
        (200, r#"{"error_code":"x"}"#),
        (500, "{}"),
        (500, r#"{"error_code":10008}"#),
        (408, "{}"),
    ] {
        assert!(matches!(of(status, body), Err(Verdict::Unknown { .. })), "{status} {body}");
    }
    let Err(Verdict::Rejected { human, .. }) = of(400, r#"{"error":"see 2.00TOKEN"}"#) else { panic!() };
    assert!(!human.contains("TOKEN"));
    assert!(of(200, r#"{"uid":1}"#).is_ok());
}
