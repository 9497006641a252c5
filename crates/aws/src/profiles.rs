//! The shared AWS config and credentials files, read by the SDK's own parser.

use aws_config::profile::{Profile, ProfileSet, load};
use aws_types::os_shim_internal::{Env, Fs};

use crate::{Error, Kind, transport::words};

/// A profile, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileEntry {
    /// Its name.
    pub name: String,
    /// Its Region, if it names one.
    pub region: Option<String>,
    /// Its endpoint for all services, if it names one.
    pub endpoint: Option<String>,
    /// How its credentials come about.
    pub source: ProfileSource,
}

/// How a profile's credentials come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileSource {
    /// An access key in the file.
    Keys,
    /// IAM Identity Center, or `aws login`.
    Sso,
    /// Another profile or the environment assumes a role.
    AssumeRole,
    /// A program prints them.
    Process,
    /// A token file is exchanged for a role.
    WebIdentity,
    /// Not at all: such a profile only names settings.
    None,
}

impl ProfileSource {
    /// `keys`, `sso`, `assume_role`, `process`, `web_identity` or `none`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Sso => "sso",
            Self::AssumeRole => "assume_role",
            Self::Process => "process",
            Self::WebIdentity => "web_identity",
            Self::None => "none",
        }
    }
}

/// All profiles, `default` first, then by name. `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` are honoured.
///
/// # Errors
/// [`Kind::ProfileInvalid`] where a file cannot be read or parsed. Files that do not exist hold no profiles.
pub async fn profiles() -> Result<Vec<ProfileEntry>, Error> {
    Ok(entries(&read(&Fs::real(), &Env::real(), None).await?))
}

/// Reads the files; `selected` overrides `AWS_PROFILE`.
pub(crate) async fn read(fs: &Fs, env: &Env, selected: Option<&str>) -> Result<ProfileSet, Error> {
    let selected = selected.map(|name| name.to_owned().into());
    load(fs, env, &Default::default(), selected)
        .await
        .map_err(|error| Error::here("read the AWS config", Kind::ProfileInvalid, words(&error)))
}

fn entries(set: &ProfileSet) -> Vec<ProfileEntry> {
    let mut entries = set
        .profiles()
        .filter_map(|name| set.get_profile(name))
        .map(|profile| ProfileEntry {
            name: profile.name().to_owned(),
            region: profile.get("region").map(str::to_owned),
            endpoint: profile.get("endpoint_url").map(str::to_owned),
            source: source(profile),
        })
        .collect::<Vec<_>>();
    entries.sort_by(|a, b| {
        (a.name != "default", a.name.as_str()).cmp(&(b.name != "default", b.name.as_str()))
    });
    entries
}

/// In the order in which the SDK looks (SDKs and Tools Reference Guide, credential provider chain).
fn source(profile: &Profile) -> ProfileSource {
    let has = |key: &str| profile.get(key).is_some();
    if has("role_arn") && (has("source_profile") || has("credential_source")) {
        ProfileSource::AssumeRole
    } else if has("web_identity_token_file") {
        ProfileSource::WebIdentity
    } else if has("sso_session") || has("sso_start_url") || has("login_session") {
        ProfileSource::Sso
    } else if has("credential_process") {
        ProfileSource::Process
    } else if has("aws_access_key_id") {
        ProfileSource::Keys
    } else {
        ProfileSource::None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn home(config: &str, credentials: &str) -> (Fs, Env) {
        let files = [("/etc/config", config), ("/etc/credentials", credentials)];
        let env = Env::from_slice(&[
            ("AWS_CONFIG_FILE", "/etc/config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/etc/credentials"),
        ]);
        (
            Fs::from_map(
                files
                    .map(|(k, v)| (k.to_owned(), v.as_bytes().to_vec()))
                    .into(),
            ),
            env,
        )
    }

    #[tokio::test]
    async fn profiles_of_both_files_are_listed_with_the_source_of_their_credentials() {
        let (fs, env) = home(
            "[profile edge]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:1\nrole_arn = arn:aws:iam::1:role/R\n\
             source_profile = default\n[profile sso]\nsso_session = s\n[sso-session s]\nsso_region = eu-west-1\n\
             [profile tool]\ncredential_process = /bin/true\n[profile plain]\nregion = us-east-1\n",
            "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s\n",
        );
        let entries = entries(&read(&fs, &env, None).await.unwrap());
        let short = entries
            .iter()
            .map(|e| (e.name.as_str(), e.source.as_str()))
            .collect::<Vec<_>>();
        let wanted = [
            ("default", "keys"),
            ("edge", "assume_role"),
            ("plain", "none"),
            ("sso", "sso"),
            ("tool", "process"),
        ];
        assert_eq!(short, wanted);
        let edge = entries.iter().find(|e| e.name == "edge").unwrap();
        assert_eq!(edge.region.as_deref(), Some("eu-west-1"));
        assert_eq!(edge.endpoint.as_deref(), Some("http://127.0.0.1:1"));
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_parsed_is_named() {
        let (fs, env) = home("[profile a\n", "");
        let error = read(&fs, &env, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::ProfileInvalid);
        assert!(error.message.contains("/etc/config"), "{error}");
    }
}
