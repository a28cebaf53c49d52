//! The part of the composer that is about a film or sound recording: the file, how long it plays, and what is said in it.
use crate::posts::RECORDING;
use crate::posts::post::{Attached, Recording};
use crate::posts::recording::{self, Sent, tidy};
use ground::http::FormData;
use ground::{Ctx, Error, FieldError, Result, Say};

/// What was typed and chosen.
#[derive(Default)]
pub struct RecordingTyped {
    /// The one that is kept already.
    id: Option<i64>,
    said_en: String,
    said_dz: String,
    duration: String,
    sent: Option<Sent>,
    wrong: Vec<FieldError>,
}

impl RecordingTyped {
    pub fn of(a: Option<&Attached>) -> RecordingTyped {
        let Some(a) = a.cloned() else { return RecordingTyped::default() };
        RecordingTyped { id: Some(a.id), said_en: a.said_en, said_dz: a.said_dz, ..RecordingTyped::default() }
    }
}

/// What is shown of it.
pub struct RecordingForm {
    pub kept: Option<Recording>,
    pub said_en: String,
    pub said_dz: String,
    pub duration: String,
    pub most_mib: u64,
}

impl RecordingForm {
    pub fn is_said(&self) -> bool {
        self.kept.is_none() || !(self.said_en.trim().is_empty() && self.said_dz.trim().is_empty())
    }
}

/// A file of captions replaces what stands in the field.
fn said(form: &FormData, lang: &str, wrong: &mut Vec<FieldError>) -> String {
    let field = format!("said_{lang}");
    let typed = || tidy(form.text(&field));
    let Some(file) = form.file(&format!("captions_{lang}")).filter(|f| !f.bytes.is_empty()) else { return typed() };
    match std::str::from_utf8(&file.bytes) {
        Ok(text) if !text.contains('\0') => tidy(text),
        _ => {
            wrong.push(FieldError::new(field.clone(), Say::new("posts-error-captions-utf8")));
            typed()
        }
    }
}

pub fn typed(form: &FormData) -> RecordingTyped {
    let mut wrong = vec![];
    let (said_en, said_dz) = (said(form, "en", &mut wrong), said(form, "dz", &mut wrong));
    RecordingTyped {
        id: form.number("recording").filter(|_| !form.flag("remove-recording")),
        said_en,
        said_dz,
        duration: form.text("duration").into(),
        sent: recording::sent(form, RECORDING),
        wrong,
    }
}

/// Keeps a chosen file; what then goes with the draft.
pub async fn keep(cx: &Ctx, agency: i64, t: &mut RecordingTyped) -> Result<Option<Attached>> {
    if let Some(sent) = t.sent.take() {
        t.id = Some(recording::add(cx, agency, sent, RECORDING).await?.id);
        t.duration.clear();
    }
    if !t.wrong.is_empty() {
        return Err(Error::invalid(t.wrong.clone()));
    }
    Ok(t.id.map(|id| Attached { id, said_en: t.said_en.clone(), said_dz: t.said_dz.clone() }))
}

pub async fn shown(cx: &Ctx, agency: i64, t: &RecordingTyped) -> Result<RecordingForm> {
    let kept = match t.id {
        Some(id) => recording::store::find(cx.db(), id).await.ok().filter(|r| r.agency_id == agency),
        None => None,
    };
    Ok(RecordingForm {
        kept: kept.map(|r| r.with(t.said_en.clone(), t.said_dz.clone())),
        said_en: t.said_en.clone(),
        said_dz: t.said_dz.clone(),
        duration: t.duration.clone(),
        most_mib: cx.machine.config.recording_bytes / (1024 * 1024),
    })
}
