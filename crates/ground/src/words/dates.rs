//! Dates and numbers in words. Dzongkha's come from the CLDR 48 `dz` tables (Unicode licence), with month twelve, which
//! CLDR leaves in Latin digits, written out; to be reviewed by a native speaker. Weekdays in Bhutan are one day off the
//! Tibetan ones, so the `bo` tables are never used.
use super::Lang;
use jiff::Timestamp;
use jiff::tz::TimeZone;

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DZ: [&str; 12] = [
    "ཟླ་དངཔ་",
    "ཟླ་གཉིས་པ་",
    "ཟླ་གསུམ་པ་",
    "ཟླ་བཞི་པ་",
    "ཟླ་ལྔ་པ་",
    "ཟླ་དྲུག་པ",
    "ཟླ་བདུན་པ་",
    "ཟླ་བརྒྱད་པ་",
    "ཟླ་དགུ་པ་",
    "ཟླ་བཅུ་པ་",
    "ཟླ་བཅུ་གཅིག་པ་",
    "ཟླ་བཅུ་གཉིས་པ་",
];

/// Monday first. The Dzongkha ones are Bhutan's: Sunday is the moon's day.
const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_DZ: [&str; 7] =
    ["གཟའ་མིག་དམར་", "གཟའ་ལྷག་པ་", "གཟའ་ཕུར་བུ་", "གཟའ་པ་སངས་", "གཟའ་སྤེན་པ་", "གཟའ་ཉི་མ་", "གཟའ་ཟླ་བ་"];

/// Bhutan keeps one time all year: UTC+6.
fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(6))
}

fn zoned(us: i64) -> jiff::ZonedDateTime {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned_datetime(zone())
}

/// Tibetan digits for Latin ones.
pub fn digits(text: &str) -> String {
    text.chars().map(|c| c.to_digit(10).and_then(|d| char::from_u32(0xF20 + d)).unwrap_or(c)).collect()
}

/// Grouped by thousands.
pub fn number(lang: Lang, n: i64) -> String {
    let plain = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, c) in plain.chars().enumerate() {
        if i > 0 && (plain.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if n < 0 {
        out.insert(0, '−');
    }
    if lang == Lang::Dz { digits(&out) } else { out }
}

/// `24 November 2026`
pub fn date(lang: Lang, us: i64) -> String {
    let t = zoned(us);
    let month = usize::try_from(t.month() - 1).unwrap_or(0);
    match lang {
        Lang::En => format!("{} {} {}", t.day(), MONTHS_EN[month], t.year()),
        Lang::Dz => digits(&format!("སྤྱི་ལོ་{} {} ཚེས་{}", t.year(), MONTHS_DZ[month], t.day())),
    }
}

/// `November 2026`
pub fn month(lang: Lang, us: i64) -> String {
    let t = zoned(us);
    let month = usize::try_from(t.month() - 1).unwrap_or(0);
    match lang {
        Lang::En => format!("{} {}", MONTHS_EN[month], t.year()),
        Lang::Dz => digits(&format!("སྤྱི་ལོ་{} {}", t.year(), MONTHS_DZ[month])),
    }
}

/// `Tuesday`
pub fn weekday(lang: Lang, us: i64) -> &'static str {
    let day = usize::try_from(zoned(us).weekday().to_monday_zero_offset()).unwrap_or(0);
    if lang == Lang::Dz { WEEKDAYS_DZ[day] } else { WEEKDAYS_EN[day] }
}

/// `09:30`
pub fn time(lang: Lang, us: i64) -> String {
    let t = zoned(us);
    let text = format!("{:02}:{:02}", t.hour(), t.minute());
    if lang == Lang::Dz { digits(&text) } else { text }
}

/// `24 November 2026, 09:30`
pub fn date_time(lang: Lang, us: i64) -> String {
    let t = zoned(us);
    let time = format!("{:02}:{:02}", t.hour(), t.minute());
    match lang {
        Lang::En => format!("{}, {time}", date(lang, us)),
        Lang::Dz => format!("{} ཆུ་ཚོད་ {}", date(lang, us), digits(&time)),
    }
}

/// RFC 3339 in UTC, for machines.
pub fn iso(us: i64) -> String {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// `Tue, 24 Nov 2026 03:30:00 GMT`, as feeds and mail write it.
pub fn rfc822(us: i64) -> String {
    let t = Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    t.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The value of a `datetime-local` field, in the country's time.
pub fn local_input(us: i64) -> String {
    let t = zoned(us);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}", t.year(), t.month(), t.day(), t.hour(), t.minute())
}

/// Reads what a `datetime-local` field sends, or RFC 3339 with an offset.
pub fn parse_local(text: &str) -> Option<i64> {
    if let Ok(t) = text.parse::<Timestamp>() {
        return Some(t.as_microsecond());
    }
    let t: jiff::civil::DateTime = text.parse().ok()?;
    t.to_zoned_datetime(zone()).ok().map(|z| z.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    const T: i64 = 1_795_491_000_000_000;

    #[test]
    fn dates_in_both_languages() {
        assert_eq!(iso(T), "2026-11-24T03:30:00Z");
        assert_eq!(date_time(Lang::En, T), "24 November 2026, 09:30");
        assert_eq!(date_time(Lang::Dz, T), "སྤྱི་ལོ་༢༠༢༦ ཟླ་བཅུ་གཅིག་པ་ ཚེས་༢༤ ཆུ་ཚོད་ ༠༩:༣༠");
        assert_eq!(
            (month(Lang::En, T), weekday(Lang::En, T), time(Lang::Dz, T)),
            ("November 2026".into(), "Tuesday", "༠༩:༣༠".into())
        );
        assert_eq!(weekday(Lang::Dz, T), "གཟའ་ལྷག་པ་");
        assert_eq!(rfc822(T), "Tue, 24 Nov 2026 03:30:00 GMT");
        assert_eq!(parse_local(&local_input(T)), Some(T));
        assert_eq!(parse_local("2026-11-24T03:30:00Z"), Some(T));
        assert_eq!(parse_local("tomorrow"), None);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(Lang::En, 1234567), "1,234,567");
        assert_eq!(number(Lang::En, -12), "−12");
        assert_eq!(number(Lang::Dz, 1000), "༡,༠༠༠");
    }
}
