//! Who may say that something was done by hand, and what has to be said with it. Pure.
use super::task::Task;
use crate::people::roles::{APPROVE_POSTS, DRAFT_POSTS};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::{Error, FieldError, Refusal, Result, Say};

/// The longest note that is taken.
pub const MOST_NOTE: usize = 2000;

/// What a person says about a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Where it stands now.
    pub url: String,
    pub note: String,
    /// A picture of it was given.
    pub shown: bool,
}

fn may_act(actor: &Actor, task: &Task) -> Result<()> {
    let may = actor.may(DRAFT_POSTS, task.agency_id) || actor.may(APPROVE_POSTS, task.agency_id);
    if !may {
        return Err(Error::not_allowed());
    }
    let decided = Refusal::new("decided", Say::new("publishing-refused-by-hand-decided")).clause("P6.2-AM16");
    all_or_nothing(if task.is_open() { vec![] } else { vec![decided] })
}

/// All that is wrong with what was typed, at once.
fn wrong(said: &Said) -> Vec<FieldError> {
    let mut wrong = vec![];
    let url = said.url.trim();
    let whole = url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "https" | "http") && u.host_str().is_some());
    if !url.is_empty() && !whole {
        wrong.push(FieldError::new("url", Say::new("publishing-error-url")));
    }
    let n = said.note.trim().chars().count();
    if n > MOST_NOTE {
        let say = Say::new("publishing-error-by-hand-long").arg("limit", MOST_NOTE).arg("found", n);
        wrong.push(FieldError::new("note", say));
    }
    wrong
}

fn or_wrong(wrong: Vec<FieldError>) -> Result<()> {
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Something that others can look at goes with it: an address, a picture, or where it hangs and when it was read out.
pub fn may_finish(actor: &Actor, task: &Task, said: &Said) -> Result<()> {
    may_act(actor, task)?;
    let mut wrong = wrong(said);
    if task.kind != "take-down" && said.url.trim().is_empty() && said.note.trim().is_empty() && !said.shown {
        wrong.push(FieldError::new("url", Say::new("publishing-error-by-hand-nothing")));
    }
    or_wrong(wrong)
}

pub fn may_refuse(actor: &Actor, task: &Task, said: &Said) -> Result<()> {
    may_act(actor, task)?;
    let mut wrong = wrong(said);
    if said.note.trim().is_empty() {
        wrong.push(FieldError::new("note", Say::new("publishing-error-by-hand-why")));
    }
    or_wrong(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(said: &Said) -> Vec<String> {
        wrong(said).into_iter().map(|w| w.field.to_string()).collect()
    }

    #[test]
    fn an_address_is_whole_or_not_there() {
        let with = |url: &str| Said { url: url.into(), ..Said::default() };
        for good in ["", " ", "https://whatsapp.example/channel/1", "http://a.example"] {
            assert!(fields(&with(good)).is_empty(), "{good}");
        }
        for bad in ["whatsapp.example", "javascript:alert(1)", "ftp://a.example", "https://"] {
            assert_eq!(fields(&with(bad)), ["url"], "{bad}");
        }
        let long = Said { url: "x".into(), note: "x".repeat(MOST_NOTE + 1), shown: false };
        assert_eq!(fields(&long), ["url", "note"], "all at once");
    }
}
