//! The scenario that throttles.

use overseed_sandbox::{Scenario, Settings};

use super::{SPEED, Stage};

#[tokio::test]
async fn the_sdks_own_retries_get_over_most_throttling() {
    let stage = Stage::with(Settings {
        groups: 60,
        scenario: Scenario::Throttling,
        speed: SPEED,
        ..Settings::default()
    });
    let groups = stage.groups().await;
    let records = stage.put_input(&groups).await;
    let role = stage.make_role("deployer", r#""*""#).await;
    stage.pass(10);
    let bulk = stage
        .start(&role)
        .send()
        .await
        .unwrap()
        .bulk_deployment_id
        .unwrap();
    stage.pass(600);
    let status = stage.status(&bulk).await;
    let metrics = status.bulk_deployment_metrics().unwrap();
    assert_eq!(
        usize::try_from(metrics.records_processed().unwrap()).unwrap(),
        records
    );
    assert!(metrics.retry_attempts().unwrap() > 10);
}
