//! Words: every sentence people see, in every language, by key. Fluent files of each slice, loaded once; dates and
//! numbers as each language writes them.
mod dates;

pub use dates::{date, date_time, digits, iso, local_input, month, number, parse_local, rfc822, time, weekday};

use crate::error::{Arg, Say, Told, ToldArg};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    En,
    Dz,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Dz];
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Dz => "dz",
        }
    }
    pub fn other(self) -> Lang {
        match self {
            Lang::En => Lang::Dz,
            Lang::Dz => Lang::En,
        }
    }
}

impl std::str::FromStr for Lang {
    type Err = ();
    fn from_str(s: &str) -> Result<Lang, ()> {
        match s {
            "en" => Ok(Lang::En),
            "dz" => Ok(Lang::Dz),
            _ => Err(()),
        }
    }
}

/// The word files of one slice.
#[derive(Debug, Clone, Copy)]
pub struct WordFile {
    pub slice: &'static str,
    pub en: &'static str,
    pub dz: &'static str,
}

/// `words!("posts")`: `words/en.ftl` and `words/dz.ftl` beside the caller.
#[macro_export]
macro_rules! words {
    ($slice:literal) => {
        $crate::words::WordFile { slice: $slice, en: include_str!("words/en.ftl"), dz: include_str!("words/dz.ftl") }
    };
}

type Bundle = FluentBundle<FluentResource>;

/// For the keys of sentences, which are the program's own: a page asks for dozens, and nobody can choose them to collide.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut mix = |word: u64| self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| mix(u64::from(*byte)));
    }
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[derive(Clone)]
pub struct Words {
    bundles: Arc<BTreeMap<Lang, Bundle>>,
    /// Sentences with nothing to fill in, by the place of their language in `Lang::ALL`.
    fixed: Arc<[HashMap<String, String, BuildHasherDefault<KeyHasher>>; 2]>,
}

/// The keys of a word file, in its order.
pub fn keys(text: &str) -> Vec<&str> {
    let starts = |l: &&str| l.starts_with(|c: char| c.is_ascii_lowercase());
    text.lines().filter(starts).filter_map(|l| l.split_once('=')).map(|(k, _)| k.trim()).collect()
}

impl Words {
    /// Refuses a file that cannot be read, a key stated twice, a key of one language only, a key that does not begin
    /// with its slice's name (the shell's own `error-`, `nav-`, `word-` aside).
    pub fn load(files: &[WordFile]) -> Result<Words, Vec<String>> {
        let mut wrong = vec![];
        let mut bundles = BTreeMap::new();
        for lang in Lang::ALL {
            let id = lang.code().parse().map_err(|_| vec![format!("{} is no language", lang.code())])?;
            let mut bundle = Bundle::new_concurrent(vec![id]);
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(match lang {
                Lang::En => |v, _| format_number(Lang::En, v),
                Lang::Dz => |v, _| format_number(Lang::Dz, v),
            }));
            for file in files {
                let (text, other) = if lang == Lang::En { (file.en, file.dz) } else { (file.dz, file.en) };
                check_keys(file.slice, lang, text, other, &mut wrong);
                match FluentResource::try_new(text.into()) {
                    Ok(resource) => {
                        if let Err(errors) = bundle.add_resource(resource) {
                            wrong.extend(errors.iter().map(|e| format!("{} {}: {e}", file.slice, lang.code())));
                        }
                    }
                    Err((_, errors)) => {
                        wrong.extend(errors.iter().map(|e| format!("{} {}: {e}", file.slice, lang.code())));
                    }
                }
            }
            bundles.insert(lang, bundle);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let fixed = Lang::ALL.map(|lang| {
            let texts = files.iter().flat_map(|f| keys(if lang == Lang::En { f.en } else { f.dz }));
            bundles.get(&lang).map(|b| texts.filter_map(|key| Some((key.to_owned(), plain(b, key)?))).collect())
        });
        let fixed = Arc::new(fixed.map(Option::unwrap_or_default));
        Ok(Words { bundles: Arc::new(bundles), fixed })
    }

    /// The sentence of a key. A missing key is its own sentence, and an error in the log.
    pub fn t(&self, lang: Lang, key: &str) -> String {
        self.format(lang, key, None)
    }

    /// The same, without a copy: of a sentence with nothing to fill in.
    pub fn fixed<'w>(&'w self, lang: Lang, key: &'w str) -> &'w str {
        match self.fixed[lang as usize].get(key) {
            Some(text) => text,
            None => {
                tracing::error!(key, "no word for this key that stands by itself");
                key
            }
        }
    }

    pub fn say(&self, lang: Lang, say: &Say) -> String {
        if say.args.is_empty() {
            return self.t(lang, say.key);
        }
        let mut args = FluentArgs::new();
        for (name, value) in &say.args {
            match value {
                Arg::Text(s) => args.set(*name, s.as_str()),
                Arg::Number(n) => args.set(*name, *n),
                Arg::Word(key) => args.set(*name, self.t(lang, key)),
            }
        }
        self.format(lang, say.key, Some(&args))
    }

    /// A sentence that was stored.
    pub fn told(&self, lang: Lang, told: &Told) -> String {
        if told.args.is_empty() {
            return self.t(lang, &told.key);
        }
        let mut args = FluentArgs::new();
        for (name, value) in &told.args {
            match value {
                ToldArg::Text(s) => args.set(name.as_str(), s.as_str()),
                ToldArg::Number(n) => args.set(name.as_str(), *n),
                ToldArg::Word(key) => args.set(name.as_str(), self.t(lang, key)),
            }
        }
        self.format(lang, &told.key, Some(&args))
    }

    pub fn has(&self, lang: Lang, key: &str) -> bool {
        self.bundles.get(&lang).is_some_and(|b| b.has_message(key))
    }

    fn format(&self, lang: Lang, key: &str, args: Option<&FluentArgs>) -> String {
        let found = [lang, Lang::En].into_iter().filter_map(|l| self.bundles.get(&l)).find_map(|b| {
            let pattern = b.get_message(key)?.value()?;
            Some(b.format_pattern(pattern, args, &mut vec![]).into_owned())
        });
        found.unwrap_or_else(|| {
            tracing::error!(key, "no word for this key");
            key.to_owned()
        })
    }
}

/// A sentence that needs nothing but itself.
fn plain(bundle: &Bundle, key: &str) -> Option<String> {
    let mut wrong = vec![];
    let text = bundle.format_pattern(bundle.get_message(key)?.value()?, None, &mut wrong).into_owned();
    wrong.is_empty().then_some(text)
}

fn format_number(lang: Lang, value: &FluentValue) -> Option<String> {
    if let FluentValue::Number(n) = value { Some(number(lang, n.value as i64)) } else { None }
}

fn check_keys(slice: &str, lang: Lang, text: &str, other: &str, wrong: &mut Vec<String>) {
    let others = keys(other);
    for key in keys(text) {
        let own = key.starts_with(&format!("{slice}-"));
        let shared = slice == "shell" && ["error-", "nav-", "word-", "time-"].iter().any(|p| key.starts_with(p));
        if !own && !shared {
            wrong.push(format!("{slice}: {key} does not begin with “{slice}-”"));
        }
        if !others.contains(&key) {
            wrong.push(format!("{slice}: {key} is only in {}", lang.code()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const EN: &str =
        "a-count = { $n ->\n    [one] One post\n   *[other] { $n } posts\n }\na-who = By { $who }\na-plain = Plainly\n";
    const DZ: &str = "a-count = ཐོ་ { $n }\na-who = { $who }་གིས།\na-plain = ཨིན།\n";

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let words = Words::load(&[WordFile { slice: "a", en: EN, dz: DZ }]).unwrap();
        let say = |n: i64| Say::new("a-count").arg("n", n);
        assert_eq!(words.say(Lang::En, &say(1)), "One post");
        assert_eq!(words.say(Lang::En, &say(12345)), "12,345 posts");
        assert_eq!(words.say(Lang::Dz, &say(12)), "ཐོ་ ༡༢");
        assert_eq!(words.t(Lang::En, "a-nothing"), "a-nothing");
        assert_eq!(words.fixed(Lang::En, "a-plain"), "Plainly");
        assert_eq!(words.fixed(Lang::Dz, "a-plain"), "ཨིན།");
        assert_eq!(words.fixed(Lang::En, "a-nothing"), "a-nothing");
    }

    #[test]
    fn keys_of_one_language_or_of_another_slice_are_refused() {
        let wrong = Words::load(&[WordFile { slice: "a", en: "a-x = 1\nb-y = 2\n", dz: "a-x = ༡\n" }]).err().unwrap();
        assert!(wrong.iter().any(|w| w.contains("b-y does not begin")), "{wrong:?}");
        assert!(wrong.iter().any(|w| w.contains("b-y is only in en")), "{wrong:?}");
    }
}
