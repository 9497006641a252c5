//! Components beside each other on one device, and configurations beside the default one.

use overseed_domain::v2::recipe::{
    Configured, Recipe, RecipeFindingCode as Code, Severity, check_merge, check_together,
};
use serde_json::json;

use super::{RUNNER, SERIAL, SERVICE, codes, read};

#[test]
fn two_components_do_not_share_a_camera() {
    let (service, runner, serial) = (read(SERVICE), read(RUNNER), read(SERIAL));
    let by = |recipes: &[&Recipe]| {
        let components: Vec<_> = recipes
            .iter()
            .map(|recipe| Configured::by_default(recipe))
            .collect();
        check_together(&components)
    };
    assert_eq!(
        codes(&by(&[&service, &runner])),
        [(Severity::Warning, Code::SharedDevice)]
    );
    assert_eq!(by(&[&service, &serial]), []);
    let camera = |recipe, device: &str| {
        Configured::with_merge(
            recipe,
            &json!({ "Parameters": { "gst_args": format!("v4l2src:device={device}") } }),
        )
    };
    let apart = [
        camera(&service, "/dev/video0"),
        camera(&runner, "/dev/video2"),
    ];
    assert_eq!(check_together(&apart), []);
    let same = [
        camera(&service, "/dev/video2"),
        camera(&runner, "/dev/video2"),
    ];
    assert_eq!(
        codes(&check_together(&same)),
        [(Severity::Warning, Code::SharedDevice)]
    );
    let one = camera(&service, "/dev/video0");
    let lock = json!({ "Parameters": { "lock_filename": "/tmp/ei_lockfile_linux", "gst_args": "device=/dev/video9" } });
    let lock = check_together(&[one, Configured::with_merge(&runner, &lock)]);
    assert_eq!(codes(&lock), [(Severity::Warning, Code::SharedLock)]);
}

#[test]
fn a_merge_is_wrapped_as_the_default_is() {
    let runner = read(RUNNER);
    let flat = check_merge(&runner, &json!({ "device_name": "oven-{site}" }));
    assert_eq!(codes(&flat), [(Severity::Warning, Code::MergeNotWrapped)]);
    assert!(
        flat[0]
            .remedy
            .contains("{\"Parameters\": {\"device_name\": …}}"),
        "{}",
        flat[0].remedy
    );
    assert_eq!(
        check_merge(&runner, &json!({ "Parameters": { "device_name": "x" } })),
        []
    );
    let kinds = check_merge(&runner, &json!({ "Parameters": { "device_name": 7 } }));
    assert_eq!(codes(&kinds), [(Severity::Warning, Code::MergeOtherKind)]);
    assert!(
        kinds[0]
            .message
            .contains("/Parameters/device_name is a text"),
        "{kinds:?}"
    );
    // The serial runner has no secret: its configuration is not the runner's.
    let other = check_merge(
        &read(SERIAL),
        &json!({ "Parameters": { "ei_sm_secret_id": "x" } }),
    );
    assert_eq!(codes(&other), [(Severity::Note, Code::UnknownMergeKey)]);
}
