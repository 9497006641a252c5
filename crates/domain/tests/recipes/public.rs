//! Recipes in the shapes that those of public components have.

use overseed_domain::v2::recipe::{RecipeFindingCode as Code, Severity, Step, check};
use serde_json::json;

use super::{GLOBAL, PLUGIN, errors, has, read};

#[test]
fn recipes_in_the_shapes_of_public_components_are_read() {
    let recipe = read(GLOBAL);
    let component = recipe.component();
    assert_eq!(component.format_version.as_deref(), Some("2020-01-25"));
    assert_eq!(component.manifests[0].selections, ["linux"]);
    assert!(!component.manifests[0].own_lifecycle);
    let scripts: Vec<_> = component
        .scripts()
        .map(|s| (s.step, s.path.as_str(), s.timeout_seconds))
        .collect();
    assert_eq!(
        scripts,
        [
            (Step::Install, "/Lifecycle/Install/linux/Script", Some(600)),
            (Step::Install, "/Lifecycle/Install/windows/Script", None),
            (Step::Run, "/Lifecycle/Run/all/Script", None),
        ]
    );
    let findings = check(&recipe);
    assert!(errors(&findings).is_empty(), "{findings:#?}");
    // Of the nucleus one version only is no surprise.
    assert!(has(&findings, Severity::Warning, Code::UnpinnedDependency));

    let plugin = read(PLUGIN);
    assert_eq!(
        plugin.component().default_configuration,
        Some(json!({ "AuthorizedPosixGroups": null, "tmpFileSizeInKB": 1500.0 }))
    );
    let findings = check(&plugin);
    assert!(errors(&findings).is_empty(), "{findings:#?}");
    assert!(
        !findings
            .iter()
            .any(|finding| finding.code == Code::NothingToRun)
    );
}
