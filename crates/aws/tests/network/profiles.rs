use overseed_sandbox::Sandbox;

use super::{Child, sandbox};

struct Home {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Home {
    fn new(config: &str) -> Self {
        let (folder, sandbox) = (tempfile::tempdir().unwrap(), sandbox());
        let config = config
            .replace("ENDPOINT", &sandbox.endpoint())
            .replace("KEY", &sandbox.keys().access_key_id)
            .replace("SECRET", &sandbox.keys().secret_access_key);
        std::fs::write(folder.path().join("config"), config).unwrap();
        Self { folder, sandbox }
    }

    fn child(&self) -> Child {
        Child::new(self.folder.path())
    }
}

const KEYS: &str = "aws_access_key_id = KEY\naws_secret_access_key = SECRET\n";

#[tokio::test]
async fn a_profile_gives_region_endpoint_and_keys() {
    let home = Home::new(&format!(
        "[profile fleet]\nregion = eu-west-1\nendpoint_url = ENDPOINT\n{KEYS}"
    ));
    let arn = home.child().connect("fleet", "", "").await.unwrap();
    assert!(arn.ends_with(":user/dana"), "{arn}");
    // Keys of the environment are of someone else: a profile that was chosen comes before them.
    let child = home.child().with("AWS_ACCESS_KEY_ID", "AKIANOBODY");
    let arn = child
        .with("AWS_SECRET_ACCESS_KEY", "x")
        .connect("fleet", "", "")
        .await
        .unwrap();
    assert!(arn.ends_with(":user/dana"), "{arn}");
    let arn = home
        .child()
        .with("AWS_PROFILE", "fleet")
        .connect("", "", "")
        .await
        .unwrap();
    assert!(arn.ends_with(":user/dana"), "{arn}");
}

#[tokio::test]
async fn a_program_may_print_the_credentials_and_say_that_they_have_ended() {
    let config = |expiration: &str| {
        let json = format!(
            r#"{{\"Version\":1,\"AccessKeyId\":\"KEY\",\"SecretAccessKey\":\"SECRET\",\"Expiration\":\"{expiration}\"}}"#
        );
        format!(
            "[profile fleet]\nregion = eu-west-1\nendpoint_url = ENDPOINT\ncredential_process = /bin/echo \"{json}\"\n"
        )
    };
    let home = Home::new(&config("2999-01-01T00:00:00Z"));
    let child = || home.child().with("PATH", "/usr/bin:/bin");
    let arn = child().connect("fleet", "", "").await.unwrap();
    assert!(arn.ends_with(":user/dana"), "{arn}");
    let ended = Home::new(&config("2020-01-01T00:00:00Z"));
    let outcome = ended
        .child()
        .with("PATH", "/usr/bin:/bin")
        .connect("fleet", "", "")
        .await;
    assert!(
        outcome
            .clone()
            .unwrap_err()
            .starts_with("CredentialsExpired"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_profile_without_credentials_or_of_no_such_name_is_told() {
    let home = Home::new("[profile bare]\nregion = eu-west-1\nendpoint_url = ENDPOINT\n");
    let outcome = home
        .child()
        .connect("nobody", "eu-west-1", "")
        .await
        .unwrap_err();
    assert!(
        outcome.starts_with("ProfileInvalid") && outcome.contains("nobody"),
        "{outcome}"
    );
    let outcome = home.child().connect("bare", "", "").await.unwrap_err();
    assert!(outcome.starts_with("CredentialsMissing"), "{outcome}");
    let outcome = home.child().connect("", "eu-west-1", "").await.unwrap_err();
    assert!(outcome.starts_with("CredentialsMissing"), "{outcome}");
    let broken = Home::new("[profile x\n");
    let outcome = broken
        .child()
        .connect("", "eu-west-1", "")
        .await
        .unwrap_err();
    assert!(
        outcome.starts_with("ProfileInvalid") && outcome.contains("config"),
        "{outcome}"
    );
}

#[tokio::test]
async fn an_sso_session_that_never_began_is_told_from_one_that_has_ended() {
    let home = Home::new(
        "[profile sso]\nregion = eu-west-1\nendpoint_url = ENDPOINT\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n\
         [sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.invalid/start\n",
    );
    let outcome = home.child().connect("sso", "", "").await.unwrap_err();
    assert!(
        outcome.starts_with("CredentialsMissing") && outcome.contains("SSO"),
        "{outcome}"
    );
    // The cache file's name is the SHA-1 of the session's name.
    let cache = home.folder.path().join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    let token = r#"{"accessToken":"t","expiresAt":"2020-01-01T00:00:00Z","region":"eu-west-1"}"#;
    let name = "a0f1490a20d0211c997b44bc357e1972deab8ae3.json";
    std::fs::write(cache.join(name), token).unwrap();
    let outcome = home.child().connect("sso", "", "").await.unwrap_err();
    assert!(
        outcome.starts_with("CredentialsExpired") && outcome.contains("expired"),
        "{outcome}"
    );
}

#[tokio::test]
async fn without_a_region_nothing_is_called() {
    let home = Home::new(&format!("[profile fleet]\nendpoint_url = ENDPOINT\n{KEYS}"));
    let outcome = home.child().connect("fleet", "", "").await.unwrap_err();
    assert!(outcome.starts_with("RegionUnknown"), "{outcome}");
    let outcome = home
        .child()
        .with_keys_of(&home.sandbox)
        .connect("", "Mars", "")
        .await
        .unwrap_err();
    assert!(
        outcome.starts_with("RegionUnknown") && outcome.contains("Mars"),
        "{outcome}"
    );
    let region = home.child().with("AWS_DEFAULT_REGION", "eu-west-1");
    region.connect("fleet", "", "").await.unwrap();
    assert_eq!(home.sandbox.calls("GetCallerIdentity"), 1);
}
