//! Exports: complete, safe to open, and of one moment.

use std::path::PathBuf;

use overseed_domain::waves::{WaveCut, WaveOrder, Waves};
use overseed_engine::{
    ErrorCode, Session,
    draft::{DraftChange, draft_set},
    plan::plan_read,
    run::{ExportForm, RunSnapshot, run_causes, run_changes, run_export, run_start_plan},
};
use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::faults::drive;
use crate::retry::{mixed, started};
use crate::world::{World, draft, plan_file, plan_with};

async fn export(
    world: &World,
    session: &Session,
    run: &str,
    form: ExportForm,
) -> (PathBuf, String) {
    let path = world
        .folder()
        .join(format!("{}.{}", form.subject(), form.ending()));
    run_export(session, run, form, &path).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    (heads, rows)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_causes_and_changes_are_whole_in_both_forms() {
    let (world, session, run) = mixed(300).await;
    let id = &run.row.id;
    let counts = run.row.counts;
    let (_, text) = export(&world, &session, id, ExportForm::TargetsCsv).await;
    let (heads, rows) = table(&text);
    assert_eq!(rows.len(), counts.total() as usize);
    let state = heads.iter().position(|head| head == "state").unwrap();
    let failed = rows.iter().filter(|row| row[state] == "failed").count();
    assert_eq!(failed, counts.failed as usize);
    let (_, text) = export(&world, &session, id, ExportForm::TargetsJson).await;
    let json = lines(&text);
    assert_eq!(json.len(), rows.len());
    for (json, row) in json.iter().zip(&rows) {
        assert_eq!(json["target"], row[0].as_str());
        assert_eq!(json["message"].as_str().unwrap_or_default(), row[8]);
        assert_eq!(json["cause"].as_str().unwrap_or_default(), row[10]);
    }
    assert_eq!(heads[10], "cause");

    let causes = run_causes(&session, id).await.unwrap();
    let (_, text) = export(&world, &session, id, ExportForm::CausesCsv).await;
    let (_, rows) = table(&text);
    let keys: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(
        keys,
        causes
            .iter()
            .map(|cause| cause.key.clone())
            .collect::<Vec<_>>()
    );
    let (_, text) = export(&world, &session, id, ExportForm::CausesJson).await;
    assert_eq!(lines(&text), lines_of(&causes));

    let changes = run_changes(&session, id).await.unwrap();
    let (_, text) = export(&world, &session, id, ExportForm::ChangesCsv).await;
    let (heads, rows) = table(&text);
    assert_eq!(rows.len(), changes.len());
    assert!(heads.contains(&"request_id".to_owned()), "{heads:?}");
    assert!(
        rows.iter()
            .any(|row| row[1] == "greengrass:StartBulkDeployment" && row[4] == "done")
    );
    let (_, text) = export(&world, &session, id, ExportForm::ChangesJson).await;
    assert_eq!(lines(&text), lines_of(&changes));
}

fn lines_of(values: &[impl serde::Serialize]) -> Vec<Value> {
    let lines = values.iter().map(serde_json::to_value);
    lines.collect::<Result<_, _>>().unwrap()
}

/// The name of a run that would do harm where it is not escaped.
const HARMFUL: &str = r#"=1+1 <script>alert("x")</script><img src=https://example.com/i> & 'co'"#;

async fn harmful() -> (World, Session, RunSnapshot) {
    let world = World::of(120, Scenario::Mixed);
    let session = world.face().await;
    let plan = draft(&session, 0.5).await.plan;
    let change = DraftChange {
        name: Some(HARMFUL.to_owned()),
        ..DraftChange::default()
    };
    draft_set(&session, change).await.unwrap();
    let run = started(&session, &plan).await;
    (world, session, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_says_what_the_run_was_and_loads_and_runs_nothing() {
    let (world, session, run) = harmful().await;
    let (_, html) = export(&world, &session, &run.row.id, ExportForm::Html).await;
    let counts = run.row.counts;
    assert!(html.starts_with("<!doctype html>"));
    assert!(html.contains(
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    ));
    let lower = html.to_lowercase();
    for harm in [
        "<script", "<img", "<link", "<iframe", "<object", "<form", "<base", "@import", "url(",
    ] {
        assert!(!lower.contains(harm), "{harm}");
    }
    // No element loads anything, whatever a text says.
    let mut rest = lower.as_str();
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').unwrap();
        for attribute in [" src=", " href=", " onload=", " srcset=", " style="] {
            assert!(!tag.contains(attribute), "{tag}");
        }
        rest = after;
    }
    assert!(html.contains("prefers-color-scheme: dark"));
    assert!(
        html.contains("&#60;script&#62;") || html.contains("&lt;script&gt;"),
        "the name is not escaped"
    );
    for said in [
        run.row.id.as_str(),
        &run.started_by,
        &run.role_arn,
        &run.waves[0].sha256,
        run.waves[0].bulk_deployment.as_deref().unwrap(),
        "greengrass:StartBulkDeployment",
        "<svg viewBox",
    ] {
        assert!(html.contains(said), "{said}");
    }
    let causes = run_causes(&session, &run.row.id).await.unwrap();
    assert_eq!(
        html.matches("<section class=\"cause\">").count(),
        causes.len()
    );
    let listed = html.split_once("Groups that did not succeed").unwrap().1;
    let listed = listed.split_once("</table>").unwrap().0;
    assert_eq!(
        listed.matches("<tr>").count() - 1,
        (counts.failed + counts.unknown) as usize
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_of_a_table_is_a_formula() {
    let world = World::of(6, Scenario::AllWell);
    let session = world.face().await;
    let id = plan_with(&world, &session, 0.2, |targets| {
        targets.push(["=HYPERLINK(\"x\")".to_owned(), "-1".to_owned()]);
    })
    .await;
    drive(&session, &id).await;
    let (_, text) = export(&world, &session, &id, ExportForm::TargetsCsv).await;
    let (_, rows) = table(&text);
    let last = rows.last().unwrap();
    assert_eq!(
        (last[0].as_str(), last[2].as_str()),
        ("'=HYPERLINK(\"x\")", "'-1")
    );
    assert!(
        rows.iter()
            .flatten()
            .all(|cell| !cell.starts_with(['=', '+', '-', '@']))
    );
    let (_, text) = export(&world, &session, &id, ExportForm::TargetsJson).await;
    assert_eq!(lines(&text).last().unwrap()["target"], "=HYPERLINK(\"x\")");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exported_plan_is_the_plan_whether_it_was_cut_into_waves_or_not() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let cut = Waves {
        cuts: vec![
            WaveCut::Count { targets: 3 },
            WaveCut::Percent { percent: 40.0 },
        ],
        order: WaveOrder::Random { seed: 7 },
        ..Waves::default()
    };
    for waves in [Waves::default(), cut] {
        let file = plan_file(&world, &session, 5.0).await;
        let text = std::fs::read_to_string(&file).unwrap();
        let mut plan: Value = serde_json::from_str(&text).unwrap();
        plan["settings"]["waves"] = serde_json::to_value(waves).unwrap();
        std::fs::write(&file, plan.to_string()).unwrap();
        let run = run_start_plan(&session, &file).await.unwrap();
        let id = run.row.id;
        assert_eq!(run.waves.len() > 1, run.rollout != Waves::default());
        let (path, text) = export(&world, &session, &id, ExportForm::Plan).await;
        let original = std::fs::read_to_string(&file).unwrap();
        let values = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(values(&text)["targets"], values(&original)["targets"]);
        // Started again it is the same run.
        assert_eq!(run_start_plan(&session, &path).await.unwrap().row.id, id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_for_events_names_the_groups_where_they_fit() {
    let world = World::of(12, Scenario::AllWell);
    let session = world.face().await;
    let file = plan_file(&world, &session, 5.0).await;
    let id = run_start_plan(&session, &file).await.unwrap().row.id;
    let mut groups = Vec::new();
    plan_read(&file, &mut |target, _| {
        groups.push(target.to_owned());
        Ok(())
    })
    .unwrap();
    let (_, text) = export(&world, &session, &id, ExportForm::EventsCloudFormation).await;
    let template: Value = serde_json::from_str(&text).unwrap();
    let pattern = &template["Resources"]["Rule"]["Properties"]["EventPattern"];
    assert_eq!(pattern["source"][0], "aws.greengrass");
    assert_eq!(
        pattern["detail-type"][0],
        "Greengrass Deployment Status Change"
    );
    let mut named: Vec<String> =
        serde_json::from_value(pattern["detail"]["group-id"].clone()).unwrap();
    named.sort_unstable();
    groups.sort_unstable();
    assert_eq!(named, groups);
    assert!(pattern.to_string().len() <= 2048);

    let (path, _) = export(&world, &session, &id, ExportForm::EventsCli).await;
    // A shell hands on the very pattern.
    let script = format!("aws() {{ printf '%s\\n' \"$@\"; }}\n. {}", path.display());
    let said = std::process::Command::new("sh")
        .args(["-c", &script])
        .env("TOPIC_ARN", "arn:aws:sns:eu-west-1:000000000000:topic")
        .output()
        .unwrap();
    assert!(said.status.success(), "{said:?}");
    let said = String::from_utf8(said.stdout).unwrap();
    let words: Vec<&str> = said.lines().collect();
    let place = words
        .iter()
        .position(|word| *word == "--event-pattern")
        .unwrap();
    let handed: Value = serde_json::from_str(words[place + 1]).unwrap();
    assert_eq!(&handed, pattern);

    let many = World::of(300, Scenario::AllWell);
    let session = many.face().await;
    let file = plan_file(&many, &session, 5.0).await;
    let id = run_start_plan(&session, &file).await.unwrap().row.id;
    let (_, text) = export(&many, &session, &id, ExportForm::EventsCloudFormation).await;
    let template: Value = serde_json::from_str(&text).unwrap();
    let rule = &template["Resources"]["Rule"]["Properties"];
    assert!(rule["EventPattern"]["detail"]["group-id"].is_null());
    assert!(rule["Description"].as_str().unwrap().contains("all groups"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_export_leaves_what_was_there() {
    let world = World::of(3, Scenario::AllWell);
    let session = world.face().await;
    let kept = world.folder().join("kept.csv");
    std::fs::write(&kept, "older").unwrap();
    let refused = run_export(&session, "no-such-run", ExportForm::TargetsCsv, &kept)
        .await
        .unwrap_err()
        .problem();
    assert_eq!(refused.code, ErrorCode::NotFound);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "older");
    let left: Vec<_> = std::fs::read_dir(world.folder())
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|end| end == "part")
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
