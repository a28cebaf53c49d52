//! Remote ids. `PERSON/WAMID` is a person's message: their telephone number with its country's code, digits only, or `-` where
//! WhatsApp did not tell it, and WhatsApp's id of the message, `wamid.…`. What we sent is `sent-DIGEST`, and a note that it did
//! not arrive `failed-DIGEST`: the number can be read out of a WAMID, and what we did goes into records that are open to
//! everybody. Nothing is ever asked about what was sent, so a digest is enough to know it again.
use ground::crypto::sha256_hex;

const UNTOLD: &str = "-";
/// Signs of a digest that are kept: 128 bits.
const KEPT: usize = 32;

/// A person's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub person: Option<String>,
    pub wamid: String,
}

/// A number as the world writes them: at most 15 digits (ITU-T E.164), and never with a nought at its beginning.
pub(super) fn is_person(text: &str) -> bool {
    (5..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
}

/// It never goes into an address, but into our records and back into a call.
pub(super) fn is_wamid(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"+/=_-.".contains(&b);
    text.strip_prefix("wamid.").is_some_and(|id| (1..=300).contains(&id.len()) && id.bytes().all(fits))
}

/// The id of what we sent.
pub(super) fn sent(wamid: &str) -> String {
    format!("sent-{}", digest(wamid))
}

/// The id of a note that it did not arrive.
pub(super) fn failed(wamid: &str) -> String {
    format!("failed-{}", digest(wamid))
}

fn digest(wamid: &str) -> String {
    sha256_hex(wamid.as_bytes()).chars().take(KEPT).collect()
}

/// Whether it is the id of something of ours, which nobody can be answered below.
pub(super) fn is_ours(remote_id: &str) -> bool {
    remote_id.starts_with("sent-") || remote_id.starts_with("failed-")
}

impl Place {
    pub fn of(remote_id: &str) -> Option<Place> {
        let (person, wamid) = remote_id.split_once('/')?;
        let person = if person == UNTOLD { None } else { Some(Some(person).filter(|p| is_person(p))?.to_owned()) };
        is_wamid(wamid).then(|| Place { person, wamid: wamid.to_owned() })
    }

    pub fn written(person: &str, wamid: &str) -> String {
        format!("{}/{wamid}", if person.is_empty() { UNTOLD } else { person })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_person_and_a_message() {
        let place = Place::of("97517123456/wamid.HBg/L+=_-").unwrap();
        assert_eq!((place.person.as_deref(), place.wamid.as_str()), (Some("97517123456"), "wamid.HBg/L+=_-"));
        assert_eq!(Place::of(&Place::written("97517123456", &place.wamid)), Some(place));
        assert_eq!(Place::of(&Place::written("", "wamid.A")).unwrap().person, None);
        let long = format!("97517123456/wamid.{}", "A".repeat(301));
        for bad in [
            "",
            "/",
            "wamid.A",
            "wamid.A/wamid.A",
            "97517123456/",
            "97517123456/A",
            "97517123456/wamid.",
            "97517123456/wamid.A\n",
            "97517123456/wamid.A!",
            "+97517123456/wamid.A",
            "097517123456/wamid.A",
            "1234567890123456/wamid.A",
            "1234/wamid.A",
            "x/wamid.A",
            "/wamid.A",
            &long,
        ] {
            assert_eq!(Place::of(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_id_of_what_we_sent_tells_nobodys_number() {
        // The number stands in it as it is, in Base64.
        let wamid = "wamid.HBgLOTc1MTcxMjM0NTY=";
        let ids = [sent(wamid), failed(wamid)];
        for id in &ids {
            assert!(is_ours(id) && Place::of(id).is_none() && !id.contains("OTc1"), "{id}");
            assert!(id.split_once('-').unwrap().1.len() == 32);
        }
        assert_ne!(ids[0], ids[1]);
        assert_ne!(sent(wamid), sent("wamid.HBgLOTc1MTcxMjM0NTc="));
        assert!(!is_ours("97517123456/wamid.A"));
    }
}
