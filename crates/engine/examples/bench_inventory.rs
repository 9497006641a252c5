//! Measures pages and "select all that match" of a large inventory, as `cargo xtask bench` asks for it: one JSON line a
//! figure. The number of groups can be given; 700,000 otherwise.

#[path = "measure/mod.rs"]
mod measure;

use std::{sync::Arc, time::Instant};

use overseed_engine::{
    Clock, Engine,
    connect::{SandboxReach, connect},
    connection::ConnectRequest,
    groups::{
        Filter, FilterOperation, FilterToken, GroupSort, GroupsQuery, SelectionChange, groups_page,
        groups_select,
    },
};
use overseed_sandbox::{Sandbox, Scenario, Settings, SystemClock};

use measure::{Outcome, figure, fill, memory_kb};

const GROUPS: u32 = 700_000;

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
    fill(&session, groups, false)?;

    let before = memory_kb("VmRSS");
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
    if let (Some(before), Some(after)) = (before, memory_kb("VmRSS")) {
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
