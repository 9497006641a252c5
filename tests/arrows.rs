//! The arrows between the crates, as ARCHITECTURE.md draws them: nothing points back.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Who may use whom, in what is shipped.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "overseed",
        &["overseed-domain", "overseed-engine", "overseed-sandbox"],
    ),
    (
        "overseed-cli",
        &["overseed-domain", "overseed-engine", "overseed-sandbox"],
    ),
    ("overseed-engine", &["overseed-aws", "overseed-domain"]),
    ("overseed-aws", &["overseed-domain"]),
    ("overseed-domain", &[]),
    ("overseed-sandbox", &[]),
    ("xtask", &[]),
];

/// Crates that are some member's alone.
const OWNED: &[(&str, &[&str])] = &[
    ("tauri", &["overseed"]),
    ("rfd", &["overseed"]),
    ("rusqlite", &["overseed-engine"]),
    ("s3s", &["overseed-sandbox"]),
];

fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let members = metadata.workspace_packages();
    members
        .into_iter()
        .map(|member| {
            let shipped = member
                .dependencies
                .iter()
                .filter(|used| used.kind == DependencyKind::Normal);
            (
                member.name.to_string(),
                shipped.map(|used| used.name.clone()).collect(),
            )
        })
        .collect()
}

#[test]
fn crates_use_each_other_as_the_house_is_drawn() {
    let uses = uses();
    let drawn: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let members: BTreeSet<&str> = uses.keys().map(String::as_str).collect();
    assert_eq!(members, drawn, "each member has its place in the drawing");
    for (name, allowed) in ARROWS {
        for used in uses[*name]
            .iter()
            .filter(|used| members.contains(used.as_str()))
        {
            assert!(
                allowed.contains(&used.as_str()),
                "{name} must not use {used}"
            );
        }
    }
}

#[test]
fn what_belongs_to_one_crate_is_used_by_no_other() {
    let uses = uses();
    for (library, owners) in OWNED {
        let users: Vec<&str> = uses
            .iter()
            .filter(|(_, used)| used.contains(*library))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(&users, owners, "{library}");
    }
    for name in [
        "overseed",
        "overseed-cli",
        "overseed-engine",
        "overseed-domain",
    ] {
        let sdk = uses[name].iter().find(|used| used.starts_with("aws-sdk-"));
        assert_eq!(
            sdk, None,
            "{name}: the AWS SDKs are used in crates/aws only"
        );
    }
}

#[test]
fn domain_does_no_input_or_output_and_waits_for_nothing() {
    let domain = &uses()["overseed-domain"];
    for library in [
        "tokio", "futures", "rusqlite", "hyper", "reqwest", "jiff", "tracing",
    ] {
        assert!(
            !domain.contains(library),
            "overseed-domain must not use {library}"
        );
    }
}
