//! What is wrong with a recipe is told, all of it at once, and what is none with its line.

use overseed_domain::v2::recipe::{NotARecipe, Recipe, RecipeFindingCode as Code, Severity, check};

use super::{XGBOOST, has, read};

#[test]
fn every_fault_is_told_at_once() {
    let text = "RecipeFormatVersion: 2021-01-01\nComponentName: a/b\nComponentVersion: 1.0\nComponentVersions: x\n\
        ComponentDependencies:\n  c: {VersionRequirement: latest, DependencyType: MAYBE}\n  d: {}\n\
        ComponentConfiguration: text\nManifests:\n  - Platform: {os: '*'}\n    Lifecycle:\n      Instal: echo\n      Run: cat \
        {artifacts:path}/no.txt {configuration:/no}\n      Startup: x\n    Artifacts:\n      - URI: https://a/b\n      - URI: \
        s3://only-bucket/\n      - URI: docker:UPPER\n      - URI: s3://a-bucket/x\n      - URI: s3://a-bucket/y/x\n        \
        Unarchive: TAR\n  - Lifecycle: {}\n";
    let findings = check(&read(text));
    let expected = [
        (Severity::Error, Code::UnknownFormatVersion),
        (Severity::Error, Code::InvalidName),
        (Severity::Error, Code::InvalidVersion),
        (Severity::Error, Code::UnknownField),
        (Severity::Error, Code::InvalidRequirement),
        (Severity::Error, Code::MissingField),
        (Severity::Error, Code::InvalidField),
        (Severity::Error, Code::InvalidArtifactUri),
        (Severity::Warning, Code::UnknownStep),
        (Severity::Warning, Code::UnknownArtifactUsed),
        (Severity::Warning, Code::UnknownConfigurationUsed),
        (Severity::Warning, Code::RunAndStartup),
        (Severity::Warning, Code::RepeatedArtifact),
        (Severity::Warning, Code::UnreachableManifest),
        (Severity::Note, Code::MissingField),
    ];
    for (severity, code) in expected {
        assert!(has(&findings, severity, code), "{code:?} in {findings:#?}");
    }
    assert_eq!(
        findings
            .iter()
            .filter(|f| f.code == Code::InvalidArtifactUri)
            .count(),
        3
    );
    let place = |code| {
        findings
            .iter()
            .find(|f| f.code == code)
            .and_then(|f| f.line)
    };
    assert_eq!(
        (
            place(Code::UnknownFormatVersion),
            place(Code::InvalidVersion),
            place(Code::UnknownStep)
        ),
        (Some(1), Some(3), Some(12))
    );

    let large = format!("{XGBOOST}{}", " ".repeat(20_000));
    assert!(has(
        &check(&read(&large)),
        Severity::Error,
        Code::RecipeTooLarge
    ));
    let empty = check(&read("{}"));
    assert_eq!(
        empty
            .iter()
            .filter(|f| f.code == Code::MissingField && f.severity == Severity::Error)
            .count(),
        4
    );
    assert!(has(
        &check(&read("a: 1\na: 2")),
        Severity::Warning,
        Code::RepeatedField
    ));
    assert!(has(
        &check(&read("{\"a\": 1,}")),
        Severity::Warning,
        Code::AlmostJson
    ));
}

#[test]
fn what_is_no_recipe_is_told_with_its_line() {
    assert_eq!(Recipe::parse(""), Err(NotARecipe::Empty));
    assert_eq!(Recipe::parse("- a\n- b"), Err(NotARecipe::NoObject));
    assert_eq!(Recipe::parse("[1]"), Err(NotARecipe::NoObject));
    assert_eq!(Recipe::parse("{\n\"a\": ]}").unwrap_err().line(), Some(2));
    assert_eq!(
        Recipe::parse("a: 1\nb: [1\nc: 2").unwrap_err().line(),
        Some(3)
    );
    assert!(matches!(
        Recipe::parse("a: 1\n---\nb: 2"),
        Err(NotARecipe::SeveralDocuments { .. })
    ));
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(Recipe::parse(&format!("a: {deep}")).is_err());
    let mut laughs = "a: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..9 {
        let of = format!("*a{},", n - 1).repeat(9);
        laughs.push_str(&format!("b{n}: &a{n} [{of}]\n"));
    }
    assert_eq!(Recipe::parse(&laughs), Err(NotARecipe::TooDeep));
}
