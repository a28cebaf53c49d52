//! Keyset paging: a page is what comes after (or before) an id, never an offset.
use super::api::ApiId;
use schemars::JsonSchema;
use serde::Deserialize;

pub const PAGE: i64 = 50;

/// `?after=ID&limit=N` of a list in the API.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Paging {
    /// The `next` of the page before.
    pub after: Option<ApiId>,
    /// 1 to 200; 50 when left out.
    pub limit: Option<PageLimit>,
}

/// How many a page shall have.
#[derive(Debug, Clone, Copy)]
pub struct PageLimit(i64);

impl PageLimit {
    pub fn n(self) -> i64 {
        self.0
    }
}

const MOST: i64 = 200;

impl<'de> Deserialize<'de> for PageLimit {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<PageLimit, D::Error> {
        let n = i64::deserialize(d)?;
        let good = (1..=MOST).contains(&n).then_some(PageLimit(n));
        good.ok_or_else(|| serde::de::Error::custom(format!("limit is a number from 1 to {MOST}")))
    }
}
impl JsonSchema for PageLimit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PageLimit".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE})
    }
}

impl Paging {
    pub fn limit(&self) -> i64 {
        self.limit.map_or(PAGE, |l| l.0)
    }
    /// For lists that go down from the newest.
    pub fn before_id(&self) -> i64 {
        self.after.map_or(i64::MAX, |a| a.0)
    }
    /// For lists that go up.
    pub fn after_id(&self) -> i64 {
        self.after.map_or(0, |a| a.0)
    }
}

/// The newest of rows that were asked for agency by agency, which keeps to an index however many there are.
pub fn newest<T>(mut rows: Vec<T>, most: i64, id: impl Fn(&T) -> i64) -> Vec<T> {
    rows.sort_by_key(|row| std::cmp::Reverse(id(row)));
    rows.truncate(usize::try_from(most).unwrap_or(0));
    rows
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
        let read = |query: &str| serde_json::from_str::<Paging>(query).map(|p| (p.limit(), p.before_id()));
        assert_eq!(read(r#"{"limit": 200, "after": "7"}"#).unwrap(), (200, 7));
        assert_eq!(read("{}").unwrap(), (PAGE, i64::MAX));
        for bad in [r#"{"limit": 0}"#, r#"{"limit": 201}"#, r#"{"after": "x"}"#, r#"{"after": "-1"}"#] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
