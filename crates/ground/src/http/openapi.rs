//! OpenAPI 3.1, made from the routes themselves: what is described is what is served.
use crate::slice::{Needs, Route, RouteKind};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

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
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".into(), problem());
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Ids are strings of digits; times are RFC 3339 in UTC. Errors are application/problem+json; \
                refusals carry every reason and its policy clause at once."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A personal access token"}},
            "responses": {"Problem": {"description": "What is wrong, and how to go on",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}
        }
    })
}

fn operation(route: &Route, generator: &mut schemars::SchemaGenerator) -> Value {
    let mut parameters = vec![];
    for name in path_names(route.path) {
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    }
    if let Some(query) = route.doc.query {
        let schema = query(generator);
        parameters.extend(query_parameters(generator, &schema));
    }
    if route.method == axum::http::Method::POST {
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Makes a repeat of this request harmless for 24 hours", "schema": {"type": "string", "maxLength": 200}}));
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
    responses.insert("default".into(), json!({"$ref": "#/components/responses/Problem"}));
    let id = format!("{}{}", route.method.as_str().to_lowercase(), route.path.replace(['/', '{', '}', '.'], "_"));
    let mut operation =
        json!({"operationId": id, "summary": route.doc.summary, "parameters": parameters, "responses": responses});
    if route.needs != Needs::Nothing {
        operation["security"] = json!([{"token": []}]);
    }
    if let Some(takes) = route.doc.takes {
        let schema = takes(generator);
        operation["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
    } else if route.doc.upload {
        operation["requestBody"] = json!({"required": true, "content": {"multipart/form-data": {"schema": {
            "type": "object", "required": ["file"],
            "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}, "alt_en": {"type": "string"}, "alt_dz": {"type": "string"}, "agency": {"type": "string"}}}}}});
    }
    operation
}

fn path_names(path: &str) -> Vec<&str> {
    path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect()
}

/// The fields of a query struct, one parameter each.
fn query_parameters(generator: &mut schemars::SchemaGenerator, schema: &schemars::Schema) -> Vec<Value> {
    let own = schema.as_value();
    let name = own["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default().to_owned();
    let whole = generator.definitions().get(&name).cloned().unwrap_or_else(|| own.clone());
    let fields = whole["properties"].as_object().cloned().unwrap_or_default();
    let required: Vec<Value> = whole["required"].as_array().cloned().unwrap_or_default();
    fields
        .into_iter()
        .map(|(name, schema)| json!({"name": name, "in": "query", "required": required.contains(&json!(name)), "schema": schema}))
        .collect()
}

fn problem() -> Value {
    let reason = json!({"type": "object", "properties": {"code": {"type": "string"}, "detail": {"type": "string"},
        "clause": {"type": ["string", "null"]}, "field": {"type": ["string", "null"]}}});
    json!({"type": "object", "required": ["type", "status", "detail"], "properties": {
        "type": {"type": "string"}, "title": {"type": ["string", "null"]}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "instance": {"type": "string"},
        "refusals": {"type": "array", "items": reason},
        "errors": {"type": "array", "items": {"type": "object", "properties": {"field": {"type": "string"}, "detail": {"type": "string"}}}}}})
}

/// Percent-encodes a path for use as a query value.
pub fn encode_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
