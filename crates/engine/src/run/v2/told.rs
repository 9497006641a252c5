//! What a V2 run does, as calls that can be made without Overseed.

use overseed_domain::v2::job::IotJobConfiguration;
use serde_json::Value;

use super::{
    super::{
        record::wave_file,
        rows::{self, Run, WaveRow},
    },
    lines::{self, WaveLines},
    machine::{INPUT, Names, definition, results_prefix},
    way,
};
use crate::{Error, ErrorCode, Problem, Session, v2::plan::Way};

/// Core devices that are named one by one.
pub(super) const NAMED: u32 = 20;

/// One call, in the words of the AWS CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallText {
    /// What it is for.
    pub(crate) note: Option<String>,
    /// Service and operation.
    pub(crate) call: &'static str,
    /// Its options with their values.
    pub(crate) words: Vec<(&'static str, String)>,
    /// Whether it is only to be known of, and not to be made along with the others.
    pub(crate) aside: bool,
}

impl CallText {
    pub(crate) fn new(
        note: Option<String>,
        call: &'static str,
        words: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        Self {
            note,
            call,
            words: words.into_iter().collect(),
            aside: false,
        }
    }

    pub(crate) fn aside(self) -> Self {
        Self {
            aside: true,
            ..self
        }
    }
}

async fn rows_of(session: &Session, run: &str) -> Result<(Run, Vec<WaveRow>), Error> {
    let id = run.to_owned();
    session
        .store()
        .read(move |c| {
            let run = rows::run(c, &id)?;
            let waves = rows::waves(c, run.ordinal)?;
            Ok((run, waves))
        })
        .await
}

/// What starts the waves of a run.
///
/// # Errors
/// [`ErrorCode::NotFound`]; [`ErrorCode::FileInvalid`] where a wave's file is not the one that was reviewed;
/// [`Error::File`], those of the store.
pub(crate) async fn start_calls(session: &Session, run: &str) -> Result<Vec<CallText>, Error> {
    let (run, waves) = rows_of(session, run).await?;
    let mut calls = Vec::new();
    for wave in &waves {
        match way(&run) {
            Way::Direct => calls.extend(deployments(session, &run, wave).await?),
            Way::StepFunctions => calls.extend(machine(session, &run, wave)),
            Way::ThingGroup => calls.extend(group(session, &run, wave).await?),
        }
    }
    Ok(calls)
}

/// The first lines of a wave's file as requests in the service's own shape.
async fn requests(
    session: &Session,
    run: &Run,
    wave: &WaveRow,
    most: u32,
) -> Result<Vec<(String, Value)>, Error> {
    let number = wave.wave.number;
    let (place, sha256) = (
        wave_file(session, &run.id, number),
        wave.wave.sha256.clone(),
    );
    let lines: Vec<u32> = (1..=wave.sent().min(most)).collect();
    tokio::task::spawn_blocking(move || {
        let records = WaveLines::open(number, &place, &sha256)?.read(&lines)?;
        records
            .iter()
            .map(|record| {
                let request = serde_json::to_value(lines::call(record)).map_err(|why| {
                    Problem::new(ErrorCode::Internal, "A request cannot be written").detail(why)
                })?;
                Ok((record.thing_name.clone(), request))
            })
            .collect()
    })
    .await?
}

async fn deployments(session: &Session, run: &Run, wave: &WaveRow) -> Result<Vec<CallText>, Error> {
    let place = wave_file(session, &run.id, wave.wave.number);
    let requests = requests(session, run, wave, NAMED).await?;
    let left = wave.sent().saturating_sub(NAMED);
    let more = (left > 0).then(|| format!("{left} more are the lines of {}", place.display()));
    Ok(deployment_calls(wave.wave.number, requests, more))
}

/// One deployment for each core device; `more` says what is not among the requests.
pub(super) fn deployment_calls(
    wave: u32,
    requests: Vec<(String, Value)>,
    more: Option<String>,
) -> Vec<CallText> {
    let mut calls: Vec<CallText> = requests
        .into_iter()
        .map(|(_, request)| {
            CallText::new(
                None,
                "greengrassv2 create-deployment",
                [("--cli-input-json", request.to_string())],
            )
        })
        .collect();
    if let Some(first) = calls.first_mut() {
        let more = more.map(|more| format!("; {more}"));
        first.note = Some(format!(
            "Wave {wave}: one deployment for each core device; repeated with its token none is made twice{}",
            more.unwrap_or_default()
        ));
    }
    calls
}

fn machine(session: &Session, run: &Run, wave: &WaveRow) -> [CallText; 2] {
    let number = wave.wave.number;
    let names = Names::of(session, &run.id, number);
    let reads = (number, wave.wave.input_file_uri.as_str());
    machine_calls(
        names,
        reads,
        run.settings.role_arn.clone(),
        &definition(session, run, wave),
    )
}

/// The state machine of a wave that reads a file, and its execution.
pub(super) fn machine_calls(
    names: Names,
    (wave, file): (u32, &str),
    role_arn: String,
    definition: &Value,
) -> [CallText; 2] {
    [
        CallText::new(
            Some(format!(
                "Wave {wave}: the state machine, which reads {file}"
            )),
            "stepfunctions create-state-machine",
            [
                ("--name", names.name.clone()),
                ("--role-arn", role_arn),
                ("--definition", definition.to_string()),
            ],
        ),
        CallText::new(
            Some("Its execution; the name is its token".to_owned()),
            "stepfunctions start-execution",
            [
                ("--state-machine-arn", names.machine_arn),
                ("--name", names.name),
                ("--input", INPUT.to_owned()),
            ],
        ),
    ]
}

async fn group(session: &Session, run: &Run, wave: &WaveRow) -> Result<Vec<CallText>, Error> {
    let group = GroupOfWave {
        wave: wave.wave.number,
        name: Names::of(session, &run.id, wave.wave.number).name,
        left: wave.sent().saturating_sub(NAMED),
        token: wave.client_token.clone(),
    };
    let requests = requests(session, run, wave, NAMED).await?;
    let job = run.settings.v2.as_ref().and_then(|v2| v2.job.as_ref());
    Ok(group_calls(session, group, requests, job))
}

/// The thing group that is made for a wave.
pub(super) struct GroupOfWave {
    pub(super) wave: u32,
    pub(super) name: String,
    /// Core devices that are not named.
    pub(super) left: u32,
    /// The token of its deployment.
    pub(super) token: Option<String>,
}

/// The thing group, who is put into it, and its deployment, which is the first device's.
pub(super) fn group_calls(
    session: &Session,
    group: GroupOfWave,
    requests: Vec<(String, Value)>,
    job: Option<&IotJobConfiguration>,
) -> Vec<CallText> {
    let mut calls = vec![CallText::new(
        Some(format!("Wave {}: its thing group", group.wave)),
        "iot create-thing-group",
        [("--thing-group-name", group.name.clone())],
    )];
    for (thing, _) in &requests {
        calls.push(CallText::new(
            None,
            "iot add-thing-to-thing-group",
            [
                ("--thing-group-name", group.name.clone()),
                ("--thing-name", thing.clone()),
            ],
        ));
    }
    if let Some((_, mut request)) = requests.into_iter().next() {
        if let Some(fields) = request.as_object_mut() {
            let connection = &session.connection;
            let arn = format!(
                "arn:{}:iot:{}:{}:thinggroup/{}",
                connection.partition, connection.region, connection.account, group.name
            );
            fields.insert("targetArn".to_owned(), arn.into());
            if let Some(job) = job.and_then(|job| serde_json::to_value(job).ok()) {
                fields.insert("iotJobConfiguration".to_owned(), job);
            }
            // That of the first device is not the group's.
            fields.remove("clientToken");
            if let Some(token) = group.token {
                fields.insert("clientToken".to_owned(), token.into());
            }
        }
        let more = if group.left > 0 {
            format!(", once {} more are in it", group.left)
        } else {
            String::new()
        };
        calls.push(CallText::new(
            Some(format!("The deployment to the group{more}")),
            "greengrassv2 create-deployment",
            [("--cli-input-json", request.to_string())],
        ));
    }
    calls
}

/// How to look at what a run does, and how to stop it.
///
/// # Errors
/// [`ErrorCode::NotFound`] for a run that is not there or was not started; those of the store.
pub(crate) async fn watch_calls(session: &Session, run: &str) -> Result<Vec<CallText>, Error> {
    let (run, waves) = rows_of(session, run).await?;
    let mut calls = Vec::new();
    for wave in waves.iter().filter(|row| row.is_started()) {
        let what = wave.wave.bulk_deployment.clone();
        match (way(&run), what) {
            (Way::StepFunctions, Some(execution)) => calls.extend(watch_machine(wave, &execution)),
            (Way::ThingGroup, Some(deployment)) => calls.extend(watch_group(&deployment)),
            (_, _) => calls.extend(watch_devices(session, &run, wave).await?),
        }
    }
    if calls.is_empty() {
        return Err(Problem::new(
            ErrorCode::NotFound,
            format!("Nothing of the run {} was started yet", run.id),
        )
        .hint("Try again once the run has started.")
        .into());
    }
    Ok(calls)
}

async fn watch_devices(
    session: &Session,
    run: &Run,
    wave: &WaveRow,
) -> Result<Vec<CallText>, Error> {
    let (ordinal, number) = (run.ordinal, wave.wave.number);
    // Those that are not done first.
    let made: Vec<(String, String)> = session
        .store()
        .read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT target, deployment FROM target
                 WHERE run = ?1 AND wave = ?2 AND deployment IS NOT NULL
                 ORDER BY state IN (3, 4), position LIMIT ?3",
            )?;
            let rows = query.query_map((ordinal, number, NAMED), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await?;
    let mut calls = Vec::new();
    for (thing, deployment) in made {
        calls.push(CallText::new(
            None,
            "greengrassv2 list-effective-deployments",
            [("--core-device-thing-name", thing)],
        ));
        calls.push(CallText::new(
            None,
            "greengrassv2 get-deployment",
            [("--deployment-id", deployment.clone())],
        ));
        calls.push(
            CallText::new(
                Some("To cancel it; a device that has it already stays as it is".to_owned()),
                "greengrassv2 cancel-deployment",
                [("--deployment-id", deployment)],
            )
            .aside(),
        );
    }
    Ok(calls)
}

fn watch_machine(wave: &WaveRow, execution: &str) -> [CallText; 5] {
    let named = [("--execution-arn", execution.to_owned())];
    [
        CallText::new(None, "stepfunctions describe-execution", named.clone()),
        CallText::new(
            Some("Its map run, to be looked at with describe-map-run".to_owned()),
            "stepfunctions list-map-runs",
            named.clone(),
        ),
        CallText::new(
            Some("Once it has ended, what became of each core device".to_owned()),
            "s3 cp",
            [
                (
                    "--recursive",
                    format!("s3://{}/{}", wave.bucket, results_prefix(wave)),
                ),
                ("results", String::new()),
            ],
        ),
        CallText::new(
            Some("To change how many it works on at once".to_owned()),
            "stepfunctions update-map-run",
            [
                ("--map-run-arn", "MAP_RUN_ARN".to_owned()),
                ("--max-concurrency", "50".to_owned()),
            ],
        )
        .aside(),
        CallText::new(
            Some("To stop it; deployments that were made stay".to_owned()),
            "stepfunctions stop-execution",
            named,
        )
        .aside(),
    ]
}

fn watch_group(deployment: &str) -> [CallText; 3] {
    let named = [("--deployment-id", deployment.to_owned())];
    [
        CallText::new(
            Some("The deployment tells its job, whose things say how they stand".to_owned()),
            "greengrassv2 get-deployment",
            named.clone(),
        ),
        CallText::new(
            None,
            "iot list-job-executions-for-job",
            [("--job-id", "IOT_JOB_ID".to_owned())],
        )
        .aside(),
        CallText::new(
            Some("To cancel it; devices that have it already stay as they are".to_owned()),
            "greengrassv2 cancel-deployment",
            named,
        )
        .aside(),
    ]
}
