//! Other runs that work with the same role: our policies are the role's, not the plan's, so what is changed for one plan
//! may take from another's run what it still needs.

use overseed_domain::{
    Partition,
    permissions::{Groups, Objects, Place},
};
use rusqlite::params;

use super::{
    asked::{Asked, Grant},
    calls::{Answer, Call},
    found::{Found, Reading},
    judge::{Judged, Known},
    needs::Needs,
};
use crate::{Error, ErrorCode, Problem, Session, run::RunSettings};

/// A run of another plan that has not ended and has groups left to deploy with the role.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) ordinal: i64,
    pub(crate) name: String,
    pub(crate) id: String,
    region: String,
    pub(crate) settings: RunSettings,
}

impl Live {
    /// The run in a sentence.
    pub(crate) fn words(&self) -> String {
        format!("{} ({})", self.name, self.id)
    }
}

/// The runs of other plans on this computer that still deploy with a role, in any Region of the account: one that holds
/// before its first bulk deployment looks at its permissions once more by itself.
pub(crate) async fn live(session: &Session, role: &str, plan: &str) -> Result<Vec<Live>, Error> {
    let (scope, plan) = (session.scope, plan.to_owned());
    let role = role.to_owned();
    session
        .store()
        .read(move |c| {
            let mut query = c.prepare(
                "SELECT run.ordinal, run.id, run.name, there.region, run.settings FROM run
                   JOIN scope here ON here.id = ?1
                   JOIN scope there ON there.id = run.scope AND there.partition = here.partition
                        AND there.account = here.account AND there.sandbox = here.sandbox
                 WHERE run.id <> ?2 AND run.ended_at IS NULL AND run.found_bulk IS NULL
                   AND (run.state <> 'hold'
                        OR EXISTS (SELECT 1 FROM wave WHERE wave.run = run.ordinal
                                    AND wave.bulk_deployment IS NOT NULL))
                   AND (run.recorded = 0
                        OR EXISTS (SELECT 1 FROM wave WHERE wave.run = run.ordinal
                                    AND wave.state IN ('waiting', 'starting', 'running')))
                 ORDER BY run.ordinal",
            )?;
            let mut rows = query.query(params![scope, plan])?;
            let mut live = Vec::new();
            while let Some(row) = rows.next()? {
                let settings: String = row.get(4)?;
                let settings: RunSettings =
                    serde_json::from_str(&settings).map_err(|source| crate::StoreError::Json {
                        what: "run.settings",
                        source,
                    })?;
                if settings.role_arn.rsplit('/').next() == Some(role.as_str()) {
                    live.push(Live {
                        ordinal: row.get(0)?,
                        id: row.get(1)?,
                        name: row.get(2)?,
                        region: row.get(3)?,
                        settings,
                    });
                }
            }
            Ok(live)
        })
        .await
}

/// The runs that would lack something that they need and have now, were the calls made.
async fn affected(session: &Session, judged: &Judged, plan: &str) -> Result<Vec<Live>, Error> {
    if judged.calls.is_empty() {
        return Ok(Vec::new());
    }
    let mut affected = Vec::new();
    for run in live(session, &judged.name, plan).await? {
        // What runs of V2 need is none of the execution role's.
        if run.settings.v2.is_some() {
            continue;
        }
        let groups = groups_left(session, &run).await?;
        let (judged, of) = (judged.clone(), run.clone());
        let loses = tokio::task::spawn_blocking(move || loses(&judged, &of, groups)).await?;
        if loses {
            affected.push(run);
        }
    }
    Ok(affected)
}

/// One sentence for each run that the changes would take something from.
pub(crate) async fn warnings(
    session: &Session,
    judged: &Judged,
    plan: &str,
) -> Result<Vec<String>, Error> {
    let runs = affected(session, judged, plan).await?;
    let warn = |run: Live| {
        format!(
            "The run {} has not ended and works with this role. The changes would take from it what it still needs, so they \
             are not made before it has ended: wait, or use another role for this plan.",
            run.words()
        )
    };
    Ok(runs.into_iter().map(warn).collect())
}

/// Refuses changes that would take from another run what it still needs.
///
/// # Errors
/// [`ErrorCode::Conflict`] naming the runs.
pub(crate) async fn refuse(session: &Session, judged: &Judged, plan: &str) -> Result<(), Error> {
    let runs = affected(session, judged, plan).await?;
    let Some(first) = runs.first() else {
        return Ok(());
    };
    let names: Vec<String> = runs.iter().map(Live::words).collect();
    Err(Problem::new(
        ErrorCode::Conflict,
        format!(
            "The run {} has not ended and needs what the role {} has now; nothing was changed",
            first.words(),
            judged.name
        ),
    )
    .detail(format!("Runs that would lose rights: {}", names.join(", ")))
    .hint("Wait until that run has ended, or stop it; or use another role for this plan.")
    .into())
}

/// The groups of the waves that have not been handed to Greengrass whole.
async fn groups_left(session: &Session, run: &Live) -> Result<Groups, Error> {
    let run = run.ordinal;
    session
        .store()
        .read(move |c| {
            let mut query = c.prepare(
                "SELECT target.target FROM target
                   JOIN wave ON wave.run = target.run AND wave.number = target.wave
                 WHERE target.run = ?1 AND wave.state IN ('waiting', 'starting', 'running')",
            )?;
            let mut rows = query.query([run])?;
            let mut groups = Groups::default();
            while let Some(row) = rows.next()? {
                groups.push(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
            }
            Ok(groups)
        })
        .await
}

fn loses(judged: &Judged, run: &Live, groups: Groups) -> bool {
    // Without a look at what is there nobody knows what is replaced.
    if matches!(judged.found.policies, Reading::Unreadable(_)) {
        return true;
    }
    let after = afterwards(judged);
    let place = Place {
        partition: Partition::of_region(&run.region),
        region: run.region.clone(),
        account: judged.place.account.clone(),
    };
    let needs = Needs {
        role: judged.name.clone(),
        bucket: run.settings.bucket.clone(),
        objects: Objects::Prefix(run.settings.prefix.clone()),
        read_by: run.settings.read_by,
        groups,
        pack: run.settings.pack,
        waves: 1,
    }
    .cut(&run.settings.waves);
    let arn = needs.objects.arn(place.partition, &needs.bucket);
    let known = Known {
        keys: needs.keys(&run.id),
        now: judged.now,
    };
    let grants = |found: &Found| -> Option<[Grant; 2]> {
        let Reading::Read(policies) = &found.policies else {
            return None;
        };
        let asked = Asked {
            place: &place,
            role: &judged.permissions.role_arn,
            needs: &needs,
            arn: &arn,
            found,
            known: &known,
        };
        let bucket = asked.bucket();
        Some([
            asked.may_deploy(policies.documents()),
            asked.may_read(policies.documents(), bucket.now.as_ref()),
        ])
    };
    match (grants(&judged.found), grants(&after)) {
        (Some(now), Some(then)) => {
            let pairs = now.iter().zip(&then);
            pairs
                .into_iter()
                .any(|(now, then)| *then != Grant::Whole && now != then)
        }
        _ => true,
    }
}

/// What is there once all calls are made.
fn afterwards(judged: &Judged) -> Found {
    let mut found = judged.found.clone();
    for call in &judged.calls {
        let arn = match call {
            Call::CreatePolicy { name, .. } => judged.place.managed_policy_arn(name),
            _ => judged.permissions.role_arn.clone(),
        };
        let answer = Answer {
            arn: Some(arn),
            request_id: None,
        };
        call.clone().took(&mut found, &answer);
    }
    found
}
