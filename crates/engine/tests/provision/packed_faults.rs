//! Any single write of packed permissions fails: applied again, everything is as without the failure.

use overseed_domain::permissions::{Pack, ReadBy};
use overseed_engine::permissions::{ChangeOutcome, Needs};
use overseed_sandbox::{Fault, FaultKind};

use crate::packed::{all_done, apply, everything, furnished, needs, undo};
use crate::world::World;

/// What goes wrong at a write.
#[derive(Debug, Clone, Copy)]
enum At {
    /// AWS refuses it.
    Refused,
    /// AWS does it, the answer is lost, and the next try is refused.
    Lost,
}

/// Fails each single write once, in one of both ways: applied again, everything is as without the failure.
async fn fails_anywhere(before: Option<Needs>, needs: impl AsyncFn(&World) -> Needs) {
    let whole = World::of(130).await;
    furnished(&whole).await;
    if let Some(before) = &before {
        apply(&whole, before).await;
    }
    let writes = apply(&whole, &needs(&whole).await).await.changes;
    assert!(writes.len() > 5, "{writes:#?}");
    let expected = everything(&whole, "Shared").await;
    let name = |operation: &str| operation.split_once(':').unwrap().1.to_owned();
    for (number, write) in writes.iter().enumerate() {
        for at in [At::Refused, At::Lost] {
            let world = World::of(130).await;
            furnished(&world).await;
            if let Some(before) = &before {
                apply(&world, before).await;
            }
            let earlier = &writes[..number];
            let after = earlier.iter().filter(|w| w.operation == write.operation);
            let after = u64::try_from(after.count()).unwrap();
            let order = |kind, after| Fault {
                operation: name(&write.operation),
                kind,
                times: Some(1),
                after,
            };
            let faults = world.sandbox.faults();
            match at {
                At::Refused => faults.add(order(FaultKind::ExpiredCredentials, after)),
                At::Lost => {
                    faults.add(order(FaultKind::LostAnswer, after));
                    // A call that is hit is not counted by the orders behind.
                    faults.add(order(FaultKind::ExpiredCredentials, after));
                }
            }
            let half = apply(&world, &needs(&world).await).await;
            assert!(half.failure().is_some(), "{at:?} {}", write.title);
            let done = half
                .changes
                .iter()
                .filter(|change| matches!(change.outcome, Some(ChangeOutcome::Done { .. })))
                .count();
            assert_eq!(done, number, "{at:?} {}", write.title);
            world.sandbox.faults().clear();
            let again = apply(&world, &needs(&world).await).await;
            assert_eq!(again.failure(), None, "{at:?} {}", write.title);
            assert_eq!(
                everything(&world, "Shared").await,
                expected,
                "{at:?} {}",
                write.title
            );
            assert_eq!(apply(&world, &needs(&world).await).await.changes, []);
            if before.is_none() {
                let undone = undo(&world).await;
                assert!(all_done(&undone), "{at:?} {}: {undone:#?}", write.title);
                let policies = &everything(&world, "Shared").await["managed"];
                assert!(
                    !policies.to_string().contains("/overseed/"),
                    "{at:?} {}",
                    write.title
                );
            }
        }
    }
}

#[tokio::test]
async fn any_write_of_a_first_plan_may_fail() {
    fails_anywhere(None, async |world| {
        needs(world, 130, Pack::Managed, ReadBy::Bucket).await
    })
    .await;
}

#[tokio::test]
async fn any_write_of_a_smaller_plan_may_fail() {
    let world = World::of(130).await;
    let before = needs(&world, 130, Pack::Managed, ReadBy::Bucket).await;
    fails_anywhere(Some(before), async |world| {
        needs(world, 20, Pack::Inline, ReadBy::Role).await
    })
    .await;
}
