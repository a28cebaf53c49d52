//! Ids: 63 bits, ordered by time, unique across 64 nodes without asking anybody. 42 bits of milliseconds since 2020,
//! 6 bits of node, 15 bits of sequence (which starts at a random low value each millisecond).
use crate::clock::Clock;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::{Arc, Mutex};

/// 2020-01-01T00:00:00Z in milliseconds.
const EPOCH_MS: i64 = 1_577_836_800_000;
const NODE_BITS: u32 = 6;
const SEQUENCE_BITS: u32 = 15;

#[derive(Clone)]
pub struct Ids {
    clock: Clock,
    node: i64,
    /// the last millisecond and the sequence within it
    last: Arc<Mutex<(i64, i64)>>,
}

impl Ids {
    pub fn new(clock: Clock, node: u8) -> Ids {
        Ids { clock, node: i64::from(node % 64), last: Arc::default() }
    }

    /// Greater than every id this process gave before.
    pub fn next(&self) -> i64 {
        let now = (self.clock.now() / 1000 - EPOCH_MS).max(0);
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (ms, sequence) = *last;
        *last = if now > ms {
            (now, i64::from(random::<1>()[0]))
        } else if sequence + 1 < 1 << SEQUENCE_BITS {
            (ms, sequence + 1)
        } else {
            // More than a millisecond holds, or a clock that went back: borrow from the next.
            (ms + 1, 0)
        };
        (last.0 << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | last.1
    }

    /// Random bytes for salts and keys.
    pub fn secret(&self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        fill(&mut bytes);
        bytes
    }

    /// 32 random bytes as URL-safe text.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(random::<32>())
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

fn fill(bytes: &mut [u8]) {
    // A machine without randomness must not make up secrets.
    getrandom::fill(bytes).expect("the operating system gives no random bytes");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_rise_and_never_repeat_even_when_the_clock_stands_still() {
        let ids = Ids::new(Clock::frozen(1_790_000_000_000_000), 63);
        let all: Vec<i64> = (0..100_000).map(|_| ids.next()).collect();
        assert!(all.windows(2).all(|w| w[0] < w[1]));
        assert!(all[0] > 0);
    }

    #[test]
    fn threads_share_one_sequence() {
        let ids = Ids::new(Clock::system(), 1);
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let ids = ids.clone();
                std::thread::spawn(move || (0..5000).map(|_| ids.next()).collect::<Vec<_>>())
            })
            .collect();
        let all: BTreeSet<i64> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
        assert_eq!(all.len(), 40_000);
    }
}
