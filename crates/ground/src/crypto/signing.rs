//! Ed25519 signatures (RFC 8032).
use ed25519_dalek::{Signature, Signer, VerifyingKey};

/// Signs with a key of 32 bytes; the key is wiped from memory when it is dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    pub fn new(seed: &[u8; 32]) -> SigningKey {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

/// Whether this key signed exactly these bytes. Weak keys and signatures that others may vary are refused.
pub fn signature_holds(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public) else { return false };
    key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn rfc_8032_test_2() {
        let seed: Vec<u8> = (0..32)
            .map(|i| {
                let text = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
                u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()
            })
            .collect();
        let key = SigningKey::new(&seed.try_into().unwrap());
        assert_eq!(hex(&key.public()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let signature = key.sign(&[0x72]);
        assert_eq!(
            hex(&signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
        assert!(signature_holds(&key.public(), &[0x72], &signature));
        assert!(!signature_holds(&key.public(), &[0x73], &signature));
    }
}
