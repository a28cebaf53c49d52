//! Things by their numbers, in answers small enough to be read: strangers say how much is in a comment.
use super::{AT_ONCE, PAGE, WordPress};
use crate::wire::parsed;
use crate::{Access, Failure};
use ground::fetch::{FetchError, Method};
use serde::de::DeserializeOwned;

impl WordPress {
    /// The things with these numbers that are there. One that is too large by itself is passed over.
    pub(super) async fn by_number<T: DeserializeOwned>(
        &self,
        access: &Access,
        route: &str,
        query: &[(&str, &str)],
        numbers: &[u64],
    ) -> Result<Vec<T>, Failure> {
        let (mut all, mut left, mut at_once) = (Vec::new(), numbers, AT_ONCE);
        while !left.is_empty() {
            let (some, rest) = left.split_at(at_once.min(left.len()));
            let include = some.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
            let asked = [query, &[("include", &include), ("per_page", PAGE)]].concat();
            let request = self.request(access, Method::GET, route, &asked).await;
            match self.sent(request).await {
                Err(FetchError::TooLarge(_)) if some.len() > 1 => at_once = some.len() / 2,
                Err(FetchError::TooLarge(_)) => {
                    let site = &access.base_url;
                    tracing::warn!(site, route, include, "something larger than what is read at once was passed over");
                    left = rest;
                }
                answer => {
                    all.extend(parsed::<Vec<T>>(&self.judged(answer)?)?);
                    left = rest;
                }
            }
        }
        Ok(all)
    }
}
