//! What runs of core devices begin with: plans; and what they have to come to.

use std::{collections::BTreeMap, path::Path};

use overseed_domain::{
    rollout::{Counts, Generation},
    v2::document::{ComponentSpec, DeploymentDocument},
    waves::Waves,
};
use overseed_engine::{
    Session,
    permissions::{Pack, ReadBy},
    plan::{PlanConnection, PlanHeader, PlanSettings},
    run::{RunSnapshot, run_start_plan},
    v2::plan::{PlanV2, Way, document_hash},
};

pub use crate::stage::{BUCKET, World, ended, until};

/// A plan to be made: every core device gets the same small component, unless it is changed.
pub struct Planned {
    pub way: Way,
    pub waves: Waves,
    pub settle_minutes: f64,
    pub targets: Vec<(String, DeploymentDocument)>,
    pub id: String,
    /// What all had before, if that is written down.
    pub before: Option<DeploymentDocument>,
}

/// A component that runs on every device and needs nothing else.
pub fn report(version: &str) -> DeploymentDocument {
    let component = ComponentSpec {
        component_version: version.to_owned(),
        ..ComponentSpec::default()
    };
    DeploymentDocument {
        components: BTreeMap::from([("com.plant.HealthReport".to_owned(), component)]),
        deployment_name: Some("Health reports".to_owned()),
        ..DeploymentDocument::default()
    }
}

impl Planned {
    pub async fn of(session: &Session, way: Way) -> Self {
        let (mut things, mut token) = (Vec::new(), None::<String>);
        loop {
            let page = session
                .clients
                .list_core_devices(token.as_deref())
                .await
                .unwrap();
            things.extend(page.items.into_iter().map(|device| device.thing_name));
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        Self {
            way,
            waves: Waves::default(),
            settle_minutes: 5.0,
            targets: things
                .into_iter()
                .map(|thing| (thing, report("1.1.0")))
                .collect(),
            id: uuid::Uuid::new_v4().to_string(),
            before: None,
        }
    }

    /// One more target that the account does not have: its call is refused.
    pub fn and_a_stranger(mut self) -> Self {
        self.targets
            .push(("nobody-knows-me".to_owned(), report("1.1.0")));
        self
    }

    /// Writes the plan and records its run; it is not driven. It is made against what the devices have now.
    pub async fn recorded(&self, world: &World, session: &Session) -> String {
        let file = world.folder().join("plan.json");
        self.written(session, &file).await;
        run_start_plan(session, &file).await.unwrap().row.id
    }

    /// Writes the plan.
    pub async fn written(&self, session: &Session, file: &Path) {
        let header = PlanHeader {
            format: 1,
            id: self.id.clone(),
            generation: Generation::V2,
            name: "Health".to_owned(),
            connection: PlanConnection::of(session),
            settings: PlanSettings {
                role: "Rollout".to_owned(),
                bucket: if self.way == Way::StepFunctions {
                    BUCKET.to_owned()
                } else {
                    String::new()
                },
                prefix: "v2".to_owned(),
                pack: Pack::Auto,
                read_by: ReadBy::Role,
                settle_minutes: self.settle_minutes,
                waves: self.waves.clone(),
                v2: Some(PlanV2 {
                    way: self.way,
                    ..PlanV2::default()
                }),
            },
            parent: None,
        };
        let mut plan = serde_json::to_value(header).unwrap();
        let mut documents = serde_json::Map::new();
        let mut targets = Vec::new();
        let mut put = |document: &DeploymentDocument| {
            let hash = document_hash(document, &document.digest());
            documents.insert(hash.clone(), serde_json::to_value(document).unwrap());
            hash
        };
        let latest = latest(session).await;
        for (thing, document) in &self.targets {
            let hash = put(document);
            let before = self.before.as_ref().map(&mut put);
            let replaces = latest.get(thing).map_or("", String::as_str);
            targets.push(serde_json::json!([thing, hash, before, replaces]));
        }
        // In this order, as plans are read.
        plan["documents"] = documents.into();
        plan["targets"] = targets.into();
        std::fs::write(file, in_order(&plan)).unwrap();
    }
}

/// The latest deployments of all things, by their names.
pub async fn latest(session: &Session) -> BTreeMap<String, String> {
    let (mut latest, mut token) = (BTreeMap::new(), None::<String>);
    loop {
        let page = session
            .clients
            .list_deployments(None, true, token.as_deref())
            .await
            .unwrap();
        for listed in page.items {
            if let Some((_, thing)) = listed.target_arn.split_once(":thing/") {
                latest.insert(thing.to_owned(), listed.id);
            }
        }
        token = page.next;
        if token.is_none() {
            return latest;
        }
    }
}

/// Documents come before targets, whatever the order of a map is.
fn in_order(plan: &serde_json::Value) -> String {
    let mut fields = plan.as_object().unwrap().clone();
    let last: Vec<_> = ["documents", "targets"]
        .into_iter()
        .map(|name| (name, fields.remove(name).unwrap()))
        .collect();
    let mut text = serde_json::to_string(&fields).unwrap();
    text.pop();
    for (name, value) in last {
        text.push_str(&format!(",\"{name}\":{value}"));
    }
    text.push('}');
    text
}

pub fn targets(run: &RunSnapshot) -> u32 {
    run.waves.iter().map(|wave| wave.targets).sum()
}

/// All deployments of the account that a run has made, by their targets' names.
pub async fn made_by(session: &Session, run: &str) -> BTreeMap<String, Vec<String>> {
    let (mut made, mut token) = (BTreeMap::<String, Vec<String>>::new(), None::<String>);
    loop {
        let page = session
            .clients
            .list_deployments(None, false, token.as_deref())
            .await
            .unwrap();
        for listed in page.items {
            let deployment = session.clients.get_deployment(&listed.id).await.unwrap();
            if deployment.tags.get("overseed:run").map(String::as_str) == Some(run) {
                let name = listed.target_arn.rsplit('/').next().unwrap().to_owned();
                made.entry(name).or_default().push(listed.id);
            }
        }
        token = page.next;
        if token.is_none() {
            return made;
        }
    }
}

/// No device got two deployments of a run, and the run knows each of them.
pub async fn each_once(session: &Session, run: &RunSnapshot) {
    let made = made_by(session, &run.row.id).await;
    let twice: Vec<_> = made.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let id = run.row.id.clone();
    let known: BTreeMap<String, Vec<String>> = session
        .store()
        .read(move |c| {
            let mut rows = c.prepare(
                "SELECT target, deployment FROM target
                 WHERE run = (SELECT ordinal FROM run WHERE id = ?1) AND deployment IS NOT NULL",
            )?;
            let rows = rows.query_map([id], |row| Ok((row.get(0)?, vec![row.get(1)?])))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap();
    assert_eq!(made, known);
}

pub fn sums(run: &RunSnapshot, counts: Counts) {
    assert_eq!(run.row.counts, counts);
    assert_eq!(run.row.counts.total(), targets(run));
    assert!(run.discrepancies.is_empty(), "{:?}", run.discrepancies);
}
