//! Calls to the provider, through the one outward client.
use ground::fetch::{Fetch, FetchError, Method, Request};
use openidconnect::http::Response;
use openidconnect::{HttpRequest, HttpResponse};

/// One call. A redirect is not followed: a provider says where its things are.
pub async fn call(fetch: Fetch, asked: HttpRequest) -> Result<HttpResponse, FetchError> {
    let (head, body) = asked.into_parts();
    let unfit = |why: String| FetchError::NotSent(why);
    let method = Method::from_bytes(head.method.as_str().as_bytes()).map_err(|e| unfit(e.to_string()))?;
    let mut request = Request::new(method, head.uri.to_string());
    for (name, value) in &head.headers {
        request = request.header(name.as_str(), value.to_str().map_err(|e| unfit(e.to_string()))?);
    }
    request.body = body;
    let answer = fetch.send(request).await?;
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(answer.body).map_err(|e| FetchError::Unknown(e.to_string()))
}
