//! What can be done on the wiki.
use super::{Call, Held, SECRET, US, Ways, no, yes};
use axum::response::Response;
use serde_json::json;

pub(super) fn login(held: &mut Held, call: &Call) -> Response {
    let Some(session) = call.cookie.clone().filter(|c| held.sessions.contains_key(c)) else {
        return yes(&json!({"login": {"result": "NeedToken"}}));
    };
    if call.get("lgtoken") != Some(format!("{session}+\\").as_str()) {
        return yes(&json!({"login": {"result": "WrongToken"}}));
    }
    let secret = format!("{}:{}", call.get("lgname").unwrap_or_default(), call.get("lgpassword").unwrap_or_default());
    if held.refused > 0 || secret != SECRET {
        held.refused = held.refused.saturating_sub(1);
        let reason = match call.get("lgname") {
            Some("Hasty@drelwa") => {
                "You have made too many recent login attempts. Please wait 5 minutes before trying again."
            }
            _ => "Incorrect username or password entered. Please try again.",
        };
        return yes(&json!({"login": {"result": "Failed", "reason": reason}}));
    }
    held.sessions.insert(session, Some((US.0.to_owned(), US.1)));
    yes(&json!({"login": {"result": "Success", "lguserid": US.1, "lgusername": US.0}}))
}

pub(super) fn edit(held: &mut Held, ways: &Ways, call: &Call) -> Response {
    let text = call.get("text").unwrap_or_default().to_owned();
    if text.len() > ways.bytes {
        return no("contenttoobig", "The content you supplied exceeds the article size limit of 1024 kibibytes.");
    }
    let title = match (call.get("pageid"), call.get("title")) {
        (Some(id), _) => match id.parse::<u64>() {
            Err(_) => return no("badinteger", "Invalid value for integer parameter \"pageid\"."),
            Ok(id) => match held.pages.get(&id) {
                Some(page) => page.title.clone(),
                None => return no("nosuchpageid", "There is no page with ID."),
            },
        },
        (None, Some(title)) => title.to_owned(),
        (None, None) => return no("missingparam", "One of the parameters \"title\" and \"pageid\" is required."),
    };
    if title.is_empty() || title.len() > 255 || title.contains(['[', ']', '{', '}', '|', '<', '>', '#']) {
        return no("invalidtitle", "Bad title.");
    }
    let page = held.by_title(&title);
    let now = page.as_ref().and_then(|p| held.current(p.id)).cloned();
    match &now {
        Some(_) if call.get("createonly").is_some() => {
            return no("articleexists", "The article you tried to create has been created already.");
        }
        None if call.get("nocreate").is_some() => return no("missingtitle", "The page you specified doesn't exist."),
        Some(now) if now.text == text.trim_end() => {
            let made = json!({"result": "Success", "pageid": now.page, "title": title, "nochange": true});
            return yes(&json!({"edit": made}));
        }
        Some(now) if call.number("baserevid").is_some_and(|base| base != now.id) => {
            return no("editconflict", "Edit conflict.");
        }
        _ => {}
    }
    let (name, id) = call.user.clone().unwrap_or_default();
    let (page, old, new) = held.save(&title, (&name, id), &text, call.get("summary").unwrap_or_default());
    yes(&json!({"edit": {
        "result": "Success", "pageid": page, "title": title, "contentmodel": "wikitext", "oldrevid": old, "newrevid": new,
    }}))
}

pub(super) fn upload(held: &mut Held, call: &Call) -> Response {
    let name = call.get("filename").unwrap_or_default().to_owned();
    let Some(file) = call.file.clone().filter(|f| !f.is_empty()) else {
        return no("empty-file", "The file you submitted was empty.");
    };
    if !file.starts_with(b"\x89PNG") || !name.ends_with(".png") {
        return no("verification-error", "File extension does not match the detected MIME type of the file.");
    }
    held.uploads += 1;
    if held.files.get(&name) == Some(&file) {
        return no("fileexists-no-change", "The upload is an exact duplicate of the current version.");
    }
    held.files.insert(name.clone(), file);
    yes(&json!({"upload": {"result": "Success", "filename": name}}))
}

pub(super) fn delete(held: &mut Held, call: &Call) -> Response {
    let Some(id) = call.number("pageid") else {
        return no("badinteger", "Invalid value for integer parameter \"pageid\".");
    };
    match held.pages.remove(&id) {
        Some(page) => yes(&json!({"delete": {"title": page.title, "reason": call.get("reason"), "logid": 1}})),
        None => no("nosuchpageid", &format!("There is no page with ID {id}.")),
    }
}

pub(super) fn hide(held: &mut Held, call: &Call) -> Response {
    let Some(page) = call.get("target").and_then(|t| held.by_title(t)) else {
        return no("needtarget", "A target title is required for this RevDel type.");
    };
    let hide = call.has("hide", "content");
    let newest = held.current(page.id).map(|r| r.id);
    let mut items = Vec::new();
    for id in call.get("ids").unwrap_or_default().split('|').filter_map(|id| id.parse::<u64>().ok()) {
        let Some(rev) = held.revs.get_mut(&id).filter(|r| r.page == page.id) else { continue };
        if newest == Some(id) && hide {
            let errors =
                json!([{"message": "revdelete-hide-current", "code": "revdelete-hide-current", "type": "error"}]);
            items.push(json!({"status": "Success", "id": id, "texthidden": false, "errors": errors}));
            continue;
        }
        rev.hidden = hide;
        items.push(json!({"status": "Success", "id": id, "texthidden": hide}));
    }
    yes(&json!({"revisiondelete": {"status": "Success", "target": page.title, "items": items}}))
}
