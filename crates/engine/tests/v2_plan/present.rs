use overseed_engine::{
    Error,
    job::{JobKind, Progress},
    v2::plan::{PresentStatus, device_present_read, device_present_status},
};
use tokio_util::sync::CancellationToken;

use crate::world::{World, progress};

#[tokio::test]
async fn present_deployments_are_read_once_and_kept() {
    let world = World::of(60);
    let session = world.face().await;
    assert_eq!(
        device_present_status(&session).await.unwrap(),
        PresentStatus {
            devices: 60,
            ..PresentStatus::default()
        }
    );
    let (progress_, mut told) = Progress::within(
        JobKind::Present,
        session.clock().clone(),
        CancellationToken::new(),
    );
    let read = device_present_read(&session, false, &progress_)
        .await
        .unwrap();
    assert_eq!((read.devices, read.read, read.unreadable), (60, 60, 0));
    let job = told.borrow_and_update().clone().unwrap();
    assert_eq!((job.done, job.total), (60, Some(60)));
    // Nothing is left to be read, unless it is to be newer.
    let (again, told) = Progress::within(
        JobKind::Present,
        session.clock().clone(),
        CancellationToken::new(),
    );
    assert_eq!(
        device_present_read(&session, false, &again).await.unwrap(),
        read
    );
    assert_eq!(told.borrow().clone().unwrap().total, Some(0));
    let since = session.clock().now();
    let anew = device_present_read(&session, true, &progress(&session))
        .await
        .unwrap();
    assert!(anew.oldest_at >= Some(since) && anew.read == 60);
    let documents: (u32, u32) = session
        .store()
        .read(|c| {
            Ok(c.query_row(
                "SELECT count(*), count(DISTINCT document) FROM present WHERE document IS NOT NULL",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?)
        })
        .await
        .unwrap();
    assert_eq!(documents.0, 60 - read.without);
    assert!(documents.1 < documents.0, "what is the same is kept once");
}

#[tokio::test]
async fn what_was_read_stays_when_reading_is_cancelled_and_is_gone_on_with() {
    let world = World::of(450);
    let session = world.face().await;
    let cancel = CancellationToken::new();
    let (reading, mut told) =
        Progress::within(JobKind::Present, session.clock().clone(), cancel.clone());
    let cancelling = async {
        told.wait_for(|job| job.as_ref().is_some_and(|job| job.done >= 100))
            .await
            .unwrap();
        cancel.cancel();
    };
    let (read, ()) = tokio::join!(device_present_read(&session, false, &reading), cancelling);
    assert!(matches!(read, Err(Error::Cancelled)), "{read:?}");
    let kept = device_present_status(&session).await.unwrap().read;
    assert!((100..450).contains(&kept), "{kept}");
    let (rest, told) = Progress::within(
        JobKind::Present,
        session.clock().clone(),
        CancellationToken::new(),
    );
    let read = device_present_read(&session, false, &rest).await.unwrap();
    assert_eq!(read.read, 450);
    assert_eq!(told.borrow().clone().unwrap().done, u64::from(450 - kept));
}
