//! How SQLite, the one that is linked in, means to answer each question: by a look into an index, not by reading a whole
//! table that grows with the years. What it would do on an empty database is what it does on a large one, for the program
//! keeps no statistics.
use crate::testkit::TestApp;
use ground::db::testing::plan;

/// Tables that grow with every post, message or fact.
const GROWING: &[&str] = &[
    "answers",
    "citizens",
    "compliance_observations",
    "deliveries",
    "delivery_attempts",
    "facts",
    "figure_answers",
    "figure_due",
    "figure_facts",
    "figure_measures",
    "figure_posts",
    "hand_overs",
    "inbox_heard",
    "jobs",
    "late_deliveries",
    "media",
    "message_judgements",
    "message_versions",
    "messages",
    "moderation_appeals",
    "moderation_decisions",
    "moderation_reports",
    "newsletter_mails",
    "outside_posts",
    "post_decisions",
    "post_parts",
    "post_pictures",
    "post_recordings",
    "post_targets",
    "post_versions",
    "posts",
    "recordings",
    "search_entries",
    "site_posts",
    "subscribers",
];

/// Indexes that hold only the few rows they are named for.
const SMALL: &[&str] = &["deliveries_frozen"];

/// Asked by `drelwa verify` alone, which is to see everything.
const OF_EVERYTHING: &[&str] = &["publishing::store::SENT_TWICE"];

/// The table a plan's line speaks of: it says a table's other name where the question gave it one.
fn table<'t>(text: &'t str, said: &'t str) -> Vec<&'t str> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || "(),;".contains(c)).filter(|w| !w.is_empty()).collect();
    let named = words.windows(3).filter(|w| ["FROM", "JOIN", "UPDATE"].contains(&w[0]));
    let mut found: Vec<&str> =
        named.filter(|w| w[2] == said || w[1] == said).map(|w| w[1].strip_suffix("_v1").unwrap_or(w[1])).collect();
    found.push(said.strip_suffix("_v1").unwrap_or(said));
    found
}

/// What of this question's plan reads a growing table whole.
async fn whole(app: &TestApp, text: &str) -> Vec<String> {
    let lines = match plan(app.cx.db(), text).await {
        Ok(lines) => lines.unwrap_or_default(),
        Err(e) => return vec![e.to_string()],
    };
    let is_whole = |line: &String| {
        let mut words = line.split(' ');
        let (first, said) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let small = SMALL.iter().any(|index| line.ends_with(index));
        let all = (first == "SCAN" && !small) || line.contains("AUTOMATIC");
        all && table(text, said).iter().any(|t| GROWING.contains(t))
    };
    lines.into_iter().filter(is_whole).collect()
}

#[tokio::test]
async fn no_question_reads_a_growing_table_from_end_to_end() {
    let app = TestApp::new().await;
    if plan(app.cx.db(), "SELECT id FROM posts").await.unwrap().is_none() {
        return;
    }
    for table in GROWING {
        app.cx.db().check(&format!("SELECT 1 FROM {table}")).await.unwrap();
    }
    for bad in [
        "SELECT id FROM facts f WHERE f.subject = $1 OR f.at = $2",
        "SELECT count(*) AS n FROM messages WHERE lang = $1",
    ] {
        assert_eq!(whole(&app, bad).await.len(), 1, "{bad}");
    }
    let mut wrong = vec![];
    for (name, text) in &app.all.queries {
        if !OF_EVERYTHING.iter().any(|known| name.ends_with(known)) {
            wrong.extend(whole(&app, text).await.into_iter().map(|line| format!("{name}: {line}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
