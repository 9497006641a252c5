//! Secrets that components read: missing ones are told, made from a file, and their values are nowhere else.

use std::path::{Path, PathBuf};

use overseed_domain::v2::{
    recipe::{RecipeFinding, RecipeFindingCode, Severity},
    secret::SecretValue,
};
use overseed_engine::{
    Error, ErrorCode, Session,
    job::JobKind,
    v2::components::{
        PublishRequest, SecretMade, SecretRequest, component_check, component_publish,
        secret_create, secret_create_from,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};
use tracing_subscriber::fmt::MakeWriter;

use crate::world::World;

const NAME: &str = "EI_API_KEY";
const VALUE: &str = "ei_planted_0123456789abcdef";

const RECIPE: &str = "\
RecipeFormatVersion: '2020-01-25'
ComponentName: com.example.Eye
ComponentVersion: 1.0.0
ComponentConfiguration:
  DefaultConfiguration:
    Parameters:
      ei_sm_secret_id: EI_API_KEY
      ei_sm_secret_name: ei_api_key
Manifests:
  - Platform:
      os: linux
    Lifecycle:
      Run: echo {configuration:/Parameters/ei_sm_secret_id}
";

fn asked() -> PublishRequest {
    PublishRequest {
        recipe: RECIPE.to_owned(),
        ..PublishRequest::default()
    }
}

fn wanted() -> SecretRequest {
    SecretRequest {
        name: NAME.to_owned(),
        key: Some("ei_api_key".to_owned()),
    }
}

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("secret.json");
    std::fs::write(&path, text).unwrap();
    path
}

async fn make(session: &Session, text: &str) -> Result<SecretMade, Error> {
    let folder = tempfile::tempdir().unwrap();
    secret_create_from(session, wanted(), file(folder.path(), text)).await
}

async fn missing(world: &World) -> Vec<RecipeFinding> {
    let progress = world.progress(JobKind::ComponentCheck);
    let check = component_check(&world.session, asked(), &progress)
        .await
        .unwrap();
    let mut found = check.recipe.findings;
    found.retain(|finding| finding.code == RecipeFindingCode::MissingSecret);
    found
}

/// All that the store holds, as one text.
fn stored(world: &World) -> String {
    let read = world.session.store().read_now(|connection| {
        let mut statement = connection.prepare(
            "SELECT plan || '|' || operation || '|' || summary || '|' || coalesce(before, '') || '|' ||
                    coalesce(after, '') || '|' || coalesce(outcome, '') || '|' || coalesce(detail, '')
             FROM change ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    read.unwrap().join("\n")
}

#[tokio::test]
async fn a_missing_secret_warns_is_made_from_a_file_and_is_found_then() {
    let world = World::hurried(3, Scenario::AllWell).await;
    let found = missing(&world).await;
    let [finding] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(finding.severity, Severity::Warning);
    assert!(finding.remedy.contains(
        "aws secretsmanager create-secret --name=EI_API_KEY --secret-string file://secret.json"
    ));
    let secret = finding.secret.clone().unwrap();
    assert_eq!((secret.id.as_str(), secret.key), (NAME, wanted().key));

    // AWS does not look for secrets when a version is made.
    let progress = world.progress(JobKind::Publish);
    let published = component_publish(&world.session, asked(), &progress)
        .await
        .unwrap();
    let told = |one: &RecipeFinding| one.code == RecipeFindingCode::MissingSecret;
    assert!(published.findings.iter().any(told));

    let made = make(
        &world.session,
        &format!("{{\"ei_api_key\": \"{VALUE}\"}}\n"),
    )
    .await
    .unwrap();
    assert!(made.arn.contains(":secret:EI_API_KEY-"), "{made:?}");
    assert_eq!(missing(&world).await, []);
    let log = stored(&world);
    let last = log.lines().last().unwrap();
    assert_eq!(
        last,
        "secret EI_API_KEY|secretsmanager:CreateSecret|Make the secret EI_API_KEY|||done|"
    );

    // One that is there stays as it is.
    let again = make(&world.session, r#"{"ei_api_key": "other"}"#).await;
    let problem = again.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::Conflict);
    assert!(problem.hint.is_some(), "{problem:?}");
}

#[tokio::test]
async fn a_file_that_will_not_do_is_told_without_a_word_of_it() {
    let world = World::of(1, Scenario::AllWell).await;
    let large = format!("{{\"ei_api_key\": \"{}\"}}", VALUE.repeat(3_000));
    for (text, code) in [
        (VALUE.to_owned(), ErrorCode::FileInvalid),
        (String::new(), ErrorCode::FileInvalid),
        (format!("[\"{VALUE}\"]"), ErrorCode::FileInvalid),
        (format!("{{\"{VALUE}\": 1}}"), ErrorCode::FileInvalid),
        // Not the key that the component asks for.
        (
            format!("{{\"other\": \"{VALUE}\"}}"),
            ErrorCode::FileInvalid,
        ),
        (large, ErrorCode::FileInvalid),
    ] {
        let error = make(&world.session, &text).await.unwrap_err();
        let debug = format!("{error:?} {error}");
        let problem = error.problem();
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(problem.hint.is_some());
        assert!(!format!("{debug} {problem:?}").contains("planted"));
    }
    let gone = PathBuf::from("/nowhere/secret.json");
    let error = secret_create_from(&world.session, wanted(), gone).await;
    assert_eq!(error.unwrap_err().problem().code, ErrorCode::FileUnreadable);
    let arn = SecretRequest {
        name: "arn:aws:secretsmanager:eu-west-1:1:secret:a-AbCdEf".to_owned(),
        key: None,
    };
    let value = SecretValue::read(br#"{"a":"b"}"#).unwrap();
    let error = secret_create(&world.session, arn, value).await;
    assert_eq!(error.unwrap_err().problem().code, ErrorCode::InvalidInput);
    assert_eq!(world.sandbox.calls("CreateSecret"), 0);
    assert_eq!(stored(&world), "");
}

#[tokio::test]
async fn a_refused_call_is_in_the_log_and_the_value_is_in_nothing_that_is_written() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let world = World::hurried(1, Scenario::AllWell).await;
    world
        .sandbox
        .faults()
        .add(Fault::once("CreateSecret", FaultKind::ExpiredCredentials));
    let text = format!("{{\"ei_api_key\": \"{VALUE}\"}}");
    let request = wanted();
    let value = SecretValue::read(text.as_bytes()).unwrap();
    let command = format!("{request:?} {value:?}");
    let error = secret_create(&world.session, request, value)
        .await
        .unwrap_err();
    let told = format!("{command} {error:?} {error} {:?}", error.problem());
    assert!(!told.contains("planted"), "{told}");
    make(&world.session, &text).await.unwrap();
    let log = stored(&world);
    let outcomes: Vec<&str> = log
        .lines()
        .filter_map(|line| line.split('|').nth(5))
        .collect();
    assert_eq!(outcomes, ["failed", "done"]);
    let written = lines.text();
    assert!(written.contains("secretsmanager"), "nothing was written");
    assert!(!format!("{log}{written}").contains("planted"));
}

/// What is logged.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
