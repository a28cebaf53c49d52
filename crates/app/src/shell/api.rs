//! What every API answer shares: ids as strings, times as RFC 3339, pages with a cursor.
use super::ApiRoutes;
use axum::response::Response;
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One page of a list. `next` is the cursor of the page after it; absent at the end.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub struct Listed<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A time in UTC.
pub fn time(us: i64) -> String {
    ground::words::iso(us)
}

pub fn time_opt(us: Option<i64>) -> Option<String> {
    us.map(time)
}

/// An id in a body: a string of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiId(pub i64);

impl Serialize for ApiId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0.to_string())
    }
}
impl<'de> Deserialize<'de> for ApiId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<ApiId, D::Error> {
        let text = String::deserialize(d)?;
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let id = text.parse().ok().filter(|_| digits).map(ApiId);
        id.ok_or_else(|| serde::de::Error::custom("an id is a string of digits"))
    }
}
impl JsonSchema for ApiId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[0-9]{1,18}$", "description": "An id, given by the program",
            "examples": ["456457715712000230"]})
    }
}

/// The value of a filter that knows only these.
pub fn one_of<'a>(field: &'static str, given: Option<&'a str>, known: &[&str]) -> Result<Option<&'a str>> {
    let Some(text) = given.filter(|text| !known.contains(text)) else { return Ok(given) };
    let say = Say::new("error-one-of").arg("given", text).arg("known", known.join(", "));
    Err(Error::invalid(vec![FieldError::new(field, say)]))
}

/// An OpenAPI 3.1 document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OpenApi {
    pub openapi: String,
    #[serde(flatten)]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

pub async fn openapi(cx: Ctx) -> Result<Response> {
    let ApiRoutes(routes) = cx.machine.part::<ApiRoutes>()?;
    let text = ground::http::openapi::describe(routes, "Drelwa", env!("CARGO_PKG_VERSION"));
    Ok(ground::http::json(200, &text))
}
