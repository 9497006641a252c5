//! The HTTP client under all SDK clients: rustls, proxies and certificates as the environment names them.

use std::path::Path;

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{Error, Kind};

/// What the way to an endpoint takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    /// PEM certificates to trust besides the system's.
    pub(crate) ca_bundle: Option<Vec<u8>>,
    /// Whether the endpoint is on this computer, where no proxy stands between.
    pub(crate) loopback: bool,
}

/// A client for one connection.
pub(crate) fn client(way: &Way) -> Result<SharedHttpClient, Error> {
    let mut trust = TrustStore::empty();
    // The client panics in debug builds where the system has no roots at all; then there is nothing to add.
    if !rustls_native_certs::load_native_certs().certs.is_empty() {
        trust = trust.with_native_roots(true);
    }
    if let Some(pem) = &way.ca_bundle {
        trust = trust.with_pem_certificate(pem.as_slice());
    }
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| Error::here("connect", Kind::CertificateUntrusted, error.to_string()))?;
    // HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in either case.
    let proxy = if way.loopback {
        ProxyConfig::disabled()
    } else {
        ProxyConfig::from_env()
    };
    Ok(
        Builder::new().build_with_connector_fn(move |settings, components| {
            let mut builder = Connector::builder().proxy_config(proxy.clone());
            builder.set_connector_settings(settings.cloned());
            builder.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
            builder
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(tls.clone())
                .build()
        }),
    )
}

/// Reads a bundle of certificates and checks each: the client trusts blindly that they can be used.
pub(crate) fn ca_bundle(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |why: String| {
        Error::here(
            "connect",
            Kind::File,
            format!("the CA bundle {}: {why}", path.display()),
        )
    };
    let pem = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let certificates = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| failed(error.to_string()))?;
    if certificates.is_empty() {
        return Err(failed("there is no certificate in it".to_owned()));
    }
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|error| failed(error.to_string()))?;
    }
    Ok(pem)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_bundle_that_holds_no_usable_certificate_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for content in ["", "hello", broken] {
            std::fs::write(&path, content).unwrap();
            let error = ca_bundle(&path).unwrap_err();
            assert_eq!(error.kind, Kind::File);
            assert!(error.message.contains("ca.pem"), "{error}");
        }
        assert_eq!(
            ca_bundle(&folder.path().join("gone")).unwrap_err().kind,
            Kind::File
        );
    }
}
