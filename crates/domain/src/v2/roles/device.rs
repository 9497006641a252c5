//! What devices may do with the credentials that the token exchange service gives them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{DEVICE_CREDENTIALS, Grant, GrantedResource};
use crate::{
    permissions::{Document, Objects, Place, Statement},
    v2::recipe::{
        ArtifactUri, Component, Configured, DeviceNeeds, Image, Recipe, device_needs,
        parse_version, secrets,
    },
};

/// How far the right to read artifacts reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The artifacts of these versions, one by one.
    #[default]
    Artifacts,
    /// Whatever lies beside them in all versions, so that the next version needs no change.
    Versions,
}

/// What the role is to have beside what the components say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Wishes {
    /// How far the right to read artifacts reaches.
    pub reach: Reach,
    /// Whether devices send their logs to CloudWatch, as with aws.greengrass.LogManager.
    pub logs: bool,
    /// Whether devices write to Kinesis Video Streams, even if no configuration says so.
    pub kinesis_video: bool,
}

/// The trust policy of the role: AWS IoT's credentials provider.
#[must_use]
pub fn device_role_trust() -> Document {
    let statement = Statement::trust("OverseedDeviceCredentials", DEVICE_CREDENTIALS);
    Document::new(vec![statement])
}

/// What components need of the role, with their configurations as devices get them. Artifacts whose buckets or keys are not
/// known yet are left out: the check of the recipe tells of them.
#[must_use]
pub fn device_grants(place: &Place, components: &[Configured<'_>], wishes: &Wishes) -> Vec<Grant> {
    let recipes = components.iter().map(|component| component.recipe);
    let mut grants = artifact_grants(place, recipes, wishes.reach);
    grants.extend(configuration_grants(
        place,
        components.iter().cloned(),
        wishes,
    ));
    grants
}

/// What components need for their artifacts, whatever their configurations.
#[must_use]
pub fn artifact_grants<'a>(
    place: &Place,
    recipes: impl IntoIterator<Item = &'a Recipe>,
    reach: Reach,
) -> Vec<Grant> {
    let mut grants = Gathered::new(place);
    for recipe in recipes {
        grants.artifacts(recipe.component(), reach);
    }
    grants.all()
}

/// What components need by their configurations, one after the other: a fleet may have a hundred thousand different ones.
#[must_use]
pub fn configuration_grants<'a>(
    place: &Place,
    components: impl IntoIterator<Item = Configured<'a>>,
    wishes: &Wishes,
) -> Vec<Grant> {
    let mut grants = Gathered::new(place);
    let mut logs = wishes.logs;
    for configured in components {
        let component = configured.recipe.component();
        logs |= component.name == LOG_MANAGER || component.depends_on(LOG_MANAGER);
        grants.configuration(&configured, wishes);
    }
    let mut all = grants.all();
    if logs {
        all.push(to_logs(place));
    }
    all
}

const LOG_MANAGER: &str = "aws.greengrass.LogManager";

/// The log groups are named `/aws/greengrass/TYPE/REGION/COMPONENT` (guide: "Log manager").
fn to_logs(place: &Place) -> Grant {
    let actions = [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogStreams",
    ];
    let Place {
        partition,
        region,
        account,
    } = place;
    let groups = format!("arn:{partition}:logs:{region}:{account}:log-group:/aws/greengrass/*");
    Grant::new(
        "OverseedLogs",
        &actions,
        "Devices send their logs to CloudWatch.",
    )
    .on([groups])
}

struct Gathered<'a> {
    place: &'a Place,
    objects: Granted,
    buckets: Granted,
    login: Granted,
    images: Granted,
    secrets: Granted,
    topics: Granted,
    video: Granted,
    cache: Granted,
}

/// A grant on its way, each of its resources once for each component.
struct Granted {
    grant: Grant,
    known: HashSet<(String, String)>,
}

impl Granted {
    fn new(sid: &str, actions: &[&str], reason: &str) -> Self {
        Self {
            grant: Grant::new(sid, actions, reason),
            known: HashSet::new(),
        }
    }

    fn add(&mut self, arn: String, component: &Component, path: &str) {
        if self.known.insert((arn.clone(), component.name.clone())) {
            self.grant.resources.push(GrantedResource {
                arn,
                component: Some(component.name.clone()),
                path: (!path.is_empty()).then(|| path.to_owned()),
            });
        }
    }
}

impl<'a> Gathered<'a> {
    fn new(place: &'a Place) -> Self {
        Self {
            place,
            objects: Granted::new(
                "OverseedArtifacts",
                &["s3:GetObject"],
                "Devices fetch the components' artifacts.",
            ),
            buckets: Granted::new(
                "OverseedArtifactBuckets",
                &["s3:GetBucketLocation"],
                "Before a device fetches an artifact it asks where the bucket is.",
            ),
            login: Granted::new(
                "OverseedRegistryLogin",
                &["ecr:GetAuthorizationToken"],
                "Devices log in to the private registry; the action knows no resources.",
            ),
            images: Granted::new(
                "OverseedImages",
                &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                "Devices pull the components' images.",
            ),
            secrets: Granted::new(
                "OverseedSecrets",
                &["secretsmanager:GetSecretValue"],
                "Components read these secrets, and no others.",
            ),
            topics: Granted::new(
                "OverseedTopics",
                &["iot:Publish", "iot:GetRetainedMessage"],
                "Results and commands go over topics of this prefix, which begins with a slash.",
            ),
            video: Granted::new(
                "OverseedKinesisVideo",
                &[
                    "kinesisvideo:DescribeStream",
                    "kinesisvideo:GetDataEndpoint",
                    "kinesisvideo:PutMedia",
                ],
                "The sink for Kinesis Video Streams writes to them.",
            ),
            cache: Granted::new(
                "OverseedResultCache",
                &["s3:PutObject", "s3:DeleteObject"],
                "Results and images are kept in this bucket.",
            ),
        }
    }

    fn all(self) -> Vec<Grant> {
        let all = [
            self.objects,
            self.buckets,
            self.login,
            self.images,
            self.secrets,
            self.topics,
            self.video,
            self.cache,
        ];
        let grants = all.into_iter().map(|granted| granted.grant);
        grants.filter(|grant| !grant.resources.is_empty()).collect()
    }

    fn artifacts(&mut self, component: &Component, reach: Reach) {
        let partition = self.place.partition;
        for artifact in component.artifacts() {
            match ArtifactUri::parse(&artifact.uri) {
                Ok(ArtifactUri::S3 { bucket, key }) => {
                    let objects = within(&key, reach).arn(partition, &bucket);
                    self.objects.add(objects, component, &artifact.path);
                    let bucket = format!("arn:{partition}:s3:::{bucket}");
                    self.buckets.add(bucket, component, &artifact.path);
                }
                Ok(ArtifactUri::Docker(image)) => self.image(&image, component, &artifact.path),
                Ok(ArtifactUri::Greengrass(_)) | Err(_) => {}
            }
        }
    }

    fn image(&mut self, image: &Image, component: &Component, path: &str) {
        if let Some(repository) = image.private_ecr() {
            let arn = format!(
                "arn:{}:ecr:{}:{}:repository/{}",
                self.place.partition, repository.region, repository.account, repository.name
            );
            self.images.add(arn, component, path);
            self.login.add("*".to_owned(), component, path);
        }
    }

    fn configuration(&mut self, configured: &Configured<'_>, wishes: &Wishes) {
        let component = configured.recipe.component();
        let Place {
            partition,
            region,
            account,
        } = self.place;
        for secret in secrets(configured) {
            // The ARN of a secret ends in a hyphen and six characters of AWS's own (Secrets Manager: "GetSecretValue").
            let arn = if secret.id.starts_with("arn:") {
                secret.id
            } else {
                let id = secret.id;
                format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{id}-??????")
            };
            self.secrets.add(arn, component, &secret.path);
        }
        let DeviceNeeds {
            topics,
            kinesis_video,
            streams,
            cache,
        } = device_needs(configured);
        if let Some(path) = topics {
            // The slash at the topic's beginning comes after the one that divides (facts).
            let arn = format!("arn:{partition}:iot:{region}:{account}:topic//edgeimpulse/device/*");
            self.topics.add(arn, component, &path);
        }
        let video = kinesis_video
            .or_else(|| (wishes.kinesis_video && !streams.is_empty()).then(String::new));
        if let Some(path) = video {
            let names = if streams.is_empty() {
                vec!["*".to_owned()]
            } else {
                streams
            };
            for name in names {
                let arn =
                    format!("arn:{partition}:kinesisvideo:{region}:{account}:stream/{name}/*");
                self.video.add(arn, component, &path);
            }
        } else if wishes.kinesis_video {
            let arn = format!("arn:{partition}:kinesisvideo:{region}:{account}:stream/*/*");
            self.video.add(arn, component, "");
        }
        if let Some((path, bucket)) = cache {
            let arn = Objects::Prefix(String::new()).arn(*partition, &bucket);
            self.cache.add(arn, component, &path);
        }
    }
}

/// The object, or all beside it in any version: what stands before the version's folder, or the file's own folder.
fn within(key: &str, reach: Reach) -> Objects {
    if reach == Reach::Artifacts {
        return Objects::Key(key.to_owned());
    }
    let parts: Vec<&str> = key.split('/').collect();
    let folder = parts.len().saturating_sub(1);
    let version = parts.iter().position(|part| parse_version(part).is_ok());
    let prefix = parts.get(..version.unwrap_or(folder).min(folder));
    match prefix
        .map(|parts| parts.join("/"))
        .filter(|prefix| !prefix.is_empty())
    {
        Some(prefix) => Objects::Prefix(prefix),
        // Beside it is the whole bucket: that would be too much.
        None => Objects::Key(key.to_owned()),
    }
}
