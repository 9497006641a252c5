//! Pages and selections compared with plain loops over the same groups.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

use overseed_domain::{Millis, group::Deployable};
use proptest::{prelude::*, sample::select};
use rusqlite::{Transaction, params};

use super::{
    Filter, FilterOperation, FilterToken, GROUPS, GroupSort, GroupsQuery, page::page, stored,
};
use crate::{
    Error, draft,
    inventory::{Conditions, Index, Step, change_selection},
    store::Store,
};

const NOW: i64 = 1_795_255_200_000;
const HOUR: i64 = 3_600_000;
const ALL: [Deployable; 5] = [
    Deployable::Yes,
    Deployable::NoVersion,
    Deployable::NoCore,
    Deployable::ManyCores,
    Deployable::Gone,
];

#[derive(Debug, Clone)]
struct Plain {
    id: String,
    name: String,
    latest: Option<String>,
    created: Option<i64>,
    updated: Option<i64>,
    deployable: Deployable,
}

fn groups() -> impl Strategy<Value = Vec<Plain>> {
    let time = || proptest::option::weighted(0.8, (0..50_i64).prop_map(|hours| NOW - hours * HOUR));
    let group = (
        "[a-cA-C]{0,3}",
        proptest::option::of("v[0-2]"),
        time(),
        time(),
        prop_oneof![3 => Just(Deployable::Yes), 1 => select(&ALL[..])],
    );
    proptest::collection::vec(group, 0..30).prop_map(|groups| {
        let plain = groups.into_iter().enumerate().map(|(number, group)| {
            let (name, latest, created, updated, deployable) = group;
            let id = format!("{}-{number}", ["b1", "a2", "c3"][number % 3]);
            Plain {
                id,
                name,
                latest,
                created,
                updated,
                deployable,
            }
        });
        plain.collect()
    })
}

fn token() -> impl Strategy<Value = FilterToken> {
    let texts = ["=", "!=", ":", "!:", "^", "!^"];
    let times = ["=", "!=", "<", "<=", ">", ">="];
    let of = |properties: &[&'static str],
              operators: &[&'static str],
              values: BoxedStrategy<String>| {
        let properties = select(properties.to_vec());
        (properties, select(operators.to_vec()), values).prop_map(|(property, operator, value)| {
            let property = Some(property.to_owned()).filter(|p| !p.is_empty());
            FilterToken {
                property,
                operator: operator.to_owned(),
                value,
            }
        })
    };
    let hours = (0..50_i64).prop_map(|hours| format!("{hours}h")).boxed();
    let value = prop_oneof!["[a-cA-C]{0,2}", "[abc]?[123]?-?[0-9]?", "v[0-2]?"].boxed();
    let yes = select(vec!["yes", "no", "no_core", "gone"])
        .prop_map(str::to_owned)
        .boxed();
    let selected = select(vec!["yes", "no"]).prop_map(str::to_owned).boxed();
    prop_oneof![
        4 => of(&["", "name", "id", "latestVersion"], &texts, value),
        2 => of(&["createdAt", "updatedAt"], &times, hours),
        1 => of(&["deployable"], &["=", "!="], yes),
        1 => of(&["selected"], &["=", "!="], selected),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let operation = select(vec![FilterOperation::And, FilterOperation::Or]);
    (operation, proptest::collection::vec(token(), 0..3))
        .prop_map(|(operation, tokens)| Filter { operation, tokens })
}

/// What the documentation of the filter says, group by group.
fn holds(filter: &Filter, group: &Plain, selected: bool) -> bool {
    let one = |token: &FilterToken| {
        let value = token.value.to_lowercase();
        let text = |text: &str| {
            let text = text.to_lowercase();
            match token.operator.trim_start_matches('!') {
                "=" => text == value,
                ":" => text.contains(&value),
                _ => text.starts_with(&value),
            }
        };
        let time = |time: Option<i64>| {
            let Some(time) = time else { return false };
            let hours: i64 = token.value.trim_end_matches('h').parse().unwrap();
            let order = time.cmp(&(NOW - hours * HOUR));
            match token.operator.trim_start_matches('!') {
                "=" => order == Ordering::Equal,
                "<" => order == Ordering::Less,
                "<=" => order != Ordering::Greater,
                ">" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }
        };
        let plain = match token.property.as_deref() {
            None => text(&group.name) || text(&group.id),
            Some("name") => text(&group.name),
            Some("id") => text(&group.id),
            Some("latestVersion") => text(group.latest.as_deref().unwrap_or_default()),
            Some("createdAt") => time(group.created),
            Some("updatedAt") => time(group.updated),
            Some("selected") => selected == (value == "yes"),
            Some(_) => match value.as_str() {
                "yes" => group.deployable == Deployable::Yes,
                "no" => group.deployable != Deployable::Yes,
                "gone" => group.deployable == Deployable::Gone,
                _ => group.deployable == Deployable::NoCore,
            },
        };
        plain != token.operator.starts_with('!')
    };
    match filter.operation {
        FilterOperation::And => filter.tokens.iter().all(one),
        FilterOperation::Or => filter.tokens.is_empty() || filter.tokens.iter().any(one),
    }
}

fn in_order(a: &Plain, b: &Plain, sort: GroupSort) -> Ordering {
    let name = |group: &Plain| (group.name.to_lowercase(), group.id.clone());
    match sort {
        GroupSort::Name => name(a).cmp(&name(b)),
        GroupSort::Id => a.id.cmp(&b.id),
        GroupSort::CreatedAt => a
            .created
            .cmp(&b.created)
            .then_with(|| name(a).cmp(&name(b))),
        GroupSort::UpdatedAt => a
            .updated
            .cmp(&b.updated)
            .then_with(|| name(a).cmp(&name(b))),
    }
}

fn fill(tx: &Transaction<'_>, groups: &[Plain]) {
    // A group of another scope between the others: it must never show.
    let other = Plain {
        id: "other".into(),
        name: "a".into(),
        latest: None,
        created: None,
        updated: None,
        deployable: Deployable::Yes,
    };
    for (scope, name) in [(1, "eu-west-1"), (2, "eu-west-2")] {
        tx.execute(
            "INSERT INTO scope VALUES (?1, 'aws', '1', ?2, '', NULL)",
            params![scope, name],
        )
        .unwrap();
    }
    for (number, group) in groups.iter().enumerate() {
        insert(tx, 1, group);
        if number % 7 == 3 {
            insert(
                tx,
                2,
                &Plain {
                    id: format!("other-{number}"),
                    ..other.clone()
                },
            );
        }
    }
    draft::load_or_make(tx, 1, true).unwrap();
}

fn insert(tx: &Transaction<'_>, scope: i64, group: &Plain) {
    let deployable = stored::deployable_to_store(group.deployable);
    let Plain {
        id,
        name,
        latest,
        created,
        updated,
        ..
    } = group;
    tx.execute(
        "INSERT INTO inventory_group (scope, id, name, arn, latest_version, created_at, updated_at,
             listing, deployable) VALUES (?1, ?2, ?3, 'arn', ?4, ?5, ?6, 1, ?7)",
        params![scope, id, name, latest, created, updated, deployable],
    )
    .unwrap();
}

fn in_store(
    test: impl FnOnce(&Transaction<'_>) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut outcome = Ok(());
    store
        .write_now(|tx| {
            outcome = test(tx);
            Ok::<_, Error>(())
        })
        .unwrap();
    outcome
}

/// One change of a selection, and the ids that it may concern.
#[derive(Debug, Clone)]
enum Change {
    Ids(Vec<usize>, bool),
    Matching(Filter, bool),
    Clear,
    Undo,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (proptest::collection::vec(0..32_usize, 0..5), any::<bool>())
            .prop_map(|(ids, selected)| Change::Ids(ids, selected)),
        (filter(), any::<bool>()).prop_map(|(filter, selected)| Change::Matching(filter, selected)),
        Just(Change::Clear),
        Just(Change::Undo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_page_shows_what_a_plain_loop_finds(
        groups in groups(),
        filter in filter(),
        sort in select(vec![GroupSort::Name, GroupSort::Id, GroupSort::CreatedAt, GroupSort::UpdatedAt]),
        descending in any::<bool>(),
        offset in 0..12_u32,
        selected in proptest::collection::vec(any::<bool>(), 30),
    ) {
        in_store(|tx| {
            fill(tx, &groups);
            let ids = groups.iter().zip(&selected).filter(|(_, yes)| **yes);
            let ids = ids.map(|(group, _)| group.id.clone()).collect();
            change_selection(tx, &GROUPS, 1, Step::Keys(ids, true)).unwrap();
            let is_selected = |group: &Plain| {
                let number = groups.iter().position(|g| g.id == group.id).unwrap();
                selected[number] && group.deployable == Deployable::Yes
            };
            let mut expected: Vec<&Plain> =
                groups.iter().filter(|group| holds(&filter, group, is_selected(group))).collect();
            expected.sort_by(|a, b| in_order(a, b, sort));
            if descending {
                expected.reverse();
            }
            let index = Index::build(tx, &GROUPS, 1).unwrap();
            let conditions = Conditions::read(&GROUPS, &filter, Millis(NOW)).unwrap();
            let query = GroupsQuery { filter: filter.clone(), sort, descending, offset, limit: 5 };
            let page = page(tx, 1, &index, &conditions, &query).unwrap();
            prop_assert_eq!(page.total as usize, groups.len());
            prop_assert_eq!(page.matches as usize, expected.len());
            let unselected =
                expected.iter().filter(|g| g.deployable == Deployable::Yes && !is_selected(g));
            prop_assert_eq!(page.matches_unselected as usize, unselected.count());
            let shown: Vec<_> =
                page.rows.iter().map(|row| (&row.id, &row.name, row.deployable, row.selected)).collect();
            let of_page = expected.iter().skip(offset as usize).take(5);
            let expected: Vec<_> =
                of_page.map(|g| (&g.id, &g.name, g.deployable, is_selected(g))).collect();
            prop_assert_eq!(shown, expected);
            Ok(())
        })?;
    }

    #[test]
    fn a_selection_behaves_like_a_set(
        groups in groups(),
        changes in proptest::collection::vec(change(), 1..8),
    ) {
        in_store(|tx| {
            fill(tx, &groups);
            let index = Arc::new(Index::build(tx, &GROUPS, 1).unwrap());
            let (mut now, mut before): (BTreeSet<String>, Option<BTreeSet<String>>) = Default::default();
            for change in changes {
                let can = |id: &String| {
                    groups.iter().any(|g| g.id == *id && g.deployable == Deployable::Yes)
                };
                let mut next = now.clone();
                let mut left_out = 0;
                let mut apply = |ids: &[String], selected: bool| {
                    for id in ids {
                        if !selected {
                            next.remove(id);
                        } else if can(id) {
                            next.insert(id.clone());
                        } else {
                            left_out += 1;
                        }
                    }
                };
                let step = match change {
                    Change::Ids(numbers, selected) => {
                        let id = |number: usize| groups.get(number).map_or("none".into(), |g| g.id.clone());
                        let ids: Vec<String> = numbers.into_iter().map(id).collect();
                        apply(&ids, selected);
                        Step::Keys(ids, selected)
                    }
                    Change::Matching(filter, selected) => {
                        let matching = groups.iter().filter(|g| holds(&filter, g, now.contains(&g.id)));
                        apply(&matching.map(|g| g.id.clone()).collect::<Vec<_>>(), selected);
                        let conditions = Conditions::read(&GROUPS, &filter, Millis(NOW)).unwrap();
                        Step::Matching(conditions, selected, Arc::clone(&index))
                    }
                    Change::Clear => {
                        next.clear();
                        Step::Clear
                    }
                    Change::Undo => {
                        next = before.clone().unwrap_or(next);
                        Step::Undo
                    }
                };
                if next != now {
                    before = Some(std::mem::replace(&mut now, next));
                }
                let outcome = change_selection(tx, &GROUPS, 1, step).unwrap();
                prop_assert_eq!(outcome.selected as usize, now.len());
                prop_assert_eq!(outcome.left_out, left_out);
                prop_assert_eq!(outcome.can_undo, before.is_some());
                let stored = stored::selection(tx, 1).unwrap();
                let mut ids = BTreeSet::new();
                stored::for_each_selected(tx, 1, &stored, &mut |group| {
                    ids.insert(group.id.to_owned());
                    Ok(())
                })
                .unwrap();
                prop_assert_eq!(&ids, &now);
            }
            Ok(())
        })?;
    }
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    for (property, operator, value) in [
        (Some("colour"), "=", "red"),
        (Some("name"), "<", "a"),
        (None, ">", "a"),
        (Some("createdAt"), ":", "7d"),
        (Some("createdAt"), ">", "yesterday"),
        (Some("deployable"), "=", "perhaps"),
        (Some("selected"), ":", "yes"),
    ] {
        let token = FilterToken {
            property: property.map(str::to_owned),
            operator: operator.to_owned(),
            value: value.to_owned(),
        };
        let filter = Filter {
            operation: FilterOperation::And,
            tokens: vec![token],
        };
        let problem = Conditions::read(&GROUPS, &filter, Millis(NOW)).unwrap_err();
        assert_eq!(problem.code, crate::ErrorCode::InvalidInput, "{problem:?}");
        assert!(problem.hint.is_some(), "{problem:?}");
    }
}
