//! An account at AWS's own endpoints: a proxy leads there, and behind it answers the sandbox with a certificate that
//! the program is told to trust.

use std::{net::SocketAddr, path::Path, sync::Arc};

use overseed_sandbox::Scenario;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

use crate::world::{Ended, World, program};

/// AWS's names in eu-west-1, as far as they are needed here.
const NAMES: [&str; 2] = [
    "sts.eu-west-1.amazonaws.com",
    "greengrass.eu-west-1.amazonaws.com",
];

/// A proxy whose tunnels all end at `target`; writes the certificate to `pem`.
async fn proxy(target: SocketAddr, pem: &Path) -> SocketAddr {
    let names: Vec<String> = NAMES.map(str::to_owned).into();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    std::fs::write(pem, cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
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
            tokio::spawn(tunnel(client, acceptor.clone(), target));
        }
    });
    address
}

/// One tunnel until a side ends; how it ends is the client's affair.
async fn tunnel(mut client: TcpStream, acceptor: TlsAcceptor, target: SocketAddr) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    assert!(head.starts_with(b"CONNECT "), "everything is a tunnel");
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    if let Ok(mut client) = acceptor.accept(client).await {
        let mut server = TcpStream::connect(target).await.unwrap();
        copy_bidirectional(&mut client, &mut server).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_to_awss_own_endpoints_is_told_that_v1_has_ended() {
    let world = World::of(3, Scenario::AllWell);
    let pem = world.path("ca.pem");
    let target = world.sandbox.endpoint()["http://".len()..].parse().unwrap();
    let proxy = proxy(target, &pem).await;
    let run = |arguments: &[&str]| {
        let keys = world.sandbox.keys();
        let output = program(world.path("").as_path(), arguments)
            .env("AWS_ACCESS_KEY_ID", &keys.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", &keys.secret_access_key)
            .env("HTTPS_PROXY", format!("http://{proxy}"))
            .env("AWS_CA_BUNDLE", &pem)
            .output();
        Ended(output.unwrap())
    };
    let ended = "AWS has ended AWS IoT Greengrass V1";
    for json in [&[][..], &["--json"]] {
        let arguments = [&["--region", "eu-west-1", "groups", "refresh"][..], json].concat();
        let listed = run(&arguments);
        // The API answers here; nothing is hidden for V1's end.
        assert_eq!(listed.status(), 0, "{}", listed.err());
        assert!(listed.out().contains('3'), "{}", listed.out());
        assert!(listed.err().contains(ended), "{}", listed.err());
        assert!(listed.err().contains("Greengrass V2"), "{}", listed.err());
    }
    // An endpoint of one's own and the sandbox do not end with it.
    let own = world.run(&["groups", "refresh"]);
    assert_eq!(own.status(), 0, "{}", own.err());
    assert!(!own.err().contains(ended), "{}", own.err());
}
