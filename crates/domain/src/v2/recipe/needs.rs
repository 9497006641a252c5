//! What a component needs from elsewhere: secrets, images, streams, topics, devices.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    Configured,
    configured::{leaves, named, says_yes, written},
    docker_run::docker_runs,
};
use crate::v2::secret::is_secret_name;

/// A secret of AWS Secrets Manager that a component reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NeededSecret {
    /// Its name or its ARN.
    pub id: String,
    /// The key that its JSON has to have, where the configuration names one.
    pub key: Option<String>,
    /// Where the configuration names it: a JSON pointer in the configuration.
    pub path: String,
}

impl NeededSecret {
    /// Whether it is one of AWS Secrets Manager for sure: by its ARN, by the `cloudSecrets` of aws.greengrass.SecretManager, or
    /// by `ei_sm_secret_id` of the Edge Impulse components (facts). What other components call a secret's id is theirs
    /// to know.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.path.starts_with("/cloudSecrets/")
            || self.path.ends_with("/ei_sm_secret_id")
            || self.id.contains(":secretsmanager:")
    }

    /// How it is made with the AWS CLI; absent where no secret can have such a name.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        let name = &self.id;
        // Nothing in such a name needs quotes.
        is_secret_name(name).then(|| {
            format!(
                "aws secretsmanager create-secret --name={name} --secret-string file://secret.json"
            )
        })
    }
}

/// The secrets that a configuration names: by keys such as `ei_sm_secret_id` (with `ei_sm_secret_name` beside it for the key
/// in its JSON), `secretId` or `secretArn`, and by the `cloudSecrets` of aws.greengrass.SecretManager.
#[must_use]
pub fn secrets(component: &Configured<'_>) -> Vec<NeededSecret> {
    let mut all = Vec::new();
    leaves(&component.configuration, "", &mut all);
    let mut found: Vec<NeededSecret> = Vec::new();
    for (path, value) in &all {
        let key = path.rsplit('/').next().unwrap_or(path);
        let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.to_ascii_lowercase();
        let in_cloud_secrets = path.starts_with("/cloudSecrets/") && plain == "arn";
        let names_one = plain.ends_with("secretid") || plain.ends_with("secretarn");
        let Some(id) = value.as_str().filter(|id| is_set(id)) else {
            continue;
        };
        // A template is filled in for each device.
        if !(names_one || in_cloud_secrets) || found.iter().any(|secret| secret.id == id) {
            continue;
        }
        let beside = key.strip_suffix("_id").map(|stem| {
            let parent = path.strip_suffix(key).unwrap_or_default();
            format!("{parent}{stem}_name")
        });
        let name = all.iter().find(|(path, _)| Some(path) == beside.as_ref());
        found.push(NeededSecret {
            id: id.to_owned(),
            key: name
                .and_then(|(_, value)| value.as_str())
                .map(str::to_owned),
            path: path.clone(),
        });
    }
    found
}

/// Whether a value is filled in: Edge Impulse writes `__none__` for nothing.
pub(super) fn is_set(text: &str) -> bool {
    !text.trim().is_empty() && text != "__none__"
}

/// Where the configuration asks for Kinesis Video, if it does (facts: `install_kvssink`).
pub(super) fn kinesis_video(component: &Configured<'_>) -> Option<String> {
    let asked = named(&component.configuration, "install_kvssink");
    asked
        .into_iter()
        .find(|(_, value)| says_yes(value))
        .map(|(path, _)| path)
}

/// The streams that GStreamer arguments name: `stream-name=…`, in which a colon stands for a space (facts: `gst_args`).
fn streams(component: &Configured<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (_, args) in named(&component.configuration, "gst_args") {
        for part in args.split([':', ' ', '!']) {
            if let Some(name) = part.strip_prefix("stream-name=") {
                found.push(name.trim_matches(['"', '\'']).to_owned());
            }
        }
    }
    found
}

/// What a component wants of AWS by its configuration, each with the path that says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceNeeds {
    /// Results go to topics below `/edgeimpulse/device/`.
    pub topics: Option<String>,
    /// Video goes to Kinesis Video Streams.
    pub kinesis_video: Option<String>,
    /// The streams that are named.
    pub streams: Vec<String>,
    /// Results go into a bucket, which is named.
    pub cache: Option<(String, String)>,
}

/// What a component wants of AWS by its configuration (reference: Edge Impulse).
#[must_use]
pub fn device_needs(component: &Configured<'_>) -> DeviceNeeds {
    let asked = named(&component.configuration, "enable_cache_to_s3");
    let cached = asked.into_iter().find(|(_, value)| says_yes(value));
    let bucket = named(&component.configuration, "s3_bucket");
    let bucket = bucket
        .into_iter()
        .map(|(_, bucket)| bucket)
        .find(|bucket| is_set(bucket));
    DeviceNeeds {
        topics: edge_impulse_topics(component),
        kinesis_video: kinesis_video(component),
        streams: streams(component),
        cache: cached.and_then(|(path, _)| Some((path, bucket?))),
    }
}

/// Where the configuration says that results go to AWS IoT Core under `/edgeimpulse/device/…` (reference: Edge Impulse).
fn edge_impulse_topics(component: &Configured<'_>) -> Option<String> {
    let found = named(&component.configuration, "iotcore_qos");
    found.into_iter().next().map(|(path, _)| path)
}

/// What a component takes of a device for itself alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Takes {
    /// Files such as `/dev/video0`.
    pub devices: BTreeSet<String>,
    /// Whether it takes whichever camera there is.
    pub any_camera: bool,
    /// Lock files that its configuration names.
    pub locks: BTreeSet<String>,
}

/// Files of the host that one program at a time can use.
const EXCLUSIVE: [&str; 4] = ["/dev/video", "/dev/ttyUSB", "/dev/ttyACM", "/dev/ttyS"];

/// The Edge Impulse components that take the camera (facts).
const CAMERAS: [&str; 2] = [
    "EdgeImpulseLinuxServiceComponent",
    "EdgeImpulseLinuxRunnerServiceComponent",
];

/// What a component takes, as far as its scripts and its configuration say.
pub(super) fn takes(component: &Configured<'_>) -> Takes {
    let mut takes = Takes::default();
    let mut texts = Vec::new();
    let mut all = Vec::new();
    leaves(&component.configuration, "", &mut all);
    texts.extend(all.iter().map(|(_, value)| written(value)));
    for script in component.recipe.component().scripts() {
        for run in docker_runs(&script.text) {
            texts.extend(run.devices);
        }
        texts.push(script.text.clone());
    }
    for text in &texts {
        takes.devices.extend(devices(text));
    }
    let locks = named(&component.configuration, "lock_filename");
    takes.locks = locks
        .into_iter()
        .map(|(_, file)| file)
        .filter(|file| is_set(file))
        .collect();
    let video = takes
        .devices
        .iter()
        .any(|device| device.starts_with("/dev/video"));
    // `gst_args` unset: the camera that GStreamer finds first.
    let launches = !named(&component.configuration, "launch").is_empty();
    let by_default = named(&component.configuration, "gst_args");
    let known = CAMERAS.contains(&component.recipe.component().name.as_str());
    takes.any_camera = !video && (known || launches && !by_default.is_empty());
    takes
}

fn devices(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in EXCLUSIVE {
        for (at, _) in text.match_indices(prefix) {
            let rest = text.get(at + prefix.len()..).unwrap_or_default();
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            found.push(format!("{prefix}{digits}"));
        }
    }
    found
}
