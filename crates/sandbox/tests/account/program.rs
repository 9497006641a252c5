//! The sandbox as a program for anyone's scripts.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use aws_sdk_iam::Client as Iam;
use aws_sdk_s3::primitives::ByteStream;

use crate::clients::{TRUST, config_of, credentials, refusal, s3};

/// The program and what it printed; killed (SIGKILL) when dropped.
struct Program {
    child: Child,
    line: serde_json::Value,
}

impl Program {
    fn start(state: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_overseed-sandbox"))
            .args([
                "--listen",
                "127.0.0.1:0",
                "--groups",
                "700000",
                "--seed",
                "7",
            ])
            .args([
                "--scenario",
                "small-pages",
                "--speed",
                "60",
                "--region",
                "us-east-1",
            ])
            .arg("--state")
            .arg(state)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            line: serde_json::from_str(&line).unwrap(),
        }
    }

    fn config(&self) -> aws_config::SdkConfig {
        let text = |name: &str| self.line[name].as_str().unwrap();
        let own = credentials(text("accessKeyId"), text("secretAccessKey"), None);
        config_of(text("endpoint"), own, text("region"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn it_prints_one_line_and_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(dir.path());
    let keys: Vec<&String> = program.line.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "endpoint",
            "region",
            "accessKeyId",
            "secretAccessKey",
            "account"
        ]
    );
    let config = program.config();
    let create = Iam::new(&config).create_role().role_name("kept");
    create
        .assume_role_policy_document(TRUST)
        .send()
        .await
        .unwrap();
    let put = s3(&config)
        .put_object()
        .bucket("overseed-demo-000000000000")
        .key("k");
    put.body(ByteStream::from_static(b"kept"))
        .send()
        .await
        .unwrap();
    let group = aws_sdk_greengrass::Client::new(&config)
        .create_group()
        .name("mine");
    let id = group.send().await.unwrap().id.unwrap();
    let given = program.line["accessKeyId"].clone();
    drop(program);

    let program = Program::start(dir.path());
    assert_eq!(program.line["accessKeyId"], given);
    let config = program.config();
    Iam::new(&config)
        .get_role()
        .role_name("kept")
        .send()
        .await
        .unwrap();
    let got = s3(&config)
        .get_object()
        .bucket("overseed-demo-000000000000")
        .key("k");
    let body = got.send().await.unwrap().body.collect().await.unwrap();
    assert_eq!(body.into_bytes(), b"kept".as_slice());
    let greengrass = aws_sdk_greengrass::Client::new(&config);
    greengrass.get_group().group_id(id).send().await.unwrap();
    let gone = Iam::new(&config)
        .get_role()
        .role_name("never-made")
        .send()
        .await;
    assert_eq!(refusal(gone).0, "NoSuchEntity");
}
