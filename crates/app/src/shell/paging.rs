//! Keyset paging: a page is what comes after (or before) an id, never an offset.
use schemars::JsonSchema;
use serde::Deserialize;

pub const PAGE: i64 = 50;

/// `?after=ID&limit=N` of a list in the API.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Paging {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 when left out.
    pub limit: Option<i64>,
}

impl Paging {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(PAGE).clamp(1, 200)
    }
    /// For lists that go down from the newest.
    pub fn before_id(&self) -> i64 {
        self.after.as_deref().and_then(|a| a.parse().ok()).unwrap_or(i64::MAX)
    }
    /// For lists that go up.
    pub fn after_id(&self) -> i64 {
        self.after.as_deref().and_then(|a| a.parse().ok()).unwrap_or(0)
    }
}

/// Takes one more than a page was asked for, keeps the page, and says where the next begins.
pub fn cut<T>(mut rows: Vec<T>, limit: i64, id: impl Fn(&T) -> i64) -> (Vec<T>, Option<i64>) {
    let limit = usize::try_from(limit).unwrap_or(50);
    if rows.len() <= limit {
        return (rows, None);
    }
    rows.truncate(limit);
    let next = rows.last().map(id);
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins() {
        assert_eq!(cut(vec![5, 4, 3], 2, |n| *n), (vec![5, 4], Some(4)));
        assert_eq!(cut(vec![5, 4], 2, |n| *n), (vec![5, 4], None));
        assert_eq!(Paging { limit: Some(9999), after: Some("x".into()) }.limit(), 200);
    }
}
