//! Rows for single targets, from CSV and from JSON lines.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use overseed_domain::v2::{
    finding::PlanFindingCode,
    rows::{RowFinding, RowFindingCode as Code, RowFormat, Rows},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(text: &[u8], format: RowFormat) -> (Rows, Vec<RowFinding>) {
    let mut findings = Vec::new();
    let rows = Rows::read(text, format, &mut |finding| findings.push(finding)).unwrap();
    assert_eq!(rows.findings().0 as usize, findings.len());
    (rows, findings)
}

fn csv(text: &str) -> (Rows, Vec<RowFinding>) {
    read(text.as_bytes(), RowFormat::Csv)
}

fn lines(text: &str) -> (Rows, Vec<RowFinding>) {
    read(text.as_bytes(), RowFormat::JsonLines)
}

fn codes(findings: &[RowFinding]) -> Vec<(u32, Code)> {
    findings.iter().map(|f| (f.line, f.code)).collect()
}

fn intent(rows: &Rows, thing: &str) -> Value {
    serde_json::to_value(rows.of(thing).unwrap().intent()).unwrap()
}

#[test]
fn a_csv_row_says_what_its_target_gets() {
    let (rows, findings) = csv(
        "\u{feff}thingName, site ,component:com.a,merge:com.a,config:com.a/net/port,reset:com.a,component:com.b\n\
         pump-1,Łódź,1.2.0,\"{\"\"net\"\":{\"\"port\"\":\"\"1\"\",\"\"host\"\":\"\"{site}\"\"}}\",8080,/x /y,remove\n\
         \n\
         pump-2,,,,,,keep\n",
    );
    assert_eq!(findings, []);
    assert_eq!(rows.len(), 2);
    let one = rows.of("pump-1").unwrap();
    assert_eq!((one.line(), one.value("site")), (2, Some("Łódź")));
    let first = intent(&rows, "pump-1");
    let merge: Value =
        serde_json::from_str(first["components"]["com.a"]["merge"].as_str().unwrap()).unwrap();
    assert_eq!(merge, json!({ "net": { "host": "{site}", "port": 8080 } }));
    assert_eq!(first["components"]["com.a"]["version"], "1.2.0");
    assert_eq!(first["components"]["com.a"]["reset"], json!(["/x", "/y"]));
    assert_eq!(first["components"]["com.b"], json!({ "change": "remove" }));
    assert_eq!(
        intent(&rows, "pump-2"),
        json!({ "components": { "com.b": { "change": "keep" } } })
    );
    assert_eq!(rows.of("pump-2").unwrap().line(), 4);
    assert_eq!(rows.of("pump-2").unwrap().value("site"), None);
    assert!(rows.of("pump-3").is_none());
}

#[test]
fn json_lines_keep_the_kinds_of_values() {
    let (rows, findings) = lines(
        r#"{"thingName":"pump-1","config:com.a/net/port":8080,"config:com.a/on":null,"line":7,"empty":""}
{"merge:com.a":{"a":[1]},"thingName":"pump-2","reset:com.a":[""],"component:com.a":"1.0.0","line":null}"#,
    );
    assert_eq!(findings, []);
    let one = rows.of("pump-1").unwrap();
    assert_eq!(
        (one.value("line"), one.value("empty"), one.value("other")),
        (Some("7"), Some(""), None)
    );
    let merge = intent(&rows, "pump-1")["components"]["com.a"]["merge"].clone();
    assert_eq!(
        serde_json::from_str::<Value>(merge.as_str().unwrap()).unwrap(),
        json!({ "net": { "port": 8080 }, "on": null })
    );
    let two = intent(&rows, "pump-2");
    assert_eq!(two["components"]["com.a"]["reset"], json!([""]));
    assert_eq!(two["components"]["com.a"]["merge"], r#"{"a":[1]}"#);
}

#[test]
fn a_value_in_a_csv_is_what_it_reads_as_in_json_and_else_a_text() {
    let value = |cell: &str| {
        let mut text = Vec::new();
        let mut writer = csv::Writer::from_writer(&mut text);
        writer
            .write_record(["thingName", "config:com.a/v"])
            .unwrap();
        writer.write_record(["a", cell]).unwrap();
        drop(writer);
        let (rows, findings) = read(&text, RowFormat::Csv);
        let merge = intent(&rows, "a")["components"]["com.a"]["merge"].clone();
        let merge = merge
            .as_str()
            .map(|merge| serde_json::from_str::<Value>(merge).unwrap());
        (merge.map(|merge| merge["v"].clone()), findings)
    };
    for (cell, expected) in [
        ("81", json!(81)),
        ("-0.5", json!(-0.5)),
        ("true", json!(true)),
        ("null", Value::Null),
        ("{\"a\": [1]}", json!({ "a": [1] })),
        ("[]", json!([])),
        ("\"81\"", json!("81")),
        ("\"true\"", json!("true")),
        ("oven", json!("oven")),
        ("007", json!("007")),
        ("1.2.0", json!("1.2.0")),
        ("True", json!("True")),
        ("{thingName}", json!("{thingName}")),
        ("[east] gate", json!("[east] gate")),
        ("\"so\" they say", json!("\"so\" they say")),
    ] {
        let (found, findings) = value(cell);
        assert_eq!((found, findings), (Some(expected), vec![]), "{cell}");
    }
    // What is no number but a version, or has more digits than are kept, is told.
    for (cell, expected) in [
        ("1.10", json!(1.1)),
        ("1e5", json!(100_000.0)),
        (
            "12345678901234567890123",
            json!(12_345_678_901_234_567_890_123_f64),
        ),
        (
            "[0.12345678901234567891]",
            json!([0.123_456_789_012_345_68]),
        ),
    ] {
        let (found, findings) = value(cell);
        assert_eq!(found, Some(expected), "{cell}");
        assert_eq!(findings.len(), 1, "{cell}");
        assert_eq!(findings[0].plan, Some(PlanFindingCode::NumberRounded));
        assert!(!findings[0].is_refused() && findings[0].message.contains(cell));
    }
    for cell in ["{\"a\": 1", "[\"a\", ]", "{\"a\": 1, \"a\": 2}"] {
        let (found, findings) = value(cell);
        assert_eq!(
            (found, codes(&findings)),
            (None, vec![(2, Code::BadCell)]),
            "{cell}"
        );
    }
}

#[test]
fn a_number_in_a_path_is_told_as_no_place_in_a_list() {
    let (rows, findings) = csv("thingName,config:com.a/list/0,config:com.a/line2\na,5,6\n");
    assert_eq!(codes(&findings), [(1, Code::NumberInPath)]);
    assert!(!findings[0].is_refused());
    assert_eq!(findings[0].column.as_deref(), Some("config:com.a/list/0"));
    assert_eq!(
        intent(&rows, "a")["components"]["com.a"]["merge"],
        r#"{"list":{"0":5},"line2":6}"#
    );
    let (_, findings) = lines(
        "{\"thingName\":\"a\",\"config:com.a/1/x\":5}\n{\"thingName\":\"b\",\"config:com.a/1/x\":6}\n",
    );
    assert_eq!(codes(&findings), [(1, Code::NumberInPath)], "once a column");
}

#[test]
fn single_values_count_more_than_the_object_whatever_the_order() {
    for header in [
        "thingName,config:com.a/x,merge:com.a\na,one,\"{\"\"x\"\":\"\"two\"\"}\"",
        "thingName,merge:com.a,config:com.a/x\na,\"{\"\"x\"\":\"\"two\"\"}\",one",
    ] {
        let (rows, _) = csv(header);
        assert_eq!(
            intent(&rows, "a")["components"]["com.a"]["merge"],
            r#"{"x":"one"}"#
        );
    }
}

#[test]
fn spreadsheets_divide_with_semicolons_or_tabs() {
    for divider in [";", "\t"] {
        let text = "thingName|component:com.a|note\r\npump-1|1.0.0|a, b\r\n".replace('|', divider);
        let (rows, findings) = csv(&text);
        assert_eq!(findings, []);
        assert_eq!(rows.of("pump-1").unwrap().value("note"), Some("a, b"));
    }
}

#[test]
fn every_fault_of_a_csv_is_told_with_its_line() {
    let (rows, findings) = csv(
        "thingName,component:com.a,merge:com.a,Component:com.b,config:com.a,reset:com.a,site,site\n\
         pump-1,1.0,{,x,y,z,a,b\n\
         ,1.0.0\n\
         pump 2,,,,,,,\n\
         pump-1,1.0.0,,,,,,\n\
         pump-3,remove,{},,,[1],,,beyond\n",
    );
    let mut all = codes(&findings);
    all.sort_by_key(|(line, _)| *line);
    assert_eq!(
        all,
        [
            (1, Code::UnknownColumn),
            (1, Code::UnknownColumn),
            (1, Code::RepeatedColumn),
            (2, Code::Wanted),
            (2, Code::Wanted),
            (2, Code::Wanted),
            (3, Code::TooFewCells),
            (3, Code::NoThing),
            (4, Code::BadThing),
            (5, Code::RepeatedThing),
            (6, Code::TooManyCells),
            (6, Code::BadCell),
            (6, Code::BadCell),
        ]
    );
    let wanted: Vec<PlanFindingCode> = findings.iter().filter_map(|f| f.plan).collect();
    assert_eq!(
        wanted,
        [
            PlanFindingCode::VersionNotExact,
            PlanFindingCode::MergeNotJson,
            PlanFindingCode::BadResetPath,
        ]
    );
    assert_eq!(rows.len(), 2, "the first row of a repeated thing counts");
    assert_eq!(rows.of("pump-1").unwrap().line(), 2);
}

#[test]
fn every_fault_of_json_lines_is_told_with_its_line() {
    let (rows, findings) = lines(
        "{\"thingName\":\"a\",\"component:com.a\":1,\"merge:com.a\":[1],\"reset:com.a\":{},\"site\":[]}\n\
         [1]\n\
         {\n\
         {\"thingName\":7}\n\
         {\"thingName\":\"b\",\"thingName\":\"c\",\"x:y\":1,\"config:com.a/n\":12345678901234567890123}\n",
    );
    assert_eq!(
        codes(&findings),
        [
            (1, Code::BadCell),
            (1, Code::BadCell),
            (1, Code::BadCell),
            (1, Code::BadCell),
            (2, Code::NotJson),
            (3, Code::NotJson),
            (4, Code::BadCell),
            (4, Code::NoThing),
            (5, Code::RepeatedColumn),
            (5, Code::Wanted),
            (5, Code::UnknownColumn),
        ]
    );
    assert_eq!(rows.len(), 2);
    assert!(!findings[9].is_refused(), "a rounded number is only a note");
}

#[test]
fn a_file_without_rows_or_without_things_is_told() {
    assert_eq!(codes(&csv("").1), [(0, Code::NoRows)]);
    assert_eq!(codes(&csv("thingName,site\n").1), [(0, Code::NoRows)]);
    assert_eq!(
        codes(&csv("thing,site\na,b\n").1),
        [(1, Code::NoThingColumn)]
    );
    assert_eq!(codes(&lines("\n\n").1), [(0, Code::NoRows)]);
    assert_eq!(
        codes(&csv("thingName,site\na,\"x\ny\"\nb,\"z\n").1),
        [(4, Code::OpenQuote)]
    );
    let (_, findings) = read(b"thingName,site\na,\xFF\n", RowFormat::Csv);
    assert_eq!(codes(&findings), [(2, Code::NotUtf8)]);
}

proptest! {
    #[test]
    fn the_same_rows_read_alike_from_both_formats(
        rows in prop::collection::btree_map("[a-c]{1,3}", ("[a-z,;\"\n]{0,4}", "[0-9]\\.0\\.0"), 1..8),
    ) {
        let mut text = Vec::new();
        let mut objects = String::new();
        {
            let mut writer = csv::Writer::from_writer(&mut text);
            writer.write_record(["thingName", "site", "component:com.a"]).unwrap();
            for (thing, (site, version)) in &rows {
                let site = site.trim();
                writer.write_record([thing.as_str(), site, version]).unwrap();
                let mut object = json!({ "thingName": thing, "component:com.a": version });
                if !site.is_empty() {
                    object["site"] = site.into();
                }
                objects.push_str(&object.to_string());
                objects.push('\n');
            }
        }
        let (from_csv, csv_findings) = read(&text, RowFormat::Csv);
        let (from_json, json_findings) = lines(&objects);
        prop_assert_eq!(csv_findings, vec![]);
        prop_assert_eq!(json_findings, vec![]);
        for thing in rows.keys() {
            let (one, other) = (from_csv.of(thing).unwrap(), from_json.of(thing).unwrap());
            prop_assert_eq!(one.intent(), other.intent());
            prop_assert_eq!(one.value("site"), other.value("site"));
        }
    }

    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [RowFormat::Csv, RowFormat::JsonLines] {
            let (rows, findings) = read(&bytes, format);
            prop_assert!(rows.is_empty() || findings.iter().all(|f| f.line > 0));
        }
    }
}
