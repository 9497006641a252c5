//! What devices may do with the credentials that the token exchange service gives them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{DEVICE_CREDENTIALS, Grant, GrantedResource};
use crate::{
    permissions::{Document, Objects, Place, Statement},
    v2::recipe::{
        ArtifactUri, Configured, DeviceNeeds, Image, device_needs, parse_version, secrets,
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
    let mut grants = Gathered {
        place,
        objects: Grant::new(
            "OverseedArtifacts",
            &["s3:GetObject"],
            "Devices fetch the components' artifacts.",
        ),
        buckets: Grant::new(
            "OverseedArtifactBuckets",
            &["s3:GetBucketLocation"],
            "Before a device fetches an artifact it asks where the bucket is.",
        ),
        login: Grant::new(
            "OverseedRegistryLogin",
            &["ecr:GetAuthorizationToken"],
            "Devices log in to the private registry; the action knows no resources.",
        ),
        images: Grant::new(
            "OverseedImages",
            &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Devices pull the components' images.",
        ),
        secrets: Grant::new(
            "OverseedSecrets",
            &["secretsmanager:GetSecretValue"],
            "Components read these secrets, and no others.",
        ),
        topics: Grant::new(
            "OverseedTopics",
            &["iot:Publish", "iot:GetRetainedMessage"],
            "Results and commands go over topics of this prefix, which begins with a slash.",
        ),
        video: Grant::new(
            "OverseedKinesisVideo",
            &[
                "kinesisvideo:DescribeStream",
                "kinesisvideo:GetDataEndpoint",
                "kinesisvideo:PutMedia",
            ],
            "The sink for Kinesis Video Streams writes to them.",
        ),
        cache: Grant::new(
            "OverseedResultCache",
            &["s3:PutObject", "s3:DeleteObject"],
            "Results and images are kept in this bucket.",
        ),
    };
    for component in components {
        grants.artifacts(component, wishes.reach);
        grants.configuration(component, wishes);
    }
    let logs = components.iter().any(|component| {
        let component = component.recipe.component();
        component.name == LOG_MANAGER || component.depends_on(LOG_MANAGER)
    });
    let mut all = grants.all();
    if wishes.logs || logs {
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
    objects: Grant,
    buckets: Grant,
    login: Grant,
    images: Grant,
    secrets: Grant,
    topics: Grant,
    video: Grant,
    cache: Grant,
}

impl Gathered<'_> {
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
        let given = all.into_iter().filter(|grant| !grant.resources.is_empty());
        given.collect()
    }

    fn artifacts(&mut self, component: &Configured<'_>, reach: Reach) {
        let partition = self.place.partition;
        for artifact in component.recipe.component().artifacts() {
            match ArtifactUri::parse(&artifact.uri) {
                Ok(ArtifactUri::S3 { bucket, key }) => {
                    let objects = within(&key, reach).arn(partition, &bucket);
                    add(&mut self.objects, objects, component, &artifact.path);
                    let bucket = format!("arn:{partition}:s3:::{bucket}");
                    add(&mut self.buckets, bucket, component, &artifact.path);
                }
                Ok(ArtifactUri::Docker(image)) => self.image(&image, component, &artifact.path),
                Ok(ArtifactUri::Greengrass(_)) | Err(_) => {}
            }
        }
    }

    fn image(&mut self, image: &Image, component: &Configured<'_>, path: &str) {
        if let Some(repository) = image.private_ecr() {
            let arn = format!(
                "arn:{}:ecr:{}:{}:repository/{}",
                self.place.partition, repository.region, repository.account, repository.name
            );
            add(&mut self.images, arn, component, path);
            add(&mut self.login, "*".to_owned(), component, path);
        }
    }

    fn configuration(&mut self, component: &Configured<'_>, wishes: &Wishes) {
        let Place {
            partition,
            region,
            account,
        } = self.place;
        for secret in secrets(component) {
            // The ARN of a secret ends in a hyphen and six characters of AWS's own (Secrets Manager: "GetSecretValue").
            let arn = if secret.id.starts_with("arn:") {
                secret.id
            } else {
                let id = secret.id;
                format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{id}-??????")
            };
            add(&mut self.secrets, arn, component, &secret.path);
        }
        let DeviceNeeds {
            topics,
            kinesis_video,
            streams,
            cache,
        } = device_needs(component);
        if let Some(path) = topics {
            // The slash at the topic's beginning comes after the one that divides (facts).
            let arn = format!("arn:{partition}:iot:{region}:{account}:topic//edgeimpulse/device/*");
            add(&mut self.topics, arn, component, &path);
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
                add(&mut self.video, arn, component, &path);
            }
        } else if wishes.kinesis_video {
            let arn = format!("arn:{partition}:kinesisvideo:{region}:{account}:stream/*/*");
            add(&mut self.video, arn, component, "");
        }
        if let Some((path, bucket)) = cache {
            let arn = Objects::Prefix(String::new()).arn(*partition, &bucket);
            add(&mut self.cache, arn, component, &path);
        }
    }
}

fn add(grant: &mut Grant, arn: String, component: &Configured<'_>, path: &str) {
    let resource = GrantedResource {
        arn,
        component: Some(component.recipe.component().name.clone()),
        path: (!path.is_empty()).then(|| path.to_owned()),
    };
    if !grant.resources.contains(&resource) {
        grant.resources.push(resource);
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
