//! What people wrote under a post, in conversations: each with its answers and with what moderation decided about it.
use crate::public_site::store::CommentRow;

pub const CONVERSATIONS: i64 = 50;
/// Comments of one page, whatever the conversations.
pub const MOST: i64 = 400;

pub struct Comment<'a> {
    pub c: &'a CommentRow,
    /// What the agency answered: the same comment once for each answer.
    pub answers: &'a [CommentRow],
    /// Whom a reply within a conversation is to, unless to its beginning.
    pub to: Option<&'a CommentRow>,
    /// The title of the ground it was decided on.
    pub ground: &'a str,
    pub own: bool,
}

impl Comment<'_> {
    pub fn is_reply(&self) -> bool {
        self.c.id != self.c.root
    }
    pub fn is_shown(&self) -> bool {
        self.c.visibility == "shown"
    }
}

pub struct Talk<'a> {
    pub comments: Vec<Comment<'a>>,
    /// The last conversation that begins on this page, if more begin after it.
    pub next: Option<i64>,
    /// A conversation too long for its page, and where it goes on.
    pub cut: Option<(i64, i64)>,
}

/// `rows` is one more than `most` where there are more.
pub fn talk<'a>(rows: &'a [CommentRow], ground: impl Fn(&str) -> &'a str, citizen: Option<i64>) -> Talk<'a> {
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let cut = rows.get(most).and(rows.get(most - 1)).map(|last| (last.root, last.id));
    let rows = &rows[..rows.len().min(most)];
    let mut comments: Vec<Comment<'a>> = Vec::with_capacity(rows.len());
    let (mut roots, mut next, mut last_root) = (0, None, 0);
    for group in rows.chunk_by(|a, b| a.id == b.id) {
        let c = &group[0];
        if c.id == c.root {
            roots += 1;
            if roots > CONVERSATIONS {
                next = Some(last_root);
                break;
            }
        }
        last_root = c.root;
        let answers = if c.answer_id.is_some() { group } else { &[] };
        let to = c.parent_id.filter(|p| *p != c.root).and_then(|p| rows.iter().find(|r| r.id == p));
        let own = citizen.is_some() && c.citizen_id == citizen;
        comments.push(Comment { c, answers, to, ground: c.ground.as_deref().map_or("", &ground), own });
    }
    // What begins after a conversation that was cut begins on the next page.
    let next = next.or(cut.map(|(root, _)| root));
    Talk { comments, next, cut }
}
