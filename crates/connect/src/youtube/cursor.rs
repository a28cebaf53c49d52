//! Where reading comments goes on: when YouTube was asked last, what was told, and how many answers the threads had of which
//! not all come with them. Written as `MICROSECONDS;MICROSECONDS ID ID …;THREAD=ANSWERS THREAD=ANSWERS …`.
use super::id::is_comment;
use super::seen::Seen;
use crate::Failure;
use std::collections::BTreeMap;

/// So many threads are remembered.
const THREADS: usize = 200;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub asked_us: i64,
    pub seen: Seen,
    /// By thread.
    pub answers: BTreeMap<String, u64>,
}

impl Cursor {
    pub fn parse(text: &str) -> Result<Cursor, Failure> {
        let refused = || Failure::Refused { code: "cursor".into(), human: "This is no place in the list.".into() };
        let mut parts = text.split(';');
        let (Some(asked), Some(seen), Some(threads), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused());
        };
        let thread = |word: &str| {
            let (id, answers) = word.split_once('=').filter(|(id, _)| is_comment(id))?;
            Some((id.to_owned(), answers.parse().ok()?))
        };
        let answers = threads.split(' ').filter(|w| !w.is_empty()).map(|w| thread(w).ok_or_else(refused));
        Ok(Cursor {
            asked_us: asked.parse().map_err(|_| refused())?,
            seen: Seen::parse(seen)?,
            answers: answers.collect::<Result<_, _>>()?,
        })
    }

    pub fn written(&self) -> String {
        let threads: Vec<String> = self.answers.iter().take(THREADS).map(|(id, n)| format!("{id}={n}")).collect();
        format!("{};{};{}", self.asked_us, self.seen.written(), threads.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let id = "UgxKREWxIgDrw8w2e_Z4AaABAg";
        for text in ["7;5 UgxKREWxIgDrw8w2e_Z4AaABAg;UgxKREWxIgDrw8w2e_Z4AaABAg=3", "7;5;"] {
            assert_eq!(Cursor::parse(text).unwrap().written(), text);
        }
        assert_eq!(Cursor::parse(&format!("7;5;{id}=3")).unwrap().answers.get(id), Some(&3));
        for bad in ["", "7;5", "7;5;x=3", "7;5;UgxKREWxIgDrw8w2e_Z4AaABAg", "7;5;;", "a;5;"] {
            assert!(Cursor::parse(bad).is_err(), "{bad}");
        }
    }
}
