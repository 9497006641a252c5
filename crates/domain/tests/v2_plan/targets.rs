use overseed_domain::v2::plan::{PlanError, PlanTarget, Planner, Present, TargetKind};
use serde_json::json;

use crate::{app, codes, intent, merge_of, present};

#[test]
fn a_thing_group_gets_the_job_and_has_more_room() {
    let wanted = intent(json!({
        "components": { "com.example.App": {
            "change": "set", "merge": json!({ "text": "x".repeat(20_000) }).to_string(),
        } },
        "iotJobConfiguration": { "jobExecutionsRolloutConfig": { "maximumPerMinute": 50 } },
    }));
    let mut planner = Planner::new(vec![wanted.compile()]).unwrap();
    let present = present();
    let planned = planner
        .plan(&PlanTarget {
            name: "plant",
            kind: TargetKind::ThingGroup,
            present: Present::Document(&present),
            fixed: None,
            layers: &[0],
            own: None,
            values: &|_| None,
        })
        .unwrap();
    assert_eq!(codes(&planned), []);
    assert_eq!(
        serde_json::to_value(&planned.outcome.iot_job_configuration).unwrap(),
        json!({ "jobExecutionsRolloutConfig": { "maximumPerMinute": 50 } })
    );
}

#[test]
fn a_row_of_the_target_counts_after_all_layers() {
    let layer = intent(app(
        json!({ "version": "2.0.0", "merge": "{\"site\":\"{site}\"}" }),
    ));
    let own = intent(app(json!({ "version": "2.0.1" }))).compile();
    let mut planner = Planner::new(vec![layer.compile()]).unwrap();
    let text = serde_json::to_string(&present()).unwrap();
    let mut plan = |own, layers: &[u32]| {
        planner.plan(&PlanTarget {
            name: "pump-7",
            kind: TargetKind::Thing,
            present: Present::Text(&text),
            fixed: None,
            layers,
            own,
            values: &|name| (name == "site").then_some("Łódź {x}"),
        })
    };
    let planned = plan(Some(&own), &[0]).unwrap();
    assert_eq!(
        planned.outcome.components["com.example.App"].component_version,
        "2.0.1"
    );
    assert_eq!(merge_of(&planned, "com.example.App")["site"], "Łódź {x}");
    assert!(plan(None, &[]).unwrap().is_unchanged());
    assert!(matches!(plan(None, &[1]), Err(PlanError::Layer(1))));
}
