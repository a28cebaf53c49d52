//! What can be asked of the wiki.
use super::{Call, Held, Page, RIGHTS, Rev, Ways, no, time, yes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::clock::Clock;
use serde_json::{Map, Value, json};

pub(super) fn query(held: &mut Held, ways: &Ways, call: &Call) -> Response {
    let mut query = Map::new();
    let mut out = json!({"batchcomplete": true});
    if call.has("meta", "tokens") && call.get("type") == Some("login") {
        let session = format!("s{:x}{:032x}", held.number(), held.sessions.len());
        let token = format!("{session}+\\");
        held.sessions.insert(session.clone(), None);
        let body = json!({"batchcomplete": true, "query": {"tokens": {"logintoken": token}}});
        let cookie = format!("wiki_session={session}; path=/; httponly; samesite=lax");
        return ([(header::SET_COOKIE, cookie)], axum::Json(body)).into_response();
    }
    if call.has("meta", "tokens") {
        let token = call.cookie.as_ref().filter(|_| call.user.is_some()).map(|c| format!("{c}+\\"));
        query.insert("tokens".into(), json!({"csrftoken": token.unwrap_or("+\\".into())}));
    }
    if call.has("meta", "userinfo") {
        let (name, id) = call.user.clone().unwrap_or(("127.0.0.1".into(), 0));
        let rights: Vec<_> = RIGHTS.iter().filter(|r| !ways.lacks.contains(r)).collect();
        query.insert("userinfo".into(), json!({"id": id, "name": name, "rights": rights}));
    }
    if call.has("meta", "siteinfo") {
        query.insert(
            "general".into(),
            json!({"generator": "MediaWiki 1.39.17", "maxarticlesize": ways.bytes, "maxuploadsize": 104_857_600, "uploadsenabled": true}),
        );
        query.insert("fileextensions".into(), json!([{"ext": "png"}, {"ext": "gif"}, {"ext": "jpg"}, {"ext": "jpeg"}]));
    }
    if call.has("list", "users") {
        let user = match call.get("ususers") {
            Some("Roads") => json!({"userid": 7, "name": "Roads"}),
            Some("Pema") => json!({"userid": 9, "name": "Pema"}),
            other => json!({"name": other, "missing": true}),
        };
        query.insert("users".into(), json!([user]));
    }
    for (name, start) in [("recentchanges", "rc"), ("usercontribs", "uc")] {
        if call.has("list", name) {
            let (items, next) = changes(held, ways, call, start);
            query.insert(name.into(), items);
            if let Some(next) = next {
                let mut further = Map::new();
                further.insert(format!("{start}continue"), json!(next));
                further.insert("continue".into(), json!("-||"));
                out["continue"] = Value::Object(further);
            }
        }
    }
    if call.get("prop").is_some() {
        match pages(held, call) {
            Ok(pages) => drop(query.insert("pages".into(), pages)),
            Err(response) => return *response,
        }
    }
    if call.get("curtimestamp").is_some() {
        out["curtimestamp"] = json!(time(Clock::system().now()));
    }
    out["query"] = Value::Object(query);
    yes(&out)
}

fn changes(held: &Held, ways: &Ways, call: &Call, start: &str) -> (Value, Option<String>) {
    let of = |name: &str| call.get(&format!("{start}{name}"));
    let newer = of("dir") == Some("newer");
    let from_to = [of("start"), of("end")];
    let [oldest, newest] = if newer { from_to } else { [from_to[1], from_to[0]] };
    let spaces: Option<Vec<u64>> = of("namespace").map(|n| n.split('|').filter_map(|n| n.parse().ok()).collect());
    let mut all: Vec<(&Rev, &Page)> = held.revs.values().filter_map(|r| Some((r, held.pages.get(&r.page)?))).collect();
    all.retain(|(r, p)| {
        let at = time(r.at_us);
        oldest.is_none_or(|o| at.as_str() >= o)
            && newest.is_none_or(|n| at.as_str() <= n)
            && of("user").is_none_or(|u| u == r.user.0)
            && of("title").is_none_or(|t| t == p.title)
            && spaces.as_ref().is_none_or(|s| s.contains(&p.ns))
    });
    if !newer {
        all.reverse();
    }
    let most = of("limit").and_then(|l| l.parse().ok()).unwrap_or(ways.list).min(ways.list);
    let skip = of("continue").and_then(|c| c.split('|').next_back()?.parse().ok()).unwrap_or(0usize);
    let next = (all.len() > skip + most).then(|| format!("20260101000000|{}", skip + most));
    let items: Vec<Value> = all
        .into_iter()
        .skip(skip)
        .take(most)
        .map(|(r, p)| {
            let mut item = json!({
                "ns": p.ns, "title": p.title, "pageid": p.id, "revid": r.id, "user": r.user.0, "userid": r.user.1,
                "new": r.parent == 0, "minor": false, "timestamp": time(r.at_us), "comment": r.comment,
            });
            if start == "rc" {
                item["rcid"] = json!(r.id + 1000);
                item["old_revid"] = json!(r.parent);
                item["type"] = json!(if r.parent == 0 { "new" } else { "edit" });
                if call.has("rcprop", "sizes") {
                    item["oldlen"] = json!(held.revs.get(&r.parent).map_or(0, |old| old.text.len()));
                    item["newlen"] = json!(r.text.len());
                }
            } else {
                item["parentid"] = json!(r.parent);
            }
            item
        })
        .collect();
    (json!(items), next)
}

fn revision(r: &Rev, call: &Call) -> Value {
    let mut out = json!({
        "revid": r.id, "parentid": r.parent, "user": r.user.0, "timestamp": time(r.at_us), "comment": r.comment,
    });
    if call.has("rvprop", "content") {
        let may = call.user.is_some();
        let mut main = json!({"contentmodel": "wikitext", "contentformat": "text/x-wiki"});
        if r.hidden {
            main["texthidden"] = json!(true);
        }
        if may || !r.hidden {
            main["content"] = json!(r.text);
        }
        out["slots"] = json!({"main": main});
    }
    out
}

fn page(held: &Held, p: &Page, revisions: &[&Rev], call: &Call) -> Value {
    let mut out = json!({"pageid": p.id, "ns": p.ns, "title": p.title});
    let other =
        if p.ns == 1 { p.title.strip_prefix("Talk:").map(str::to_owned) } else { Some(format!("Talk:{}", p.title)) };
    if call.has("prop", "info") {
        let id = other.as_ref().and_then(|t| held.by_title(t)).map(|p| p.id);
        if call.has("inprop", "associatedpage") {
            out["associatedpage"] = json!(other);
        }
        let name = if p.ns == 1 { "subjectid" } else { "talkid" };
        if let Some(id) = id.filter(|_| call.has("inprop", name)) {
            out[name] = json!(id);
        }
    }
    if !revisions.is_empty() {
        out["revisions"] = revisions.iter().map(|r| revision(r, call)).collect();
    }
    out
}

fn pages(held: &Held, call: &Call) -> Result<Value, Box<Response>> {
    let mut out: Vec<Value> = Vec::new();
    if let Some(ids) = call.get("revids") {
        let mut by_page: Vec<(&Page, Vec<&Rev>)> = Vec::new();
        for id in ids.split('|').filter_map(|id| id.parse::<u64>().ok()) {
            let Some(rev) = held.revs.get(&id) else { continue };
            let Some(p) = held.pages.get(&rev.page) else { continue };
            match by_page.iter_mut().find(|(known, _)| known.id == p.id) {
                Some((_, revs)) => revs.push(rev),
                None => by_page.push((p, vec![rev])),
            }
        }
        return Ok(by_page.into_iter().map(|(p, revs)| page(held, p, &revs, call)).collect());
    }
    let ids = call.get("pageids").unwrap_or_default().split('|').filter(|id| !id.is_empty());
    for id in ids {
        let Ok(id) = id.parse::<u64>() else {
            return Err(Box::new(no("badinteger", "Invalid value for integer parameter \"pageids\".")));
        };
        out.push(match held.pages.get(&id) {
            Some(p) => page(held, p, &listed(held, p, call), call),
            None => json!({"pageid": id, "missing": true}),
        });
    }
    for title in call.get("titles").unwrap_or_default().split('|').filter(|t| !t.is_empty()) {
        out.push(match held.by_title(title) {
            Some(p) => page(held, &p, &listed(held, &p, call), call),
            None => json!({"ns": super::space(title), "title": title, "missing": true}),
        });
    }
    Ok(json!(out))
}

/// The revisions of one page that were asked for; the newest where nothing else was said.
fn listed<'a>(held: &'a Held, p: &Page, call: &Call) -> Vec<&'a Rev> {
    if !call.has("prop", "revisions") {
        return Vec::new();
    }
    let mut all: Vec<&Rev> = held.of_page(p.id).collect();
    all.retain(|r| call.get("rvuser").is_none_or(|u| u == r.user.0));
    let newer = call.get("rvdir") == Some("newer");
    all.retain(|r| call.number("rvstartid").is_none_or(|from| if newer { r.id >= from } else { r.id <= from }));
    if !newer {
        all.reverse();
    }
    let many = ["rvlimit", "rvdir", "rvuser", "rvstartid"].iter().any(|n| call.get(n).is_some());
    let most = if many { call.number("rvlimit").map_or(500, |n| n as usize) } else { 1 };
    all.truncate(most);
    all
}
