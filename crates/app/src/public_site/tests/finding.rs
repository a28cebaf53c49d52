//! Search, feeds, the pages of agencies, and what programs ask of a site.
use super::{DZ, EN, count, house};
use crate::posts;

#[tokio::test]
async fn what_is_public_is_found_in_both_languages_and_by_syllable_and_nothing_else_is() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let draft = posts::Draft { text_en: "Secret flu plan".into(), ..posts::Draft::default() };
    posts::draft(&h.author.cx, h.agency, &draft).await.unwrap();
    for q in ["flu", "FLU+sho", "%E0%BD%96%E0%BD%80%E0%BD%82", "flu+shots"] {
        let page = h.page(&format!("/search?q={q}&lang=en")).await;
        assert_eq!(count(&page, "<li class=\"post\""), 1, "{q}: {page}");
        assert!(page.contains(&format!("/p/{post}")) && !page.contains("Secret"));
    }
    let none = h.page("/search?q=nothing%3Cb%3E&lang=en").await;
    assert!(
        none.contains("Nothing was found for “nothing&#60;b&#62;”") && none.contains("href=\"/agencies\""),
        "{none}"
    );
    let empty = h.page("/search?lang=en").await;
    assert!(!empty.contains("Nothing was found") && empty.contains("name=\"q\""));
    let agency = h.page("/search?q=ministry+of+health&lang=en").await;
    assert!(agency.contains("href=\"/agencies/MoH\"") && agency.contains("No post has these words"));
    assert!(h.page("/search?q=%E0%BD%82%E0%BD%A6%E0%BD%BC%E0%BC%8B&lang=dz").await.contains("href=\"/agencies/MoH\""));
    posts::withdraw(&h.lead.cx, post, "over").await.unwrap();
    h.app.drain().await;
    assert_eq!(count(&h.page("/search?q=flu").await, "<li class=\"post\""), 0);
}

#[tokio::test]
async fn a_search_goes_on_by_key_and_takes_whatever_is_typed() {
    let h = house().await;
    for n in 0..21 {
        h.publish(&format!("Road works {n}"), DZ, vec![]).await;
    }
    let page = h.page("/search?q=road+wor&lang=en").await;
    assert_eq!(count(&page, "<li class=\"post\""), 20);
    let next = page.split("&#38;before=").nth(1).expect(&page).split('"').next().unwrap();
    let page = h.page(&format!("/search?q=road+wor&before={next}")).await;
    assert_eq!(count(&page, "<li class=\"post\""), 1);
    let long = "x".repeat(20_000);
    for q in [long.as_str(), "%22", "*", "%25", "NEAR(", "%27%3B--", "%F0%9F%8F%94", "&before=x", "%E0%BD%80&lang=xx"] {
        h.page(&format!("/search?q={q}")).await;
    }
    for unreadable in ["%FF", "%00"] {
        h.app.get(&format!("/search?q={unreadable}")).await.expect(400);
    }
}

#[tokio::test]
async fn a_feed_names_its_entries_once_and_moves_them_when_they_are_corrected() {
    let h = house().await;
    let empty = h.app.get("/feed.atom").await.expect(200);
    assert_eq!(empty.headers.get("content-type").unwrap(), "application/atom+xml; charset=utf-8");
    assert!(!empty.body.contains("<entry"));
    let picture = posts::add_picture(&h.author.cx, h.agency, posts::sample_picture(4, 3), "A clinic", "སྨན་ཁང་").await;
    let post = h.publish(EN, DZ, vec![picture.unwrap().id]).await;
    let atom = h.page("/feed.atom").await;
    let id = format!("<id>http://drelwa.test/p/{post}</id>");
    assert!(atom.contains(&id) && atom.contains("<updated>2026-11-24T03:30:00Z</updated>"), "{atom}");
    assert!(
        atom.contains("&#60;now&#62;. See https://moh.gov.bt/flu?a=1&#38;b=2") && atom.contains("type=\"image/png\"")
    );
    let dz = h.page("/feed.atom?lang=dz").await;
    assert!(dz.contains("xml:lang=\"dz\"") && dz.contains(DZ) && dz.contains(&id) && dz.contains("གསོ་བའི་ལྷན་ཁག"));
    let rss = h.page("/agencies/MoH/feed.rss").await;
    assert!(
        rss.contains("<pubDate>Tue, 24 Nov 2026 03:30:00 GMT</pubDate>") && rss.contains(&format!("/p/{post}</guid>"))
    );
    assert!(
        !h.page("/agencies/MoF/feed.atom").await.contains("<entry")
            && h.page("/agencies/MoH/feed.atom").await.contains(&id)
    );
    h.app.get("/agencies/NoSuch/feed.atom").await.expect(404);
    h.app.get("/feed.atom?lang=xx").await.expect(200);
    posts::correct(&h.author.cx, post, 1, "Free flu shots on Sunday.", DZ, "The day").await.unwrap();
    posts::approve(&h.approver.cx, post, 2).await.unwrap();
    h.app.drain().await;
    let later = h.page("/feed.atom").await;
    assert!(later.contains(&id) && later.contains("Free flu shots on Sunday. (corrected)"), "{later}");
    assert!(
        later.contains("<updated>2026-11-24T03:31:00Z</updated>") && later.contains("<published>2026-11-24T03:30:00Z")
    );
    posts::withdraw(&h.lead.cx, post, "over").await.unwrap();
    h.app.drain().await;
    assert!(!h.page("/feed.atom").await.contains(&id) && !h.page("/feed.rss").await.contains("<item>"));
}

#[tokio::test]
async fn an_agency_lists_what_it_published_and_where_to_follow_it() {
    let h = house().await;
    let nothing = h.page("/agencies/MoH?lang=en").await;
    assert!(nothing.contains("has published nothing here yet"), "{nothing}");
    for n in 0..21 {
        h.publish(&format!("News {n}"), DZ, vec![]).await;
    }
    let page = h.page("/agencies/MoH?lang=en").await;
    assert_eq!(count(&page, "<li class=\"post\""), 20);
    assert!(page.contains(
        "type=\"application/atom+xml\" title=\"Ministry of Health\" href=\"/agencies/MoH/feed.atom?lang=en\""
    ));
    let next = page.split("href=\"/agencies/MoH?before=").nth(1).unwrap().split('#').next().unwrap();
    assert_eq!(count(&h.page(&format!("/agencies/MoH?before={next}")).await, "<li class=\"post\""), 1);
    assert_eq!(count(&h.page("/agencies/MoF").await, "<li class=\"post\""), 0);
}

#[tokio::test]
async fn programs_are_told_where_to_look_and_people_what_is_known_of_them() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let robots = h.page("/robots.txt").await;
    assert!(
        robots.contains("Disallow: /sign-in\n") && robots.contains("Sitemap: http://drelwa.test/sitemap.xml"),
        "{robots}"
    );
    let map = h.page("/sitemap.xml").await;
    let here = format!("<loc>http://drelwa.test/p/{post}</loc><lastmod>2026-11-24T03:30:00Z</lastmod>");
    assert!(
        map.contains(&here) && map.contains("/agencies/MoH</loc>") && !map.contains("/agencies/MoF</loc>"),
        "{map}"
    );
    for lang in ["en", "dz"] {
        for path in
            ["/", "/about", "/search?q=flu", "/rules", "/verify", "/agencies", "/agencies/MoH", &format!("/p/{post}")]
        {
            let joint = if path.contains('?') { '&' } else { '?' };
            let answer = h.app.get(&format!("{path}{joint}lang={lang}")).await.expect(200);
            let page = &answer.body;
            assert!(count(page, "<h1") == 1 && count(page, "<main") == 1 && !page.contains("<script"), "{path}");
            assert!(page.contains(&format!("<html lang=\"{lang}\">")) && !page.contains("public_site-"), "{path}");
            assert!(
                answer.headers.get("content-security-policy").unwrap().to_str().unwrap().contains("default-src 'none'")
            );
        }
    }
}
