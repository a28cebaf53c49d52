//! What each call does at the Official Account of our own.
use super::fake::{APP, Article, Comment, Held, Net, SECRET, Ways, no, yes};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

pub fn routes(net: Arc<Net>) -> Router {
    Router::new().fallback(any).layer(DefaultBodyLimit::max(20 << 20)).with_state(net)
}

async fn any(State(net): State<Arc<Net>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    net.held().asked.push(uri.to_string());
    let path = uri.path();
    let response = match path.strip_prefix("/cgi-bin/") {
        _ if method != Method::POST => no(43_002, "require POST method"),
        Some("stable_token") => token(&mut net.held(), &read(&body)),
        _ if uri.query().and_then(|q| q.split('&').next()) != Some(&format!("access_token={}", net.held().token())) => {
            no(42_001, "access_token expired")
        }
        Some("media/uploadimg") => uploaded(&net, &headers, body, false).await,
        Some("material/add_material") => uploaded(&net, &headers, body, true).await,
        // Letters in the form \u4f5c would be shown as such.
        Some(_) if body.windows(2).any(|w| w == b"\\u") => no(40_033, "invalid charset"),
        Some(call) => answer(&net, call, &read(&body)),
        None => no(-1, "system error"),
    };
    let instead = net.held().instead.clone();
    match instead {
        Some((at, status, text)) if path.ends_with(&at) => {
            (StatusCode::from_u16(status).unwrap_or_default(), text).into_response()
        }
        _ => response,
    }
}

fn read(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

fn token(held: &mut Held, given: &Value) -> Response {
    held.asked_for_tokens += 1;
    if given["appid"] != APP {
        return no(40_013, "invalid appid");
    }
    if given["secret"] != SECRET || given["grant_type"] != "client_credential" {
        return no(40_125, "invalid appsecret");
    }
    yes(json!({"access_token": held.token(), "expires_in": held.lasts.unwrap_or(7200)}))
}

async fn uploaded(net: &Net, headers: &HeaderMap, body: Bytes, cover: bool) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(kind) else { return no(41_005, "media data missing") };
    let mut form = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let mut picture = false;
    while let Ok(Some(field)) = form.next_field().await {
        let named = field.file_name().is_some_and(|n| n.ends_with(".png"));
        picture |=
            field.name() == Some("media") && named && field.bytes().await.unwrap_or_default().starts_with(b"\x89PNG");
    }
    if !picture {
        return no(40_137, "invalid image format");
    }
    let mut held = net.held();
    let id = held.id("PIC");
    let address = format!("http://mmbiz.qpic.cn/mmbiz_png/{id}/0");
    if !cover {
        return yes(json!({"url": address}));
    }
    held.covers.push(id.clone());
    yes(json!({"media_id": id, "url": address}))
}

fn number(ways: Ways, n: u64) -> Value {
    if ways.numbers_as_text { json!(n.to_string()) } else { json!(n) }
}

fn address(ways: Ways, a: &Article) -> String {
    match ways.short_addresses {
        true => format!("https://mp.weixin.qq.com/s/{}", a.id),
        false => format!("http://mp.weixin.qq.com/s?__biz=MzI&mid={}&idx=1&sn=1#rd", a.number),
    }
}

fn answer(net: &Net, call: &str, given: &Value) -> Response {
    let ways = net.ways;
    let mut held = net.held();
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match call {
        "draft/add" => draft(&mut held, ways, &given["articles"][0]),
        "draft/get" => match held.drafts.get(&text("media_id")) {
            Some(d) => yes(json!({"news_item": [{"title": d.title, "content": d.content}]})),
            None => no(40_007, "invalid media_id"),
        },
        "freepublish/submit" => match held.drafts.remove(&text("media_id")) {
            Some(draft) => {
                let job = held.publish(draft, ways.takes);
                yes(
                    json!({"errcode": 0, "errmsg": "ok", "publish_id": number(ways, job), "msg_data_id": number(ways, job)}),
                )
            }
            None => no(40_007, "invalid media_id"),
        },
        "freepublish/get" => progress(&mut held, ways, &text("publish_id")),
        "freepublish/batchget" => listed(&held, ways, given),
        "freepublish/delete" => {
            let id = text("article_id");
            if held.out(&id).is_none() {
                return no(53_600, "Article ID 无效");
            }
            held.articles.iter_mut().filter(|a| a.id == id).for_each(|a| a.deleted = true);
            yes(json!({"errcode": 0, "errmsg": "ok"}))
        }
        _ => comments(&mut held, ways, call, given),
    }
}

fn draft(held: &mut Held, ways: Ways, given: &Value) -> Response {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let open = given["need_open_comment"] == 1;
    let (title, content, thumb) = (text("title"), text("content"), text("thumb_media_id"));
    if open && ways.silent {
        return no(88_000, "without comment privilege");
    }
    if !held.covers.contains(&thumb) {
        return no(40_007, "invalid media_id");
    }
    if title.is_empty() || title.chars().count() > 32 {
        return no(45_003, "title size out of limit");
    }
    if content.chars().count() >= 20_000 {
        return no(45_002, "content size out of limit");
    }
    let (id, article_id) = (held.id("DRAFT"), held.id("ART"));
    let link = given.get("content_source_url").and_then(Value::as_str).map(str::to_owned);
    let article =
        Article { id: article_id, number: 0, title, content, thumb, link, open, at_s: 0, deleted: false, left: 0 };
    held.drafts.insert(id.clone(), article);
    yes(json!({"media_id": id}))
}

fn progress(held: &mut Held, ways: Ways, job: &str) -> Response {
    let Some(a) = held.articles.iter_mut().find(|a| a.number.to_string() == job) else {
        return no(40_007, "invalid publish_id");
    };
    let job = number(ways, a.number);
    if ways.ends_as > 1 {
        a.deleted = true;
        return yes(json!({"publish_id": job, "publish_status": ways.ends_as, "fail_idx": [1]}));
    }
    if a.left > 0 {
        a.left -= 1;
        return yes(json!({"publish_id": job, "publish_status": 1, "fail_idx": []}));
    }
    let detail = json!({"count": 1, "item": [{"idx": 1, "article_url": address(ways, a)}]});
    yes(json!({"publish_id": job, "publish_status": 0, "article_id": a.id, "article_detail": detail, "fail_idx": []}))
}

fn listed(held: &Held, ways: Ways, given: &Value) -> Response {
    let (offset, count) = (given["offset"].as_u64().unwrap_or_default() as usize, given["count"].as_u64().unwrap_or(0));
    if !(1..=20).contains(&count) {
        return no(40_035, "invalid count");
    }
    let all: Vec<&Article> = held.articles.iter().rev().filter(|a| !a.deleted && a.left == 0).collect();
    let shown = |a: &&Article| {
        let mut news =
            json!({"title": a.title, "thumb_media_id": a.thumb, "url": address(ways, a), "is_deleted": false});
        if given["no_content"] == 0 {
            news["content"] = json!(a.content);
        }
        json!({"article_id": a.id, "update_time": a.at_s, "content": {"news_item": [news]}})
    };
    let items: Vec<Value> = all.iter().skip(offset).take(count as usize).map(shown).collect();
    yes(json!({"total_count": all.len(), "item_count": items.len(), "item": items}))
}

fn comments(held: &mut Held, ways: Ways, call: &str, given: &Value) -> Response {
    let of = |name: &str| given.get(name).and_then(Value::as_u64).unwrap_or_default();
    if ways.silent {
        return no(88_000, "without comment privilege");
    }
    let article = of("msg_data_id");
    if !held.articles.iter().any(|a| a.number == article && !a.deleted) {
        return no(88_001, "msg_data is not exists");
    }
    if call == "comment/list" {
        let (begin, count) = (of("begin") as usize, of("count") as usize);
        if !(1..50).contains(&count) {
            return no(88_010, "count range error. cout <= 0 or count > 50");
        }
        let all: Vec<&Comment> = held.comments.iter().filter(|c| c.article == article).collect();
        let shown = |c: &&Comment| {
            let mut out = json!({
                "user_comment_id": number(ways, c.number), "create_time": c.at_s, "content": c.text, "comment_type": 0,
                "openid": "oV5CrjpxgaGXNHIQigzNlgLTnwic",
            });
            if let Some(answer) = &c.answer {
                out["reply"] = json!({"content": answer, "create_time": c.at_s});
            }
            out
        };
        let told: Vec<Value> = all.iter().skip(begin).take(count).map(shown).collect();
        return yes(json!({"errcode": 0, "errmsg": "ok", "total": all.len(), "comment": told}));
    }
    let wanted = of("user_comment_id");
    let Some(comment) = held.comments.iter_mut().find(|c| c.article == article && c.number == wanted) else {
        return no(88_008, "comment is not exists");
    };
    match (call, comment.answer.is_some()) {
        ("comment/reply/add", true) => return no(88_005, "already reply"),
        ("comment/reply/add", false) => {
            comment.answer = given.get("content").and_then(Value::as_str).map(str::to_owned);
        }
        ("comment/reply/delete", true) => comment.answer = None,
        ("comment/reply/delete", false) => return no(88_009, "reply is not exists"),
        _ => return no(40_035, "invalid call"),
    }
    yes(json!({"errcode": 0, "errmsg": "ok"}))
}
