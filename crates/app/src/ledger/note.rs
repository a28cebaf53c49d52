//! The signed note (C2SP signed-note and tlog-checkpoint): who may be believed, what was signed.
use super::merkle::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ground::crypto::{SigningKey, hex, sha256, signature_holds};

const ED25519: u8 = 1;

pub fn b64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Whose signature counts: the public half of the log's key, under the log's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Verifier {
    pub name: String,
    id: [u8; 4],
    key: [u8; 32],
}

impl Verifier {
    pub fn new(name: &str, key: [u8; 32]) -> Verifier {
        let whole = sha256(&[name.as_bytes(), b"\n", &[ED25519], &key].concat());
        Verifier { name: name.into(), id: [whole[0], whole[1], whole[2], whole[3]], key }
    }
    /// `NAME+ID+KEY`, as verifiers take it.
    pub fn text(&self) -> String {
        format!("{}+{}+{}", self.name, hex(&self.id), b64(&[&[ED25519], &self.key[..]].concat()))
    }
    /// A signed note of any text that ends its line.
    pub fn note(&self, text: &str, signature: &[u8; 64]) -> String {
        format!("{text}\n\u{2014} {} {}\n", self.name, b64(&[&self.id[..], signature].concat()))
    }
    pub fn read(text: &str) -> Option<Verifier> {
        let (name, rest) = text.split_once('+')?;
        let (_, key) = rest.split_once('+')?;
        let bytes = STANDARD.decode(key).ok()?;
        let key = bytes.strip_prefix(&[ED25519])?.try_into().ok()?;
        let verifier = Verifier::new(name, key);
        // The id, and base64 written another way, count too.
        (!name.is_empty() && verifier.text() == text).then_some(verifier)
    }
}

/// What the log says of itself: its name, how many entries it has, the hash over all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: i64,
    pub root: Hash,
}

impl Checkpoint {
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, b64(&self.root))
    }
    pub fn sign(&self, key: &SigningKey) -> String {
        let signature = key.sign(self.body().as_bytes());
        self.signed(&Verifier::new(&self.origin, key.public()), &signature)
    }
    fn signed(&self, by: &Verifier, signature: &[u8; 64]) -> String {
        by.note(&self.body(), signature)
    }
    /// Our own notes have one signature and one way to be written: any other byte is refused.
    pub fn open(note: &str, by: &Verifier) -> Result<Checkpoint, &'static str> {
        let lines: Vec<&str> = note.split('\n').collect();
        let [origin, size, root, "", signature, ""] = lines[..] else { return Err("is not a checkpoint") };
        let size = size.parse::<i64>().map_err(|_| "has no size")?;
        let root = STANDARD.decode(root).ok().and_then(|r| r.try_into().ok()).ok_or("has no root")?;
        let checkpoint = Checkpoint { origin: origin.into(), size, root };
        let blob = signature.rsplit(' ').next().and_then(|b| STANDARD.decode(b).ok()).unwrap_or_default();
        let signature: [u8; 64] = blob.get(4..).and_then(|s| s.try_into().ok()).ok_or("has no signature")?;
        if checkpoint.signed(by, &signature) != note || origin != by.name {
            return Err("is not written as the log writes it");
        }
        let holds = signature_holds(&by.key, checkpoint.body().as_bytes(), &signature);
        if holds { Ok(checkpoint) } else { Err("has a signature that does not hold") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_opens_with_its_key_only_and_unchanged() {
        let key = SigningKey::new(&[7; 32]);
        let by = Verifier::new("records.gov.example/log", key.public());
        let checkpoint = Checkpoint { origin: by.name.clone(), size: 4711, root: [9; 32] };
        let note = checkpoint.sign(&key);
        assert_eq!(Checkpoint::open(&note, &by), Ok(checkpoint));
        assert!(note.starts_with("records.gov.example/log\n4711\nCQkJ") && note.ends_with("=\n"));
        for i in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[i] ^= 1;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(Checkpoint::open(&changed, &by).is_err(), "byte {i}");
            }
        }
        assert!(Checkpoint::open(&note, &Verifier::new(&by.name, SigningKey::new(&[8; 32]).public())).is_err());
        assert!(Checkpoint::open(&format!("{note}more\n"), &by).is_err());
    }

    #[test]
    fn a_verifier_key_is_read_as_it_was_written_and_the_known_one_has_its_known_id() {
        // The example of the Go package that the format comes from.
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(Verifier::read(text).map(|v| v.text()).as_deref(), Some(text));
        for i in 0..text.len() {
            let mut bytes = text.to_owned().into_bytes();
            bytes[i] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(Verifier::read(&changed), None, "{changed}");
        }
    }
}
