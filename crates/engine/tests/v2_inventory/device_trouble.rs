use overseed_engine::{
    Error,
    job::JobKind,
    v2::devices::{
        DeviceSelectionChange, DevicesQuery, devices_page, devices_refresh, devices_select,
        devices_status,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::{
    devices::listed,
    world::{World, filter},
};

#[tokio::test]
async fn a_listing_that_was_broken_off_goes_on_where_it_was() {
    let world = World::of(120, Scenario::SmallPages).await;
    let whole = listed(120, Scenario::SmallPages).await;
    let calls = whole.sandbox.calls("ListCoreDevices");
    world.sandbox.faults().add(Fault {
        operation: "ListCoreDevices".to_owned(),
        kind: FaultKind::ExpiredCredentials,
        times: Some(1),
        after: 4,
    });
    let progress = world.progress(JobKind::Devices);
    devices_refresh(&world.session, &progress)
        .await
        .unwrap_err();
    let broken = devices_status(&world.session).await.unwrap();
    assert!(
        broken.partial && broken.devices > 0 && broken.devices < 120,
        "{broken:?}"
    );
    let complete = devices_refresh(&world.session, &progress).await.unwrap();
    assert!(!complete.partial);
    assert_eq!(complete.devices, 120);
    assert_eq!(
        world.sandbox.calls("ListCoreDevices"),
        calls + 1,
        "no page is read twice but the one that failed"
    );
}

#[tokio::test]
async fn a_cancelled_listing_keeps_what_it_has() {
    let world = World::of(50, Scenario::AllWell).await;
    let progress = world.progress(JobKind::Devices);
    progress.cancel().cancel();
    let error = devices_refresh(&world.session, &progress)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    let status = devices_status(&world.session).await.unwrap();
    assert_eq!((status.devices, status.partial), (0, true));
}

#[tokio::test]
async fn devices_that_are_gone_are_forgotten_unless_they_are_selected() {
    let world = listed(10, Scenario::AllWell).await;
    world.sql(
        "INSERT INTO core_device (scope, thing_name, listing, deployable) VALUES
             (1, 'left-1', 0, 0), (1, 'left-2', 0, 0);
         UPDATE device_listing SET revision = revision + 1;",
    );
    let change = DeviceSelectionChange::Devices {
        names: vec!["left-2".to_owned()],
        selected: true,
    };
    devices_select(&world.session, change).await.unwrap();
    let inventory = devices_refresh(&world.session, &world.progress(JobKind::Devices))
        .await
        .unwrap();
    assert_eq!((inventory.devices, inventory.selected_gone), (11, 1));
    let query = DevicesQuery {
        filter: filter("deployable", "=", "gone"),
        limit: 10,
        ..DevicesQuery::default()
    };
    let page = devices_page(&world.session, query).await.unwrap();
    assert_eq!((page.matches, page.matches_unselected), (1, 0));
    assert!(page.rows[0].thing_name == "left-2" && page.rows[0].gone && page.rows[0].selected);
}
