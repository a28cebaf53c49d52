//! A tone as a WAV file, made by a rule: for the demonstration and for tests, so that no recording is kept in the program.

const HERTZ: u32 = 8_000;

/// So many milliseconds of a quiet tone: eight thousand samples a second, one byte each.
pub fn sample(ms: u32) -> Vec<u8> {
    let samples = HERTZ / 1000 * ms;
    let word = |n: u32| n.to_le_bytes();
    let mut out = vec![];
    for part in [
        &b"RIFF"[..],
        &word(36 + samples + samples % 2),
        b"WAVEfmt ",
        &word(16),
        &[1, 0, 1, 0],
        &word(HERTZ),
        &word(HERTZ),
        &[1, 0, 8, 0],
        b"data",
        &word(samples),
    ] {
        out.extend_from_slice(part);
    }
    // A triangle of 400 Hz around the middle.
    out.extend((0..samples).map(|n| {
        let step = u8::try_from(n % 20).unwrap_or(0);
        108 + 4 * if step < 10 { step } else { 20 - step }
    }));
    if samples % 2 == 1 {
        out.push(0);
    }
    out
}
