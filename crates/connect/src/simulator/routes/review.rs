//! Platforms that take a post and look at it before they show it.
use super::{Answer, Call, Event, Fault, No, Shared, Wire, commit, own};
use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

/// How long a look takes unless it is told.
const LOOK_MS: u64 = 5_000;

/// The answer to a post that is looked at now; to anything else as ever.
pub(super) async fn taken(call: &Call, value: Value) -> Answer {
    let Some(id) = value["id"].as_str().filter(|id| id.starts_with('p')).map(str::to_owned) else {
        return Ok(Json(value).into_response());
    };
    let fault = call.fault.as_ref();
    let refused = fault.is_some_and(|f| f.fault == Fault::ReviewRefused);
    let ms = fault.and_then(|f| f.ms).unwrap_or(LOOK_MS);
    let done = call.change(move |state, _, now| {
        let until_us = now.saturating_add_unsigned(ms.saturating_mul(1000));
        commit(state, Event::Looking { id, until_us, refused })?;
        Ok(Value::Null)
    });
    done.await?;
    Ok((StatusCode::ACCEPTED, Json(value)).into_response())
}

pub(super) async fn standing(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let done = call.change(move |state, account, now| {
        let looked = state.looking.get(&id).copied();
        // What was refused is gone, and its look is remembered.
        if !matches!(looked, Some((until, true)) if until <= now) {
            own(state, account, &id)?;
        }
        let standing = match looked {
            Some((until, _)) if now < until => "working",
            Some((_, true)) => {
                if state.posts.contains_key(&id) {
                    commit(state, Event::Removed { id: id.clone() })?;
                }
                "refused"
            }
            _ => "out",
        };
        Ok(json!({"id": id, "standing": standing}))
    });
    let value = done.await?;
    Ok::<_, No>(Json(value).into_response())
}
