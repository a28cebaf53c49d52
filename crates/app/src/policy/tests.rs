//! The pack we ship loads, and each way to break a pack is told with file, row and column.
pub mod editions;

use super::*;

/// The shipped pack with one piece of one file replaced.
fn broken(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut hit = false;
    let files = Source::names().map(|name| {
        let text = Source::Embedded.read(name).expect("embedded").into_owned();
        let text = if name == file {
            hit = text.contains(from);
            text.replacen(from, to, 1)
        } else {
            text
        };
        (name.to_string(), text.into_bytes())
    });
    let files = files.collect();
    assert!(hit, "{file} has no {from:?} to break");
    let faults = Pack::load(&Source::Files(files)).expect_err("a broken pack");
    faults.iter().map(ToString::to_string).collect()
}

fn told(faults: &[String], wanted: &str) {
    assert!(faults.iter().any(|fault| fault.contains(wanted)), "{wanted:?} is not in {faults:#?}");
}

fn day(day: &str) -> jiff::civil::Date {
    day.parse().expect("a date")
}

fn bhutan() -> Pack {
    Pack::load(&Source::Embedded).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[test]
fn the_register_of_bhutan_is_complete() {
    let pack = bhutan();
    let today = day("2026-11-24");
    let count = |kind: &str| pack.agencies().iter().filter(|a| a.kind == kind && a.exists_on(today)).count();
    assert_eq!(count("ministry"), 9);
    assert_eq!(count("dzongkhag"), 20);
    assert_eq!(count("gewog"), 205);
    assert_eq!(count("thromde"), 4);
    assert_eq!(pack.kinds().len(), 9, "the nine kinds the policy names");
    for kind in pack.kinds().iter() {
        assert!(count(&kind.id) > 0, "{} has no agency", kind.id);
    }
}

#[test]
fn every_former_ministry_has_its_successors() {
    let pack = bhutan();
    let today = day("2026-11-24");
    let former = pack.agencies().iter().filter(|a| a.kind == "ministry" && !a.exists_on(today));
    for agency in former {
        assert!(!agency.successors.is_empty(), "{} was left without a successor", agency.code);
    }
    let moic = pack.agencies().find("MoIC").expect("the ministry the policy names");
    assert_eq!(moic.successors, ["MoICE", "GovTech", "MoIT"]);
    assert!(moic.exists_on(day("2022-12-29")) && !moic.exists_on(day("2022-12-30")));
}

#[test]
fn names_are_not_keys() {
    let pack = bhutan();
    let gakilings = pack.agencies().iter().filter(|a| a.name.get("en") == "Gakiling Gewog").count();
    assert_eq!(gakilings, 2);
}

#[test]
fn the_review_clock_is_computed() {
    let pack = bhutan();
    let edition = pack.policy_on(day("2026-11-24")).expect("an edition in force");
    assert_eq!(edition.review_due_on(), day("2018-01-12"));
    assert!(!edition.review_overdue_on(day("2018-01-12")));
    assert!(edition.review_overdue_on(day("2018-01-13")));
    assert_eq!(edition.reviews_missed_by(day("2026-01-12")), 4);
    assert_eq!(edition.reviews_missed_by(day("2026-11-24")), 5);
    assert!(pack.policy_on(day("2016-01-11")).is_none());
}

#[test]
fn days_are_days_of_the_country() {
    let pack = bhutan();
    let midnight = pack.start_of(day("2022-12-30"));
    assert_eq!(midnight, 1_672_336_800_000_000, "UTC+6");
    assert_eq!(pack.day_at(midnight), day("2022-12-30"));
    assert_eq!(pack.day_at(midnight - 1), day("2022-12-29"));
}

#[test]
fn a_missing_translation_is_borrowed_and_said_so() {
    let pack = bhutan();
    let minjay = pack.agencies().find("BT-44-07").expect("Minjay");
    assert_eq!(minjay.name.get("dz"), "Minjay Gewog");
    assert_eq!(minjay.name.language_of("dz"), "en");
    assert!(minjay.name.own("dz").is_none());
}

#[test]
fn a_duplicate_code_is_told_with_both_rows() {
    let faults = broken("agencies.csv", "\nBT-12,", "\nbt-11,");
    told(&faults, "agencies.csv, row 58, code: \"bt-11\" stands already in row 57");
}

#[test]
fn a_broken_reference_is_told() {
    let faults = broken("agencies.csv", "MoICE GovTech MoIT", "MoICE Nobody MoIT");
    told(&faults, "successor_codes: \"Nobody\" is not the code of an agency");
    told(&broken("agencies.csv", "\nHC,judiciary,", "\nHC,guild,"), "row 7, kind: \"guild\" is not a kind");
}

#[test]
fn a_circle_of_parents_is_told() {
    let faults = broken("agencies.csv", "\nPARL,", "\nPARX,");
    told(&faults, "parent_code: \"PARL\" is not the code of an agency");
    let first = "PARL,legislature,Parliament of Bhutan,འབྲུག་གི་སྤྱི་ཚོགས།,";
    told(&broken("agencies.csv", first, &format!("{first}NAB")), "goes in a circle: PARL → NAB → PARL");
}

#[test]
fn a_bad_date_is_told() {
    told(&broken("agencies.csv", "2022-12-30", "30/12/2022"), "valid_from: \"30/12/2022\" is not a date");
    told(&broken("agencies.csv", "2022-12-30", "2022-02-30"), "\"2022-02-30\" is not a date");
    told(&broken("pack.json", "2016-01-12", "2016-1-12"), "pack.json, policy.editions.adopted_on");
}

#[test]
fn an_unknown_language_is_told() {
    told(&broken("agencies.csv", "name_dz", "name_fr"), "row 1, name_fr: \"fr\" is not a language of this pack");
    told(&broken("pack.json", "\"dz\": \"འབྲུག\"", "\"fr\": \"Bhoutan\""), "country.name: \"fr\" is not a language");
}

#[test]
fn a_missing_column_is_told() {
    told(&broken("agencies.csv", ",valid_until,", ",until,"), "row 1, valid_until: this column is missing");
    told(&broken("agencies.csv", ",valid_until,", ",until,"), "row 1, until: this column is not known");
}

#[test]
fn a_row_of_the_wrong_length_is_told() {
    told(&broken("kinds.csv", "gewog,Gewog,", "gewog,"), "kinds.csv, row 8: has 6 cells where the header has 7");
}

#[test]
fn whether_a_kind_is_small_is_yes_or_no() {
    let small: Vec<String> = bhutan().kinds().iter().filter(|k| k.small).map(|k| k.id.clone()).collect();
    assert_eq!(small, ["gewog"]);
    told(&broken("kinds.csv", ",no,yes", ",no,perhaps"), "kinds.csv, row 8, small: \"perhaps\" is neither yes nor no");
}

#[test]
fn bytes_that_are_not_utf8_are_told_with_their_row() {
    let mut files: Vec<(String, Vec<u8>)> = vec![];
    for name in Source::names() {
        files.push((name.into(), Source::Embedded.read(name).expect("embedded").into_owned().into_bytes()));
    }
    let kinds = files.iter_mut().find(|(name, _)| name == "kinds.csv").expect("kinds.csv");
    let at = kinds.1.iter().position(|b| *b == b'\n').expect("a second row") + 3;
    kinds.1[at] = 0xff;
    let faults = Pack::load(&Source::Files(files)).expect_err("not UTF-8");
    assert_eq!((faults[0].file.as_str(), faults[0].row), ("kinds.csv", Some(2)));
}

#[test]
fn a_folder_is_read_like_the_built_in_pack() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(check(dir.path()).len(), 1, "without pack.json nothing else can be said");
    for name in Source::names() {
        let text = Source::Embedded.read(name).expect("embedded");
        // As a spreadsheet program would save it.
        std::fs::write(dir.path().join(name), format!("\u{feff}{text}")).expect("written");
    }
    assert_eq!(check(dir.path()), vec![]);
    std::fs::remove_file(dir.path().join("kinds.csv")).expect("removed");
    told(&check(dir.path()).iter().map(ToString::to_string).collect::<Vec<_>>(), "kinds.csv: is missing");
}

#[test]
fn every_obligation_has_its_clause_and_every_clause_its_obligation() {
    let pack = bhutan();
    assert_eq!(pack.clauses().len(), 175);
    assert_eq!(pack.obligations().len(), 175);
    assert_eq!(pack.obligations().iter().filter(|o| o.level.binding()).count(), 103);
    for clause in pack.clauses().iter() {
        assert!(pack.obligations().has(&clause.id), "{}", clause.id);
        assert!(clause.title.own("dz").is_some(), "{} has no title in Dzongkha", clause.id);
    }
    assert_eq!(pack.clause("P6.2-AM7").map(|c| c.section.as_str()), Some("accounts"));
}

#[test]
fn criticism_is_never_a_ground() {
    let pack = bhutan();
    let partisan = pack.grounds().find("MG-1").expect("the partisan ground");
    assert!(partisan.never.get("en").contains("Criticism"));
    assert_eq!(partisan.two_reviewers, SecondReviewer::Yes);
    for ground in pack.grounds().iter() {
        assert!(!ground.never.is_empty(), "{} has no limits", ground.id);
        assert!(ground.least_action <= Step::Hide, "{} starts with more than hiding", ground.id);
    }
}

#[test]
fn a_plan_has_the_six_parts_and_happiness_its_pillars() {
    let pack = bhutan();
    assert_eq!(pack.plan_parts().len(), 6);
    let count = |kind| pack.aims().iter().filter(|aim| aim.kind == kind).count();
    assert_eq!((count(AimKind::Pillar), count(AimKind::Domain), count(AimKind::Objective)), (4, 9, 4));
}

#[test]
fn every_kind_of_agency_has_a_model_plan_with_goals_audiences_and_a_risk_of_each_area() {
    let pack = bhutan();
    let areas = pack.risk_areas();
    assert_eq!(areas.len(), 5);
    for kind in pack.kinds().iter() {
        let lines: Vec<&Model> = pack.model_plan(&kind.id).collect();
        let has = |wanted: fn(&Piece) -> bool| lines.iter().any(|m| wanted(&m.piece));
        assert!(has(|p| matches!(p, Piece::Goal { participation: true, .. })), "{}", kind.id);
        assert!(has(|p| matches!(p, Piece::Audience { channels } if channels.len() > 1)), "{}", kind.id);
        assert!(has(|p| matches!(p, Piece::Resource(Resource::Hours, 1..))), "{}", kind.id);
        assert!(has(|p| matches!(p, Piece::Issue(_))) && has(|p| matches!(p, Piece::Action { .. })), "{}", kind.id);
        for area in &areas {
            let of_area = |risk: &String| pack.risks().find(risk).is_some_and(|r| r.policy_area == *area);
            let found = lines.iter().any(|m| matches!(&m.piece, Piece::Risk(risk) if of_area(risk)));
            assert!(found, "{} has no risk of {area}", kind.id);
        }
    }
}

#[test]
fn a_model_that_names_what_is_not_there_is_told_with_its_row() {
    let row = "goal-find,,goal,P4-O1,pillar-governance governance education,M30";
    let faults = broken("plan_models.csv", row, "goal-find,,goal,pillar-economy,no-such-pillar,M99");
    told(&faults, "is not an objective of the policy");
    told(&faults, "\"no-such-pillar\" does not stand in gnh.csv");
    told(&faults, "\"M99\" does not stand in metrics.csv");
    let faults = broken("plan_models.csv", row, &row.replace("goal-find", "goal-found"));
    told(&faults, "\"goal-find\" is not a goal of this file");
    told(
        &broken("plan_models.csv", ",social web radio,", ",social gender radio,"),
        "is of another kind in plan_choices.csv",
    );
}

#[test]
fn platforms_the_policy_names_are_known_and_google_plus_is_history() {
    let pack = bhutan();
    assert_eq!(pack.platforms().iter().filter(|p| p.named_by_policy).count(), 11);
    let google = pack.platforms().find("google-plus").expect("Google+");
    assert_eq!(google.status, PlatformStatus::Retired);
}

#[test]
fn a_duty_passes_to_the_successor() {
    let pack = bhutan();
    let holder = |on: &str| pack.holder("lead-ministry", day(on)).map(|a| a.code.clone());
    assert_eq!(holder("2016-01-12").as_deref(), Some("MoIC"));
    assert_eq!(holder("2022-12-30").as_deref(), Some("MoICE"));
}

#[test]
fn a_notice_is_filled_in_both_languages() {
    let pack = bhutan();
    let notice = pack.notices().find("third-party").expect("the notice");
    assert!(notice.fill("en", &[("agency", "MoH")]).ends_with("does not speak for MoH."));
    assert!(notice.fill("dz", &[("agency", "MoH")]).contains("MoH"));
    for notice in pack.notices().iter() {
        assert!(!notice.fill("dz", &[]).contains('{'), "{}", notice.id);
    }
}

#[test]
fn faults_of_the_catalogues_are_told() {
    told(&broken("clauses.csv", "P6.2-AM7,2016,accounts", "P6.2-AM7,2015,acounts"), "clauses.csv, row 83, edition:");
    told(&broken("clauses.csv", "P6.2-AM7,2016,accounts", "P6.2-AM6,2016,accounts"), "stands already in row 82");
    told(&broken("obligations.csv", "\nP6.2-AM7,", "\nP6.2-AM77,"), "id: \"P6.2-AM77\" does not stand in clauses.csv");
    told(&broken("obligations.csv", ",shall,", ",ought,"), "level: \"ought\" is not known: use one of may, should");
    told(&broken("grounds.csv", ",hide,yes,", ",delete,yes,"), "least_action: \"delete\" is not known");
    told(&broken("notices.csv", "{appeal_by}", "{deadline}"), "body_en: {deadline} is not known");
    told(&broken("notices.csv", "{appeal_by}", "{appeal_by"), "body_en: has a { without its }");
    told(
        &broken("risks.csv", "SC-01", "SC-99"),
        "risks.csv, row 2, controls: \"SC-99\" does not stand in controls.csv",
    );
    told(&broken("risks.csv", ",3,5,", ",3,6,"), "impact: \"6\" is not a whole number from 1 to 5");
    told(&broken("platforms.csv", "2019-04-02", ""), "retired_on: belongs to a retired platform");
    told(&broken("roles.csv", "\nlead,", "\nchief,"), "\"chief\" is not a role of the program");
    told(&broken("conduct.csv", ",everybody,", ",anybody,"), "audience: \"anybody\" is not known");
    told(&broken("duty_holders.csv", ",RCSC,", ",RCSX,"), "agency_code: \"RCSX\" does not stand in agencies.csv");
}

#[test]
fn the_description_of_the_format_names_every_file() {
    let described = include_str!("../../../../docs/packs.md");
    for name in Source::names() {
        assert!(described.contains(&format!("`{name}`")), "docs/packs.md does not describe {name}");
    }
}

#[test]
fn the_page_shows_every_clause_once_under_its_section() {
    let pack = bhutan();
    let page = pages::view(&pack, "en", day("2026-11-24")).expect("an edition in force");
    assert_eq!((page.clauses, page.binding), (175, 103));
    assert_eq!(page.sections.iter().map(|section| section.clauses.len()).sum::<usize>(), 175);
    assert_eq!(page.sections.iter().filter(|section| section.number.starts_with('6')).count(), 13, "two sections 6");
    let review =
        pages::Review { due_on: day("2018-01-12"), overdue_since: Some(day("2026-01-12")), overdue: true, missed: 5 };
    assert_eq!(page.review, review);
    assert!(!page.draft);
    assert!(pages::view(&pack, "en", day("2016-01-11")).is_none());
}

#[test]
fn the_page_in_dzongkha_says_what_it_borrows() {
    let pack = bhutan();
    let page = pages::view(&pack, "dz", day("2026-11-24")).expect("an edition in force");
    assert!(page.draft, "no native speaker has reviewed it");
    let clause = &page.sections[0].clauses[0];
    assert_eq!((clause.title.lang.as_str(), clause.text.lang.as_str()), ("dz", "en"));
    assert_eq!(clause.other_title.as_ref().map(|title| title.lang.as_str()), Some("en"));
    assert!(clause.other_text.is_none());
}

#[tokio::test]
async fn the_page_has_an_anchor_for_every_clause_and_shows_the_overdue_review() {
    let app = crate::testkit::TestApp::new().await;
    let page = app.get("/policy?lang=en").await.expect(200).body;
    for clause in bhutan().clauses().iter() {
        assert!(page.contains(&format!(" id=\"{}\"", clause.id)), "{} has no anchor", clause.id);
    }
    assert!(page.contains("overdue since 12 January 2026") && page.contains("12 January 2018"), "{page}");
    assert!(page.contains("5 reviews") && !page.contains("<script"), "the public site runs none");
    let page = app.get("/policy?lang=dz").await.expect(200).body;
    assert!(page.contains("<html lang=\"dz\">") && page.contains("lang=\"en\""), "what is borrowed says so");
    app.drain().await;
}

#[tokio::test]
async fn clauses_are_there_for_programs() {
    let app = crate::testkit::TestApp::new().await;
    let policy = app.get("/api/v1/policy").await.expect(200).json();
    let clauses = policy["clauses"].as_array().unwrap();
    assert_eq!(clauses.len(), 175);
    let clause = clauses.iter().find(|c| c["id"] == "P6.2-AM7").unwrap();
    assert_eq!((clause["level"].as_str(), clause["binding"].as_bool()), (Some("shall"), Some(true)));
    assert!(clause["title"]["en"].is_string() && clause["url"] == "http://drelwa.test/policy#P6.2-AM7");
    assert_eq!(policy["review"]["overdue_since"], "2026-01-12");
    app.drain().await;
}
