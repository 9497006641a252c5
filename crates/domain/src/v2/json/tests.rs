#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

#[test]
fn objects_are_merged_and_everything_else_is_replaced() {
    let mut config = map(json!({
        "name": null, "tags": ["a", "b"], "network": { "https": true, "port": { "http": 80 } }, "mode": { "x": 1 },
    }));
    merge(
        &mut config,
        map(json!({
            "name": "Factory 2A", "tags": [], "network": { "https": null, "port": { "mqtt": 1883 } }, "mode": "on",
        })),
    );
    assert_eq!(
        Value::Object(config),
        json!({
            "name": "Factory 2A", "tags": [], "mode": "on",
            "network": { "https": null, "port": { "http": 80, "mqtt": 1883 } },
        })
    );
}

#[test]
fn a_path_is_taken_out_where_it_is() {
    let path = |text: &str| pointer(text).unwrap();
    let mut config = map(json!({ "a": { "b/c": 1, "d": [1, 2] }, "e~": 2 }));
    assert_eq!(take(&mut config, &path("/a/b~1c")), Taken::Gone);
    assert_eq!(take(&mut config, &path("/a/b~1c")), Taken::Absent);
    assert_eq!(take(&mut config, &path("/a/d/0")), Taken::InList);
    assert_eq!(take(&mut config, &path("/e~0")), Taken::Gone);
    assert_eq!(config, map(json!({ "a": { "d": [1, 2] } })));
    assert_eq!(take(&mut config, &path("")), Taken::Gone);
    assert_eq!(take(&mut config, &path("")), Taken::Absent);
}

#[test]
fn pointers_begin_with_a_slash_and_escape_with_a_tilde() {
    for bad in ["a", "a/b", "/~", "/~2", "/a~"] {
        assert_eq!(pointer(bad), None, "{bad}");
    }
    assert_eq!(pointer("/"), Some(vec![String::new()]));
}

#[test]
fn keys_that_stand_twice_are_found_at_any_depth() {
    let read = read(r#"{"a":[{"b":1,"b":2}],"c":1,"c":{"~":0,"~":1}}"#).unwrap();
    assert_eq!(read.repeated, ["/a/0/b", "/c", "/c/~0"]);
    assert_eq!(read.value, json!({ "a": [{ "b": 2 }], "c": { "~": 1 } }));
    assert!(super::read("{} x").is_err());
    assert!(super::read(&"[".repeat(10_000)).is_err());
}

#[test]
fn numbers_that_would_be_rounded_are_found() {
    for exact in [
        "{\"a\":18446744073709551615}",
        "[-9223372036854775808,0.1,1e300,100.50,3.141592653589793,0.000]",
        "[\"12345678901234567890123\",\"\\\"12345678901234567890123\"]",
    ] {
        assert_eq!(rounded_number(exact), None, "{exact}");
    }
    assert_eq!(
        rounded_number("{\"a\":12345678901234567890123}"),
        Some("12345678901234567890123")
    );
    assert_eq!(
        rounded_number("[1, 3.14159265358979323846]"),
        Some("3.14159265358979323846")
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}|[\"\\\\\n\t\u{1}]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c~/\"]{0,2}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_canonical_text_is_the_value(value in any_json()) {
        let text = canonical(&value);
        let read = read(&text).unwrap();
        prop_assert_eq!(&read.value, &value);
        prop_assert!(read.repeated.is_empty());
        prop_assert_eq!(canonical(&read.value), text);
    }

    #[test]
    fn merging_twice_is_merging_once(old in any_json(), new in any_json()) {
        if let (Value::Object(mut old), Value::Object(new)) = (old, new) {
            merge(&mut old, new.clone());
            let once = old.clone();
            merge(&mut old, new);
            prop_assert_eq!(old, once);
        }
    }
}
