//! What is a price, what is a limit, and who may state them. Pure.
use crate::people::roles::APPROVE_ACCOUNTS;
use ground::ctx::Actor;
use ground::{Error, FieldError, Result, Say};

/// Amounts have so many digits behind the point.
const DIGITS: usize = 4;
const ONE: i64 = 10_000;
/// A million of any currency, in ten-thousandths.
const MOST: i64 = 1_000_000 * ONE;

pub fn may(actor: &Actor, agency: i64) -> bool {
    actor.may(APPROVE_ACCOUNTS, agency)
}

/// `0.015` as ten-thousandths.
pub fn amount(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || part.len() > DIGITS || !digits(whole) || !digits(part) {
        return None;
    }
    if text.ends_with('.') {
        return None;
    }
    let part: i64 = format!("{part:0<DIGITS$}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * ONE + part)
}

/// Ten-thousandths as `0.015`, with two digits behind the point at least.
pub fn shown(amount: i64) -> String {
    let text = format!("{}.{:04}", amount / ONE, amount % ONE);
    let short = text.trim_end_matches('0');
    let behind = short.len() - short.find('.').unwrap_or(0) - 1;
    text[..text.len() - (DIGITS - behind.max(2))].to_owned()
}

/// Price, most and currency; every fault of the three at once.
pub fn good_limit(price: &str, most: &str, currency: &str) -> Result<(i64, i64, String)> {
    let mut wrong = vec![];
    let mut sum = |field, wrong_say, text: &str| match amount(text).filter(|a| (1..=MOST).contains(a)) {
        Some(amount) => amount,
        None => {
            wrong.push(FieldError::new(field, Say::new(wrong_say)));
            0
        }
    };
    let (price, most) = (sum("price", "publishing-error-price", price), sum("most", "publishing-error-most", most));
    let currency = currency.trim().to_ascii_uppercase();
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        wrong.push(FieldError::new("currency", Say::new("publishing-error-currency")));
    }
    if wrong.is_empty() { Ok((price, most, currency)) } else { Err(Error::invalid(wrong)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_shown() {
        for (text, n) in [("0.015", 150), ("50", 500_000), ("50.00", 500_000), (" 1.5 ", 15_000), ("0.0001", 1)] {
            assert_eq!(amount(text), Some(n), "{text}");
        }
        for bad in ["", ".5", "5.", "-1", "1,5", "1.00001", "1e3", "٣", "9999999999", "0x1", "1 000"] {
            assert_eq!(amount(bad), None, "{bad}");
        }
        assert_eq!(
            [shown(150), shown(500_000), shown(15_000), shown(1), shown(0)],
            ["0.015", "50.00", "1.50", "0.0001", "0.00"]
        );
    }

    #[test]
    fn every_fault_at_once() {
        assert_eq!(good_limit("0.01", "50", "usd").unwrap(), (100, 500_000, "USD".to_owned()));
        let wrong = good_limit("0", "-1", "dollars").unwrap_err();
        assert_eq!(wrong.fields().iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["price", "most", "currency"]);
    }
}
