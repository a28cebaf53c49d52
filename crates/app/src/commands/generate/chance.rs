//! What made-up posts and messages speak of.
const WORDS: &str = "\
    clinic vaccination road bridge school water tax forest census festival winter harvest permit \
    hospital training election market bus flight landslide power library pension passport monsoon dairy \
    archery museum radio tender budget youth cordyceps timber fuel weather exam scholarship kidu loan \
    tourism safety internet farm orchard cattle snow earthquake";
pub const DZ: [&str; 6] = ["སྨན་ཁང་", "གཞུང་ལམ་", "སློབ་གྲྭ་", "ཆུ་", "ཁྲལ་", "ནགས་ཚལ་"];

/// Chance that gives the same history again.
pub struct Chance(u64);

/// One of these, some often and others rarely.
pub struct Words(Vec<&'static str>);

impl Words {
    pub fn all() -> Words {
        Words(WORDS.split(' ').collect())
    }
}

impl Chance {
    /// Never of nothing, which gives nothing else.
    pub fn new(seed: u64) -> Chance {
        Chance(seed | 1)
    }
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
    pub fn word(&mut self, of: &Words) -> &'static str {
        // The smaller of two throws: the first words are common, the last are rare.
        let (a, b) = (self.below(of.0.len()), self.below(of.0.len()));
        of.0[a.min(b)]
    }
}
