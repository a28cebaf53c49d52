//! Bad input gets a clear error, and nothing is lost.
use super::{Government, government, id, problem};
use crate::testkit::TestApp;
use axum::body::Body;
use axum::http::{Method, Request, header};
use ground::clock::{DAY, HOUR, MINUTE};
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use std::io::Cursor;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn json_that_cannot_be_read_is_named_by_place_and_reason() {
    let g = government().await;
    let agency = g.health.to_string();
    let deep = format!("{{\"agency\": {}1{}}}", "[".repeat(4000), "]".repeat(4000));
    let large = format!("{{\"agency\": \"{}\"}}", "9".repeat(3 * 1024 * 1024));
    let zero = format!(r#"{{"agency": "{agency}", "texts": {{"en": "a\u0000b"}}}}"#);
    let spare = format!(r#"{{"agency": "{agency}", "texts": {{}}, "colour": 1}}"#);
    let typed = format!(r#"{{"agency": "{agency}", "texts": {{"en": 7}}}}"#);
    let twice = format!(r#"{{"agency": "{agency}", "agency": "{agency}", "texts": {{}}}}"#);
    let after = format!(r#"{{"agency": "{agency}", "texts": {{}}}} and more"#);
    let cases: [(&[u8], u16, &str); 12] = [
        (b"", 400, "line 1"),
        (b"{\"agency\": ", 400, "line 1"),
        (b"\xff\xfe{}", 400, "UTF-8"),
        (deep.as_bytes(), 422, "agency"),
        (large.as_bytes(), 413, "too large"),
        (zero.as_bytes(), 400, "zero"),
        (spare.as_bytes(), 422, "colour"),
        (typed.as_bytes(), 422, "texts.en"),
        (twice.as_bytes(), 422, "agency"),
        (after.as_bytes(), 400, "column"),
        (b"[]", 400, "object"),
        (b"{\"agency\": \"12x\", \"texts\": {}}", 422, "digits"),
    ];
    for (body, status, part) in cases {
        let answer = g.raw(&g.author, "/api/v1/posts", &[JSON], body.to_vec()).await;
        assert!(answer.body.contains(part), "{status} without “{part}”: {}", answer.body);
        problem(answer, status);
    }
    problem(g.raw(&g.author, "/api/v1/posts", &[("content-type", "text/plain")], "{}").await, 415);
    let backslash = format!(r#"{{"agency": "{agency}", "texts": {{"en": "C:\\u0000"}}}}"#);
    g.raw(&g.author, "/api/v1/posts", &[JSON], backslash).await.expect(201);
    let all = g.read(&g.author, "/api/v1/posts").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 1, "nothing of the rest was kept");
}

#[tokio::test]
async fn addresses_and_queries_are_utf8_of_the_right_kind() {
    let g = government().await;
    for path in ["/agencies/%00", "/agencies/%ff", "/nowhere/%c3%28"] {
        g.app.get(path).await.expect(404);
    }
    problem(g.app.get("/api/v1/posts/%ff").await, 404);
    for path in ["/agencies?q=%ff", "/agencies?q=a%00b", "/nowhere?x=%ff"] {
        let answer = g.app.get(path).await.expect(400);
        assert!(answer.body.contains("not valid UTF-8"), "{path}: {}", answer.body);
    }
    for path in
        ["/api/v1/agencies?q=%ff", "/api/v1/agencies?limit=x", "/api/v1/agencies?limit=0", "/api/v1/verify?url=%00"]
    {
        problem(g.app.get(path).await, 400);
    }
    for path in
        ["/api/v1/posts?after=-1", "/api/v1/posts?agency=x", "/api/v1/posts?agency=", "/api/v1/messages?limit=201"]
    {
        problem(g.app.api(Some(&g.author), Method::GET, path, Value::Null).await, 400);
    }
    for path in [
        "/api/v1/posts?state=lost",
        "/api/v1/accounts?state=lost",
        "/api/v1/messages?state=lost",
        "/api/v1/decisions?state=lost",
    ] {
        let told = problem(g.app.api(Some(&g.author), Method::GET, path, Value::Null).await, 422);
        assert_eq!(told["errors"][0]["field"], "state");
    }
    for path in ["/api/v1/posts/x", "/api/v1/posts/-1", "/api/v1/posts/99999999999999999999"] {
        problem(g.app.api(Some(&g.author), Method::GET, path, Value::Null).await, 404);
    }
    g.app.get("/agencies?q=").await.expect(200);
}

#[tokio::test]
async fn a_method_that_is_not_there_names_those_that_are() {
    let g = government().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/posts", "POST"),
        (Method::PUT, "/api/v1/agencies", "GET"),
        (Method::POST, "/agencies", "GET"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let answer = g.app.send(request).await.expect(405);
        assert!(answer.headers[header::ALLOW].to_str().unwrap().contains(allowed), "{path}");
        assert!(answer.body.contains("not") || answer.body.contains("Nothing"), "{path}: {}", answer.body);
        if path.starts_with("/api") {
            problem(answer, 405);
        }
    }
    // Where a form is sent to there is nothing to read: the page it stands on is shown.
    let asked = Request::get("/accounts/7/hook?lang=dz").body(Body::empty()).unwrap();
    assert_eq!(g.app.send(asked).await.expect(303).location(), "/accounts/7?lang=dz");
    let head = Request::builder().method(Method::HEAD).uri("/agencies").body(Body::empty()).unwrap();
    assert!(g.app.send(head).await.expect(200).body.is_empty());
    let nowhere = Request::post("/api/v1/nowhere").body(Body::empty()).unwrap();
    problem(g.app.send(nowhere).await, 404);
}

async fn form(app: &TestApp, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> crate::testkit::Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_form_comes_from_our_own_page_and_can_be_read() {
    let g = government().await;
    let cookie = g.app.sign_in("pema.lhamo@example.bt").await;
    let mine = ("cookie", cookie.as_str());
    let before = g.read(&g.author, "/api/v1/posts").await;
    for headers in [
        vec![mine, FORM],
        vec![mine, FORM, ("origin", "https://evil.example"), ("host", "drelwa.test")],
        vec![mine, FORM, ("sec-fetch-site", "cross-site")],
    ] {
        let answer = form(&g.app, "/posts", &headers, "text_en=x").await.expect(403);
        assert!(answer.body.contains("did not come from our own page"), "{}", answer.body);
    }
    let evil = [FORM, ("origin", "https://evil.example"), ("host", "drelwa.test")];
    form(&g.app, "/sign-in", &evil, "email=a&password=b").await.expect(403);
    form(&g.app, "/posts", &[mine, FORM], "text_en=%ff").await.expect(400);
    form(&g.app, "/posts", &[mine, FORM], "text_en=a%00b").await.expect(400);
    form(&g.app, "/posts", &[mine, FORM], "a".repeat(13 * 1024 * 1024)).await.expect(413);
    form(&g.app, "/posts", &[mine, ("content-type", "multipart/form-data; boundary=b")], "--b\r\nnonsense")
        .await
        .expect(400);
    form(&g.app, "/posts", &[mine, ("content-type", "multipart/form-data")], "x").await.expect(400);
    form(&g.app, "/posts", &[mine, JSON], "{}").await.expect(415);
    assert_eq!(g.read(&g.author, "/api/v1/posts").await, before, "none of it did anything");
}

impl Government {
    async fn upload(&self, bytes: &[u8]) -> crate::testkit::Answer {
        let mut body = b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n".to_vec();
        body.extend_from_slice(bytes);
        body.extend_from_slice(
            b"\r\n--b\r\ncontent-disposition: form-data; name=\"alt_en\"\r\n\r\nA field\r\n--b--\r\n",
        );
        self.raw(&self.author, "/api/v1/media", &[("content-type", "multipart/form-data; boundary=b")], body).await
    }
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    DynamicImage::ImageRgb8(image::RgbImage::from_pixel(64, 48, image::Rgb([9, 99, 9])))
        .write_to(&mut out, format)
        .unwrap();
    out.into_inner()
}

/// A PNG whose head says it is this large.
fn bomb(side: u32) -> Vec<u8> {
    let mut bytes = picture(ImageFormat::Png);
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let crc = bytes[12..29].iter().fold(!0u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        (0..8).for_each(|_| crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 });
        crc
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

#[tokio::test]
async fn only_pictures_are_pictures_and_nothing_hidden_comes_through() {
    let g = government().await;
    let png = picture(ImageFormat::Png);
    let bad: [&[u8]; 8] = [
        b"",
        b"not a picture at all",
        &png[..png.len() / 2],
        &bomb(60_000),
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"%PDF-1.7\n",
    ];
    for bytes in bad {
        let told = problem(g.upload(bytes).await, 422);
        assert_eq!(told["errors"][0]["field"], "file");
    }
    problem(g.upload(&vec![0; 11 * 1024 * 1024]).await, 413);
    // A place in the picture's own notes, as a telephone writes it.
    let jpeg = picture(ImageFormat::Jpeg);
    let notes = b"Exif\0\0GPSLatitude 27.47 N";
    let mut told = vec![0xff, 0xd8, 0xff, 0xe1, 0, u8::try_from(notes.len() + 2).unwrap()];
    told.extend_from_slice(notes);
    told.extend_from_slice(&jpeg[2..]);
    told.extend_from_slice(b"<script>after the end</script>");
    let kept = g.upload(&told).await.expect(201).json();
    let url = kept["url"].as_str().unwrap().to_owned();
    let request = Request::get(&url).header("cookie", g.app.sign_in("pema.lhamo@example.bt").await);
    let shown = g.app.send(request.body(Body::empty()).unwrap()).await.expect(200);
    assert_eq!(shown.headers[header::CONTENT_TYPE], "image/jpeg");
    assert!(!shown.body.contains("Exif") && !shown.body.contains("GPS") && !shown.body.contains("script"));
}

#[tokio::test]
async fn tokens_and_links_are_good_once_and_in_time() {
    let g = government().await;
    for token in ["", "x", "་", &"a".repeat(5000)] {
        let request = Request::get("/api/v1/me").header(header::AUTHORIZATION, format!("Bearer {token}").as_bytes());
        let answer = g.app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        problem(answer, 401);
    }
    g.app.advance(2 * DAY);
    problem(g.app.api(Some(&g.author), Method::GET, "/api/v1/me", Value::Null).await, 401);

    let link = async |email: &str| {
        form(&g.app, "/citizen/sign-in", &[FORM], format!("email={email}&next=/")).await.expect(200);
        g.app.drain().await;
        let mail = g.app.mails().into_iter().filter(|m| m.contains(email)).max().unwrap();
        let link = mail.split("/citizen/enter/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        format!("/citizen/enter/{link}")
    };
    let first = link("deki@example.org").await;
    let wrong = form(&g.app, &first, &[FORM], "name=+").await.expect(422);
    assert!(wrong.body.contains("name"), "{}", wrong.body);
    form(&g.app, &first, &[FORM], "name=Deki").await.expect(303);
    let replayed = form(&g.app, &first, &[FORM], "name=Deki").await.expect(404);
    assert!(replayed.body.contains("link"), "{}", replayed.body);
    let late = link("tashi@example.org").await;
    g.app.advance(HOUR + MINUTE);
    form(&g.app, &late, &[FORM], "name=Tashi").await.expect(404);
    g.app.get(&late).await.expect(404);
    g.app.get("/citizen/enter/made-up").await.expect(404);
}

#[tokio::test]
async fn many_tries_are_slowed_and_nobody_is_shut_out_by_others() {
    let g = government().await;
    let wrong = "email=pema.lhamo%40example.bt&password=wrong";
    for _ in 0..10 {
        form(&g.app, "/sign-in", &[FORM], wrong).await.expect(422);
    }
    let answer = form(&g.app, "/sign-in", &[FORM], wrong).await.expect(422);
    assert!(answer.body.contains("Too many tries") && answer.body.contains("pema.lhamo@example.bt"), "{}", answer.body);
    g.app.sign_in("dorji.wangchuk@example.bt").await;
}

#[tokio::test]
async fn a_text_is_counted_as_its_platform_counts() {
    let g = government().await;
    let site = g.app.live_site(g.health, &g.author, &g.lead).await;
    let practice = g.app.live_practice(g.health, "simulator", &g.author, &g.lead).await;
    let accounts = [site, practice].map(|a| a.to_string());
    // One flag is one sign to a reader, and to this platform.
    for (en, fits) in [("🇧🇹".repeat(240), true), ("🇧🇹".repeat(501), false)] {
        let body = json!({"agency": g.health.to_string(), "texts": {"en": en, "dz": "ཆུ"}, "accounts": accounts});
        let post = id(&g.post(&g.author, "/api/v1/posts", body).await.expect(201).json());
        let answer = g.post(&g.author, &format!("/api/v1/posts/{post}/submission"), json!({"version": 1})).await;
        if fits {
            answer.expect(200);
            continue;
        }
        assert!(answer.body.contains("500"), "{}", answer.body);
        assert_eq!(super::refusals(answer, &[]), ["platform-limit"]);
        assert_eq!(g.read(&g.author, &format!("/api/v1/posts/{post}")).await["texts"]["en"], en, "nothing is lost");
    }
}
