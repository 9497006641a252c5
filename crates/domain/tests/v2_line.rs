//! The input file of a V2 wave: what is written reads back, and everything that is wrong is found by line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use overseed_domain::{
    input_file::FileSummary,
    v2::{
        document::DeploymentDocument,
        line::{
            LineFinding, LineFindingCode as Code, LineRecord, LinesError, Writer, check,
            check_known, client_token, for_each_line, request,
        },
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn arn(thing: &str) -> String {
    format!("arn:aws:iot:eu-west-1:123456789012:thing/{thing}")
}

fn document() -> DeploymentDocument {
    serde_json::from_value(json!({
        "components": {
            "com.example.App": {
                "componentVersion": "1.2.0",
                "configurationUpdate": { "merge": "{\"a\":\"é\"}", "reset": ["/b", ""] },
                "runWith": { "posixUser": "u:g", "systemResourceLimits": { "cpus": 0.5, "memory": 1024 } },
            },
            "tags": { "componentVersion": "1.0.0" },
        },
        "deploymentName": "Plant \"7\"",
        "deploymentPolicies": {
            "componentUpdatePolicy": { "action": "NOTIFY_COMPONENTS", "timeoutInSeconds": 60 },
            "configurationValidationPolicy": { "timeoutInSeconds": 30 },
            "failureHandlingPolicy": "ROLLBACK",
        },
        "iotJobConfiguration": {
            "abortConfig": { "criteriaList": [{
                "action": "CANCEL", "failureType": "ALL", "minNumberOfExecutedThings": 5,
                "thresholdPercentage": 10.5,
            }] },
            "jobExecutionsRolloutConfig": {
                "exponentialRate": {
                    "baseRatePerMinute": 5, "incrementFactor": 1.5,
                    "rateIncreaseCriteria": { "numberOfSucceededThings": 10 },
                },
                "maximumPerMinute": 100,
            },
            "timeoutConfig": { "inProgressTimeoutInMinutes": 30 },
        },
        "tags": { "Owner": "plant", "overseed:run": "an earlier one", "aws:cloudformation:stack": "x" },
    }))
    .unwrap()
}

fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("overseed:run".into(), "r1".into())])
}

fn file(things: &[&str]) -> (String, FileSummary) {
    let mut writer = Writer::new(Vec::new());
    for (position, thing) in (0..).zip(things) {
        let token = client_token("r1", position, 0);
        writer
            .line(thing, &arn(thing), &token, None, &document(), &tags())
            .unwrap();
    }
    let (bytes, summary) = writer.finish().unwrap();
    (String::from_utf8(bytes).unwrap(), summary)
}

fn findings(text: &[u8]) -> (Vec<LineFinding>, FileSummary) {
    let mut all = Vec::new();
    let summary = check(text, &mut |finding| all.push(finding)).unwrap();
    assert_eq!(summary.findings as usize, all.len());
    (all, summary)
}

fn found(text: &str) -> Vec<(u32, Code, Option<String>)> {
    findings(text.as_bytes())
        .0
        .into_iter()
        .map(|finding| (finding.line, finding.code, finding.at))
        .collect()
}

/// The first line of a file, changed.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let (text, _) = file(&["pump-7"]);
    let mut line: Value = serde_json::from_str(text.trim_end()).unwrap();
    change(&mut line);
    line.to_string()
}

fn records(text: &str) -> Result<Vec<LineRecord>, LinesError> {
    let mut all = Vec::new();
    for_each_line(text.as_bytes(), |record| {
        all.push(record);
        Ok::<(), LinesError>(())
    })?;
    Ok(all)
}

#[test]
fn a_line_is_a_request_as_the_task_takes_it() {
    let (text, summary) = file(&["pump-7"]);
    insta::assert_snapshot!(text);
    assert_eq!(findings(text.as_bytes()).0, []);
    assert_eq!(summary.sha256, hex::encode(Sha256::digest(&text)));
    assert_eq!(summary.bytes, text.len() as u64);
}

#[test]
fn the_checks_figures_are_the_writers() {
    let things: Vec<String> = (0..500).map(|n| format!("thing-{n}")).collect();
    let names: Vec<&str> = things.iter().map(String::as_str).collect();
    let (text, written) = file(&names);
    let (found, checked) = findings(text.as_bytes());
    assert_eq!(found, []);
    assert_eq!(checked, written);
}

#[test]
fn a_token_is_the_runs_place_and_attempt() {
    let token = client_token("run", 7, 0);
    assert_eq!(token, client_token("run", 7, 0));
    let others = [
        client_token("run", 8, 0),
        client_token("run", 7, 1),
        client_token("ru", 7, 0),
    ];
    assert!(others.iter().all(|other| *other != token));
    assert_eq!(token.len(), 36);
    assert!(token.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'));
    assert_eq!(
        (token.as_bytes()[14], token.matches('-').count()),
        (b'8', 4)
    );
}

#[test]
fn tags_of_aws_and_of_earlier_runs_do_not_go_along() {
    let request = request(&arn("a"), "t", &document(), &tags());
    assert_eq!(
        request["tags"],
        json!({ "Owner": "plant", "overseed:run": "r1" })
    );
}

#[test]
fn every_fault_of_a_line_is_told_with_its_place() {
    let faulty = changed(|line| {
        line["more"] = 1.into();
        line["clientToken"] = "a b".into();
        let request = &mut line["request"];
        request["targetArn"] = request["TargetArn"].take();
        request.as_object_mut().unwrap().remove("TargetArn");
        request["DeploymentName"] = "".into();
        request["DeploymentPolicies"]["FailureHandlingPolicy"] = "GIVE_UP".into();
        request["DeploymentPolicies"]["ComponentUpdatePolicy"]["TimeoutInSeconds"] = "60".into();
        let app = &mut request["Components"]["com.example.App"];
        app["ComponentVersion"] = "~1.0".into();
        app["ConfigurationUpdate"]["Merge"] = "[1]".into();
        app["ConfigurationUpdate"]["Reset"][0] = "b".into();
        app["RunWith"]["SystemResourceLimits"]["Cpus"] = (-1).into();
        request["IotJobConfiguration"]["AbortConfig"]["CriteriaList"] = json!([]);
    });
    let mut all = found(&faulty);
    all.sort();
    let component = "/request/Components/com.example.App";
    let at = |code, at: &str| (1, code, Some(at.to_owned()));
    let mut expected = vec![
        at(Code::MissingField, "/request/TargetArn"),
        at(Code::UnknownField, "/more"),
        at(Code::UnknownField, "/request/targetArn"),
        at(
            Code::WrongKind,
            "/request/DeploymentPolicies/ComponentUpdatePolicy/TimeoutInSeconds",
        ),
        at(Code::BadValue, "/clientToken"),
        at(Code::BadValue, &format!("{component}/ComponentVersion")),
        at(
            Code::BadValue,
            &format!("{component}/ConfigurationUpdate/Merge"),
        ),
        at(
            Code::BadValue,
            &format!("{component}/ConfigurationUpdate/Reset/0"),
        ),
        at(
            Code::BadValue,
            &format!("{component}/RunWith/SystemResourceLimits/Cpus"),
        ),
        at(Code::BadValue, "/request/DeploymentName"),
        at(
            Code::BadValue,
            "/request/DeploymentPolicies/FailureHandlingPolicy",
        ),
        at(
            Code::BadValue,
            "/request/IotJobConfiguration/AbortConfig/CriteriaList",
        ),
        at(Code::OtherToken, "/request/ClientToken"),
    ];
    expected.sort();
    assert_eq!(all, expected);
}

#[test]
fn lines_have_to_agree_with_themselves_and_differ_from_each_other() {
    let (text, _) = file(&["a", "b"]);
    let twice = format!("{text}{}", text.lines().next().unwrap());
    assert_eq!(
        found(&twice),
        [
            (3, Code::RepeatedThing, Some("/thingName".into())),
            (3, Code::RepeatedToken, Some("/clientToken".into())),
        ]
    );
    let other = changed(|line| line["request"]["TargetArn"] = arn("pump-8").into());
    assert_eq!(
        found(&other),
        [(1, Code::OtherTarget, Some("/request/TargetArn".into()))]
    );
    let group = changed(|line| {
        line["request"]["TargetArn"] = "arn:aws:iot:eu-west-1:123456789012:thinggroup/g".into();
    });
    assert_eq!(
        found(&group),
        [(1, Code::BadValue, Some("/request/TargetArn".into()))]
    );
    let mut unknown = Vec::new();
    check_known(text.as_bytes(), &mut |thing| thing == "a", &mut |finding| {
        unknown.push((finding.line, finding.code));
    })
    .unwrap();
    assert_eq!(unknown, [(2, Code::UnknownThing)]);
}

#[test]
fn a_deployment_without_components_is_pointed_out() {
    let empty = changed(|line| line["request"]["Components"] = json!({}));
    let (all, summary) = findings(empty.as_bytes());
    assert_eq!(all[0].code, Code::NoComponents);
    assert_eq!((summary.findings, summary.refusals), (1, 0));
}

#[test]
fn what_is_no_line_is_told_apart() {
    let (good, _) = file(&["a"]);
    let lines = |text: &str| -> Vec<(u32, Code)> {
        found(text)
            .into_iter()
            .map(|(line, code, _)| (line, code))
            .collect()
    };
    assert_eq!(lines(""), [(0, Code::EmptyFile)]);
    assert_eq!(lines("[\n{},\n{}\n]"), [(1, Code::JsonArray)]);
    assert_eq!(
        lines(&format!("\u{feff}{good}\n[]\n{{\r\n")),
        [
            (1, Code::ByteOrderMark),
            (2, Code::BlankLine),
            (3, Code::NotJson),
            (4, Code::NotJson),
            (4, Code::CarriageReturn),
        ]
    );
    assert_eq!(
        lines(r#"{"thingName":"a","thingName":"b","clientToken":"t","request":7}"#),
        [(1, Code::RepeatedField), (1, Code::WrongKind)]
    );
    let (not_utf8, _) = findings(b"{\"thingName\":\"\xFF\"}");
    assert_eq!(not_utf8[0].code, Code::NotUtf8);
    for length in [262_144 - 11, 300_000] {
        let long = format!("{{\"more\":\"{}\"}}\n{good}", "x".repeat(length));
        assert_eq!(lines(&long), [(1, Code::LineTooLong)], "{length}");
    }
}

#[test]
fn a_line_that_is_no_request_is_not_read_on() {
    let (good, _) = file(&["a", "b"]);
    let text = good.replacen("\"Components\":{", "\"Components\":[{", 1);
    match records(&text) {
        Err(LinesError::NoRequest { line, .. }) => assert_eq!(line, 1),
        other => panic!("{other:?}"),
    }
    assert_eq!(records(&format!("\n{good}")).unwrap()[1].line, 3);
}

fn any_document() -> impl Strategy<Value = DeploymentDocument> {
    let spec = (
        "[0-9]\\.0\\.[0-9]",
        prop::option::of(("\\PC{0,8}", prop::collection::vec("(/[a~]){0,2}", 0..3))),
        prop::option::of((0.0_f64..8.0, 0_i64..1 << 40)),
    )
        .prop_map(|(version, update, limits)| {
            json!({
                "componentVersion": version,
                "configurationUpdate": update.map(|(text, reset)| json!({
                    "merge": json!({ "Components": text }).to_string(), "reset": reset,
                })),
                "runWith": limits.map(|(cpus, memory)| json!({
                    "systemResourceLimits": { "cpus": cpus, "memory": memory },
                })),
            })
        });
    (
        prop::collection::btree_map("[a-zA-Z.é]{1,6}", spec, 0..4),
        prop::option::of("\\PC{1,12}"),
        prop::collection::btree_map("[A-Za-z]{1,4}", "\\PC{0,6}", 0..3),
        prop::option::of(any::<i32>()),
    )
        .prop_map(|(components, name, tags, seconds)| {
            let components = components
                .into_iter()
                .map(|(name, spec)| (name, serde_json::from_value(spec).unwrap()))
                .collect();
            DeploymentDocument {
                components,
                deployment_name: name,
                tags,
                deployment_policies: seconds.map(|seconds| {
                    serde_json::from_value(json!({
                        "configurationValidationPolicy": { "timeoutInSeconds": seconds },
                    }))
                    .unwrap()
                }),
                ..DeploymentDocument::default()
            }
        })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(documents in prop::collection::vec(any_document(), 0..6)) {
        let mut writer = Writer::new(Vec::new());
        let mut expected = Vec::new();
        for (position, document) in (0..).zip(&documents) {
            let thing = format!("thing-{position}");
            let token = client_token("r", position, 0);
            let replaces = [None, Some(String::new()), Some(format!("d-{position}"))];
            let replaces = replaces[position as usize % 3].clone();
            writer.line(&thing, &arn(&thing), &token, replaces.as_deref(), document, &BTreeMap::new()).unwrap();
            expected.push(LineRecord {
                line: position + 1,
                target_arn: arn(&thing),
                thing_name: thing,
                client_token: token,
                replaces,
                document: document.clone(),
            });
        }
        let (bytes, _) = writer.finish().unwrap();
        prop_assert_eq!(records(std::str::from_utf8(&bytes).unwrap()).unwrap(), expected);
    }

    #[test]
    fn no_bytes_break_the_check(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_, summary) = findings(&bytes);
        prop_assert!(summary.refusals > 0, "nothing of it is a request");
    }
}
