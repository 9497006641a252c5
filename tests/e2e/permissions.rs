//! The permissions step: making a role and taking it back, reusing one, having no rights, and a fleet that does not fit
//! into one policy.

use std::fs;
use std::sync::Arc;

use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::config::{BehaviorVersion, Credentials, Region};
use fantoccini::Locator;
use overseed_sandbox::{Keys, Sandbox, Scenario, Settings, SystemClock};
use serde_json::{Value, json};

use super::page::{Page, id};
use super::walk;
use super::window::{Folder, Window};

const REGION: &str = "eu-west-1";
const DEMO_BUCKET: &str = "overseed-demo-000000000000";
/// What a new draft proposes.
const ROLE: &str = "OverseedBulkDeployment";
const SEEDED: &str = "greengrass-bulk-2024";

/// IAM as its administrator sees it, without the app.
fn iam(endpoint: &str, id: &str, secret: &str) -> Iam {
    let config = aws_sdk_iam::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new(id, secret, None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Iam::from_conf(config)
}

/// The same for the sandbox that the app has started.
fn iam_of(folder: &Folder) -> Iam {
    let sandbox = overseed_sandbox::process::attach(&folder.data())
        .unwrap()
        .expect("the app has started a sandbox");
    let (id, secret) = (&sandbox.access_key_id, &sandbox.secret_access_key);
    iam(&sandbox.endpoint, id, secret)
}

/// An account of its own, reached as a real one: through the profile of somebody with few rights.
struct Account {
    administrator: Iam,
    _sandbox: Sandbox,
}

impl Account {
    async fn with_user(folder: &Folder, policy: Value) -> Self {
        let settings = Settings {
            groups: 12,
            scenario: Scenario::AllWell,
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings, Arc::new(SystemClock)).unwrap();
        let Keys {
            access_key_id,
            secret_access_key,
        } = sandbox.keys();
        let administrator = iam(&sandbox.endpoint(), access_key_id, secret_access_key);
        let user = "kim";
        let create = administrator.create_user().user_name(user);
        create.send().await.unwrap();
        let put = administrator.put_user_policy().user_name(user);
        let put = put.policy_name("few").policy_document(policy.to_string());
        put.send().await.unwrap();
        let key = administrator.create_access_key().user_name(user);
        let key = key.send().await.unwrap().access_key.unwrap();
        // Where the window looks for the AWS settings of whoever uses it.
        let place = folder.data().with_file_name("no-aws");
        fs::create_dir_all(&place).unwrap();
        let config = format!(
            "[default]\nregion = {REGION}\nendpoint_url = {}\n",
            sandbox.endpoint()
        );
        let credentials = format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.access_key_id, key.secret_access_key
        );
        fs::write(place.join("config"), config).unwrap();
        fs::write(place.join("credentials"), credentials).unwrap();
        Self {
            administrator,
            _sandbox: sandbox,
        }
    }

    /// What an administrator does with the documents that were handed over.
    async fn grant(&self, handed_over: &Value) {
        let role = handed_over["role"].as_str().unwrap();
        let create = self.administrator.create_role().role_name(role);
        let trust = handed_over["trust"].to_string();
        let create = create.assume_role_policy_document(trust);
        create.send().await.unwrap();
        for policy in handed_over["inline"].as_array().unwrap() {
            let put = self.administrator.put_role_policy().role_name(role);
            let put = put.policy_name(policy["name"].as_str().unwrap());
            let put = put.policy_document(policy["document"].to_string());
            put.send().await.unwrap();
        }
        assert_eq!(handed_over["managed"], json!([]));
    }
}

async fn connect_as_user(page: &Page) {
    page.click("connect-account").await;
    page.click("connect-submit").await;
    page.read("connected", "user/kim").await;
}

/// From a connection to the permissions step, with the file in a bucket that is there.
async fn to_permissions(page: &Page, bucket: &str) {
    walk::to_file(page).await;
    walk::file_into(page, bucket).await;
    walk::next(page, "permissions").await;
}

/// Shows what is handed over in a form and saves it; the file's text.
async fn hand_over(page: &Page, folder: &Folder, form: &str) -> String {
    let menu = format!("{} button", id("permissions-hand-over"));
    page.click_at(Locator::Css(&menu)).await;
    let item = format!("//*[@role='menuitem'][normalize-space(.)='{form}']");
    page.click_at(Locator::XPath(&item)).await;
    page.see("permissions-text").await;
    page.click("permissions-save").await;
    page.words("Saved as").await;
    let saved = fs::read_to_string(folder.chosen()).unwrap();
    let close = "//*[@role='dialog']//button[@aria-label='Close']";
    page.click_at(Locator::XPath(close)).await;
    saved
}

/// From the permissions step to the end of a run.
async fn deploys_all(page: &Page) {
    walk::next(page, "review").await;
    page.fill("review-settle", "0.05").await;
    walk::start(page).await;
    walk::ends_well(page).await;
}

async fn attached(iam: &Iam, role: &str) -> Vec<String> {
    let listed = iam.list_attached_role_policies().role_name(role);
    let listed = listed.send().await.unwrap().attached_policies.unwrap();
    listed
        .into_iter()
        .filter_map(|policy| policy.policy_name)
        .collect()
}

async fn inline(iam: &Iam, role: &str) -> Vec<String> {
    let listed = iam.list_role_policies().role_name(role);
    listed.send().await.unwrap().policy_names
}

#[tokio::test]
async fn a_role_is_made_taken_back_and_made_again_and_then_deploys() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 20, 600).await;
    to_permissions(page, DEMO_BUCKET).await;
    page.read("permissions-apply", "Apply 2 changes").await;
    page.read("permission-change-role", "iam:CreateRole").await;
    page.read("permission-change-policy", "of 10,240 characters")
        .await;
    page.click("permissions-apply").await;
    page.read("permissions-applied", "2 changes applied").await;
    page.read("permission-change-role", "Applied · request")
        .await;
    page.read("permissions-made", "(2)").await;
    let iam = iam_of(&folder);
    assert_eq!(inline(&iam, ROLE).await, [ROLE]);

    page.click("permissions-undo").await;
    page.words("the newest first").await;
    page.click("permissions-undo-confirm").await;
    page.read("permissions-undone", "2 changes taken back")
        .await;
    page.read("permissions-apply", "Apply 2 changes").await;
    assert!(iam.get_role().role_name(ROLE).send().await.is_err());

    page.click("permissions-apply").await;
    page.read("permissions-applied", "2 changes applied").await;
    deploys_all(page).await;
    window.close().await;
}

#[tokio::test]
async fn a_role_that_suffices_is_used_as_it_is() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 20, 600).await;
    to_permissions(page, DEMO_BUCKET).await;
    page.take("permissions-role", SEEDED).await;
    page.read("permissions-suffices", "Nothing needs to change")
        .await;
    page.read("permissions-apply", "Nothing to apply").await;
    for absent in ["permissions-made", "permissions-ways"] {
        assert_eq!(page.text(absent).await, None);
    }
    deploys_all(page).await;
    let iam = iam_of(&folder);
    assert_eq!(inline(&iam, SEEDED).await, ["deploy-all-groups"]);
    window.close().await;
}

#[tokio::test]
async fn what_may_not_be_changed_is_handed_over_and_is_green_once_it_was_applied() {
    let folder = Folder::new();
    let looks = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["greengrass:*", "s3:*", "iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy", "iam:PassRole"],
        "Resource": "*",
    }]});
    let account = Account::with_user(&folder, looks).await;
    let window = Window::open(&folder).await;
    let page = &window.page;
    connect_as_user(page).await;
    to_permissions(page, DEMO_BUCKET).await;
    let refused = page.read("permissions-refused", "iam:CreateRole").await;
    assert!(refused.contains("iam:PutRolePolicy"), "{refused}");
    page.read("permissions-may-i", "2 refused").await;
    let handed_over = hand_over(page, &folder, "JSON").await;
    account
        .grant(&serde_json::from_str(&handed_over).unwrap())
        .await;
    page.click("permissions-check").await;
    page.read("permissions-suffices", "Nothing needs to change")
        .await;
    assert_eq!(page.text("permissions-refused").await, None);
    page.read("permissions-may-i", "You may make all").await;
    window.close().await;
}

#[tokio::test]
async fn without_any_right_in_iam_nothing_is_guessed_and_a_script_can_be_saved() {
    let folder = Folder::new();
    let none = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["greengrass:*", "s3:*"], "Resource": "*",
    }]});
    let _account = Account::with_user(&folder, none).await;
    let window = Window::open(&folder).await;
    let page = &window.page;
    connect_as_user(page).await;
    to_permissions(page, DEMO_BUCKET).await;
    page.read("permissions-may-i", "could be checked").await;
    let requirements = page.see("permissions-requirements").await;
    assert_eq!(requirements.matches("Not checked").count(), 6);
    page.click("permissions-apply").await;
    page.read("permissions-failed", "could not be applied")
        .await;
    page.read("permissions-apply", "Apply again").await;
    page.read("permission-change-policy", "Not applied").await;
    let script = hand_over(page, &folder, "AWS CLI script").await;
    for call in ["iam create-role", "iam put-role-policy"] {
        assert!(script.contains(call), "{script}");
    }
    let least = hand_over(page, &folder, "Policy for whoever uses Overseed").await;
    assert!(least.contains("iam:SimulatePrincipalPolicy"), "{least}");
    window.close().await;
}

#[tokio::test]
async fn a_fleet_that_exceeds_one_policy_is_packed_as_is_chosen() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 300, 600).await;
    to_permissions(page, DEMO_BUCKET).await;
    let ways = page
        .read("permissions-ways", "Automatic: managed policies")
        .await;
    assert!(ways.contains("Does not fit"), "{ways}");

    page.choose("permissions-pack", "wildcard").await;
    page.read("permissions-widened", "every group").await;
    page.read("permissions-apply", "Apply 2 changes").await;

    page.choose("permissions-pack", "managed").await;
    page.read("permissions-ways", "Chosen: managed policies")
        .await;
    page.read("permission-change-create-1", "of 6,144 characters")
        .await;
    page.click("permissions-apply").await;
    page.read("permissions-applied", "changes applied").await;
    assert_eq!(page.text("permissions-widened").await, None);
    let iam = iam_of(&folder);
    let policies = attached(&iam, ROLE).await;
    assert!(policies.len() > 4, "{policies:?}");
    let ours = format!("Overseed-{ROLE}-");
    assert!(policies.iter().all(|name| name.starts_with(&ours)));

    page.choose("permissions-pack", "wildcard").await;
    page.read("permissions-widened", "every group").await;
    page.read("permission-change-delete-1", "iam:DetachRolePolicy")
        .await;
    page.click("permissions-apply").await;
    page.read("permissions-applied", "changes applied").await;
    assert_eq!(attached(&iam, ROLE).await, Vec::<String>::new());
    assert_eq!(inline(&iam, ROLE).await, [ROLE]);
    window.close().await;
}

#[tokio::test]
async fn a_fleet_that_fits_no_policies_gets_the_wildcard_and_is_told_what_it_widens() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    walk::connect(page, "all-well", 900, 600).await;
    to_permissions(page, DEMO_BUCKET).await;
    page.read("permissions-ways", "Automatic: a wildcard").await;
    page.read("permissions-widened", "every group of account 000000000000")
        .await;
    for (way, open) in [("inline", false), ("managed", false), ("wildcard", true)] {
        let radio = format!("{} input[value='{way}']", id("permissions-pack"));
        let radio = page.client.find(Locator::Css(&radio)).await.unwrap();
        assert_eq!(radio.is_enabled().await.unwrap(), open, "{way}");
    }
    page.click("permissions-apply").await;
    page.read("permissions-applied", "2 changes applied").await;
    window.close().await;
}
