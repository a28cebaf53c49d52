//! Passwords (argon2id, RFC 9106's second recommended setting: 19 MiB, t=2 as OWASP's minimum), one-time codes
//! (TOTP, RFC 6238) and digests of tokens.
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use ground::{Error, Result};

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Error::fault(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Slow on purpose: runs beside the async threads.
pub async fn hash_password(password: String, salt: Vec<u8>) -> Result<String> {
    let hash = tokio::task::spawn_blocking(move || {
        hasher()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|h| h.to_string())
            .map_err(|e| Error::fault(e.to_string()))
    });
    hash.await.map_err(Error::fault)?
}

pub async fn check_password(password: String, hash: String) -> Result<bool> {
    let check = tokio::task::spawn_blocking(move || {
        let parsed = argon2::password_hash::phc::PasswordHash::new(&hash).map_err(|e| Error::fault(e.to_string()))?;
        Ok(hasher()?.verify_password(password.as_bytes(), &parsed).is_ok())
    });
    check.await.map_err(Error::fault)?
}

/// What is stored of a token: never the token itself.
pub fn digest(token: &str) -> String {
    ground::crypto::sha256_hex(token.as_bytes())
}

/// Thirty seconds, six digits, SHA-1: what every authenticator app speaks.
fn totp(secret: &[u8]) -> Result<totp_rs::Totp> {
    totp_rs::Builder::new().with_secret(secret.to_vec()).build().map_err(|e| Error::fault(e.to_string()))
}

/// The step a code belongs to, if it is right now (or one step off). The caller refuses a step used before.
pub fn check_code(secret: &[u8], code: &str, now_us: i64) -> Result<Option<i64>> {
    let seconds = u64::try_from(now_us / 1_000_000).unwrap_or(0);
    let step = totp(secret)?.check(code.trim(), seconds);
    Ok(step.and_then(|s| i64::try_from(s).ok()))
}

#[cfg(test)]
pub fn code_at(secret: &[u8], now_us: i64) -> Result<String> {
    Ok(totp(secret)?.generate(u64::try_from(now_us / 1_000_000).unwrap_or(0)).to_string())
}

/// For typing into an authenticator app, and for its `otpauth://` link (Key URI format).
pub fn base32(secret: &[u8]) -> String {
    totp_rs::Secret::from(secret).to_base32()
}

pub fn otpauth(secret: &[u8], who: &str) -> String {
    let who = ground::http::openapi::encode_query(who);
    format!("otpauth://totp/Drelwa:{who}?secret={}&issuer=Drelwa", base32(secret))
}

/// Bytes from their hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let hash = hash_password("correct horse".into(), vec![7; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(check_password("correct horse".into(), hash.clone()).await.unwrap());
        assert!(!check_password("correct hors".into(), hash).await.unwrap());
    }

    #[test]
    fn a_code_holds_for_its_half_minute_and_its_neighbours() {
        let secret = [3u8; 20];
        let now = 1_790_000_000_000_000;
        let code = code_at(&secret, now).unwrap();
        assert!(check_code(&secret, &code, now).unwrap().is_some());
        assert!(check_code(&secret, &code, now + 300_000_000).unwrap().is_none());
        assert!(check_code(&secret, "000", now).unwrap().is_none());
    }
}
