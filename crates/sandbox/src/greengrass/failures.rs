//! The failures that deployments can end with: the service's and the core's own words.
//! Most are known from AWS's troubleshooting pages and public threads; a few are known to nobody, as in life.

use super::draw::draw;

/// Whether another try can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    /// Mostly gone at the next deployment.
    Passing,
    /// Fails again until the group gets another version.
    UntilNewVersion,
}

/// A kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) lasting: Lasting,
    /// `DetailedErrorCode`.
    code: &'static str,
    /// With `{deployment}`, `{group}`, `{name}`, `{region}`, `{account}`, `{number}` and `{hex}` to be filled in.
    text: &'static str,
}

const fn passing(code: &'static str, text: &'static str) -> Failure {
    Failure {
        lasting: Lasting::Passing,
        code,
        text,
    }
}

const fn lasting(code: &'static str, text: &'static str) -> Failure {
    Failure {
        lasting: Lasting::UntilNewVersion,
        code,
        text,
    }
}

/// Troubles of a whole hall: network, clocks, a device prepared wrongly.
pub(super) const OF_HALLS: [Failure; 4] = [
    passing(
        "GG-500",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: unable to execute download step in deployment. error while downloading: error while downloading the Group definition file: Get https://{account}.s3.{region}.amazonaws.com/groups/{group}.zip: x509: certificate has expired or is not yet valid",
    ),
    passing(
        "GG-500",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: unable to execute download step in deployment. error while downloading: error while downloading the Group definition file: Get https://greengrass-ats.iot.{region}.amazonaws.com:8443/greengrass/groups/{group}/deployments/{deployment}: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
    ),
    lasting(
        "GG-400",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: Error while processing. group config is invalid: {number} or [ggc_group sensors] don't have rw permission on the file: /dev/ttyS{number}",
    ),
    lasting(
        "GG-400",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: Error while processing: unable to find java or java8 executables; stream manager needs Java 8",
    ),
];

/// Troubles of single groups.
pub(super) const OF_GROUPS: [Failure; 11] = [
    passing(
        "GG-500",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: process start failed: container_linux.go:259: starting container process caused \"process_linux.go:250: running exec setns process for init caused \\\"wait: no child processes\\\"\"",
    ),
    lasting(
        "GG-400",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: Error while processing: could not find UID based on user name ggc_user: user: unknown user ggc_user",
    ),
    lasting(
        "GG-400",
        "[{number}] lambda functions are configured to run as root but Greengrass is not configured to run Lambda functions with root permissions: arn:aws:lambda:{region}:{account}:function:line-telemetry:{number}",
    ),
    passing(
        "500",
        "Greengrass is having a problem right now. Try again later (request {hex}).",
    ),
    lasting(
        "GG-303",
        "Greengrass does not have permission to read the object model-{number}.tar.gz in the bucket plant-models-{account}.",
    ),
    passing(
        "GG-500",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: unable to download the artifact model-{number}.tar.gz: Artifact download retry exceeded the max retries",
    ),
    lasting(
        "403",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: fetching the deployment document: 403 Forbidden (thing {name}_Core)",
    ),
    lasting(
        "GG-400",
        "We cannot deploy because the group definition is invalid or corrupted. ErrorDetails: [errorCode: THING_CERT_NOT_FOUND_ERROR, errorMsg: certificate {hex} of thing {name}_Core was not found]",
    ),
    passing(
        "GG-409",
        "ConcurrentDeployment: another deployment of group {group} is still in progress.",
    ),
    passing(
        "GG-500",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: writing /greengrass/ggc/deployment/group/group.json: no space left on device ({number} kB free)",
    ),
    lasting(
        "GG-500",
        "Deployment {deployment} of type NewDeployment for group {group} failed error: worker handshake for {name} ended: peer speaks protocol {number}, token 0x{hex}",
    ),
];

/// The account has no usable service role in the Region.
pub(super) const NO_SERVICE_ROLE: Failure = lasting(
    "GG-400",
    "TES service role is not associated with this account. Deployment {deployment} for group {group} cannot start.",
);

/// All five retries were throttled as well.
pub(super) const THROTTLED: Failure = passing(
    "429",
    "CreateDeployment was throttled for group {group} and its retries are used up: Rate exceeded",
);

/// What the words of a failure are filled with.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    pub(super) deployment: &'a str,
    pub(super) group: &'a str,
    pub(super) name: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    /// Varies numbers and addresses.
    pub(super) drawn: u64,
}

impl Failure {
    /// Message and detailed error code.
    pub(super) fn said(&self, words: &Words<'_>) -> (String, String) {
        let number = draw(&[words.drawn, 1]) % 120;
        let hex = draw(&[words.drawn, 2]) >> 16;
        let text = self
            .text
            .replace("{deployment}", words.deployment)
            .replace("{group}", words.group)
            .replace("{name}", words.name)
            .replace("{region}", words.region)
            .replace("{account}", words.account)
            .replace("{number}", &number.to_string())
            .replace("{hex}", &format!("{hex:012x}"));
        (text, self.code.to_owned())
    }
}
