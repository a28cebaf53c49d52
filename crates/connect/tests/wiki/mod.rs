//! A wiki as people use it, past the connector.
use ground::fetch::{Fetch, FetchPolicy, Request};
use serde_json::Value;
use std::collections::BTreeMap;

pub fn given(name: &str) -> String {
    ground::config::Config::environment(name).unwrap_or_else(|| panic!("{name} is not set"))
}

pub fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

/// Somebody who uses the wiki past the connector.
pub struct Person {
    cookies: BTreeMap<String, String>,
    token: String,
}

impl Person {
    /// Anybody.
    pub fn nobody() -> Person {
        Person { cookies: BTreeMap::new(), token: "+\\".into() }
    }

    pub async fn signed_in(secret: &str) -> Person {
        let mut person = Person::nobody();
        let secret = given(secret);
        let (name, password) = secret.split_once(':').unwrap();
        let token = person.ask(&[("action", "query"), ("meta", "tokens"), ("type", "login")]).await;
        let token = token["query"]["tokens"]["logintoken"].as_str().unwrap().to_owned();
        let said = person.tell("login", &[("lgname", name), ("lgpassword", password), ("lgtoken", &token)]).await;
        assert_eq!(said["login"]["result"], "Success", "{said}");
        let token = person.ask(&[("action", "query"), ("meta", "tokens")]).await;
        person.token = token["query"]["tokens"]["csrftoken"].as_str().unwrap().to_owned();
        person
    }

    pub async fn ask(&mut self, query: &[(&str, &str)]) -> Value {
        self.call(query, None).await
    }

    pub async fn tell(&mut self, action: &str, form: &[(&str, &str)]) -> Value {
        let token = self.token.clone();
        let form: Vec<_> = form.iter().copied().chain([("token", token.as_str())]).collect();
        self.call(&[("action", action)], Some(&form)).await
    }

    pub async fn call(&mut self, query: &[(&str, &str)], form: Option<&[(&str, &str)]>) -> Value {
        let encoded =
            |pairs: &[(&str, &str)]| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let base = given("DRELWA_TEST_MEDIAWIKI_URL");
        let address = format!("{base}/api.php?format=json&formatversion=2&{}", encoded(query));
        let mut request = Request::get(&address);
        if let Some(form) = form {
            request = Request::post(&address).header("content-type", "application/x-www-form-urlencoded");
            request.body = encoded(form).into_bytes();
        }
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let response = fetch().send(request.header("cookie", &cookies.join("; "))).await.unwrap();
        for (_, line) in response.headers.iter().filter(|(n, _)| n == "set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response.json().unwrap()
    }

    pub async fn write(&mut self, title: &str, text: &str) -> Value {
        let said = self.tell("edit", &[("title", title), ("text", text)]).await;
        assert_eq!(said["edit"]["result"], "Success", "{said}");
        said["edit"].clone()
    }

    /// A page of its own by its id; none where it is gone.
    pub async fn page(&mut self, id: &str) -> Option<Value> {
        let query = [
            ("action", "query"),
            ("prop", "revisions"),
            ("rvprop", "content|ids|comment"),
            ("rvslots", "main"),
            ("pageids", id),
        ];
        let page = self.ask(&query).await["query"]["pages"][0].clone();
        page["missing"].is_null().then_some(page)
    }

    pub async fn source(&mut self, title: &str) -> String {
        let query =
            [("action", "query"), ("prop", "revisions"), ("rvprop", "content"), ("rvslots", "main"), ("titles", title)];
        let page = self.ask(&query).await["query"]["pages"][0].clone();
        page["revisions"][0]["slots"]["main"]["content"].as_str().unwrap_or_default().to_owned()
    }

    /// The HTML a reader gets.
    pub async fn html(&mut self, id: &str) -> String {
        let said =
            self.ask(&[("action", "parse"), ("prop", "text"), ("disablelimitreport", "1"), ("pageid", id)]).await;
        said["parse"]["text"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
    }
}

/// What is read on a page: its HTML without tags, spaces joined.
pub fn visible(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<') {
        let text = piece.split_once('>').map_or(piece, |(_, text)| text);
        if piece.starts_with("br") || piece.starts_with("/p") {
            out.push(' ');
        }
        out.push_str(text);
    }
    while let Some(at) = out.find("&#") {
        let end = at + out[at..].find(';').unwrap();
        let number = &out[at + 2..end];
        let code =
            number.strip_prefix('x').map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
        out.replace_range(at..=end, &char::from_u32(code.unwrap()).unwrap().to_string());
    }
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
