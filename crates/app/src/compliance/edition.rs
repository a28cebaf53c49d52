//! A new edition of the policy is told to those who lead the agencies.
use crate::people;
use crate::policy::EditionTakenIn;
use ground::facts::Recorded;
use ground::{Ctx, Result, Say};

pub async fn tell(cx: Ctx, f: Recorded<EditionTakenIn>) -> Result<()> {
    // What was there from the first day is no news.
    if f.fact.first {
        return Ok(());
    }
    let edition = f.fact.edition.as_str();
    let subject = cx.words().say(cx.lang, &Say::new("compliance-edition-subject").arg("edition", edition));
    let link = cx.url(&format!("/policy/editions/{edition}"));
    let say = Say::new("compliance-edition-mail").arg("edition", edition);
    let text = cx.words().say(cx.lang, &say.arg("day", f.fact.adopted_on.as_str()).arg("link", link));
    let tx = cx.begin("compliance.tell-edition").await?;
    for email in people::leads(&tx, cx.now()).await? {
        people::send_mail(&cx, &tx, &email, subject.clone(), text.clone()).await?;
    }
    Ok(cx.commit(tx).await?)
}
