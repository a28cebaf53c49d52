//! OpenAPI 3.1, made from the routes themselves: what is described is what is served.
use crate::slice::{Needs, Route, RouteKind};
use axum::http::Method;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

const ABOUT: &str = "Ids are strings of digits; times are RFC 3339 in UTC. Lists are pages: `next` is the `after` of the page that \
    follows, absent at the end. What can be edited carries `version`: send the one you read. Send an `Idempotency-Key` with every \
    POST, then a repeat does nothing twice. Errors are `application/problem+json`; refusals and wrong fields come all at once, \
    refusals with the clause of the policy behind them.";

/// The errors an operation can answer with: status, name, what it means.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "400",
        "Malformed",
        "The request itself cannot be read: broken JSON, an address or a value that is not UTF-8, a query of the wrong kind",
    ),
    ("401", "SignIn", "No token, or one that is not good (any more)"),
    ("403", "NotAllowed", "Not yours. What belongs to another agency and what is not there at all are answered alike"),
    ("404", "NotFound", "There is nothing here"),
    (
        "409",
        "Refused",
        "A rule forbids it, with every reason and its policy clause; or somebody else was faster; or the Idempotency-Key is being used",
    ),
    ("413", "TooLarge", "The body is larger than this operation takes"),
    ("415", "WrongType", "The body is of another media type than this operation reads"),
    ("422", "Invalid", "Fields that cannot be used, every one named"),
    ("429", "TooMany", "Too often; `Retry-After` says when to come back"),
    ("503", "Unavailable", "Something this needs cannot be reached just now; nothing was done"),
];

/// The description of every API route. `title` and `version` are the program's.
pub fn describe(routes: &[Route], title: &str, version: &str) -> Value {
    let mut generator =
        SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into()).into_generator();
    let mut paths = Map::new();
    for route in routes.iter().filter(|r| r.kind == RouteKind::Api) {
        let operation = operation(route, &mut generator);
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[route.method.as_str().to_lowercase()] = operation;
    }
    let mut tags: Vec<&str> = routes.iter().filter(|r| r.kind == RouteKind::Api).map(|r| tag(r.path)).collect();
    tags.sort_unstable();
    tags.dedup();
    let tags: Vec<Value> = tags.into_iter().map(|name| json!({"name": name})).collect();
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".into(), problem());
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": title, "version": version, "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/", "description": "This server"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A personal access token, made \
                under your profile. A citizen's is that of the session which the link by mail opened"}},
            "responses": responses(),
            "parameters": {"IdempotencyKey": idempotency_key()}
        }
    })
}

fn responses() -> Map<String, Value> {
    let body = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
    let other = ("default", "Problem", "Anything else that is wrong");
    let mut all = Map::new();
    for (status, name, what) in ERRORS.iter().chain([&other]) {
        let mut response = json!({"description": what, "content": body});
        if *status == "429" {
            response["headers"] =
                json!({"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}});
        }
        all.insert((*name).to_owned(), response);
    }
    all
}

fn idempotency_key() -> Value {
    json!({"name": "Idempotency-Key", "in": "header", "required": false,
        "description": "Of your own choosing, such as a UUID: makes a repeat of this request harmless for 24 hours",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}})
}

/// `posts` of `/api/v1/posts/{id}`.
fn tag(path: &str) -> &str {
    path.split('/').nth(3).map_or("api", |part| part.split('.').next().unwrap_or(part))
}

fn operation(route: &Route, generator: &mut schemars::SchemaGenerator) -> Value {
    let mut parameters = vec![];
    for name in path_names(route.path) {
        let schema = if name == "id" {
            json!({"type": "string", "pattern": "^[0-9]{1,18}$"})
        } else {
            json!({"type": "string"})
        };
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
    }
    if let Some(query) = route.doc.query {
        let schema = query(generator);
        parameters.extend(query_parameters(generator, &schema));
    }
    if route.method == Method::POST {
        parameters.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    let mut responses = Map::new();
    match route.doc.gives {
        Some((status, gives)) => {
            let schema = gives(generator);
            responses.insert(
                status.to_string(),
                json!({"description": "Done", "content": {"application/json": {"schema": schema}}}),
            );
        }
        None => {
            responses.insert("204".into(), json!({"description": "Done"}));
        }
    }
    for (status, name, _) in ERRORS.iter().filter(|(status, ..)| answers(route, status)) {
        responses.insert((*status).to_owned(), json!({"$ref": format!("#/components/responses/{name}")}));
    }
    responses.insert("default".into(), json!({"$ref": "#/components/responses/Problem"}));
    let id = format!("{}{}", route.method.as_str().to_lowercase(), route.path.replace(['/', '{', '}', '.'], "_"));
    let mut operation = json!({"operationId": id, "summary": route.doc.summary, "tags": [tag(route.path)],
        "parameters": parameters, "responses": responses});
    operation["security"] =
        if route.needs == Needs::Nothing { json!([{}, {"token": []}]) } else { json!([{"token": []}]) };
    if let Some(takes) = route.doc.takes {
        let schema = takes(generator);
        operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
    } else if route.doc.upload {
        operation["requestBody"] =
            json!({"required": true, "content": {"multipart/form-data": {"schema": upload(route)}}});
    }
    operation
}

/// Which of the errors an operation can answer with.
fn answers(route: &Route, status: &str) -> bool {
    let (writes, body) = (route.method != Method::GET, route.doc.takes.is_some() || route.doc.upload);
    match status {
        "401" | "403" => route.needs != Needs::Nothing,
        "404" => route.path.contains('{'),
        "409" => writes,
        "413" | "415" | "422" => writes && body,
        _ => true,
    }
}

fn upload(route: &Route) -> Value {
    if let Some(field) = route.large {
        return json!({"type": "object", "required": [field], "properties": {
            field: {"type": "string", "contentMediaType": "application/octet-stream", "description": "MP4, WebM, MP3, Ogg or WAV"},
            "agency": {"type": "string", "pattern": "^[0-9]{1,18}$", "description": "Your own when left out"},
            "duration": {"type": "string", "pattern": "^([0-9]{1,2}:)?[0-9]{1,3}:[0-9]{2}$", "description": "Where the file does not say it: 12:30 or 1:02:03"}}});
    }
    let alt = |lang: &str| json!({"type": "string", "maxLength": 1500, "description": format!("What the picture shows, in {lang}")});
    json!({"type": "object", "required": ["file"], "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream", "description": "JPEG, PNG or WebP"},
        "agency": {"type": "string", "pattern": "^[0-9]{1,18}$", "description": "Your own when left out"},
        "alt_en": alt("English"), "alt_dz": alt("Dzongkha")}})
}

fn path_names(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// The fields of a query struct, one parameter each. Left out is left out: there is no null in a query.
fn query_parameters(generator: &mut schemars::SchemaGenerator, schema: &schemars::Schema) -> Vec<Value> {
    let own = schema.as_value();
    let name = own["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default().to_owned();
    let whole = generator.definitions().get(&name).cloned().unwrap_or_else(|| own.clone());
    // It is spread over the parameters and nothing else refers to it.
    generator.definitions_mut().remove(&name);
    let fields = whole["properties"].as_object().cloned().unwrap_or_default();
    let required: Vec<Value> = whole["required"].as_array().cloned().unwrap_or_default();
    let parameter = |(name, schema): (String, Value)| {
        let mut schema = without_null(schema);
        let what = schema.as_object_mut().and_then(|s| s.remove("description"));
        let mut parameter =
            json!({"name": name, "in": "query", "required": required.contains(&json!(name)), "schema": schema});
        if let Some(what) = what {
            parameter["description"] = what;
        }
        parameter
    };
    fields.into_iter().map(parameter).collect()
}

fn without_null(mut schema: Value) -> Value {
    let null = json!("null");
    if let Some(Value::Array(types)) = schema.get("type") {
        let types: Vec<&Value> = types.iter().filter(|t| **t != null).collect();
        if let [only] = types.as_slice() {
            schema["type"] = (*only).clone();
        }
    }
    if let Some(Value::Array(all)) = schema.get_mut("enum") {
        all.retain(|v| !v.is_null());
    }
    if let Some(Value::Array(any)) = schema.get("anyOf") {
        let left: Vec<&Value> = any.iter().filter(|s| s["type"] != null).collect();
        if let [only] = left.as_slice() {
            let mut only = (*only).clone();
            if let Some(what) = schema.get("description") {
                only["description"] = what.clone();
            }
            return only;
        }
    }
    schema
}

fn problem() -> Value {
    let reason = json!({"type": "object", "required": ["code", "detail"], "properties": {
        "code": {"type": "string", "description": "Stable, for programs: self-approval"},
        "detail": {"type": "string", "description": "For people, in their language"},
        "clause": {"type": ["string", "null"], "description": "The policy clause behind it"},
        "field": {"type": ["string", "null"]}}});
    let field = json!({"type": "object", "required": ["field", "detail"],
        "properties": {"field": {"type": "string"}, "detail": {"type": "string"}}});
    json!({"type": "object", "required": ["type", "status", "detail"],
        "description": "What is wrong, and how to go on (RFC 9457)",
        "examples": [{"type": "urn:drelwa:problem:refused", "title": "Conflict", "status": 409,
            "detail": "The rules do not allow this:", "instance": "urn:drelwa:request:656267fc88000a7",
            "refusals": [{"code": "self-approval", "detail": "Somebody else must approve what you wrote.",
                "clause": "P6.2-CM1", "field": null}]}],
        "properties": {
            "type": {"type": "string"}, "title": {"type": ["string", "null"]}, "status": {"type": "integer"},
            "detail": {"type": "string"}, "instance": {"type": "string"},
            "refusals": {"type": "array", "items": reason}, "errors": {"type": "array", "items": field}}})
}

/// Percent-encodes a path for use as a query value.
pub fn encode_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
