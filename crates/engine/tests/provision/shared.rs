//! Several plans with one role and one bucket: each takes back its own, and nothing of ours is left in the end.

use overseed_domain::permissions::{Objects, Pack, ReadBy, trust};
use overseed_engine::{
    ErrorCode,
    job::JobKind,
    permissions::{
        ChangeOutcome, Needs, Permissions, RequirementState as State, Undone, apply_for, check_for,
        undo_for,
    },
};
use overseed_sandbox::{Fault, FaultKind};

use crate::world::{ACCOUNT, BUCKET, World, changes, detail, place, progress, states};

async fn apply(world: &World, plan: &str, needs: &Needs) -> Permissions {
    let after = apply_for(&world.session, needs, plan, &progress(JobKind::Permissions))
        .await
        .unwrap();
    assert_eq!(after.failure(), None, "{plan}");
    after
}

async fn undo(world: &World, plan: &str) -> Vec<Undone> {
    undo_for(&world.session, plan, &progress(JobKind::Permissions))
        .await
        .unwrap()
}

fn problems(undone: &[Undone]) -> Vec<&overseed_engine::Problem> {
    undone
        .iter()
        .filter_map(|one| match &one.outcome {
            Some(ChangeOutcome::Failed { problem }) => Some(problem),
            _ => None,
        })
        .collect()
}

/// Needs of a plan over every second group, beginning with this one.
async fn every_second(world: &World, first: usize, of: usize, pack: Pack) -> Needs {
    let mut needs = world.needs("Shared", of).await.packed(pack, ReadBy::Role);
    needs.groups = needs.groups.ids().iter().skip(first).step_by(2).collect();
    needs
}

async fn nothing_is_left(world: &World, what: &str) {
    let clients = &world.session.clients;
    assert_eq!(clients.get_role("Shared").await.unwrap(), None, "{what}");
    assert_eq!(
        clients.policies_under("/overseed/").await.unwrap(),
        [],
        "{what}"
    );
    assert_eq!(
        clients.get_bucket_policy(BUCKET).await.unwrap(),
        None,
        "{what}"
    );
}

#[tokio::test]
async fn plans_of_one_role_are_taken_back_in_any_order() {
    for pack in [Pack::Inline, Pack::Managed] {
        for applied in [&["a", "b"][..], &["a", "b", "a"]] {
            for order in [["a", "b"], ["b", "a"]] {
                let what = format!("{pack:?} {applied:?} {order:?}");
                let world = World::of(120).await;
                let of = |plan: &str| every_second(&world, usize::from(plan == "b"), 120, pack);
                for plan in applied {
                    apply(&world, plan, &of(plan).await).await;
                }
                let last = applied.last().unwrap();
                let undone = undo(&world, order[0]).await;
                // The other plan's rights were not there any more, or are in force still: they are never changed.
                let other = check_for(&world.session, &of(order[1]).await, order[1])
                    .await
                    .unwrap();
                let expected = if *last == order[1] {
                    State::Yes
                } else {
                    State::NotYet
                };
                assert_eq!(states(&other)[2].1, expected, "{what}: {undone:#?}");
                // The first plan made the role, which stays as long as another one's policies are on it.
                let stays = order[0] == "a" && *last == "b";
                assert_eq!(
                    problems(&undone).len(),
                    usize::from(stays),
                    "{what}: {undone:#?}"
                );
                let replaced = undone.iter().any(|one| {
                    one.title
                        .contains("the plan b has put its own in its place")
                });
                assert_eq!(replaced, stays, "{what}: {undone:#?}");
                if stays {
                    let problem = problems(&undone)[0];
                    assert!(
                        problem.message.contains("the plan b works with it"),
                        "{problem:?}"
                    );
                }
                let undone = undo(&world, order[1]).await;
                assert!(problems(&undone).is_empty(), "{what}: {undone:#?}");
                nothing_is_left(&world, &what).await;
                for plan in order {
                    assert_eq!(undo(&world, plan).await, [], "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_there_before_this_app_comes_back() {
    let world = World::of(12).await;
    let of_others = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#;
    world.role("Shared", &trust(&place()).compact(), None).await;
    let put = world.iam().put_role_policy().role_name("Shared");
    put.policy_name("OverseedBulkDeployment")
        .policy_document(of_others)
        .send()
        .await
        .unwrap();
    for order in [["a", "b"], ["b", "a"]] {
        for (plan, first) in [("a", 0), ("b", 1)] {
            let needs = every_second(&world, first, 12, Pack::Inline).await;
            apply(&world, plan, &needs).await;
        }
        for plan in order {
            let undone = undo(&world, plan).await;
            assert!(problems(&undone).is_empty(), "{undone:#?}");
        }
        let policies = world.session.clients.role_policies("Shared").await.unwrap();
        assert_eq!(policies.len(), 1);
        assert_eq!(policies[0].document, of_others, "{order:?}");
    }
}

#[tokio::test]
async fn statements_of_a_bucket_stand_side_by_side() {
    for order in [["alpha", "beta"], ["beta", "alpha"]] {
        let world = World::of(4).await;
        let of = async |prefix: &str| Needs {
            objects: Objects::Prefix(prefix.into()),
            ..world
                .needs("Shared", 4)
                .await
                .packed(Pack::Auto, ReadBy::Bucket)
        };
        for prefix in ["alpha", "beta"] {
            let needs = of(prefix).await;
            let check = check_for(&world.session, &needs, prefix).await.unwrap();
            assert!(changes(&check).contains(&"bucket"), "{prefix}");
            apply(&world, prefix, &needs).await;
        }
        let read = async |prefix: &str| {
            let check = check_for(&world.session, &of(prefix).await, prefix).await;
            states(&check.unwrap())[3].1
        };
        assert_eq!([read("alpha").await, read("beta").await], [State::Yes; 2]);
        undo(&world, order[0]).await;
        let policy = world.session.clients.get_bucket_policy(BUCKET).await;
        let policy = policy.unwrap().unwrap();
        assert!(
            !policy.contains(&format!("{BUCKET}/{}/", order[0])),
            "{policy}"
        );
        assert!(
            policy.contains(&format!("{BUCKET}/{}/", order[1])),
            "{policy}"
        );
        undo(&world, order[1]).await;
        let policy = world.session.clients.get_bucket_policy(BUCKET).await;
        assert_eq!(policy.unwrap(), None, "{order:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_not_called_taken_back() {
    let world = World::of(150).await;
    let needs = world
        .needs("Shared", 150)
        .await
        .packed(Pack::Managed, ReadBy::Role);
    apply(&world, "plan", &needs).await;
    // The very session, which loses the right to look.
    let denied = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
        {"Effect":"Deny","Action":["iam:ListPolicyTags","iam:ListPolicies"],"Resource":"*"}]}"#;
    let blind = world.user("blind", denied).await;
    let undone = undo_for(&blind, "plan", &progress(JobKind::Permissions))
        .await
        .unwrap();
    let problem = problems(&undone)[0];
    assert_eq!(problem.code, ErrorCode::AccessDenied, "{undone:#?}");
    assert!(undone[1..].iter().all(|one| one.outcome.is_none()));
    assert_eq!(world.sandbox.calls("DeleteRole"), 0);
    // More often than the SDK repeats a call.
    world.sandbox.faults().add(Fault {
        operation: "ListPolicies".into(),
        kind: FaultKind::Throttle,
        times: Some(12),
        after: 0,
    });
    let throttled = undo_for(&world.session, "plan", &progress(JobKind::Permissions)).await;
    assert!(
        throttled
            .as_ref()
            .map_or(true, |undone| !problems(undone).is_empty()),
        "{throttled:#?}"
    );
    world.sandbox.faults().clear();
    // It comes back to all of them.
    let undone = undo(&world, "plan").await;
    assert!(problems(&undone).is_empty(), "{undone:#?}");
    assert!(undone.len() > 6, "{undone:#?}");
    nothing_is_left(&world, "in the end").await;
}

#[tokio::test]
async fn a_policy_without_our_tag_or_attached_elsewhere_keeps_what_it_says() {
    let world = World::of(9).await;
    let iam = world.iam();
    let create = iam.create_policy().policy_name("Overseed-Shared-1");
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#;
    let create = create.path("/overseed/").policy_document(theirs);
    create.send().await.unwrap();
    let of = async |count| {
        let needs = world.needs("Shared", count).await;
        needs.packed(Pack::Managed, ReadBy::Role)
    };
    let check = check_for(&world.session, &of(4).await, "a").await.unwrap();
    assert_eq!(changes(&check), ["role", "create-2", "attach-2"]);
    assert!(
        check.warnings[0].contains("Overseed-Shared-1 under /overseed/ without Overseed's tag"),
        "{:?}",
        check.warnings
    );
    apply(&world, "a", &of(4).await).await;
    // Someone attaches ours to another role as well.
    let second = format!("arn:aws:iam::{ACCOUNT}:policy/overseed/Overseed-Shared-2");
    let attach = iam.attach_role_policy().role_name("telemetry-ingest");
    attach.policy_arn(&second).send().await.unwrap();
    let before = world.session.clients.managed_policy(&second).await.unwrap();
    let check = check_for(&world.session, &of(9).await, "b").await.unwrap();
    assert_eq!(changes(&check), ["create-3", "attach-3", "detach-2"]);
    assert!(
        check
            .warnings
            .iter()
            .any(|words| words.contains("attached elsewhere as well")),
        "{:?}",
        check.warnings
    );
    let after = apply(&world, "b", &of(9).await).await;
    assert_eq!(states(&after)[2].1, State::Yes);
    let now = world.session.clients.managed_policy(&second).await.unwrap();
    assert_eq!(now, before);
}

#[tokio::test]
async fn a_role_is_made_under_the_path_that_was_named() {
    let world = World::of(3).await;
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/team/blue/New");
    let needs = world.needs(&arn, 3).await;
    let check = check_for(&world.session, &needs, "plan").await.unwrap();
    assert_eq!(check.role_arn, arn);
    let after = apply(&world, "plan", &needs).await;
    assert_eq!((&after.role_arn, states(&after)[4].1), (&arn, State::Yes));
    let role = world
        .session
        .clients
        .get_role("New")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(role.arn, arn);
    // Another path is another role, which cannot be made beside this one.
    let other = world
        .needs(&format!("arn:aws:iam::{ACCOUNT}:role/New"), 3)
        .await;
    let check = check_for(&world.session, &other, "other").await.unwrap();
    assert_eq!(states(&check)[0].1, State::No);
    assert!(
        detail(&check, "role").contains(&arn),
        "{}",
        detail(&check, "role")
    );
    undo(&world, "plan").await;
    assert_eq!(world.session.clients.get_role("New").await.unwrap(), None);
}
