//! Whether a reorganisation may be recorded: every reason against it at once.
use super::Agency;
use super::reorganisation::{Ending, Kind, NewReorganisation};
use ground::{FieldError, Say};
use jiff::civil::Date;

const LONGEST: usize = 2000;

/// What the rules need to know of the agencies that were named: `None` where there is none of that code.
pub struct Known<'a> {
    pub from: Vec<(&'a str, Option<Agency>)>,
    pub to: Vec<(&'a str, Option<Agency>)>,
    pub heir: Option<Agency>,
    pub endings: &'a [Ending],
}

impl Known<'_> {
    fn ends(&self, a: &Agency) -> bool {
        self.endings.iter().any(|e| e.agency_id == a.id)
    }
}

fn wrong(field: &'static str, key: &'static str) -> FieldError {
    FieldError::new(field, Say::new(key))
}

fn about(field: &'static str, key: &'static str, code: &str) -> FieldError {
    FieldError::new(field, Say::new(key).arg("code", code.to_owned()))
}

pub fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|d| d.to_string() == text)
}

pub fn may_reorganise(new: &NewReorganisation, known: &Known) -> Vec<FieldError> {
    let mut no = numbers(new);
    let on = day(&new.effective_on);
    if on.is_none() {
        no.push(wrong("effective_on", "agencies-error-day"));
    }
    for (code, agency) in &known.from {
        match agency {
            None => no.push(about("from", "agencies-error-unknown", code)),
            Some(a) if known.ends(a) => no.push(about("from", "agencies-error-ended", code)),
            // The register may know already that it ended on that day; on another it did not.
            Some(a) if a.valid_until.as_ref().is_some_and(|until| *until != new.effective_on) => {
                no.push(about("from", "agencies-error-other-day", code));
            }
            Some(a) if a.valid_from.as_ref().is_some_and(|from| *from >= new.effective_on) => {
                no.push(about("from", "agencies-error-not-yet", code));
            }
            Some(_) => {}
        }
    }
    for (code, agency) in &known.to {
        match agency {
            None => no.push(about("to", "agencies-error-unknown", code)),
            Some(_) if new.from.iter().any(|f| f.eq_ignore_ascii_case(code)) => {
                no.push(about("to", "agencies-error-itself", code));
            }
            Some(a) => no.extend(carries_on(a, known, on, "to")),
        }
    }
    no.extend(heir(new, known, on));
    for (field, text, key) in
        [("reason", &new.reason, "agencies-error-reason"), ("order_ref", &new.order_ref, "agencies-error-order")]
    {
        if text.trim().is_empty() || text.chars().count() > LONGEST {
            no.push(wrong(field, key));
        }
    }
    no
}

/// How many end and how many carry on.
fn numbers(new: &NewReorganisation) -> Vec<FieldError> {
    let (from, to) = (new.from.len(), new.to.len());
    let mut no = vec![];
    let key = match new.kind {
        None => Some(("kind", "agencies-error-kind")),
        _ if from == 0 => Some(("from", "agencies-error-from")),
        Some(Kind::Merge) if to != 1 => Some(("to", "agencies-error-merge")),
        Some(Kind::Split) if from != 1 || to < 2 => Some(("to", "agencies-error-split")),
        Some(Kind::Rename) if from != 1 || to != 1 => Some(("to", "agencies-error-rename")),
        Some(Kind::Dissolve) if to != 0 => Some(("to", "agencies-error-dissolve")),
        Some(_) => None,
    };
    no.extend(key.map(|(field, key)| wrong(field, key)));
    for (field, codes) in [("from", &new.from), ("to", &new.to)] {
        let mut seen: Vec<String> = vec![];
        for code in codes {
            if seen.contains(&code.to_lowercase()) {
                no.push(about(field, "agencies-error-twice", code));
            }
            seen.push(code.to_lowercase());
        }
    }
    no
}

/// Who carries on exists on that day, and afterwards.
fn carries_on(a: &Agency, known: &Known, on: Option<Date>, field: &'static str) -> Option<FieldError> {
    let on = on?.to_string();
    let ends = known.ends(a) || a.valid_until.as_ref().is_some_and(|until| *until <= on);
    if ends {
        return Some(about(field, "agencies-error-gone", &a.code));
    }
    let later = a.valid_from.as_ref().is_some_and(|from| *from > on);
    later.then(|| about(field, "agencies-error-later", &a.code))
}

fn heir(new: &NewReorganisation, known: &Known, on: Option<Date>) -> Option<FieldError> {
    let dissolved = new.kind == Some(Kind::Dissolve);
    let one_of_them = |h: &Agency| new.to.iter().any(|t| t.eq_ignore_ascii_case(&h.code));
    match &known.heir {
        // Where there is one successor it is plain who takes over; where there are none or unknown ones, that was said.
        None if dissolved => Some(wrong("heir", "agencies-error-caretaker")),
        None if new.to.len() > 1 || !new.heir.is_empty() => Some(wrong("heir", "agencies-error-heir")),
        None => None,
        Some(h) if new.from.iter().any(|f| f.eq_ignore_ascii_case(&h.code)) => {
            Some(about("heir", "agencies-error-itself", &h.code))
        }
        Some(h) if dissolved => carries_on(h, known, on, "heir"),
        Some(h) => (!one_of_them(h)).then(|| wrong("heir", "agencies-error-heir")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agency(id: i64, code: &str, from: Option<&str>, until: Option<&str>) -> Agency {
        Agency {
            id,
            code: code.into(),
            kind: "ministry".into(),
            name_en: "The same name".into(),
            name_dz: String::new(),
            parent_code: None,
            valid_from: from.map(Into::into),
            valid_until: until.map(Into::into),
            current: until.is_none(),
        }
    }

    fn refused(kind: Kind, from: &str, to: &str, heir: &str, on: &str) -> Vec<&'static str> {
        let all = [
            agency(1, "A", None, None),
            agency(2, "B", None, None),
            agency(3, "C", Some("2030-01-01"), None),
            agency(4, "Old", None, Some("2020-01-01")),
            agency(5, "Ending", None, None),
        ];
        let endings = [Ending { agency_id: 5, reorganisation_id: 1, heir_id: 1, effective: false }];
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let find = |code: &str| all.iter().find(|a| a.code.eq_ignore_ascii_case(code)).cloned();
        let new = NewReorganisation {
            kind: Some(kind),
            from: list(from),
            to: list(to),
            heir: heir.into(),
            effective_on: on.into(),
            reason: "An act of the parliament.".into(),
            order_ref: "Act 1".into(),
        };
        let known = Known {
            from: new.from.iter().map(|c| (c.as_str(), find(c))).collect(),
            to: new.to.iter().map(|c| (c.as_str(), find(c))).collect(),
            heir: find(heir),
            endings: &endings,
        };
        may_reorganise(&new, &known).iter().map(|f| f.say.key).collect()
    }

    #[test]
    fn every_reason_is_told() {
        let none: [&str; 0] = [];
        assert_eq!(refused(Kind::Merge, "A", "B", "", "2026-01-01"), none);
        assert_eq!(refused(Kind::Split, "A", "B C", "B", "2030-01-01"), none);
        assert_eq!(refused(Kind::Dissolve, "A", "", "B", "2026-01-01"), none);
        assert_eq!(refused(Kind::Rename, "Old", "A", "", "2020-01-01"), none, "the register knew that it ended");
        for (kind, from, to, heir, on, key) in [
            (Kind::Merge, "A", "B C", "B", "2030-01-01", "agencies-error-merge"),
            (Kind::Split, "A", "B", "", "2026-01-01", "agencies-error-split"),
            (Kind::Split, "A", "B C", "", "2030-01-01", "agencies-error-heir"),
            (Kind::Split, "A", "B C", "Old", "2030-01-01", "agencies-error-heir"),
            (Kind::Dissolve, "A", "", "", "2026-01-01", "agencies-error-caretaker"),
            (Kind::Dissolve, "A", "", "Old", "2026-01-01", "agencies-error-gone"),
            (Kind::Merge, "A", "a", "", "2026-01-01", "agencies-error-itself"),
            (Kind::Merge, "A", "X", "", "2026-01-01", "agencies-error-unknown"),
            (Kind::Merge, "A a", "B", "", "2026-01-01", "agencies-error-twice"),
            (Kind::Rename, "A", "C", "", "2026-01-01", "agencies-error-later"),
            (Kind::Rename, "A", "Old", "", "2026-01-01", "agencies-error-gone"),
            (Kind::Rename, "A", "Ending", "", "2026-01-01", "agencies-error-gone"),
            (Kind::Rename, "Ending", "A", "", "2026-01-01", "agencies-error-ended"),
            (Kind::Rename, "Old", "A", "", "2021-01-01", "agencies-error-other-day"),
            (Kind::Rename, "C", "A", "", "2026-01-01", "agencies-error-not-yet"),
            (Kind::Rename, "A", "B", "", "01/02/2026", "agencies-error-day"),
        ] {
            assert!(refused(kind, from, to, heir, on).contains(&key), "{from} → {to}: {key}");
        }
    }
}
