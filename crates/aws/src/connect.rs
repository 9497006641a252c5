//! From a profile, a Region and an endpoint to clients and an identity.

use std::{fmt, path::PathBuf, time::Duration};

use aws_config::{
    default_provider::credentials::DefaultCredentialsChain,
    imds,
    profile::{ProfileFileCredentialsProvider, ProfileSet},
    provider_config::ProviderConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::{
    SdkConfig,
    os_shim_internal::{Env, Fs},
    region::Region,
};
use overseed_domain::Millis;
use url::Url;

use crate::{
    Clients, Clock, Error, Identity, Kind, Whereabouts,
    classify::kind_of_credentials,
    http::{self, Way},
    profiles, region, settings,
    transport::words,
};

/// Longest wait for credentials: a role that is assumed through others and SSO takes some seconds.
const CREDENTIALS_WITHIN: Duration = Duration::from_secs(30);

/// Where and as whom to connect.
#[derive(Clone, Default)]
pub struct Spec {
    /// Profile of the shared config. With one, credentials come from it alone, as in the AWS CLI; without, from the
    /// SDK's default chain.
    pub profile: Option<String>,
    /// Region; absent for that of the environment or the profile.
    pub region: Option<String>,
    /// Endpoint of all services; absent for that of the environment or the profile, or AWS's own.
    pub endpoint: Option<String>,
    /// Access key id and secret of a sandbox. With them nothing is read from environment or files.
    pub keys: Option<(String, String)>,
    /// Where a sandbox is, should its endpoint not answer any more.
    pub whereabouts: Option<Whereabouts>,
}

impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spec")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("access_key_id", &self.keys.as_ref().map(|(id, _)| id))
            .finish_non_exhaustive()
    }
}

/// A connection that has been tried.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The clients.
    pub clients: Clients,
    /// Who calls.
    pub identity: Identity,
    /// The Region in use.
    pub region: String,
    /// The endpoint in use, where it is not AWS's own.
    pub endpoint: Option<String>,
    /// When the credentials end, where they do. The SDK renews them by itself where it can.
    pub credentials_expire_at: Option<Millis>,
}

/// Makes the clients and asks STS who calls.
///
/// # Errors
/// [`Kind::ProfileInvalid`], [`Kind::RegionUnknown`], [`Kind::File`] for a CA bundle that cannot be used, the kinds of
/// credentials, and all that GetCallerIdentity can fail with.
pub async fn connect(spec: Spec, clock: &Clock) -> Result<Connected, Error> {
    let spec = Spec {
        profile: given(spec.profile),
        region: given(spec.region),
        endpoint: given(spec.endpoint),
        keys: spec.keys,
        whereabouts: spec.whereabouts,
    };
    let config = match &spec.keys {
        Some((id, secret)) => sandbox_config(&spec, id, secret, clock)?,
        None => account_config(&spec, clock).await?,
    };
    let region = config.region().map(ToString::to_string).unwrap_or_default();
    let endpoint = config.endpoint_url().map(str::to_owned);
    let credentials_expire_at = expiry(&config, clock).await?;
    let clients = settings::clients(&config, spec.whereabouts);
    let identity = clients.caller_identity().await.map_err(|error| {
        // No such name among AWS's own hosts: the Region is new to the SDK, or does not exist.
        if error.kind == Kind::NetworkUnreachable
            && endpoint.is_none()
            && !region::REGIONS.contains(&region.as_str())
        {
            let message = format!(
                "no AWS endpoint answers for the Region {region}: {}",
                error.message
            );
            return Error {
                kind: Kind::RegionUnknown,
                message,
                ..error
            };
        }
        error
    })?;
    Ok(Connected {
        clients,
        identity,
        region,
        endpoint,
        credentials_expire_at,
    })
}

fn given(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Knows nothing of this computer's AWS settings: what belongs to a sandbox must never reach an account.
fn sandbox_config(spec: &Spec, id: &str, secret: &str, clock: &Clock) -> Result<SdkConfig, Error> {
    let region = spec.region.clone().unwrap_or_default();
    region::check(&region, true)?;
    let endpoint = spec.endpoint.clone().ok_or_else(|| {
        Error::here(
            "connect",
            Kind::EndpointUnreachable,
            "keys are given without an endpoint",
        )
    })?;
    let way = Way {
        ca_bundle: None,
        loopback: is_loopback(&endpoint)?,
    };
    let credentials = Credentials::new(id, secret, None, None, "sandbox");
    Ok(settings::base(&region, http::client(&way)?, clock)
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build())
}

async fn account_config(spec: &Spec, clock: &Clock) -> Result<SdkConfig, Error> {
    let env = Env::real();
    let profiles = profiles::read(&Fs::real(), &env, spec.profile.as_deref()).await?;
    if let Some(name) = &spec.profile
        && profiles.get_profile(name).is_none()
    {
        let message =
            format!("the shared AWS config and credentials files have no profile `{name}`");
        return Err(Error::here("connect", Kind::ProfileInvalid, message));
    }
    let endpoint = spec
        .endpoint
        .clone()
        .or_else(|| setting(&env, &profiles, "AWS_ENDPOINT_URL", "endpoint_url"));
    let region = spec
        .region
        .clone()
        .or_else(|| region_of(spec, &env, &profiles))
        .ok_or_else(|| {
            let message =
                "neither the connection nor the environment nor the profile names a Region";
            Error::here("connect", Kind::RegionUnknown, message)
        })?;
    region::check(&region, endpoint.is_some())?;
    let bundle = setting(&env, &profiles, "AWS_CA_BUNDLE", "ca_bundle").map(PathBuf::from);
    let way = Way {
        ca_bundle: bundle.as_deref().map(http::ca_bundle).transpose()?,
        loopback: endpoint
            .as_deref()
            .map(is_loopback)
            .transpose()?
            .unwrap_or(false),
    };
    let http_client = http::client(&way)?;
    let credentials = credentials(spec, &region, &http_client, clock).await;
    let mut loader = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .region(Region::new(region))
        .http_client(http_client)
        .time_source(clock.time_source())
        .sleep_impl(clock.async_sleep())
        .retry_config(settings::retries())
        .timeout_config(settings::timeouts())
        .identity_cache(settings::identity_cache())
        .stalled_stream_protection(settings::stalled_streams())
        .credentials_provider(credentials);
    if let Some(name) = &spec.profile {
        loader = loader.profile_name(name);
    }
    if let Some(endpoint) = &spec.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    Ok(loader.load().await)
}

/// A setting of the environment, else of the profile.
fn setting(env: &Env, profiles: &ProfileSet, variable: &str, key: &str) -> Option<String> {
    given(env.get(variable).ok()).or_else(|| given(profiles.get(key).map(str::to_owned)))
}

/// A profile that was chosen comes before the environment, one that was not comes after it.
fn region_of(spec: &Spec, env: &Env, profiles: &ProfileSet) -> Option<String> {
    let of_profile = given(profiles.get("region").map(str::to_owned));
    let of_env =
        given(env.get("AWS_REGION").ok()).or_else(|| given(env.get("AWS_DEFAULT_REGION").ok()));
    if spec.profile.is_some() {
        of_profile.or(of_env)
    } else {
        of_env.or(of_profile)
    }
}

async fn credentials(
    spec: &Spec,
    region: &str,
    http_client: &SharedHttpClient,
    clock: &Clock,
) -> SharedCredentialsProvider {
    let region = Region::new(region.to_owned());
    let provider_config = ProviderConfig::without_region()
        .with_region(Some(region.clone()))
        .with_http_client(http_client.clone())
        .with_time_source(clock.time_source())
        .with_sleep_impl(clock.async_sleep());
    if let Some(name) = &spec.profile {
        return SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder()
                .configure(&provider_config)
                .profile_name(name)
                .build(),
        );
    }
    // A desktop is no EC2 instance: one short try, where AWS_EC2_METADATA_DISABLED does not forbid even that.
    let imds = imds::Client::builder()
        .configure(&provider_config)
        .max_attempts(1)
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(1))
        .operation_timeout(Duration::from_secs(2))
        .build();
    SharedCredentialsProvider::new(
        DefaultCredentialsChain::builder()
            .configure(provider_config)
            .region(region)
            .imds_client(imds)
            .build()
            .await,
    )
}

/// When the credentials end. They are asked for once before the first call, so that what goes wrong with them is told
/// apart from what goes wrong with the call.
async fn expiry(config: &SdkConfig, clock: &Clock) -> Result<Option<Millis>, Error> {
    let operation = "credentials";
    let Some(provider) = config.credentials_provider() else {
        return Err(Error::here(
            operation,
            Kind::CredentialsMissing,
            "there are none",
        ));
    };
    let loaded = tokio::select! {
        loaded = provider.provide_credentials() => loaded,
        () = clock.sleep(CREDENTIALS_WITHIN) => {
            let message = format!("no credentials within {} seconds", CREDENTIALS_WITHIN.as_secs());
            return Err(Error::here(operation, Kind::Timeout, message));
        }
    };
    let credentials = loaded.map_err(|error| {
        let kind = kind_of_credentials(&error).unwrap_or(Kind::CredentialsMissing);
        Error::here(operation, kind, words(&error))
    })?;
    let expiry = credentials.expiry().map(|at| {
        let since = at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    });
    match expiry {
        Some(at) if at <= clock.now() => Err(Error::here(
            operation,
            Kind::CredentialsExpired,
            "the credentials have expired",
        )),
        expiry => Ok(expiry),
    }
}

/// Whether an endpoint is on this computer.
fn is_loopback(endpoint: &str) -> Result<bool, Error> {
    let refuse = |why: &str| {
        let message = format!("`{endpoint}` is not an endpoint such as https://host:port: {why}");
        Error::here("connect", Kind::EndpointUnreachable, message)
    };
    let url = Url::parse(endpoint).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it begins neither with http:// nor with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Not echoed: endpoints are stored and shown.
        let message = "an endpoint has no user or password in it; credentials come from a profile";
        return Err(Error::here("connect", Kind::EndpointUnreachable, message));
    }
    Ok(match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(refuse("it names no host")),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let spec = Spec {
            keys: Some(("AKID".into(), "hush".into())),
            ..Spec::default()
        };
        let text = format!("{spec:?}");
        assert!(text.contains("AKID") && !text.contains("hush"), "{text}");
    }

    #[test]
    fn endpoints_are_checked_before_any_call() {
        assert!(is_loopback("http://127.0.0.1:4599").unwrap());
        assert!(is_loopback("http://[::1]:4599").unwrap());
        assert!(is_loopback("http://localhost").unwrap());
        assert!(!is_loopback("https://greengrass.example.org").unwrap());
        for wrong in ["127.0.0.1:4599", "ftp://host", "nonsense", ""] {
            assert_eq!(
                is_loopback(wrong).unwrap_err().kind,
                Kind::EndpointUnreachable,
                "{wrong}"
            );
        }
    }
}
