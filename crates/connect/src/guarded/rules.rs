//! What ids, addresses, names and times may be, whichever platform they are from. Pure.
use crate::{
    Again, Counts, Failure, Found, Granted, Heard, Identity, Inbound, InboundPage, OwnPage, OwnPost, Prepared, Renewed,
    Standing, Verdict,
};

/// No platform's ids are as long; the longest are addresses.
const ID: usize = 1000;
const ADDRESS: usize = 2000;
/// What people are called, and what a platform says of a refusal, in characters.
const NAME: usize = 500;
/// Some cursors name everything that came at their very moment.
const CURSOR: usize = 200_000;
/// A hundred years, in seconds: no key lasts longer.
const LONGEST: i64 = 100 * 366 * 86_400;
/// Almost until the end of the year 9999, in microseconds: the last moment that a calendar can show in any time zone.
const LAST: i64 = 253_402_207_200_000_000;

fn is_id(id: &str) -> bool {
    (1..=ID).contains(&id.len()) && !id.chars().any(char::is_control)
}

/// Text as people may see it: nothing in it steers a screen, and a database that knows no NUL can hold it.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME).collect()
}

fn address(url: Option<String>) -> Option<String> {
    let fits = |u: &String| {
        let whole = u.starts_with("https://") || u.starts_with("http://");
        whole && u.len() <= ADDRESS && !u.chars().any(|c| c.is_control() || c.is_whitespace())
    };
    url.filter(fits)
}

fn strange() -> Failure {
    Failure::Unreachable { why: "the answer holds an id that can be none".to_owned() }
}

pub(super) fn id(id: String) -> Result<String, Failure> {
    if is_id(&id) { Ok(id) } else { Err(strange()) }
}

/// An id that can be none is no proof that it was done.
pub(super) fn verdict(verdict: Verdict) -> Verdict {
    let unknown = || Verdict::Unknown { why: strange().to_string() };
    match verdict {
        Verdict::Accepted { remote_id, url } if is_id(&remote_id) => Verdict::Accepted { remote_id, url: address(url) },
        Verdict::Pending { remote_id } if is_id(&remote_id) => Verdict::Pending { remote_id },
        Verdict::Accepted { .. } | Verdict::Pending { .. } => unknown(),
        Verdict::Rejected { code, human, field } => Verdict::Rejected { code, human: short(&human), field },
        Verdict::NotSent { why } => Verdict::NotSent { why: short(&why) },
        Verdict::NotReady { why } => Verdict::NotReady { why: short(&why) },
        Verdict::Unknown { why } => Verdict::Unknown { why: short(&why) },
        other @ (Verdict::RateLimited { .. } | Verdict::Unauthorised) => other,
    }
}

pub(super) fn failure(failure: Failure) -> Failure {
    match failure {
        Failure::Unreachable { why } => Failure::Unreachable { why: short(&why) },
        Failure::Refused { code, human } => Failure::Refused { code, human: short(&human) },
        other => other,
    }
}

/// What is made ready may be made ready again.
pub(super) fn prepared(prepared: Prepared) -> Result<Prepared, Verdict> {
    let fits = |c: &String| c.len() <= ADDRESS && !c.chars().any(char::is_control);
    if prepared.container.as_ref().is_none_or(fits) {
        return Ok(prepared);
    }
    Err(Verdict::NotSent { why: strange().to_string() })
}

pub(super) fn found(found: Found) -> Found {
    match found {
        Found::Yes { remote_id, url } if is_id(&remote_id) => Found::Yes { remote_id, url: address(url) },
        Found::Taken { remote_id } if is_id(&remote_id) => Found::Taken { remote_id },
        Found::Yes { .. } | Found::Taken { .. } => Found::CannotTell,
        other => other,
    }
}

pub(super) fn standing(standing: Standing) -> Result<Standing, Failure> {
    Ok(match standing {
        Standing::Out { remote_id, url } => Standing::Out { remote_id: id(remote_id)?, url: address(url) },
        Standing::Refused { code, human } => Standing::Refused { code, human: short(&human) },
        other => other,
    })
}

pub(super) fn identity(who: Identity) -> Result<Identity, Failure> {
    let Identity { account_id, handle, name, url } = who;
    Ok(Identity { account_id: id(account_id)?, handle: short(&handle), name: short(&name), url: address(url) })
}

/// `None`: without an id of its own or of whoever wrote it, nothing could be done about it.
fn item(i: Inbound) -> Option<Inbound> {
    if !is_id(&i.remote_id) || !is_id(&i.author_id) {
        tracing::warn!("a comment with an id that can be none was passed over");
        return None;
    }
    Some(Inbound {
        in_reply_to: i.in_reply_to.filter(|above| is_id(above)),
        author_name: short(&i.author_name),
        author_url: address(i.author_url),
        text: shown(&i.text),
        lang: i.lang.filter(|lang| is_id(lang)),
        at_us: i.at_us.clamp(0, LAST),
        url: address(i.url),
        ..i
    })
}

fn cursor(cursor: Option<String>) -> Result<Option<String>, Failure> {
    let fits = |c: &String| c.len() <= CURSOR && !c.chars().any(char::is_control);
    if cursor.as_ref().is_none_or(fits) {
        return Ok(cursor);
    }
    Err(Failure::Unreachable { why: "the answer holds a place that can be none".to_owned() })
}

pub(super) fn inbound(page: InboundPage) -> Result<InboundPage, Failure> {
    let items = page.items.into_iter().filter_map(item).collect();
    Ok(InboundPage { items, cursor: cursor(page.cursor)?, more: page.more })
}

pub(super) fn again(again: Again) -> Result<Again, Failure> {
    Ok(match again {
        Again::Is(i) => Again::Is(item(i).ok_or_else(strange)?),
        other => other,
    })
}

/// A post that could not be named is no list: passing over it would hide it.
pub(super) fn own(page: OwnPage) -> Result<OwnPage, Failure> {
    let one = |p: OwnPost| -> Result<OwnPost, Failure> {
        let (text, at_us) = (shown(&p.text), p.at_us.clamp(0, LAST));
        Ok(OwnPost { remote_id: id(p.remote_id)?, text, url: address(p.url), at_us })
    };
    let items: Result<Vec<OwnPost>, Failure> = page.items.into_iter().map(one).collect();
    Ok(OwnPage { items: items?, cursor: cursor(page.cursor)?, more: page.more })
}

/// Whoever says so means without end, and nobody can count so far.
fn lasts(told: Option<i64>) -> Option<i64> {
    told.filter(|s| *s <= LONGEST)
}

pub(super) fn renewed(new: Renewed) -> Renewed {
    Renewed { lasts_s: lasts(new.lasts_s), ..new }
}

pub(super) fn granted(new: Granted) -> Granted {
    Granted { lasts_s: lasts(new.lasts_s), ..new }
}

pub(super) fn heard(heard: Heard) -> Heard {
    match heard {
        Heard::Items(items) => Heard::Items(items.into_iter().filter_map(item).collect()),
        other => other,
    }
}

/// More than a database can count is a mistake of the platform's.
pub(super) fn counts(counts: Counts) -> Counts {
    let sane = |n: Option<u64>| n.filter(|n| i64::try_from(*n).is_ok());
    let Counts { likes, shares, replies, views } = counts;
    Counts { likes: sane(likes), shares: sane(shares), replies: sane(replies), views: sane(views) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any, with a NUL, with what steers a screen, and none at all.
    fn bad_ids() -> [String; 4] {
        ["9".repeat(1 << 20), "a\0b".to_owned(), "a\u{1b}[2J".to_owned(), String::new()]
    }

    fn comment(id: &str) -> Inbound {
        Inbound {
            remote_id: id.into(),
            in_reply_to: None,
            author_id: "9".into(),
            author_name: "Pema".into(),
            author_url: None,
            text: "When?".into(),
            lang: None,
            at_us: 1,
            url: None,
        }
    }

    #[test]
    fn an_id_that_can_be_none_proves_nothing() {
        for bad in bad_ids() {
            let accepted = Verdict::Accepted { remote_id: bad.clone(), url: None };
            assert!(matches!(verdict(accepted), Verdict::Unknown { .. }));
            assert!(matches!(verdict(Verdict::Pending { remote_id: bad.clone() }), Verdict::Unknown { .. }));
            assert_eq!(found(Found::Yes { remote_id: bad.clone(), url: None }), Found::CannotTell);
            assert!(standing(Standing::Out { remote_id: bad.clone(), url: None }).is_err());
            assert!(again(Again::Is(comment(&bad))).is_err());
            let who = Identity { account_id: bad.clone(), handle: "x".into(), name: "x".into(), url: None };
            assert!(identity(who).is_err());
            let post = OwnPost { remote_id: bad.clone(), text: "x".into(), url: None, at_us: 0 };
            assert!(own(OwnPage { items: vec![post], cursor: None, more: false }).is_err());
            let items = vec![comment("1"), comment(&bad), Inbound { author_id: bad.clone(), ..comment("2") }];
            let page = inbound(InboundPage { items: items.clone(), cursor: None, more: false }).unwrap();
            assert_eq!(page.items, [comment("1")], "one bad comment does not keep the others away");
            assert_eq!(heard(Heard::Items(items)), Heard::Items(vec![comment("1")]));
            let ready = prepared(Prepared { container: Some(bad.clone()), ..Prepared::default() });
            assert_eq!(ready.is_err(), !bad.is_empty());
        }
    }

    #[test]
    fn what_people_see_steers_nothing_and_is_no_address_of_another_kind() {
        let said = Inbound {
            in_reply_to: Some("a\0".into()),
            author_name: format!("Pe\u{1b}[2Jma\0{}", "x".repeat(9000)),
            author_url: Some("javascript:alert(1)".into()),
            text: "Is it\n\topen\0\u{1b}?\u{85}".into(),
            at_us: i64::MAX,
            url: Some(format!("https://a.example/{}", "x".repeat(9000))),
            ..comment("1")
        };
        let kept = item(said).unwrap();
        assert_eq!((kept.in_reply_to, kept.author_url, kept.url), (None, None, None));
        assert_eq!((kept.text.as_str(), kept.author_name.len()), ("Is it\n\topen?", NAME));
        assert!(kept.author_name.starts_with("Pe[2Jma") && kept.at_us == LAST);
        assert_eq!(item(Inbound { at_us: i64::MIN, ..comment("1") }).unwrap().at_us, 0);
        for bad in ["http:/x", "https://a b", "https://a\r\nx: y", "ftp://a"] {
            assert_eq!(address(Some(bad.into())), None, "{bad}");
        }
        assert_eq!(address(Some("https://a.example/x".into())).as_deref(), Some("https://a.example/x"));
        let human = format!("no\0{}", "x".repeat(9000));
        let Failure::Refused { human, .. } = failure(Failure::Refused { code: "x".into(), human }) else { panic!() };
        assert!(human.starts_with("nox") && human.len() == NAME);
    }

    #[test]
    fn a_key_that_lasts_longer_than_can_be_counted_lasts_without_end() {
        let new = |lasts_s| Renewed { secret: crate::Secret::new("k"), refresh: None, lasts_s };
        for (told, kept) in [(Some(i64::MAX), None), (Some(i64::MAX / 1_000_000), None), (Some(7200), Some(7200))] {
            assert_eq!(renewed(new(told)).lasts_s, kept);
            let given = Granted { secret: crate::Secret::new("k"), refresh: None, lasts_s: told };
            assert_eq!(granted(given).lasts_s, kept);
        }
        assert_eq!(renewed(new(None)).lasts_s, None);
    }

    #[test]
    fn a_place_in_a_list_is_kept_only_if_it_can_be_one() {
        let page = |cursor: &str| inbound(InboundPage { items: vec![], cursor: Some(cursor.into()), more: true });
        assert!(page(&"9".repeat(CURSOR)).is_ok());
        assert!(page(&"9".repeat(CURSOR + 1)).is_err() && page("a\0").is_err());
        assert_eq!(counts(Counts { likes: Some(u64::MAX), views: Some(7), ..Counts::default() }).likes, None);
    }
}
