//! The page a form stands on. A form is sent to an address of its own and answered there when something was wrong; nothing can be
//! read at it. Whoever opens it anyway, for another language or from the address bar, is led to the page above it.
use crate::slice::{Route, RouteKind};
use axum::http::{Method, Uri};

fn pieces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

fn is_page(route: &Route, above: &[&str]) -> bool {
    let alike = |(a, b): (&str, &&str)| a == *b || (a.starts_with('{') && b.starts_with('{'));
    let many = pieces(route.path).count();
    let page = route.kind == RouteKind::Page && route.method == Method::GET;
    page && many == above.len() && pieces(route.path).zip(above).all(alike)
}

/// How many pieces of its address lead to that page; `None` where the address has a page itself, or none above it.
pub fn on(route: &Route, all: &[Route]) -> Option<usize> {
    let path: Vec<&str> = pieces(route.path).collect();
    let shown = |n: usize| path.get(..n).is_some_and(|above| all.iter().any(|r| is_page(r, above)));
    if route.kind != RouteKind::Page || shown(path.len()) { None } else { (1..path.len()).rev().find(|n| shown(*n)) }
}

/// The address of that page, with what was asked for.
pub fn page(asked: &Uri, many: usize) -> String {
    let path: String = pieces(asked.path()).take(many).flat_map(|piece| ["/", piece]).collect();
    asked.query().map_or(path.clone(), |query| format!("{path}?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slice::{Needs, get, post};

    #[test]
    fn the_page_above_is_the_nearest_that_can_be_read() {
        let of = |route: Route| route.of(RouteKind::Page, Needs::Nothing);
        let nothing = || async { "" };
        let all = [
            of(get("/accounts/{id}", nothing)),
            of(get("/accounts/apps", nothing)),
            of(post("/accounts/apps", nothing)),
            of(get("/freeze", nothing)),
            get("/files/{id}", nothing),
        ];
        for (path, many) in [
            ("/accounts/{account}/hook", Some(2)),
            ("/accounts/{account}/hook/removal", Some(2)),
            ("/freeze/{id}/thaw", Some(1)),
            ("/accounts/apps", None),
            ("/files/{id}/removal", None),
            ("/sign-out", None),
        ] {
            assert_eq!(on(&of(post(path, nothing)), &all), many, "{path}");
        }
        assert_eq!(on(&post("/freeze/{id}", nothing), &all), None, "only pages have one");
        assert_eq!(page(&"/accounts/7/hook?lang=dz".parse().unwrap(), 2), "/accounts/7?lang=dz");
        assert_eq!(page(&"/freeze/7/thaw".parse().unwrap(), 1), "/freeze");
    }
}
