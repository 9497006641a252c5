//! `tests/BAD_INPUT.md` is true: each test that it names is there.

use std::path::Path;

/// `(place, test)` of each row of the tables: the cells after trouble and answer.
fn named(table: &str) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for line in table.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [_, place, tests] = cells.as_slice() else {
            panic!("three cells a row: {line}");
        };
        for test in tests.split("; ").filter(|_| *place != "where") {
            named.push((place.trim_matches('`').to_owned(), test.to_owned()));
        }
    }
    named
}

#[test]
fn each_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("tests/BAD_INPUT.md")).unwrap();
    let named = named(&table);
    assert!(named.len() > 60, "{}", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(place, test)| {
            let text = std::fs::read_to_string(root.join(place)).unwrap_or_default();
            let name = test.trim_matches('`');
            let rust = text.contains(&format!("fn {name}("));
            !(rust || text.contains(&format!("test(\"{name}\"")))
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
