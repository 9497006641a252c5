//! Measures pages and "select all that match" of a large inventory, as `cargo xtask bench` asks for it: one JSON line a
//! figure. The number of groups can be given; 700,000 otherwise.

use std::{error::Error, sync::Arc, time::Instant};

use overseed_engine::{
    Clock, Engine, Session,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    groups::{
        Filter, FilterOperation, FilterToken, GroupSort, GroupsQuery, SelectionChange, groups_page,
        groups_select,
    },
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};

const GROUPS: u32 = 700_000;
const HOUR: i64 = 3_600_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let groups = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => GROUPS,
    };
    let folder = tempfile::tempdir()?;
    // The sandbox is asked only who calls: the inventory is written straight into the store.
    let sandbox = Sandbox::start(
        Settings {
            groups: 1,
            ..Settings::default()
        },
        Arc::new(SystemClock),
    )?;
    let engine = Engine::open(folder.path().to_owned(), Clock::system())?;
    let session = connect(&engine, request(), Some(reach(&sandbox))).await?;
    fill(&session, groups)?;

    let before = memory_kb();
    let began = Instant::now();
    groups_page(
        &session,
        GroupsQuery {
            limit: 50,
            ..GroupsQuery::default()
        },
    )
    .await?;
    figure(
        "inventory: index made",
        began.elapsed().as_secs_f64() * 1e3,
        "ms",
    );
    if let (Some(before), Some(after)) = (before, memory_kb()) {
        figure(
            "inventory: memory of the index",
            after.saturating_sub(before) as f64 / 1e3,
            "MB",
        );
    }

    let mut worst: f64 = 0.0;
    for (number, query) in queries(groups).into_iter().enumerate() {
        let began = Instant::now();
        let page = groups_page(&session, query).await?;
        let millis = began.elapsed().as_secs_f64() * 1e3;
        eprintln!("page {number}: {} matches, {millis:.1} ms", page.matches);
        worst = worst.max(millis);
    }
    figure("inventory: page with filter and sort, worst", worst, "ms");

    let matching = Filter {
        operation: FilterOperation::And,
        tokens: vec![token(Some("name"), ":", "line")],
    };
    let mut worst: f64 = 0.0;
    for filter in [Filter::default(), matching] {
        for selected in [true, false] {
            let change = SelectionChange::Matching {
                filter: filter.clone(),
                selected,
            };
            let began = Instant::now();
            groups_select(&session, change).await?;
            worst = worst.max(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    figure("inventory: select all that match, worst", worst, "ms");
    Ok(())
}

fn figure(name: &str, value: f64, unit: &str) {
    println!(
        "{}",
        serde_json::json!({ "name": name, "value": (value * 10.0).round() / 10.0, "unit": unit })
    );
}

fn queries(groups: u32) -> Vec<GroupsQuery> {
    let filters = [
        vec![],
        vec![token(None, ":", "a")],
        vec![token(None, ":", "line-12")],
        vec![
            token(Some("name"), "^", "plant-07"),
            token(Some("createdAt"), ">", "2026-01-01"),
        ],
        vec![
            token(Some("name"), "!:", "9"),
            token(Some("deployable"), "=", "yes"),
            token(Some("selected"), "=", "no"),
        ],
        vec![
            token(Some("id"), ":", "00"),
            token(Some("latestVersion"), ":", "ff"),
        ],
        vec![token(None, ":", "no such group at all")],
    ];
    let sorts = [
        GroupSort::Name,
        GroupSort::Id,
        GroupSort::CreatedAt,
        GroupSort::UpdatedAt,
    ];
    let mut queries = Vec::new();
    for (number, tokens) in filters.into_iter().enumerate() {
        for (other, sort) in sorts.into_iter().enumerate() {
            let operation = if number % 2 == 0 {
                FilterOperation::And
            } else {
                FilterOperation::Or
            };
            let offset = if other % 2 == 0 { 0 } else { groups / 2 };
            let filter = Filter {
                operation,
                tokens: tokens.clone(),
            };
            let descending = other > 1;
            queries.push(GroupsQuery {
                filter,
                sort,
                descending,
                offset,
                limit: 100,
            });
        }
    }
    queries
}

fn token(property: Option<&str>, operator: &str, value: &str) -> FilterToken {
    let property = property.map(str::to_owned);
    FilterToken {
        property,
        operator: operator.to_owned(),
        value: value.to_owned(),
    }
}

fn fill(session: &Session, groups: u32) -> Outcome<()> {
    let scope = session.scope;
    session.store().write_now(|tx| {
        let mut insert = tx.prepare(
            "INSERT INTO inventory_group (scope, id, name, arn, latest_version, latest_version_arn,
                 created_at, updated_at, listing, deployable)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9)",
        )?;
        for number in 0..groups {
            let drawn = spread(u64::from(number));
            let (id, version) = (uuid(drawn), uuid(spread(drawn)));
            let name = format!(
                "plant-{:02}/line-{}-cell-{number:06}",
                drawn % 40,
                drawn % 97
            );
            let arn = format!("arn:aws:greengrass:eu-west-1:000000000000:/greengrass/groups/{id}");
            let version_arn = format!("{arn}/versions/{version}");
            let created = 1_700_000_000_000 + (drawn % 20_000) as i64 * HOUR;
            let deployable = u8::from(drawn.is_multiple_of(100));
            insert.execute(rusqlite::params![
                scope,
                id,
                name,
                arn,
                version,
                version_arn,
                created,
                created + HOUR,
                deployable
            ])?;
        }
        tx.execute(
            "INSERT INTO listing (scope, number, started_at, ended_at, complete_at, revision)
             VALUES (?1, 1, 0, 0, 0, 1)",
            [scope],
        )?;
        Ok(())
    })?;
    Ok(())
}

/// A number that looks drawn, always the same for the same input (splitmix64).
fn spread(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn uuid(drawn: u64) -> String {
    let other = spread(drawn ^ 0xABCD);
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        drawn >> 32,
        drawn >> 16 & 0xffff,
        drawn & 0xfff,
        other >> 52,
        other & 0xffff_ffff_ffff
    )
}

/// Resident memory of this process, where the system tells it.
fn memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn request() -> ConnectRequest {
    let scenario = Scenario::AllWell.to_string();
    ConnectRequest::Sandbox {
        scenario,
        groups: 1,
        seed: 7,
        speed: 60.0,
    }
}

fn reach(sandbox: &Sandbox) -> SandboxReach {
    SandboxReach {
        endpoint: sandbox.endpoint(),
        region: sandbox.settings().region.clone(),
        access_key_id: sandbox.keys().access_key_id.clone(),
        secret_access_key: sandbox.keys().secret_access_key.clone(),
        id: "bench".to_owned(),
    }
}
