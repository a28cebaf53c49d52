use super::*;
use crate::facts::Exposure;

#[derive(serde::Serialize, serde::Deserialize)]
struct Happened;
impl Fact for Happened {
    const KIND: &'static str = "thing.happened";
    const EXPOSURE: Exposure = Exposure::Open;
    fn subject(&self) -> String {
        "thing:1".into()
    }
    fn scope(&self) -> Option<i64> {
        None
    }
}

async fn page() -> &'static str {
    "ok"
}
async fn load(_: Ctx, id: i64) -> Result<Recorded<Happened>> {
    Ok(Recorded { id, at: 0, actor: String::new(), fact: Happened })
}
async fn react(_: Ctx, _: Recorded<Happened>) -> Result<()> {
    Ok(())
}

#[test]
fn what_fits_is_put_together() {
    let all = assemble(vec![
        Slice::new("things").page(get("/things", page), Needs::SignedIn).fact::<Happened>(),
        Slice::new("notes").on::<Happened, _, _, _, _>("notes.take", load, react),
    ])
    .unwrap();
    assert_eq!(all.bus.followers("thing.happened"), ["notes.take"]);
    assert_eq!(all.routes.len(), 1);
}

#[test]
fn what_does_not_fit_is_refused_all_at_once() {
    let wrong = assemble(vec![
        Slice::new("notes").on::<Happened, _, _, _, _>("notes.take", load, react).page(get("/a", page), Needs::Nothing),
        Slice::new("notes").page(get("/a", page), Needs::Nothing).api(get("/api/v1/a", page), Needs::Nothing),
        Slice::new("other").on::<Happened, _, _, _, _>("notes.take", load, react),
    ])
    .err()
    .unwrap()
    .join("\n");
    for part in [
        "which no slice above states",
        "/a is claimed twice",
        "listed twice",
        "no description",
        "notes.take is claimed twice",
    ] {
        assert!(wrong.contains(part), "{part}: {wrong}");
    }
}
