use std::path::Path;

use overseed_domain::v2::recipe::RecipeFindingCode;
use overseed_engine::{
    Error, ErrorCode,
    job::JobKind,
    v2::components::{
        ComponentScope, ObjectStanding, PublishRequest, Published, RecipeChanges, VersionStanding,
        component_check, component_publish, component_show, component_versions, components_list,
        recipe_check,
    },
};
use overseed_sandbox::{Fault, FaultKind, Scenario};

use crate::world::World;

const BUCKET: &str = "overseed-demo-000000000000";

const RECIPE: &str = "\
RecipeFormatVersion: '2020-01-25'
ComponentName: com.example.Hello
ComponentVersion: 1.0.0
ComponentDescription: Says hello.
ComponentPublisher: Example
ComponentConfiguration:
  DefaultConfiguration:
    greeting: hello  # said once
Manifests:
  - Platform:
      os: linux
    Lifecycle:
      Run: python3 -u {artifacts:path}/hello.py
    Artifacts:
      - URI: s3://mys3repo123987/artifacts/com.example.Hello/1.0.0/hello.py
";

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("hello.py"), text).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

fn request(folder: &Folder, changes: RecipeChanges) -> PublishRequest {
    PublishRequest {
        recipe: RECIPE.to_owned(),
        changes: RecipeChanges {
            bucket: Some(BUCKET.to_owned()),
            ..changes
        },
        artifacts: Some(folder.path().to_owned()),
        overwrite: false,
    }
}

async fn publish(world: &World, request: PublishRequest) -> Result<Published, Error> {
    component_publish(&world.session, request, &world.progress(JobKind::Publish)).await
}

/// `operation summary outcome` of each change, oldest first.
fn changes(world: &World) -> Vec<(String, String)> {
    world
        .session
        .store()
        .read_now(|connection| {
            let mut statement = connection
                .prepare("SELECT operation, coalesce(outcome, '') FROM change ORDER BY id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

#[tokio::test]
async fn own_and_public_components_are_listed_with_their_versions_and_recipes() {
    let world = World::of(5, Scenario::SmallPages).await;
    let progress = world.progress(JobKind::Components);
    let own = components_list(&world.session, ComponentScope::Own, &progress)
        .await
        .unwrap();
    let public = components_list(&world.session, ComponentScope::Public, &progress)
        .await
        .unwrap();
    assert!(
        public
            .iter()
            .any(|row| row.name == "aws.greengrass.Nucleus")
    );
    assert!(
        own.iter()
            .all(|row| !row.name.starts_with("aws.greengrass."))
    );
    assert!(public.is_sorted_by(|a, b| a.name < b.name));
    let cli = public
        .iter()
        .find(|row| row.name == "aws.greengrass.Cli")
        .unwrap();
    let versions = component_versions(&world.session, &cli.arn, &progress)
        .await
        .unwrap();
    assert_eq!(Some(&versions[0].version), cli.latest_version.as_ref());
    assert!(versions.iter().any(|row| row.version == "2.9.0"));
    let shown = component_show(&world.session, &versions[0].arn, false, &progress)
        .await
        .unwrap();
    assert_eq!(
        (shown.name.as_str(), shown.state.as_str()),
        ("aws.greengrass.Cli", "DEPLOYABLE")
    );
    assert!(shown.recipe.contains("\"ComponentName\""));
    let yaml = component_show(&world.session, &versions[0].arn, true, &progress)
        .await
        .unwrap();
    assert!(yaml.recipe.contains("ComponentName:"), "{}", yaml.recipe);
    let mine = &own[0];
    assert!(
        !component_versions(&world.session, &mine.name, &progress)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_recipe_is_checked_without_an_account() {
    let folder = Folder::with("print('hello')");
    let mut asked = request(&folder, RecipeChanges::default());
    asked.changes.bucket = None;
    let check = recipe_check(asked.clone()).await.unwrap();
    assert_eq!(check.placeholders, ["mys3repo123987"]);
    let codes: Vec<_> = check.findings.iter().map(|finding| finding.code).collect();
    assert!(
        codes.contains(&RecipeFindingCode::PlaceholderBucket),
        "{codes:?}"
    );
    assert_eq!(check.artifacts[0].bytes, Some(14));

    asked.changes.bucket = Some(BUCKET.to_owned());
    asked.changes.version = Some("1.2.0".to_owned());
    asked.changes.artifact_versions = true;
    asked.changes.configuration = Some(r#"{"greeting":"good day"}"#.to_owned());
    let check = recipe_check(asked.clone()).await.unwrap();
    assert!(check.placeholders.is_empty());
    assert_eq!(check.version, "1.2.0");
    assert_eq!(
        check.artifacts[0].artifact.key,
        "artifacts/com.example.Hello/1.2.0/hello.py"
    );
    assert!(
        check.recipe.contains("greeting: \"good day\"  # said once"),
        "{}",
        check.recipe
    );

    std::fs::remove_file(folder.path().join("hello.py")).unwrap();
    let check = recipe_check(asked.clone()).await.unwrap();
    let codes: Vec<_> = check.findings.iter().map(|finding| finding.code).collect();
    assert!(
        codes.contains(&RecipeFindingCode::MissingArtifact),
        "{codes:?}"
    );

    asked.recipe = "- a list".to_owned();
    let problem = recipe_check(asked).await.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::FileInvalid);
}

#[tokio::test]
async fn a_component_is_published_once_and_other_bytes_need_another_version() {
    let world = World::hurried(5, Scenario::AllWell).await;
    let folder = Folder::with("print('hello')");
    let published = publish(&world, request(&folder, RecipeChanges::default()))
        .await
        .unwrap();
    let uri = format!("s3://{BUCKET}/artifacts/com.example.Hello/1.0.0/hello.py");
    assert_eq!(published.uploaded, [uri.as_str()]);
    assert!(
        !published.was_there
            && published
                .arn
                .ends_with(":components:com.example.Hello:versions:1.0.0")
    );
    let done = |operation: &str| (operation.to_owned(), "done".to_owned());
    let log = [
        done("s3:PutObject"),
        done("greengrass:CreateComponentVersion"),
    ];
    assert_eq!(changes(&world), log);

    let again = publish(&world, request(&folder, RecipeChanges::default()))
        .await
        .unwrap();
    assert!(again.was_there && again.uploaded.is_empty());
    assert_eq!(
        changes(&world),
        log,
        "nothing is changed by what is there already"
    );

    let other = Folder::with("print('good day')");
    let progress = world.progress(JobKind::Publish);
    let check = component_check(
        &world.session,
        request(&other, RecipeChanges::default()),
        &progress,
    )
    .await
    .unwrap();
    assert_eq!(check.standing, VersionStanding::Taken);
    assert_eq!(check.differences, [format!("the bytes of {uri}")]);
    assert_eq!(check.objects[0].state, ObjectStanding::Differs);
    assert_eq!(
        (check.versions.as_slice(), check.proposed.as_deref()),
        (["1.0.0".to_owned()].as_slice(), Some("1.0.1"))
    );
    let problem = publish(&world, request(&other, RecipeChanges::default()))
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::Conflict);
    assert!(problem.hint.unwrap().contains("1.0.1"));

    // The key of the artifact still says 1.0.0: the bytes that 1.0.0 stands on would be lost.
    let bumped = RecipeChanges {
        version: check.proposed.clone(),
        ..RecipeChanges::default()
    };
    let problem = publish(&world, request(&other, bumped.clone()))
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::Conflict);
    assert!(problem.message.contains(&uri), "{problem:?}");
    assert_eq!(changes(&world), log, "nothing was uploaded");
    let bumped = RecipeChanges {
        artifact_versions: true,
        ..bumped
    };
    let published = publish(&world, request(&other, bumped)).await.unwrap();
    assert_eq!(
        (published.version.as_str(), published.uploaded.len()),
        ("1.0.1", 1)
    );
}

#[tokio::test]
async fn what_stands_against_it_is_told_before_anything_is_uploaded() {
    let world = World::of(5, Scenario::AllWell).await;
    let folder = Folder::with("print('hello')");
    let mut asked = request(&folder, RecipeChanges::default());
    asked.changes.bucket = None;
    let problem = publish(&world, asked).await.unwrap_err().problem();
    assert_eq!(problem.code, ErrorCode::FileInvalid);
    assert!(problem.detail.unwrap().contains("mys3repo123987"));
    let mut asked = request(&folder, RecipeChanges::default());
    asked.artifacts = None;
    let problem = publish(&world, asked).await.unwrap_err().problem();
    assert!(problem.detail.unwrap().contains("does not exist"));
    assert!(changes(&world).is_empty());
    assert_eq!(world.sandbox.calls("CreateComponentVersion"), 0);
}

#[tokio::test]
async fn the_services_refusal_is_explained_and_in_the_log() {
    let world = World::of(5, Scenario::AllWell).await;
    let folder = Folder::with("print('hello')");
    world.sandbox.faults().add(Fault::once(
        "CreateComponentVersion",
        FaultKind::ExpiredCredentials,
    ));
    let problem = publish(&world, request(&folder, RecipeChanges::default()))
        .await
        .unwrap_err()
        .problem();
    assert_eq!(problem.code, ErrorCode::CredentialsExpired);
    let log = changes(&world);
    let outcomes: Vec<&str> = log.iter().map(|(_, outcome)| outcome.as_str()).collect();
    assert_eq!(outcomes, ["done", "failed"]);
}
