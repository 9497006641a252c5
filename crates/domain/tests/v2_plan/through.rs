//! What devices have through their thing groups, against what they are to get.

use overseed_domain::v2::plan::{GroupDeployment, contradictions};

use super::*;

fn group(name: &str, version: Option<&str>) -> GroupDeployment {
    GroupDeployment {
        group: name.to_owned(),
        components: version
            .map(|version| [("com.example.App".to_owned(), version.to_owned())].into()),
        failed: false,
    }
}

fn codes(planned: &Planned, groups: &[GroupDeployment]) -> Vec<Code> {
    let found = contradictions(planned, groups.iter());
    found.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_version_that_the_plan_brings_is_refused_where_a_group_has_another() {
    let newer = planned(&[app(json!({ "version": "1.3.0" }))]);
    let groups = [
        group("line-1", Some("1.2.0")),
        group("line-2", Some("1.3.0")),
    ];
    let found = contradictions(&newer, groups.iter());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::GroupOtherVersion);
    assert!(found[0].code.is_refused());
    for word in ["line-1", "1.2.0", "1.3.0", "com.example.App"] {
        assert!(found[0].message.contains(word), "{}", found[0].message);
    }
}

#[test]
fn what_is_not_sure_refuses_nothing() {
    let newer = planned(&[app(json!({ "version": "1.3.0" }))]);
    let failed = GroupDeployment {
        failed: true,
        ..group("line-1", Some("1.2.0"))
    };
    assert_eq!(codes(&newer, &[failed]), [Code::GroupMayContradict]);
    // It has 1.2.0 of its own already, so one of the two never came to it.
    let same = planned(&[app(json!({ "merge": "{\"mode\":\"fast\"}" }))]);
    let other = group("line-1", Some("1.1.0"));
    assert_eq!(codes(&same, &[other]), [Code::GroupMayContradict]);
    let unreadable = group("line-1", None);
    assert_eq!(codes(&same, &[unreadable]), [Code::GroupUnreadable]);
    for code in [
        Code::GroupMayContradict,
        Code::GroupUnreadable,
        Code::GroupKeeps,
    ] {
        assert!(!code.is_refused());
    }
}

#[test]
fn what_is_removed_stays_where_a_group_has_it_and_nothing_is_said_of_the_rest() {
    let removed =
        planned(&[json!({ "components": { "com.example.App": { "change": "remove" } } })]);
    let groups = [group("line-1", Some("1.2.0"))];
    assert_eq!(codes(&removed, &groups), [Code::GroupKeeps]);
    let absent = json!({ "components": { "com.example.Other": { "change": "remove" } } });
    let absent = planned(&[absent]);
    let mut other = group("line-1", None);
    other.components = Some([("com.example.Other".to_owned(), "1.0.0".to_owned())].into());
    assert_eq!(codes(&absent, &[other]), [Code::GroupKeeps]);
    let unnamed = GroupDeployment {
        components: Some([("com.example.Else".to_owned(), "1.0.0".to_owned())].into()),
        ..group("line-1", None)
    };
    assert!(codes(&absent, &[unnamed]).is_empty());
}
