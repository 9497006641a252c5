use super::{Child, relay::Proxy, sandbox};

/// Nobody resolves this name but the proxy.
const ENDPOINT: &str = "http://greengrass.example.invalid";

#[tokio::test]
async fn requests_go_through_the_proxy_of_the_environment() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let proxy = Proxy::to(sandbox.endpoint()["http://".len()..].parse().unwrap()).await;
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let child = Child::new(folder.path())
            .with_keys_of(&sandbox)
            .with(name, proxy.url());
        let arn = child.connect("", "", ENDPOINT).await.unwrap();
        assert!(arn.ends_with(":user/dana"), "{name}: {arn}");
    }
    let asked = proxy.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(
        asked
            .iter()
            .all(|line| line.contains("greengrass.example.invalid")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn no_proxy_and_loopback_go_straight() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let proxy = Proxy::to(sandbox.endpoint()["http://".len()..].parse().unwrap()).await;
    let child = || {
        Child::new(folder.path())
            .with_keys_of(&sandbox)
            .with("HTTP_PROXY", proxy.url())
    };
    let outcome = child()
        .with("NO_PROXY", "example.invalid")
        .connect("", "", ENDPOINT)
        .await;
    assert!(
        outcome
            .clone()
            .unwrap_err()
            .starts_with("NetworkUnreachable"),
        "{outcome:?}"
    );
    child().connect("", "", &sandbox.endpoint()).await.unwrap();
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_proxy_that_is_down_is_an_endpoint_that_does_not_answer() {
    let (sandbox, folder) = (sandbox(), tempfile::tempdir().unwrap());
    let child = Child::new(folder.path())
        .with_keys_of(&sandbox)
        .with("HTTP_PROXY", "http://127.0.0.1:1");
    let outcome = child.connect("", "", ENDPOINT).await.unwrap_err();
    assert!(outcome.starts_with("EndpointUnreachable"), "{outcome}");
}
