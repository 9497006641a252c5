use std::{net::SocketAddr, path::Path, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{
    Child,
    relay::{Proxy, relay},
    sandbox,
};

const NAME: &str = "greengrass.example.invalid";

/// Serves `target` with a certificate of its own making; writes the certificate to `pem`.
async fn serve(target: SocketAddr, pem: &Path) -> SocketAddr {
    let names = vec![NAME.to_owned(), "localhost".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    std::fs::write(pem, cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // Clients that do not trust the certificate break off.
                if let Ok(client) = acceptor.accept(client).await {
                    relay(client, TcpStream::connect(target).await.unwrap()).await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_ca_bundle_makes_a_certificate_trusted() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let pem = folder.path().join("ca.pem");
    let target = sandbox.endpoint()["http://".len()..].parse().unwrap();
    let endpoint = format!("https://localhost:{}", serve(target, &pem).await.port());
    let child = || Child::new(folder.path()).with_keys_of(&sandbox);
    let outcome = child().connect("", "", &endpoint).await.unwrap_err();
    assert!(outcome.starts_with("CertificateUntrusted"), "{outcome}");
    let child = || child().with("AWS_CA_BUNDLE", pem.to_string_lossy());
    let arn = child().connect("", "", &endpoint).await.unwrap();
    assert!(arn.ends_with(":user/dana"), "{arn}");
    std::fs::write(&pem, "no certificate").unwrap();
    let outcome = child().connect("", "", &endpoint).await.unwrap_err();
    assert!(
        outcome.starts_with("File") && outcome.contains("ca.pem"),
        "{outcome}"
    );
}

#[tokio::test]
async fn https_goes_through_a_tunnel_of_the_proxy() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let pem = folder.path().join("ca.pem");
    let target = sandbox.endpoint()["http://".len()..].parse().unwrap();
    let proxy = Proxy::to(serve(target, &pem).await).await;
    let child = Child::new(folder.path())
        .with_keys_of(&sandbox)
        .with("HTTPS_PROXY", proxy.url())
        .with("AWS_CA_BUNDLE", pem.to_string_lossy());
    let arn = child
        .connect("", "", &format!("https://{NAME}"))
        .await
        .unwrap();
    assert!(arn.ends_with(":user/dana"), "{arn}");
    let asked = proxy.asked();
    assert!(
        asked[0].starts_with(&format!("CONNECT {NAME}:443 ")),
        "{asked:?}"
    );
}
