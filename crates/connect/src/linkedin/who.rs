//! Which page an account is, and whether the key's owner may speak for it.
//!
//! Source: the Organization Lookup API and the Organization Access Control API.
use super::LinkedIn;
use super::answer::unreadable;
use super::urn::{encoded, handle, organization};
use crate::{Access, Failure, Identity};
use serde::Deserialize;
use serde_json::Value;

/// Those who may post as the page.
const SPEAKERS: [&str; 3] = ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN"];

/// A page as LinkedIn tells of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    id: u64,
    #[serde(default)]
    vanity_name: Option<String>,
    #[serde(default)]
    localized_name: Option<String>,
}

impl Page {
    pub fn urn(&self) -> String {
        format!("urn:li:organization:{}", self.id)
    }
}

/// One right of the key's owner. The page stands in one of two fields, by version.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Right {
    role: String,
    #[serde(default)]
    organization: Option<String>,
    #[serde(default)]
    organization_target: Option<String>,
}

impl Right {
    fn page(&self) -> Option<&str> {
        self.organization.as_deref().or(self.organization_target.as_deref())
    }
}

fn refused(code: &str, human: &str) -> Failure {
    Failure::Refused { code: code.to_owned(), human: human.to_owned() }
}

pub(super) fn no_page() -> Failure {
    refused("no-page", "LinkedIn knows no page of this name. Give the last part of the page's address.")
}

impl LinkedIn {
    /// A page by its number.
    async fn numbered(&self, access: &Access, number: &str) -> Result<Page, Failure> {
        let page: Page = self.get(access, &format!("/rest/organizations/{}", encoded(number))).await?;
        if page.id.to_string() == number { Ok(page) } else { Err(unreadable()) }
    }

    /// A page by what people call it.
    pub(super) async fn named(&self, access: &Access, text: &str) -> Result<Option<Page>, Failure> {
        let Some(name) = handle(text) else { return Ok(None) };
        if name.bytes().all(|b| b.is_ascii_digit()) {
            let number = name.trim_start_matches('0');
            if number.is_empty() {
                return Ok(None);
            }
            return match self.numbered(access, number).await {
                Err(Failure::Gone) => Ok(None),
                page => page.map(Some),
            };
        }
        let path = format!("/rest/organizations?q=vanityName&vanityName={}", encoded(name));
        let answer: Value = match self.get(access, &path).await {
            Err(Failure::Gone) => return Ok(None),
            answer => answer?,
        };
        let all = answer.get("elements").cloned().ok_or_else(unreadable)?;
        let all: Vec<Page> = serde_json::from_value(all).map_err(|_| unreadable())?;
        let called = |p: &&Page| p.vanity_name.as_deref().is_some_and(|v| v.to_lowercase() == name.to_lowercase());
        let found = all.iter().find(called).cloned();
        // A page that does not tell its name is believed only where there is no other.
        let only = match all.as_slice() {
            [one] if one.vanity_name.is_none() => Some(one.clone()),
            _ => None,
        };
        Ok(found.or(only))
    }

    pub(super) async fn who(&self, access: &Access) -> Result<Identity, Failure> {
        let page = match organization(&access.remote_account_id) {
            Some(number) => match self.numbered(access, number).await {
                Err(Failure::Gone) => return Err(no_page()),
                page => page?,
            },
            None => self.named(access, &access.handle).await?.ok_or_else(no_page)?,
        };
        let rights = self.rights(access).await?;
        let speaks = |r: &Right| SPEAKERS.contains(&r.role.as_str()) && r.page() == Some(page.urn().as_str());
        if !rights.iter().any(speaks) {
            let human = "The key's owner may not post as this page. Make them a super admin or content admin of it.";
            return Err(refused("not-admin", human));
        }
        let clean = |text: &Option<String>| {
            let text: String = text.iter().flat_map(|t| t.chars()).filter(|c| !c.is_control()).take(200).collect();
            text.trim().to_owned()
        };
        let (vanity, name) = (clean(&page.vanity_name), clean(&page.localized_name));
        let vanity = if vanity.is_empty() { page.id.to_string() } else { vanity };
        Ok(Identity {
            account_id: page.urn(),
            url: Some(format!("https://www.linkedin.com/company/{}/", encoded(&vanity))),
            handle: vanity,
            name,
        })
    }

    /// What the key's owner may do on pages: the first hundred rights, which is more than a person has.
    async fn rights(&self, access: &Access) -> Result<Vec<Right>, Failure> {
        let path = "/rest/organizationAcls?q=roleAssignee&state=APPROVED&start=0&count=100";
        let answer: Value = self.get(access, path).await?;
        let all = answer.get("elements").cloned().ok_or_else(unreadable)?;
        serde_json::from_value(all).map_err(|_| unreadable())
    }
}
