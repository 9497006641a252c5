//! Faults on order, by the library and over the control address.

use std::io::{Read, Write};
use std::net::TcpStream;

use aws_sdk_greengrass::Client as Greengrass;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sts::Client as Sts;
use overseed_sandbox::{Fault, FaultKind, Sandbox};

use crate::clients::{admin, refusal, s3, start};

/// A request without any SDK; the whole answer.
pub fn plain(method: &str, address: &str, headers: &str, body: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

pub fn plain_get(address: &str) -> String {
    plain("GET", address, "", "")
}

fn order(sandbox: &Sandbox, operation: &str, kind: FaultKind) {
    sandbox.faults().add(Fault::once(operation, kind));
}

#[tokio::test]
async fn each_kind_looks_as_it_would_in_the_field() {
    let (sandbox, _) = start();
    let config = admin(&sandbox);
    let (sts, greengrass, s3) = (Sts::new(&config), Greengrass::new(&config), s3(&config));

    order(&sandbox, "GetCallerIdentity", FaultKind::ExpiredCredentials);
    let fault = refusal(sts.get_caller_identity().send().await);
    assert_eq!(fault.0, "ExpiredToken");
    order(&sandbox, "GetCallerIdentity", FaultKind::ClockSkew);
    assert_eq!(
        refusal(sts.get_caller_identity().send().await).0,
        "SignatureDoesNotMatch"
    );
    sts.get_caller_identity().send().await.unwrap();

    order(&sandbox, "ListGroups", FaultKind::Throttle);
    let fault = greengrass.list_groups().send().await.unwrap_err();
    assert_eq!(fault.raw_response().unwrap().status().as_u16(), 429);
    order(&sandbox, "ListGroups", FaultKind::Status(500));
    let fault = greengrass.list_groups().send().await.unwrap_err();
    assert_eq!(fault.raw_response().unwrap().status().as_u16(), 500);
    order(&sandbox, "ListGroups", FaultKind::Reset);
    let fault = greengrass.list_groups().send().await.unwrap_err();
    assert!(matches!(fault, SdkError::DispatchFailure(_)), "{fault:?}");
    order(&sandbox, "ListGroups", FaultKind::CutBody);
    let fault = greengrass.list_groups().send().await.unwrap_err();
    assert!(matches!(fault, SdkError::ResponseError(_)), "{fault:?}");
    assert_eq!(sandbox.calls("ListGroups"), 4);

    order(&sandbox, "s3:PutObject", FaultKind::LostAnswer);
    let put = s3
        .put_object()
        .bucket("overseed-demo-000000000000")
        .key("k");
    let lost = put.body(ByteStream::from_static(b"kept")).send().await;
    assert!(matches!(lost.unwrap_err(), SdkError::DispatchFailure(_)));
    let got = s3
        .get_object()
        .bucket("overseed-demo-000000000000")
        .key("k")
        .send()
        .await
        .unwrap();
    assert_eq!(
        got.body.collect().await.unwrap().into_bytes(),
        b"kept".as_slice()
    );
    order(&sandbox, "GetObject", FaultKind::CutBody);
    let got = s3
        .get_object()
        .bucket("overseed-demo-000000000000")
        .key("k")
        .send()
        .await
        .unwrap();
    assert!(got.body.collect().await.is_err(), "the body ends early");
    order(&sandbox, "GetObject", FaultKind::Throttle);
    let slow = s3
        .get_object()
        .bucket("overseed-demo-000000000000")
        .key("k")
        .send()
        .await;
    assert_eq!(refusal(slow).0, "SlowDown");
    order(&sandbox, "*", FaultKind::Delay(1));
    sts.get_caller_identity().send().await.unwrap();
    assert!(sandbox.faults().on_order().is_empty());
}

#[tokio::test]
async fn the_control_address_takes_orders_from_the_owner() {
    let (sandbox, _) = start();
    let address = |name: &str| format!("{}/_sandbox/{name}", sandbox.endpoint());
    let order = r#"{"operation":"GetCallerIdentity","kind":{"status":503},"times":1}"#;
    let stranger = plain(
        "POST",
        &address("faults"),
        "Authorization: Bearer x\r\n",
        order,
    );
    assert!(stranger.starts_with("HTTP/1.1 403"));
    let secret = format!(
        "Authorization: Bearer {}\r\n",
        sandbox.keys().secret_access_key
    );
    let owner = plain("POST", &address("faults"), &secret, order);
    assert!(owner.starts_with("HTTP/1.1 200"), "{owner}");
    let wrong = plain(
        "POST",
        &address("faults"),
        &secret,
        r#"{"operation":"x","kind":"nonsense"}"#,
    );
    assert!(wrong.starts_with("HTTP/1.1 400"), "{wrong}");
    let sts = Sts::new(&admin(&sandbox));
    let fault = refusal(sts.get_caller_identity().send().await);
    assert_eq!(fault.0, "ServiceUnavailable");
    let state = plain("GET", &address("state"), &secret, "");
    assert!(state.contains(r#""sts:GetCallerIdentity":1"#), "{state}");
    assert!(!state.contains(&sandbox.keys().secret_access_key));
}
