//! Input files: what is written has no findings and reads back; what is wrong is found, all of it, in our words
//! and in the service's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::HashMap, io::Read as _};

use overseed_domain::input_file::{
    FileSummary, Finding, FindingCode, RecordsError, Unknown, Writer, check, check_known,
    for_each_record,
};
use proptest::prelude::*;
use serde_json::Value;

const GOOD: &str = r#"{"GroupId":"7f3c5a10-9c1d-4e59-8d5e-0a1b2c3d4e5f", "GroupVersionId":"v1", "DeploymentType":"NewDeployment"}"#;

fn checked(bytes: &[u8]) -> (FileSummary, Vec<Finding>) {
    let mut findings = Vec::new();
    let summary = check(bytes, &mut |finding| findings.push(finding)).unwrap();
    assert_eq!(summary.findings as usize, findings.len());
    (summary, findings)
}

fn codes(text: &str) -> Vec<(u32, FindingCode)> {
    checked(text.as_bytes())
        .1
        .iter()
        .map(|f| (f.line, f.code))
        .collect()
}

/// What a file gives, as people read it.
fn shown(bytes: &[u8]) -> String {
    let (summary, findings) = checked(bytes);
    let mut text = format!(
        "{} findings, {} refusals\n",
        summary.findings, summary.refusals
    );
    for f in findings {
        text += &format!("{} {:?}\n    {}\n", f.line, f.code, f.message);
        if let Some(service) = f.service_message {
            text += &format!("    > {service}\n");
        }
    }
    text
}

#[test]
fn each_fault_of_a_line_has_its_words() {
    let lines = [
        GOOD.to_owned(),
        "not json".to_owned(),
        r#"{"GroupId":"a","GroupVersionId":"v","DeploymentType":"NewDeployment""#.to_owned(),
        r#""a text""#.to_owned(),
        r#"{"GroupVersionId":"v","DeploymentType":"NewDeployment"}"#.to_owned(),
        r#"{"GroupId":" ","GroupVersionId":"","DeploymentType":""}"#.to_owned(),
        r#"{"GroupId":7,"GroupVersionId":["v"],"DeploymentType":{}}"#.to_owned(),
        r#"{"GroupId":null,"GroupVersionId":true,"DeploymentType":null}"#.to_owned(),
        r#"{"GroupId":"b","GroupVersionId":"v","DeploymentType":"Redeployment"}"#.to_owned(),
        r#"{"GroupId":"c","GroupVersionId":"v","DeploymentType":"newdeployment"}"#.to_owned(),
        String::new(),
        "  \t".to_owned(),
        GOOD.to_owned(),
        r#"{"groupId":"d","GroupId":"e","GroupVersionId":"v","DeploymentType":"NewDeployment","No\"te":1}"#.to_owned(),
        format!(r#"{{"GroupId":"f","GroupVersionId":"v","DeploymentType":"NewDeployment"{}}}"#, " ".repeat(190)),
        "{}".to_owned(),
        r#"{"GroupId":"g","GroupId":"h","GroupVersionId":"v","DeploymentType":"x","DeploymentType":"NewDeployment"}"#.to_owned(),
        r#"{"GroupId":"h","GroupVersionId":"v","DeploymentType":"NewDeployment","\u0047roupId":"i","GroupId":"h"}"#.to_owned(),
    ];
    insta::assert_snapshot!(shown(lines.join("\n").as_bytes()));
}

#[test]
fn each_fault_of_a_whole_file_has_its_words() {
    let mut text = String::new();
    let array = format!("[{GOOD},\n {GOOD}]\n");
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("blank", b"\n \n".to_vec()),
        ("byte-order mark", format!("\u{feff}{GOOD}\n").into_bytes()),
        (
            "carriage returns",
            format!("{GOOD}\r\n{}\r\n", GOOD.replace("7f3c", "8f3c")).into_bytes(),
        ),
        ("array", array.clone().into_bytes()),
        ("array on one line", array.replace('\n', "").into_bytes()),
        ("array, indented", format!("[\n  {GOOD}\n]\n").into_bytes()),
        (
            "UTF-16",
            "{}".encode_utf16()
                .flat_map(|unit| unit.to_le_bytes())
                .fold(vec![0xFF, 0xFE], |mut all, b| {
                    all.push(b);
                    all
                }),
        ),
        ("Latin-1", b"{\"GroupId\":\"m\xfcller\"}\n".to_vec()),
    ] {
        text += &format!("== {name}: {}", shown(&bytes));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_file_of_a_hundred_megabytes_is_too_large_and_one_byte_less_is_not() {
    let of = |bytes: u64| {
        let mut findings = Vec::new();
        let summary = check(std::io::repeat(b'x').take(bytes), &mut |f| findings.push(f)).unwrap();
        assert_eq!(summary.bytes, bytes);
        assert_eq!(u64::from(summary.longest_line), bytes);
        findings
    };
    let too_large =
        |findings: &[Finding]| findings.iter().any(|f| f.code == FindingCode::FileTooLarge);
    assert!(!too_large(&of(99_999_999)));
    let findings = of(100_000_000);
    assert!(too_large(&findings));
    insta::assert_snapshot!(findings.last().unwrap().message);
}

#[test]
fn a_line_is_measured_in_characters_not_in_bytes() {
    let line = |count: usize| {
        let frame = r#"{"GroupId":"","GroupVersionId":"v","DeploymentType":"NewDeployment"}"#;
        frame.replace("\"\"", &format!("\"{}\"", "ü".repeat(count - frame.len())))
    };
    assert_eq!(codes(&line(255)), []);
    assert_eq!(codes(&line(256)), [(1, FindingCode::LineTooLong)]);
}

#[test]
fn an_array_is_only_a_bad_line_where_records_follow() {
    assert_eq!(
        codes(&format!("[1]\n{GOOD}\n")),
        [(1, FindingCode::NotJson)]
    );
    assert_eq!(codes("[1]\n\n"), [(1, FindingCode::JsonArray)]);
    assert_eq!(
        codes(&format!("{GOOD}\n[1]\n")),
        [(2, FindingCode::NotJson)]
    );
}

#[test]
fn an_account_before_an_id_does_not_make_it_another_group() {
    let other = GOOD.replace("7f3c5a10", "123456789012:7f3c5a10");
    assert_eq!(
        codes(&format!("{GOOD}\n{other}\n")),
        [(2, FindingCode::RepeatedGroup)]
    );
    let upper = GOOD.replace("7f3c5a10", "7F3C5A10");
    assert_eq!(codes(&format!("{GOOD}\n{upper}\n")), []);
}

#[test]
fn what_the_inventory_does_not_know_is_found_on_any_kind_of_line() {
    let odd = r#"{"GroupId":"a","GroupVersionId":"\u0076","DeploymentType":"NewDeployment"}"#;
    let text = format!("{GOOD}\n{odd}\n{}\n", GOOD.replace("7f3c", "9f3c"));
    let mut known = |group: &str, version: &str| match (group.len(), version) {
        (1, "v") => Some(Unknown::Version),
        _ if group.starts_with('9') => Some(Unknown::Group),
        _ => None,
    };
    let mut findings = Vec::new();
    let summary = check_known(text.as_bytes(), &mut known, &mut |finding| {
        findings.push(finding)
    })
    .unwrap();
    assert_eq!((summary.findings, summary.refusals), (2, 0));
    let texts: Vec<String> = findings
        .iter()
        .map(|f| format!("{} {:?} {}", f.line, f.code, f.message))
        .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

/// The names in an object, as they stand there.
struct Names(Vec<String>);

impl<'de> serde::Deserialize<'de> for Names {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self(Vec::new()))
    }
}

impl<'de> serde::de::Visitor<'de> for Names {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some((name, _)) = map.next_entry::<String, Value>()? {
            self.0.push(name);
        }
        Ok(self)
    }
}

/// The plain way: a list of all lines, `serde_json` for each, a map of ids. Only codes, by line.
fn reference(text: &[u8]) -> Vec<(u32, FindingCode)> {
    use FindingCode as Code;
    let mut found = Vec::new();
    let mut first_lines: HashMap<String, u32> = HashMap::new();
    let mut returns = false;
    let mut lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    let mut records = 0;
    for (index, line) in lines.iter().enumerate() {
        let number = u32::try_from(index + 1).unwrap();
        let (line, cr) = line
            .strip_suffix(b"\r")
            .map_or((*line, false), |line| (line, true));
        if line.trim_ascii().is_empty() {
            found.push((number, Code::BlankLine));
        } else {
            records += 1;
            // Of what is not UTF-8 as well: each byte that goes on with no character begins one.
            if line.iter().filter(|byte| **byte & 0xC0 != 0x80).count() > 255 {
                found.push((number, Code::LineTooLong));
            }
            match (
                std::str::from_utf8(line),
                serde_json::from_slice::<Value>(line),
            ) {
                (Err(_), _) => found.push((number, Code::NotUtf8)),
                (_, Ok(Value::Object(fields))) => {
                    let text = |name: &str| {
                        fields
                            .get(name)
                            .and_then(Value::as_str)
                            .filter(|t| !t.trim().is_empty())
                    };
                    if text("GroupId").is_none() {
                        found.push((number, Code::MissingGroupId));
                    }
                    if text("GroupVersionId").is_none() {
                        found.push((number, Code::MissingGroupVersionId));
                    }
                    if text("DeploymentType") != Some("NewDeployment") {
                        found.push((number, Code::WrongDeploymentType));
                    }
                    if let Some(id) = text("GroupId") {
                        let first = *first_lines.entry(id.to_owned()).or_insert(number);
                        if first != number {
                            found.push((number, Code::RepeatedGroup));
                        }
                    }
                    for name in fields.keys() {
                        if !["GroupId", "GroupVersionId", "DeploymentType"].contains(&name.as_str())
                        {
                            found.push((number, Code::UnknownField));
                        }
                    }
                    let Names(names) = serde_json::from_slice(line).unwrap();
                    let repeated = |name: &&String| names.iter().filter(|n| n == name).count() > 1;
                    for _ in fields.keys().filter(repeated) {
                        found.push((number, Code::RepeatedField));
                    }
                }
                _ => found.push((number, Code::NotJson)),
            }
        }
        if cr && !std::mem::replace(&mut returns, true) {
            found.push((number, Code::CarriageReturn));
        }
    }
    if records == 0 {
        found.push((0, Code::EmptyFile));
    }
    found
}

fn written(records: &[(String, String)]) -> (Vec<u8>, FileSummary) {
    let mut writer = Writer::new(Vec::new());
    for (group, version) in records {
        writer.record(group, version).unwrap();
    }
    writer.finish().unwrap()
}

prop_compose! {
    fn distinct_records()(
        records in proptest::collection::hash_map("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-zA-Z0-9_-]{1,40}|\\PC{0,9}[a-zü\"\\\\]", "[0-9a-f-]{36}|[!-~]{1,40}", 1..40)
    ) -> Vec<(String, String)> {
        records.into_iter().collect()
    }
}

/// A change of a file: at some place, some bytes instead of others.
fn mutations() -> impl Strategy<Value = Vec<(usize, usize, Vec<u8>)>> {
    let bytes = prop_oneof![
        any::<u8>().prop_map(|b| vec![b]),
        prop_oneof![
            Just("\n"),
            Just("\r\n"),
            Just("\n\n"),
            Just("\""),
            Just("\\"),
            Just("{"),
            Just(","),
            Just(" "),
            Just("\"X\":1,"),
            Just("\"GroupId\":\"x\","),
            Just("GroupId"),
            Just("groupId"),
            Just("[1]"),
            Just("ü"),
            Just("null"),
            Just("Redeployment"),
            Just("")
        ]
        .prop_map(|text: &str| text.as_bytes().to_vec()),
        (1_usize..300).prop_map(|spaces| vec![b' '; spaces]),
    ];
    proptest::collection::vec((any::<usize>(), 0_usize..12, bytes), 1..8)
}

proptest! {
    #[test]
    fn what_is_written_has_no_findings_and_reads_back(records in distinct_records()) {
        let (bytes, made) = written(&records);
        let (summary, findings) = checked(&bytes);
        prop_assert_eq!(findings, []);
        prop_assert_eq!(&summary, &made);
        let mut read = Vec::new();
        for_each_record(bytes.as_slice(), |line, group, version| {
            assert_eq!(line as usize, read.len() + 1);
            read.push((group.to_owned(), version.to_owned()));
            Ok::<(), RecordsError>(())
        }).unwrap();
        prop_assert_eq!(read, records);
    }

    #[test]
    fn a_changed_file_has_the_findings_of_the_plain_way(
        records in distinct_records(),
        repeat in any::<proptest::sample::Index>(),
        changes in mutations(),
    ) {
        let mut records = records;
        records.push(records[repeat.index(records.len())].clone());
        let (mut bytes, _) = written(&records);
        for (place, cut, new) in changes {
            let from = place % (bytes.len() + 1);
            let to = (from + cut).min(bytes.len());
            bytes.splice(from..to, new);
        }
        // Files that are an array, UTF-16 or begin with a byte-order mark have examples of their own.
        let start = bytes.trim_ascii_start();
        prop_assume!(!start.starts_with(b"[") && !matches!(start.first(), Some(0xEF | 0xFE | 0xFF)));
        let found: Vec<_> = checked(&bytes).1.iter().map(|f| (f.line, f.code)).collect();
        prop_assert_eq!(found, reference(&bytes), "{}", String::from_utf8_lossy(&bytes));
    }
}
