//! What the servers of our own that answer as a platform remember of people who permitted an app something: RFC 6749,
//! 4.1, and RFC 7636, as strict as they are written.
use crate::oauth::challenge;
use std::collections::BTreeMap;

struct Permit {
    app: String,
    redirect: String,
    scope: String,
    challenge: Option<String>,
    used: bool,
}

/// Each code is good once.
#[derive(Default)]
pub(crate) struct Permits(BTreeMap<String, Permit>);

pub(crate) type Form = BTreeMap<String, String>;

pub(crate) fn form(body: &[u8]) -> Form {
    url::form_urlencoded::parse(body).into_owned().collect()
}

impl Permits {
    /// Somebody who is signed in agrees to what an address asks for. Gives where their browser is sent back to.
    pub fn agree(&mut self, address: &str) -> String {
        let asked = url::Url::parse(address).map(|url| url.query_pairs().into_owned().collect::<Form>());
        let asked = asked.unwrap_or_default();
        let of = |name: &str| asked.get(name).cloned().unwrap_or_default();
        let app = asked.get("client_key").cloned().unwrap_or_else(|| of("client_id"));
        let code = format!("code-{}!of~{app}", self.0.len() + 1);
        let challenge = asked.get("code_challenge").filter(|_| of("code_challenge_method") == "S256").cloned();
        let (redirect, scope) = (of("redirect_uri"), of("scope"));
        let pairs = [("code", &code), ("state", &of("state"))];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let back = format!("{redirect}?{query}");
        self.0.insert(code, Permit { app, redirect, scope, challenge, used: false });
        back
    }

    /// What was permitted to this app, in the words it was asked for; `None` where the standard refuses.
    pub fn redeem(&mut self, app: &str, form: &Form) -> Option<String> {
        let permit = self.0.get_mut(form.get("code")?)?;
        let same = permit.app == app && form.get("redirect_uri") == Some(&permit.redirect);
        let proven = permit.challenge == form.get("code_verifier").map(|verifier| challenge(verifier));
        let first = !std::mem::replace(&mut permit.used, true);
        (same && proven && first).then(|| permit.scope.clone())
    }
}

/// What a browser brings back: the code of the address it was sent to.
#[cfg(test)]
pub(crate) fn code_of(back: &str) -> crate::Secret {
    let url = url::Url::parse(back).unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    crate::Secret::new(code)
}
