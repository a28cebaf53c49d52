//! Films and sound recordings as people send, hear and read them.
use super::sample;
use crate::posts::tests::{Desk, desk};
use crate::testkit::Answer;
use axum::body::Body;
use axum::http::{Method, Request};
use ground::clock::{HOUR, MINUTE};
use serde_json::{Value, json};

const VTT: &str = "WEBVTT\n\n00:00.000 --> 00:02.000\nThe bridge is open.";

impl Desk {
    async fn send(&self, bytes: &[u8], more: &str) -> Answer {
        let head = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"agency\"\r\n\r\n{}\r\n{more}--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"film.exe\"\r\n\r\n",
            self.agency
        );
        let request = Request::post("/api/v1/recordings")
            .header("authorization", format!("Bearer {}", self.author.token))
            .header("content-type", "multipart/form-data; boundary=XX")
            .header("idempotency-key", "one")
            .body(Body::from([head.as_bytes(), bytes, b"\r\n--XX--\r\n"].concat()))
            .unwrap();
        self.app.send(request).await
    }
    async fn part(&self, path: &str, range: &str) -> (u16, Vec<u8>) {
        self.app.send_raw(Request::get(path).header("range", range).body(Body::empty()).unwrap()).await
    }
    async fn post_with(&self, recording: &str, said: Value) -> Answer {
        let mut post = self.new_post();
        post["recording"] = json!({"id": recording, "said": said});
        self.call(&self.author, Method::POST, "/api/v1/posts", post).await
    }
    async fn approved(&self, post: &str) {
        let (path, body) = (format!("/api/v1/posts/{post}"), json!({"version": 1}));
        self.call(&self.author, Method::POST, &format!("{path}/submission"), body.clone()).await.expect(200);
        self.call(&self.approver, Method::POST, &format!("{path}/approval"), body).await.expect(200);
        self.app.drain().await;
    }
}

#[tokio::test]
async fn a_recording_is_sent_heard_by_its_agency_and_by_everybody_once_it_is_out_until_it_is_withdrawn() {
    let d = desk().await;
    let sound = sample(1_500);
    let r = d.send(&sound, "").await.expect(201).json();
    assert_eq!((&r["mime"], &r["duration_ms"], &r["bytes"]), (&json!("audio/wav"), &json!(1500), &json!(sound.len())));
    let again = d.send(&sound, "").await.expect(201);
    assert_eq!((again.json(), again.headers["idempotent-replay"].as_bytes()), (r.clone(), &b"true"[..]));
    d.send(&sample(1_600), "").await.expect(422);
    let (id, path) = (r["id"].as_str().unwrap(), r["url"].as_str().unwrap());
    d.app.get(path).await.expect(404);

    let post = d.post_with(id, json!({"en": VTT})).await.expect(201).json();
    assert_eq!(post["recording"]["captions"], json!([format!("{path}/captions/en.vtt")]));
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    assert_eq!(
        d.app.browse(&cookie, path).await.expect(200).headers["content-length"],
        sound.len().to_string().as_str()
    );
    let page = format!("/posts/{}", post["id"].as_str().unwrap());
    let shown = d.app.browse(&cookie, &format!("{page}?lang=en")).await.expect(200).body;
    assert!(
        shown.contains("<audio") && shown.contains("not written down in Dzongkha") && shown.contains("3 of 4"),
        "{shown}"
    );
    d.app.browse(&cookie, &format!("{page}/edit?lang=dz")).await.expect(200);
    // The file is in one post only, or nobody could say what is said in it.
    let other = d.post_with(id, json!({"en": "Other words"})).await.expect(422).json();
    assert_eq!(other["errors"][0]["field"], "recording");

    let post = post["id"].as_str().unwrap();
    d.approved(post).await;
    let (status, bytes) = d.part(path, "bytes=44-143").await;
    assert_eq!((status, bytes == sound[44..144]), (206, true));
    assert_eq!(d.part(path, "bytes=99999999-").await.0, 416);
    let public = d.app.get(&format!("/p/{post}?lang=en")).await.expect(200);
    let csp = public.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(csp.contains("media-src 'self'"), "{csp}");
    let track =
        format!("<track kind=\"captions\" srclang=\"en\" label=\"English\" src=\"{path}/captions/en.vtt\" default>");
    for part in
        [&track, "preload=\"none\"", "<details><summary>Transcript in English", "The bridge is open.", "download"]
    {
        assert!(public.body.contains(part), "{part}: {}", public.body);
    }
    let vtt = d.app.get(&format!("{path}/captions/en.vtt")).await.expect(200);
    assert_eq!((vtt.body.as_str(), &vtt.headers["content-type"]), (VTT, &"text/vtt; charset=utf-8".parse().unwrap()));
    assert_eq!(d.app.get(&format!("{path}/captions/en.txt")).await.expect(200).body, "The bridge is open.");
    for nothing in ["dz.vtt", "dz.txt", "fr.vtt", "en.srt", "en"] {
        d.app.get(&format!("{path}/captions/{nothing}")).await.expect(404);
    }
    assert!(crate::posts::controls::verify(d.app.cx.clone()).await.unwrap().is_empty());

    // What is said in it can be wrong too; the file itself stays.
    let shown = d.app.browse(&cookie, &format!("/posts/{post}/correction")).await.expect(200).body;
    assert!(shown.contains("The bridge is open."), "{shown}");
    let said = VTT.replace("open", "closed");
    let fix =
        json!({"version": 1, "texts": d.new_post()["texts"], "said": {"en": said, "dz": ""}, "note": "It is closed"});
    d.call(&d.author, Method::POST, &format!("/api/v1/posts/{post}/correction"), fix).await.expect(200);
    assert_eq!(d.app.get(&format!("{path}/captions/en.vtt")).await.expect(200).body, VTT, "until it is approved");
    let approval = format!("/api/v1/posts/{post}/approval");
    d.call(&d.approver, Method::POST, &approval, json!({"version": 2})).await.expect(200);
    d.app.drain().await;
    assert!(d.app.get(&format!("{path}/captions/en.vtt")).await.expect(200).body.contains("closed"));

    crate::posts::withdraw(&d.approver.cx, post.parse().unwrap(), "The date was wrong").await.unwrap();
    d.app.drain().await;
    for gone in [path.to_owned(), format!("{path}/captions/en.vtt")] {
        d.app.get(&gone).await.expect(404);
        d.app.browse(&cookie, &gone).await.expect(200);
    }
    assert!(!d.app.get(&format!("/p/{post}")).await.expect(410).body.contains("<audio"));
    d.app.drain().await;
}

#[tokio::test]
async fn what_cannot_be_played_or_is_too_large_is_refused_whatever_its_name() {
    let app = crate::testkit::TestApp::with_settings(&[("recording-mib", "1")]).await;
    let d = crate::posts::tests::desk_of(app).await;
    for (bytes, more, field) in [
        (&b"MZ\x90\x00 not a film"[..], "", "file"),
        (&[0xff; 5000], "", "file"),
        (&sample(150_000), "", "file"),
        (&sample(100), "--XX\r\nContent-Disposition: form-data; name=\"duration\"\r\n\r\nlong\r\n", "duration"),
        (b"", "", "file"),
    ] {
        let answer = d.send(bytes, more).await.expect(422).json();
        assert_eq!(answer["errors"][0]["field"], field, "{answer}");
    }
    d.send(&vec![1; 4 << 20], "").await.expect(413);
    let incoming = d.app.cx.machine.storage.folder().join(".incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0, "nothing is left of what was refused");
    let plain = d.call(&d.author, Method::POST, "/api/v1/recordings", json!({})).await;
    assert_eq!(plain.status, 415);
    d.app.drain().await;
}

#[tokio::test]
async fn p6_2_ac1_a_recording_without_its_words_is_not_submitted_and_bad_captions_are_told() {
    let d = desk().await;
    let r = d.send(&sample(500), "").await.expect(201).json();
    let id = r["id"].as_str().unwrap();
    let bad = json!({"en": "WEBVTT\n\n00:02.000 --> 00:01.000\nx", "dz": "00:01 --> 00:02\nx"});
    let told = d.post_with(id, bad).await.expect(422).json();
    let fields: Vec<_> = told["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["said_en", "said_dz"], "both at once");
    let post = d.post_with(id, json!({})).await.expect(201).json();
    let path = format!("/api/v1/posts/{}", post["id"].as_str().unwrap());
    let no = d.call(&d.author, Method::POST, &format!("{path}/submission"), json!({"version": 1})).await.expect(409);
    let no = no.json();
    assert_eq!((&no["refusals"][0]["code"], &no["refusals"][0]["clause"]), (&json!("no-captions"), &json!("P6.2-AC1")));
    // The words are part of what is approved: another hash, another version.
    let change = json!({"version": 1, "recording": {"id": id, "said": {"dz": "ཟམ་ཁ་ཕྱེ་ཡི།"}}});
    let next = d.call(&d.author, Method::PATCH, &path, change).await.expect(200).json();
    assert_ne!(next["content_hash"], post["content_hash"]);
    let submission = format!("{path}/submission");
    d.call(&d.author, Method::POST, &submission, json!({"version": 2})).await.expect(200);
    // Left out it stays, null takes it out.
    let texts = json!({"version": 2, "texts": {"en": "Open", "dz": "ཁ་ཕྱེ།"}});
    let kept = d.call(&d.author, Method::PATCH, &path, texts).await.expect(200).json();
    assert_eq!(kept["recording"]["id"], r["id"]);
    let out =
        d.call(&d.author, Method::PATCH, &path, json!({"version": 3, "recording": null})).await.expect(200).json();
    assert_eq!(out["recording"], Value::Null);
    d.app.drain().await;
}

#[tokio::test]
async fn the_composer_keeps_a_recording_shows_it_and_lets_it_go() {
    let d = desk().await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let (agency, site) = (d.agency.to_string(), d.site.to_string());
    let fields = [
        ("agency", agency.as_str()),
        ("text_en", "Hear this"),
        ("text_dz", "ཉན།"),
        ("accounts", site.as_str()),
        ("duration", "x"),
    ];
    let file = ("recording_file", "a.wav", &sample(800)[..]);
    let page = ("/posts/new", "/posts");
    let wrong = d.app.submit_file(&cookie, page, &fields, file).await.expect(422).body;
    assert!(wrong.contains("1:02:03") && wrong.contains("Hear this"), "{wrong}");
    let fields = [fields[0], fields[1], fields[2], fields[3], ("then", "submit")];
    let shown = d.app.submit_file(&cookie, page, &fields, file).await.expect(422).body;
    assert!(shown.contains("neither captions nor a transcript") && shown.contains("<audio"), "{shown}");
    let of = |mark: &str| shown.split(mark).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (post, id) = (of("action=\"/posts/"), of("name=\"recording\" value=\""));
    let (edit, save) = (format!("/posts/{post}/edit"), format!("/posts/{post}"));
    let fields = [fields[1], fields[2], fields[3], ("version", "1"), ("recording", id.as_str())];
    let bad = ("captions_dz", "c.vtt", &b"WEBVTT\xff"[..]);
    let told = d.app.submit_file(&cookie, (&edit, &save), &fields, bad).await.expect(422).body;
    assert!(told.contains("not UTF-8"), "{told}");
    let good = ("captions_dz", "c.vtt", "\u{feff}WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nཉན།\r\n".as_bytes());
    d.app.submit_file(&cookie, (&edit, &save), &fields, good).await.expect(303);
    let shown = d.app.browse(&cookie, &format!("{save}?lang=en")).await.expect(200).body;
    assert!(shown.contains("captions/dz.vtt") && shown.contains("Transcript in Dzongkha"), "{shown}");
    let fields = [fields[0], fields[1], fields[2], ("version", "2"), fields[4], ("remove-recording", "1")];
    d.app.submit_file(&cookie, (&edit, &save), &fields, ("file", "", b"")).await.expect(303);
    assert!(!d.app.browse(&cookie, &save).await.expect(200).body.contains("<audio"));
    d.app.drain().await;
}

#[tokio::test]
async fn what_is_approved_for_later_is_not_heard_before_and_a_platform_is_lent_the_file_for_an_hour() {
    let d = desk().await;
    let id = super::add_bytes(&d.author.cx, d.agency, &sample(300)).await.unwrap().id;
    let path = format!("/recordings/{id}");
    let post = d.post_with(&id.to_string(), json!({"en": "Open"})).await.expect(201).json();
    let post = post["id"].as_str().unwrap();
    let later = ground::words::iso(d.app.cx.now() + HOUR);
    let body = json!({"version": 1, "scheduled_at": later});
    d.call(&d.author, Method::PATCH, &format!("/api/v1/posts/{post}"), body).await.expect(200);
    for (who, what) in [(&d.author, "submission"), (&d.approver, "approval")] {
        d.call(who, Method::POST, &format!("/api/v1/posts/{post}/{what}"), json!({"version": 2})).await.expect(200);
    }
    d.app.get(&path).await.expect(404);
    let lent = crate::posts::lent::recording_path(&d.app.cx, id).unwrap();
    d.app.get(&lent).await.expect(200);
    let picture = lent.replace("/recordings/", "/media/");
    d.app.get(&picture).await.expect(404);
    d.app.advance(HOUR + MINUTE);
    d.app.drain().await;
    d.app.get(&path).await.expect(200);
    d.app.get(&lent).await.expect(404);
    d.app.drain().await;
}
