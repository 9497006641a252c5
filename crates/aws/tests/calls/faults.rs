use overseed_aws::Kind;
use overseed_sandbox::{Fault, FaultKind, Scenario};

use super::Stage;

#[tokio::test]
async fn what_passes_is_tried_again_unseen() {
    let stage = Stage::new(3, Scenario::AllWell).await;
    for kind in [
        FaultKind::Throttle,
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::Reset,
        FaultKind::LostAnswer,
        FaultKind::CutBody,
    ] {
        stage
            .sandbox
            .faults()
            .add(Fault::once("ListGroups", kind.clone()));
        let before = stage.sandbox.calls("ListGroups");
        let page = stage
            .clients
            .list_groups(None)
            .await
            .unwrap_or_else(|e| panic!("{kind:?}: {e}"));
        assert_eq!(page.items.len(), 3, "{kind:?}");
        assert_eq!(stage.sandbox.calls("ListGroups") - before, 2, "{kind:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let stage = Stage::new(3, Scenario::AllWell).await;
    stage
        .sandbox
        .faults()
        .add(Fault::once("ListGroups", FaultKind::ExpiredCredentials));
    let error = stage.clients.list_groups(None).await.unwrap_err();
    assert_eq!(error.kind, Kind::CredentialsExpired, "{error}");
    assert_eq!(error.operation, "greengrass:ListGroups");
    assert_eq!(stage.sandbox.calls("ListGroups"), 1);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_named() {
    let stage = Stage::new(3, Scenario::AllWell).await;
    let always = Fault {
        operation: "ListGroups".into(),
        kind: FaultKind::ClockSkew,
        times: None,
        after: 0,
    };
    stage.sandbox.faults().add(always);
    let error = stage.clients.list_groups(None).await.unwrap_err();
    assert_eq!(error.kind, Kind::ClockSkew, "{error}");
}
