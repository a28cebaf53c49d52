//! An authenticator made of software: keeps keys, shows its person (always), counts its uses.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

const PRESENT_AND_VERIFIED: u8 = 0x05;
const WITH_KEY: u8 = 0x40;

pub struct Device {
    id: Vec<u8>,
    key: EcdsaKeyPair,
    handle: Value,
    /// Of its uses; devices that share a key between them leave it at nought.
    pub count: u32,
    pub step: u32,
    pub origin: String,
    pub rp: String,
}

fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A CBOR head for a byte string or text of this length.
fn head(major: u8, len: usize) -> Vec<u8> {
    match len {
        0..24 => vec![major << 5 | u8::try_from(len).unwrap()],
        24..256 => vec![major << 5 | 24, u8::try_from(len).unwrap()],
        _ => [vec![major << 5 | 25], u16::try_from(len).unwrap().to_be_bytes().to_vec()].concat(),
    }
}

fn cbor_text(text: &str) -> Vec<u8> {
    [head(3, text.len()), text.as_bytes().to_vec()].concat()
}

fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len()), bytes.to_vec()].concat()
}

impl Device {
    pub fn new(id: u8) -> Device {
        let chance = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &chance).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &chance).unwrap();
        let (origin, rp) = ("http://drelwa.test".into(), "drelwa.test".into());
        Device { id: vec![id; 32], key, handle: Value::Null, count: 0, step: 1, origin, rp }
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn data(&mut self, flags: u8) -> Vec<u8> {
        self.count += self.step;
        [&ground::crypto::sha256(self.rp.as_bytes())[..], &[flags], &self.count.to_be_bytes()].concat()
    }

    /// Makes its key known, as `navigator.credentials.create` would answer.
    pub fn make(&mut self, options: &Value) -> String {
        self.handle = options["user"]["id"].clone();
        let client = self.client("webauthn.create", options);
        let public = self.key.public_key().as_ref()[1..].to_vec();
        let (x, y) = public.split_at(32);
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21][..], &cbor_bytes(x), &[0x22], &cbor_bytes(y)].concat();
        let len = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let auth =
            [self.data(PRESENT_AND_VERIFIED | WITH_KEY), vec![0; 16], len.to_vec(), self.id.clone(), cose].concat();
        let object = [
            vec![0xa3],
            cbor_text("fmt"),
            cbor_text("none"),
            cbor_text("attStmt"),
            vec![0xa0],
            cbor_text("authData"),
            cbor_bytes(&auth),
        ]
        .concat();
        let response = json!({ "attestationObject": b64(&object), "clientDataJSON": b64(&client) });
        self.answer(response)
    }

    /// Signs a challenge, as `navigator.credentials.get` would answer.
    pub fn sign(&mut self, options: &Value) -> String {
        let client = self.client("webauthn.get", options);
        let auth = self.data(PRESENT_AND_VERIFIED);
        let signed = [&auth[..], &ground::crypto::sha256(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "authenticatorData": b64(&auth),
            "clientDataJSON": b64(&client),
            "signature": b64(signature.as_ref()),
            "userHandle": self.handle,
        });
        self.answer(response)
    }

    pub fn text_id(&self) -> String {
        b64(&self.id)
    }

    fn answer(&self, response: Value) -> String {
        let id = b64(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": response }).to_string()
    }
}
