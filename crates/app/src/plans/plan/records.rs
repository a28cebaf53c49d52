//! The parts of a plan as records: what can be checked, counted, and looked at again when the term is over.
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a plan says besides its words, so that it can be checked and measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanRecords")]
pub struct Records {
    /// First day of the term, as 2027-01-01
    pub starts_on: String,
    /// Last day of the term
    pub ends_on: String,
    /// What should be different for people, each with a measure
    pub objectives: Vec<Objective>,
    /// Whom the agency speaks with, and by which ways
    pub audiences: Vec<Audience>,
    /// Cross-cutting issues it takes up, and how
    pub issues: Vec<Issue>,
    /// What may go wrong, and what is done about it
    pub risks: Vec<Treatment>,
    /// What it takes
    pub resources: Resources,
    /// Who does what
    pub duties: Vec<Duty>,
}

/// Something that should be different for people at the end of the term.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanObjective")]
pub struct Objective {
    /// In words, one sentence
    pub text: String,
    /// The objective of the policy it serves, as `P4-O2`
    pub objective: String,
    /// Pillars and domains of the highest aim it serves, as `pillar-governance`, at least one pillar
    pub aims: Vec<String>,
    /// Citizens take part in making a policy or a service
    pub participation: bool,
    /// A measure of the catalogue, as `M17`; empty when it is judged by its quality
    pub measure: String,
    /// How quality is judged, where nothing is counted
    pub quality: String,
    /// Unit of the figures
    pub unit: String,
    /// The figure today
    pub baseline: Option<f64>,
    /// The figure to reach
    pub target: Option<f64>,
    /// By which day, within the term
    pub due_on: String,
}

/// People the agency speaks with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanAudience")]
pub struct Audience {
    /// Who they are
    pub who: String,
    /// Where they live; empty: everywhere
    pub place: String,
    /// Languages they read or hear
    pub languages: String,
    /// What they need to be able to take part: large letters, sound, a person to ask
    pub needs: String,
    /// Ways to reach them, as `radio`
    pub channels: Vec<String>,
}

/// A cross-cutting issue and what is done about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanIssue")]
pub struct Issue {
    /// As `gender`
    pub issue: String,
    /// What is done
    pub how: String,
}

/// A risk and what is done about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanRisk")]
pub struct Treatment {
    /// A risk of the catalogue, as `R13`
    pub risk: String,
    /// What is done about it
    pub treatment: String,
    /// The role that looks after it: lead, author, approver, moderator or records
    pub owner: String,
}

/// What it takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanResources")]
pub struct Resources {
    /// Hours a week, all people together
    pub hours: Option<i64>,
    /// People with a part in it
    pub people: Option<i64>,
    /// Money a year, in the currency of the country
    pub money: Option<i64>,
    /// Training that is missing
    pub training: String,
}

/// Who does what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "PlanDuty")]
pub struct Duty {
    /// lead, author, approver, moderator or records
    pub role: String,
    /// Who, by id
    pub person: String,
}

impl Duty {
    pub fn person_id(&self) -> Option<i64> {
        self.person.parse().ok()
    }
}

impl Records {
    /// As the database keeps them. What is not there was written before plans had records.
    pub fn read(text: &str) -> Records {
        serde_json::from_str(text).unwrap_or_default()
    }
    pub fn written(&self) -> String {
        serde_json::json!(self).to_string()
    }
    pub fn starts(&self) -> Option<Date> {
        day(&self.starts_on)
    }
    pub fn ends(&self) -> Option<Date> {
        day(&self.ends_on)
    }
    pub fn is_empty(&self) -> bool {
        *self == Records::default()
    }
}

impl Objective {
    /// How much of the way from the baseline to the target was gone, in hundredths; below none and above all are kept as they are.
    pub fn attained(&self, reached: f64) -> Option<i64> {
        let (from, to) = (self.baseline?, self.target?);
        let way = to - from;
        (way != 0.0).then(|| ((reached - from) / way * 100.0).round() as i64)
    }
    pub fn due(&self) -> Option<Date> {
        day(&self.due_on)
    }
    pub fn measured(&self) -> bool {
        let counted = !self.measure.is_empty() && self.baseline.is_some() && self.target.is_some();
        (counted || !self.quality.trim().is_empty()) && self.due().is_some()
    }
}

/// Only the one form: `2027-01-01`.
pub fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|d| d.to_string() == text)
}

/// A figure without digits nobody needs: 95, 0.5.
pub fn figure(n: f64) -> String {
    if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.2}").trim_end_matches('0').to_owned() }
}

/// A figure as somebody typed it: digits, at most one point, blanks and commas between the thousands.
pub fn number(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | ',' | '\u{a0}')).map(western).collect();
    let n = plain.parse::<f64>().ok()?;
    (n.is_finite() && n.abs() < 1e12 && plain.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-')).then_some(n)
}

/// Dzongkha digits are digits.
fn western(c: char) -> char {
    match c {
        '\u{f20}'..='\u{f29}' => char::from_u32('0' as u32 + (c as u32 - 0xf20)).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attainment_is_the_way_gone_from_baseline_to_target_also_downwards() {
        let goal = |from, to| Objective { baseline: Some(from), target: Some(to), ..Objective::default() };
        assert_eq!(goal(0.0, 90.0).attained(45.0), Some(50));
        assert_eq!(goal(72.0, 24.0).attained(36.0), Some(75), "fewer hours are better");
        assert_eq!(goal(72.0, 24.0).attained(90.0), Some(-38), "worse than before is said");
        assert_eq!(goal(5.0, 5.0).attained(5.0), None);
        assert_eq!(Objective::default().attained(1.0), None);
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        assert_eq!(number("300,000"), Some(300_000.0));
        assert_eq!(number("༣༠༠ ༠༠༠"), Some(300_000.0));
        assert_eq!(number("2.5"), Some(2.5));
        assert_eq!(number("-3"), Some(-3.0));
        for wrong in ["", "about 5", "1e9", "NaN", "inf", "5%", "1.2.3", "9999999999999"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
        assert_eq!((figure(95.0), figure(2.5), figure(-0.25)), ("95".into(), "2.5".into(), "-0.25".into()));
    }

    #[test]
    fn days_have_one_form_and_records_survive_being_kept() {
        assert!(day("2027-01-31").is_some());
        for wrong in ["", "2027-02-30", "01/02/2027", "2027-1-1"] {
            assert!(day(wrong).is_none(), "{wrong}");
        }
        let mut records = Records { starts_on: "2027-01-01".into(), ..Records::default() };
        records.objectives.push(Objective { target: Some(0.1), ..Objective::default() });
        assert_eq!(Records::read(&records.written()), records);
        assert!(Records::read("").is_empty());
    }
}
