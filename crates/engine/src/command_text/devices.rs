//! The commands of each step for core devices (Greengrass V2).

use std::collections::BTreeMap;

use overseed_domain::v2::intent::ComponentIntent;
use rusqlite::params;

use super::{shell::Aws, v2};
use crate::{
    Error, ErrorCode, Problem, Session,
    groups::{Filter, FilterToken},
    input_file::Passing,
    job::{JobKind, Progress},
    permissions::HandOver,
    run::{CallText, Told, plan_calls},
    v2::{
        components::arn,
        devices::{DeviceSort, DevicesQuery, devices_page},
        permissions::device_permissions_hand_over,
        plan::{device_draft_get, device_plan_export},
    },
};

/// Core devices that are named one by one.
const NAMED: u32 = 20;

fn call(note: &str, call: &'static str, words: &[(&'static str, &str)]) -> CallText {
    let words = words
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    CallText::new((!note.is_empty()).then(|| note.to_owned()), call, words)
}

/// The first of the selected core devices, and how many there are.
async fn selected(session: &Session) -> Result<(Vec<String>, u32), Error> {
    let filter = Filter {
        tokens: vec![FilterToken {
            property: Some("selected".to_owned()),
            operator: "=".to_owned(),
            value: "yes".to_owned(),
        }],
        ..Filter::default()
    };
    let query = DevicesQuery {
        filter,
        sort: DeviceSort::ThingName,
        limit: NAMED,
        ..DevicesQuery::default()
    };
    let page = devices_page(session, query).await?;
    let names = page.rows.into_iter().map(|row| row.thing_name);
    Ok((names.collect(), page.selected))
}

pub(super) async fn devices(session: &Session, aws: &Aws) -> Result<String, Error> {
    let mut calls = vec![
        call(
            "All core devices of the account in this Region",
            "greengrassv2 list-core-devices",
            &[],
        ),
        call("The thing groups", "iot list-thing-groups", &[]),
    ];
    let (names, all) = selected(session).await?;
    for (at, name) in names.iter().enumerate() {
        let note = if at == 0 {
            format!(
                "Nucleus and thing groups, one device after the other: {} of {all}",
                names.len()
            )
        } else {
            String::new()
        };
        calls.extend([
            call(
                &note,
                "greengrassv2 get-core-device",
                &[("--core-device-thing-name", name)],
            ),
            call(
                "",
                "iot list-thing-groups-for-thing",
                &[("--thing-name", name)],
            ),
        ]);
    }
    calls.push(
        call(
            "Who is in a thing group, and in its child groups",
            "iot list-things-in-thing-group",
            &[("--thing-group-name", "THING_GROUP"), ("--recursive", "")],
        )
        .aside(),
    );
    Ok(v2::commands(aws, &calls))
}

pub(super) async fn components(session: &Session, aws: &Aws) -> Result<String, Error> {
    let list = "greengrassv2 list-components";
    let mut calls = vec![
        call("The account's components", list, &[("--scope", "PRIVATE")]),
        call("Those of AWS", list, &[("--scope", "PUBLIC")]),
    ];
    for (name, version) in wanted(session).await? {
        let component = if name.starts_with("aws.greengrass.") {
            arn::public(session, &name)
        } else {
            arn::component(session, &name)
        };
        calls.push(call(
            &format!("The versions of {name}"),
            "greengrassv2 list-component-versions",
            &[("--arn", &component)],
        ));
        // What is filled in for each device is no version yet.
        if let Some(version) = version.filter(|version| !version.contains('{')) {
            let version = arn::version(&component, &version);
            let named = [("--arn", version.as_str())];
            calls.push(call("", "greengrassv2 describe-component", &named));
        }
    }
    calls.extend([
        call(
            "To publish a version: each of its artifacts to where its recipe says",
            "s3api put-object",
            &[
                ("--bucket", "BUCKET"),
                ("--key", "KEY"),
                ("--body", "ARTIFACT"),
                ("--checksum-algorithm", "SHA256"),
            ],
        )
        .aside(),
        call(
            "A secret that it reads, from a file",
            "secretsmanager create-secret",
            &[
                ("--name", "SECRET"),
                ("--secret-string", "file://secret.json"),
            ],
        )
        .aside(),
        call(
            "And the version; it never changes afterwards",
            "greengrassv2 create-component-version",
            &[("--inline-recipe", "fileb://recipe.yaml")],
        )
        .aside(),
    ]);
    Ok(v2::commands(aws, &calls))
}

/// The components of the draft's layers, each with the version of the last layer that names one.
async fn wanted(session: &Session) -> Result<BTreeMap<String, Option<String>>, Error> {
    let mut wanted: BTreeMap<String, Option<String>> = BTreeMap::new();
    for layer in device_draft_get(session).await?.layers {
        for (name, intent) in layer.intent.components {
            if let ComponentIntent::Set(set) = intent {
                let version = wanted.entry(name).or_default();
                *version = set.version.or(version.take());
            }
        }
    }
    Ok(wanted)
}

pub(super) async fn changes(session: &Session, aws: &Aws) -> Result<String, Error> {
    let (names, all) = selected(session).await?;
    if names.is_empty() {
        return Err(
            Problem::new(ErrorCode::NothingSelected, "No core device is selected")
                .hint("Select devices in the step Devices.")
                .into(),
        );
    }
    let known = known(session, names.clone()).await?;
    let connection = &session.connection;
    let mut calls = Vec::new();
    for (at, (name, deployment)) in names.iter().zip(known).enumerate() {
        let note = if at == 0 {
            format!(
                "The latest deployment of each device itself, which a new one takes the place of: {} of {all}",
                names.len()
            )
        } else {
            String::new()
        };
        let target = format!(
            "arn:{}:iot:{}:{}:thing/{name}",
            connection.partition, connection.region, connection.account
        );
        calls.push(call(
            &note,
            "greengrassv2 list-deployments",
            &[
                ("--target-arn", &target),
                ("--history-filter", "LATEST_ONLY"),
            ],
        ));
        if let Some(id) = deployment {
            let named = [("--deployment-id", id.as_str())];
            calls.push(call("", "greengrassv2 get-deployment", &named));
        }
        calls.push(call(
            "",
            "greengrassv2 list-effective-deployments",
            &[("--core-device-thing-name", name)],
        ));
    }
    Ok(v2::commands(aws, &calls))
}

/// The present deployments of these devices, as far as they are read.
async fn known(session: &Session, names: Vec<String>) -> Result<Vec<Option<String>>, Error> {
    let scope = session.scope;
    session
        .store()
        .read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT max(deployment) FROM present WHERE scope = ?1 AND thing_name = ?2",
            )?;
            let ids = names
                .iter()
                .map(|name| query.query_row(params![scope, name], |row| row.get(0)));
            Ok(ids.collect::<Result<_, _>>()?)
        })
        .await
}

pub(super) async fn permissions(session: &Session) -> Result<String, Error> {
    device_permissions_hand_over(session, HandOver::AwsCli, &unwatched(session)).await
}

pub(super) async fn plan(session: &Session, aws: &Aws, told: Told) -> Result<String, Error> {
    let plan = Passing::beside(&session.engine.data_dir().join("plan.json"))?;
    device_plan_export(session, plan.path(), &unwatched(session)).await?;
    let calls = plan_calls(session, plan.path(), told).await?;
    Ok(v2::commands(aws, &calls))
}

/// Progress of what nobody waits long for.
fn unwatched(session: &Session) -> Progress {
    Progress::within(
        JobKind::DevicePlan,
        session.clock().clone(),
        tokio_util::sync::CancellationToken::new(),
    )
    .0
}
