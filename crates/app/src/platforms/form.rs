//! The form of a platform review: what is asked, section by section, and what was answered.
use ground::crypto::sha256_hex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One question. Its words are the question itself.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub key: &'static str,
    pub word: &'static str,
}

/// A part of the form and the clause that asks for it.
pub struct Section {
    pub key: &'static str,
    pub word: &'static str,
    pub clause: &'static str,
    /// Answered yes, partly or no, with a note; otherwise in words.
    pub choice: bool,
    pub items: &'static [Item],
}

macro_rules! items { ($($key:literal),* $(,)?) => { &[$(Item { key: $key, word: concat!("platforms-item-", $key) }),*] } }

pub static SECTIONS: [Section; 4] = [
    Section {
        key: "functionality",
        word: "platforms-section-functionality",
        clause: "P6.2-AM11",
        choice: true,
        items: items![
            "post-types",
            "editing",
            "moderation",
            "roles",
            "export",
            "api",
            "scheduling",
            "accessibility",
            "language",
            "slow-lines",
        ],
    },
    Section {
        key: "terms",
        word: "platforms-section-terms",
        clause: "P6.2-AM12",
        choice: false,
        items: items!["licence", "adverts", "law", "enforcement", "location", "ending"],
    },
    Section {
        key: "privacy",
        word: "platforms-section-privacy",
        clause: "P6.2-AM13",
        choice: false,
        items: items!["purpose", "data", "use", "sharing", "retention", "protection", "risks", "records"],
    },
    Section {
        key: "security",
        word: "platforms-section-security",
        clause: "P6.2-AM14",
        choice: true,
        items: items!["second-factor", "recovery", "sessions", "admin-log", "contact", "fault-reports", "other-apps"],
    },
];

/// Numbers from 1 to 5 the form asks for: likelihood and impact of the risks, before and after what is done about them.
pub static RISKS: [(Item, Item, &str); 3] = [
    (number("privacy-likelihood"), number("privacy-impact"), "P6.2-AM13"),
    (number("residual-likelihood"), number("residual-impact"), "P6.2-AM13"),
    (number("security-likelihood"), number("security-impact"), "P6.2-AM14"),
];

/// What the policy chooses a platform by, each with its score and its weight.
pub static SCORES: [(Item, Item); 4] = [
    (number("score-fit"), number("weight-fit")),
    (number("score-cost"), number("weight-cost")),
    (number("score-reliability"), number("weight-reliability")),
    (number("score-security"), number("weight-security")),
];

const fn number(key: &'static str) -> Item {
    Item { key, word: number_word(key) }
}

const fn number_word(key: &'static str) -> &'static str {
    match key.as_bytes() {
        b"privacy-likelihood" | b"residual-likelihood" | b"security-likelihood" => "platforms-likelihood",
        b"privacy-impact" | b"residual-impact" | b"security-impact" => "platforms-impact",
        b"score-fit" => "platforms-score-fit",
        b"score-cost" => "platforms-score-cost",
        b"score-reliability" => "platforms-score-reliability",
        b"score-security" => "platforms-score-security",
        _ => "platforms-weight",
    }
}

pub const CHOICES: [(&str, &str); 3] =
    [("yes", "platforms-choice-yes"), ("partly", "platforms-choice-partly"), ("no", "platforms-choice-no")];

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// yes, partly or no, where the question is answered so
    #[serde(default)]
    pub choice: String,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// For the public, in a few sentences.
    pub summary: String,
    /// How using it fits the government's plan for its digital services.
    #[serde(default)]
    pub alignment: String,
    pub answers: BTreeMap<String, Answer>,
    pub numbers: BTreeMap<String, i64>,
}

/// Every question with its section.
pub fn items() -> impl Iterator<Item = (&'static Section, &'static Item)> {
    SECTIONS.iter().flat_map(|s| s.items.iter().map(move |i| (s, i)))
}

/// Every number the form asks for, with the clause behind it.
pub fn numbers() -> impl Iterator<Item = (Item, &'static str)> {
    let risks = RISKS.iter().flat_map(|(likelihood, impact, clause)| [(*likelihood, *clause), (*impact, *clause)]);
    risks.chain(SCORES.iter().flat_map(|(score, weight)| [(*score, "P6.2-PL3"), (*weight, "P6.2-PL3")]))
}

impl Form {
    pub fn answer(&self, key: &str) -> Answer {
        self.answers.get(key).cloned().unwrap_or_default()
    }
    pub fn number(&self, key: &str) -> i64 {
        self.numbers.get(key).copied().unwrap_or(0)
    }
    /// Whether a question has an answer of its kind.
    pub fn answered(&self, section: &Section, item: &Item) -> bool {
        let Some(given) = self.answers.get(item.key) else { return false };
        if section.choice { CHOICES.iter().any(|(c, _)| *c == given.choice) } else { !given.note.trim().is_empty() }
    }
    /// Likelihood times impact, 1 to 25: before, and what is left after what is done about it; of security.
    pub fn risk(&self, which: usize) -> i64 {
        RISKS.get(which).map_or(0, |(l, i, _)| self.number(l.key) * self.number(i.key))
    }
    /// The weighted score in tenths, 10 to 50.
    pub fn score(&self) -> i64 {
        let weights: i64 = SCORES.iter().map(|(_, w)| self.number(w.key)).sum();
        let sum: i64 = SCORES.iter().map(|(s, w)| self.number(s.key) * self.number(w.key)).sum();
        if weights == 0 { 0 } else { (sum * 20 + weights) / (2 * weights) }
    }
    /// What an agency changed of the model, put over the model.
    pub fn over(&self, model: &Form) -> Form {
        let mut whole = model.clone();
        if !self.summary.trim().is_empty() {
            whole.summary.clone_from(&self.summary);
        }
        if !self.alignment.trim().is_empty() {
            whole.alignment.clone_from(&self.alignment);
        }
        whole.answers.extend(self.answers.clone());
        whole.numbers.extend(self.numbers.clone());
        whole
    }
    /// Only what is different from the model.
    pub fn differences(&self, model: &Form) -> Form {
        let answers = self.answers.iter().filter(|(k, v)| model.answers.get(*k) != Some(*v));
        let numbers = self.numbers.iter().filter(|(k, v)| model.numbers.get(*k) != Some(*v));
        let text = |own: &String, model: &String| if own == model { String::new() } else { own.clone() };
        Form {
            summary: text(&self.summary, &model.summary),
            alignment: text(&self.alignment, &model.alignment),
            answers: answers.map(|(k, v)| (k.clone(), v.clone())).collect(),
            numbers: numbers.map(|(k, v)| (k.clone(), *v)).collect(),
        }
    }
    pub fn content_hash(&self, platform: &str, agency: i64, terms: Option<i64>) -> String {
        sha256_hex(serde_json::json!([platform, agency, terms, self]).to_string().as_bytes())
    }
}

/// A rating as the risk method names it.
pub fn rating(risk: i64) -> (&'static str, &'static str) {
    match risk {
        ..=4 => ("platforms-rating-low", "good"),
        5..=9 => ("platforms-rating-medium", "warn"),
        10..=14 => ("platforms-rating-high", "bad"),
        _ => ("platforms-rating-extreme", "bad"),
    }
}

/// From here on what is left of a risk is extreme: no platform is approved with it.
pub const EXTREME: i64 = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_weighted_and_differences_are_only_what_differs() {
        let mut form = Form::default();
        for ((score, weight), (s, w)) in SCORES.iter().zip([(5, 3), (4, 1), (3, 1), (2, 5)]) {
            form.numbers.insert(score.key.into(), s);
            form.numbers.insert(weight.key.into(), w);
        }
        assert_eq!(form.score(), 32);
        assert_eq!(Form::default().score(), 0);
        let mut own = form.clone();
        own.numbers.insert("score-fit".into(), 1);
        own.answers.insert("purpose".into(), Answer { note: "Weather".into(), ..Answer::default() });
        let differences = own.differences(&form);
        assert_eq!((differences.numbers.len(), differences.answers.len()), (1, 1));
        assert_eq!(differences.over(&form), own);
    }

    #[test]
    fn the_eight_questions_of_a_privacy_assessment_are_all_there_and_no_key_twice() {
        assert_eq!(SECTIONS[2].items.len(), 8);
        let keys: Vec<&str> = items().map(|(_, i)| i.key).chain(numbers().map(|(i, _)| i.key)).collect();
        let once: std::collections::BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(once.len(), keys.len());
    }
}
