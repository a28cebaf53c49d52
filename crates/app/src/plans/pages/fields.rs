//! A form as data: groups of fields, so that five steps are one template.
use crate::shell::Page;
use ground::http::FormData;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Line,
    Area,
    Day,
    Figure,
    Select,
    /// Boxes to tick, any number of them.
    Checks,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub kind: Kind,
    pub value: String,
    pub options: Vec<(String, String)>,
    pub chosen: Vec<String>,
}

/// Fields that belong together: an objective, an audience, the term.
#[derive(Debug, Clone)]
pub struct Group {
    pub title: String,
    pub clause: &'static str,
    pub hint: String,
    /// One more to fill in, shut until somebody opens it.
    pub blank: bool,
    pub fields: Vec<Field>,
}

impl Field {
    pub fn is(&self, kind: &str) -> bool {
        let own = match self.kind {
            Kind::Line => "line",
            Kind::Area => "area",
            Kind::Day => "day",
            Kind::Figure => "figure",
            Kind::Select => "select",
            Kind::Checks => "checks",
        };
        own == kind
    }
    pub fn ticked(&self, option: &str) -> bool {
        self.chosen.iter().any(|c| c == option)
    }
    /// What describes the field to whoever hears the page: what is wrong, and the hint.
    pub fn described(&self, page: &Page) -> String {
        let mut ids = vec![];
        if page.is_wrong(&self.name) {
            ids.push(format!("{}-err", self.name));
        }
        if !self.hint.is_empty() {
            ids.push(format!("{}-hint", self.name));
        }
        ids.join(" ")
    }
    pub fn lang(&self, page: &Page) -> &'static str {
        if self.value.is_empty() { page.lang() } else { page.lang_of(&self.value) }
    }
}

impl Group {
    pub fn new(title: String, clause: &'static str, hint: String) -> Group {
        Group { title, clause, hint, blank: false, fields: vec![] }
    }
    pub fn wrong(&self, page: &Page) -> bool {
        self.fields.iter().any(|f| page.is_wrong(&f.name))
    }
}

/// Adds fields by their words: the label is `plans-f-…`, the hint `plans-f-…-hint` where `hint` is said.
pub struct Maker<'p> {
    pub page: &'p Page,
    pub group: Group,
    /// Before every name: `objective-1-`.
    pub prefix: String,
}

impl Maker<'_> {
    fn add(&mut self, name: &str, word: &str, hint: bool, kind: Kind, value: &str) -> &mut Field {
        let label = self.page.word(&format!("plans-f-{word}"));
        let hint = if hint { self.page.word(&format!("plans-f-{word}-hint")) } else { String::new() };
        let name = format!("{}{name}", self.prefix);
        let field = Field { name, label, hint, kind, value: value.into(), options: vec![], chosen: vec![] };
        self.group.fields.push(field);
        let last = self.group.fields.len() - 1;
        &mut self.group.fields[last]
    }
    pub fn line(&mut self, name: &str, word: &str, hint: bool, value: &str) {
        self.add(name, word, hint, Kind::Line, value);
    }
    /// With its own label and hint: the parts are worded by the pack.
    pub fn area_as(&mut self, name: &str, label: &str, hint: &str, value: &str) {
        let (label, hint) = (label.to_owned(), hint.to_owned());
        let name = format!("{}{name}", self.prefix);
        let value = value.to_owned();
        self.group.fields.push(Field { name, label, hint, kind: Kind::Area, value, options: vec![], chosen: vec![] });
    }
    pub fn area(&mut self, name: &str, word: &str, hint: bool, value: &str) {
        self.add(name, word, hint, Kind::Area, value);
    }
    pub fn day(&mut self, name: &str, word: &str, value: &str) {
        self.add(name, word, false, Kind::Day, value);
    }
    pub fn figure(&mut self, name: &str, word: &str, hint: bool, value: &str) {
        self.add(name, word, hint, Kind::Figure, value);
    }
    pub fn select(&mut self, name: &str, word: &str, hint: bool, value: &str, options: Vec<(String, String)>) {
        self.add(name, word, hint, Kind::Select, value).options = options;
    }
    pub fn checks(&mut self, name: &str, word: &str, chosen: &[String], options: Vec<(String, String)>) {
        let field = self.add(name, word, false, Kind::Checks, "");
        field.options = options;
        field.chosen = chosen.to_vec();
    }
}

/// Puts back what was typed, also what could not be read as a figure or a day.
pub fn as_typed(groups: &mut [Group], form: &FormData) {
    for field in groups.iter_mut().flat_map(|g| &mut g.fields) {
        if field.kind == Kind::Checks {
            field.chosen = form.all(&field.name).into_iter().map(str::to_owned).collect();
        } else {
            field.value = form.text(&field.name).to_owned();
        }
    }
}
