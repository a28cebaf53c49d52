//! Proof that an account is ours: the platform itself says so (with its token), its profile page leads back to the agency,
//! or it shows the one-time code that was given for it.
use super::account::Account;
use super::actions::{SITE, see};
use super::address::known_as;
use super::life::Proof;
use super::{AccountProven, rules, store};
use crate::agencies;
use crate::ledger::Record;
use crate::platforms;
use ground::fetch::{Fetch, Request};
use ground::{Ctx, Error, FieldError, Result, Say};

/// Our own page of an agency, which an official profile leads back to.
pub async fn our_page(cx: &Ctx, agency: i64) -> Result<String> {
    Ok(cx.url(&format!("/agencies/{}", agencies::find(cx.db(), agency).await?.code)))
}

/// Looks at the public page of the account. One that was only approved becomes live with it.
pub async fn prove(cx: &Ctx, id: i64, method: &str) -> Result<Account> {
    let account = see(cx, id).await?;
    let own = account.platform == SITE || platforms::is_own(cx, &account.platform)?;
    rules::may_prove(&cx.actor, &account, own, method)?;
    let page = read(cx, &account.url).await?;
    let asked = store::life::asked(cx.db(), id).await?;
    let code = asked.map(|a| a.code).filter(|c| !c.is_empty());
    let found = match method {
        "link" => leads_to(&page, &our_page(cx, account.agency_id).await?),
        _ => code.filter(|code| page.contains(code.as_str())),
    };
    let missing = if method == "link" { "accounts-error-no-link" } else { "accounts-error-no-code" };
    let detail = found.ok_or_else(|| Error::invalid(vec![FieldError::new("method", Say::new(missing))]))?;
    let tx = cx.begin("accounts.prove").await?;
    if account.state == "approved" {
        store::connect(&tx, &account, None, cx.now()).await?;
    }
    let (proof, person_id, at) = (cx.id(), cx.actor.person()?, cx.now());
    let proof = Proof { id: proof, account_id: id, method: method.into(), detail, person_id, at };
    store::life::prove(&tx, &proof).await?;
    store::decide(&tx, cx.id(), id, "proof", person_id, "", at).await?;
    tx.record(cx, &AccountProven { account: id, agency: account.agency_id, method: method.into() }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

async fn read(cx: &Ctx, url: &str) -> Result<String> {
    let failed = |why: String| {
        let say = Say::new("accounts-error-page").arg("why", why);
        Error::invalid(vec![FieldError::new("method", say)])
    };
    let answer = cx.machine.part::<Fetch>()?.send(Request::get(url)).await.map_err(|e| failed(e.to_string()))?;
    if answer.ok() { Ok(answer.text()) } else { Err(failed(format!("HTTP {}", answer.status))) }
}

/// The link of a page that leads to ours, with `rel` before it where it says that both are one (`rel="me"`).
fn leads_to(page: &str, ours: &str) -> Option<String> {
    let wanted = known_as(ours)?;
    let tags = page.split('<').skip(1).filter_map(|t| t.split('>').next());
    let mut links = tags.filter(|t| {
        let name = t.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        name.eq_ignore_ascii_case("a") || name.eq_ignore_ascii_case("link")
    });
    let tag = links.find(|t| attribute(t, "href").and_then(|href| known_as(&href)).as_ref() == Some(&wanted))?;
    let me = attribute(tag, "rel").is_some_and(|rel| rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("me")));
    Some(if me { format!("rel=me {ours}") } else { ours.to_owned() })
}

/// The value of an attribute of a tag, whichever way it is quoted.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = lower[..*at].chars().last();
        before.is_some_and(|c| c.is_whitespace() || "\"'".contains(c))
            && lower[at + name.len()..].trim_start().starts_with('=')
    })?;
    let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    Some(value.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::leads_to;

    #[test]
    fn a_page_leads_back_by_a_link_and_by_nothing_else() {
        let ours = "https://posts.gov.bt/agencies/MoH";
        for good in [
            "<a href=\"https://posts.gov.bt/agencies/MoH\">x</a>",
            "<p><A rel='nofollow' HREF='https://www.posts.gov.bt/agencies/MoH/?utm_source=y'>x</A>",
            "<a class=x href=https://posts.gov.bt/agencies/MoH rel=me>",
        ] {
            assert!(leads_to(good, ours).is_some(), "{good}");
        }
        assert_eq!(
            leads_to("<link rel=\"me nofollow\" href=\"https://posts.gov.bt/agencies/MoH\">", ours).as_deref(),
            Some("rel=me https://posts.gov.bt/agencies/MoH")
        );
        for bad in [
            "https://posts.gov.bt/agencies/MoH",
            "<a href=\"https://posts.gov.bt/agencies/MoF\">",
            "<a href=\"https://evil.example/?to=https://posts.gov.bt/agencies/MoH\">",
            "<img href=\"https://posts.gov.bt/agencies/MoH\">",
            "<a data-href=\"https://posts.gov.bt/agencies/MoH\">",
            "<a href=",
            "<a href>",
        ] {
            assert!(leads_to(bad, ours).is_none(), "{bad}");
        }
    }
}
