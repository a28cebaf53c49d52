//! A post in a list: whose, when, how it begins, its first picture.
use crate::public_site::store::CardRow;
use crate::public_site::text::{beginning, headline};
use ground::words::Lang;

pub struct Card {
    pub row: CardRow,
    pub lang: &'static str,
    /// The first sentence, and how it goes on.
    pub head: String,
    pub rest: String,
    wanted: Lang,
}

/// The text in the language asked for, or in the other where there is none.
pub fn choose<'a>(lang: Lang, en: &'a str, dz: &'a str) -> (&'a str, &'static str) {
    match (lang, en.is_empty(), dz.is_empty()) {
        (Lang::Dz, _, false) | (Lang::En, true, false) => (dz, "dz"),
        _ => (en, "en"),
    }
}

impl Card {
    pub fn new(row: CardRow, wanted: Lang) -> Card {
        let (text, lang) = choose(wanted, &row.text_en, &row.text_dz);
        let (head, rest) = headline(text, 110);
        let (head, rest) = (head.to_owned(), beginning(rest, 180));
        Card { row, lang, head, rest, wanted }
    }
    pub fn agency(&self) -> &str {
        choose(self.wanted, &self.row.name_en, &self.row.name_dz).0
    }
    pub fn agency_lang(&self) -> &'static str {
        choose(self.wanted, &self.row.name_en, &self.row.name_dz).1
    }
    pub fn corrected(&self) -> bool {
        self.row.version > 1
    }
    /// Whole, in the language of the list.
    pub fn text(&self) -> &str {
        choose(self.wanted, &self.row.text_en, &self.row.text_dz).0
    }
    pub fn mime(&self) -> &str {
        self.row.mime.as_deref().unwrap_or_default()
    }
    pub fn picture(&self) -> Option<(i64, i64, i64, &str)> {
        let (id, width, height) = (self.row.media_id?, self.row.width?, self.row.height?);
        let (en, dz) = (self.row.alt_en.as_deref().unwrap_or_default(), self.row.alt_dz.as_deref().unwrap_or_default());
        Some((id, width, height, choose(self.wanted, en, dz).0))
    }
}

pub fn cards(rows: Vec<CardRow>, lang: Lang) -> Vec<Card> {
    rows.into_iter().map(|row| Card::new(row, lang)).collect()
}
