//! What an administrator gets as CloudFormation and as Terraform.

use hcl::eval::{Context, Evaluate as _};
use overseed_domain::permissions::{Groups, Objects, ReadBy, bucket_statement};
use overseed_engine::permissions::{HandOver, Needs, hand_over_for, permissions_show};
use serde_json::{Value, json};

use crate::world::{BUCKET, World, place};

const THEIRS: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::overseed-demo-000000000000","Condition":{"NumericLessThan":{"s3:TlsVersion":1.2}}}]}"#;

const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Needs of so many groups of which nobody has to know.
fn needs(role: &str, count: u32) -> Needs {
    let ids = (0..count).map(|n| format!("00000000-0000-4000-8000-{n:012}"));
    Needs {
        role: role.into(),
        bucket: BUCKET.into(),
        objects: Objects::Prefix("a ${odd} %{prefix}*".into()),
        read_by: ReadBy::Role,
        groups: ids.collect::<Groups>(),
        pack: overseed_domain::permissions::Pack::Auto,
        waves: 1,
    }
}

fn by_bucket(role: &str, count: u32) -> Needs {
    Needs {
        read_by: ReadBy::Bucket,
        ..needs(role, count)
    }
}

/// The same needs in the forms JSON, CloudFormation and Terraform.
async fn forms(world: &World, needs: &Needs) -> (Value, Value, Terraform) {
    let form = |form| hand_over_for(&world.session, needs, form);
    let json = serde_json::from_str(&form(HandOver::Json).await.unwrap()).unwrap();
    let template = serde_json::from_str(&form(HandOver::Cloudformation).await.unwrap()).unwrap();
    let terraform = Terraform::read(&form(HandOver::Terraform).await.unwrap());
    (json, template, terraform)
}

/// A configuration, read again.
struct Terraform(hcl::Body);

impl Terraform {
    fn read(text: &str) -> Self {
        Self(hcl::parse(text).unwrap())
    }

    fn blocks(&self, kind: &str) -> Vec<&hcl::Block> {
        let blocks = self.0.blocks();
        blocks.filter(|block| block.identifier() == kind).collect()
    }

    fn resource(&self, kind: &str, name: &str) -> Option<&hcl::Block> {
        let is = |block: &&hcl::Block| {
            let labels: Vec<&str> = block.labels().iter().map(hcl::BlockLabel::as_str).collect();
            labels == [kind, name]
        };
        self.blocks("resource").into_iter().find(is)
    }

    /// A local value, evaluated.
    fn local(&self, name: &str) -> Value {
        let locals = self.blocks("locals");
        let mut attributes = locals.iter().flat_map(|block| block.body().attributes());
        let local = attributes.find(|local| local.key() == name).unwrap();
        let value: hcl::Value = local.expr().evaluate(&Context::new()).unwrap();
        serde_json::to_value(value).unwrap()
    }

    /// What is imported: where to, and the id.
    fn imports(&self) -> Vec<(String, String)> {
        let text = |block: &hcl::Block, key: &str| {
            let mut attributes = block.body().attributes();
            let found = attributes.find(|found| found.key() == key).unwrap();
            found.expr().to_string().trim_matches('"').to_owned()
        };
        let import = |block: &&hcl::Block| (text(block, "to"), text(block, "id"));
        self.blocks("import").iter().map(import).collect()
    }
}

fn attribute(block: &hcl::Block, key: &str) -> Option<String> {
    let mut attributes = block.body().attributes();
    attributes
        .find(|found| found.key() == key)
        .map(|found| found.expr().to_string())
}

#[tokio::test]
async fn a_new_role_is_whole_in_both_forms() {
    let world = World::of(2).await;
    let (json, template, terraform) = forms(&world, &needs("Bulk", 300)).await;
    let resources = &template["Resources"];
    let role = &resources["ExecutionRole"];
    assert_eq!(role["Properties"]["RoleName"], "Bulk");
    assert_eq!(
        role["Properties"]["AssumeRolePolicyDocument"],
        json["trust"]
    );
    assert_eq!(terraform.local("trust"), json["trust"]);
    assert_eq!(
        role.get("Condition"),
        None,
        "somebody looked: it is not there"
    );
    assert!(terraform.resource("aws_iam_role", "execution").is_some());
    let managed = json["managed"].as_array().unwrap();
    assert!(managed.len() > 4);
    for (number, policy) in (1..).zip(managed) {
        let properties = &resources[format!("ManagedPolicy{number}")]["Properties"];
        assert_eq!(properties["PolicyDocument"], policy["document"]);
        assert_eq!(properties["ManagedPolicyName"], policy["name"]);
        assert_eq!(properties["Path"], "/overseed/");
        assert_eq!(properties["Roles"], json!([{ "Ref": "ExecutionRole" }]));
        let label = format!("managed_{number}");
        assert_eq!(terraform.local(&label), policy["document"]);
        let made = terraform.resource("aws_iam_policy", &label).unwrap();
        assert_eq!(
            attribute(made, "policy").unwrap(),
            format!("jsonencode(local.{label})")
        );
        assert!(attribute(made, "tags").unwrap().contains("overseed:role"));
        let attached = terraform.resource("aws_iam_role_policy_attachment", &label);
        assert!(attached.is_some());
    }
    assert_eq!(terraform.imports(), []);
    assert_eq!(
        template["Metadata"]["Overseed"]["PassRole"],
        json["passRole"]
    );
    // CloudFormation cannot tag managed policies: the commands do.
    let commands = template["Metadata"]["Overseed"]["Commands"]
        .as_array()
        .unwrap();
    let managed = json["managed"].as_array().unwrap();
    assert_eq!(commands.len(), managed.len());
    for (command, policy) in commands.iter().zip(managed) {
        let command = command["Command"].as_str().unwrap();
        let name = policy["name"].as_str().unwrap();
        assert!(
            command.starts_with("aws iam tag-policy ")
                && command.contains(&format!("/overseed/{name}'"))
                && command.ends_with("'Key=overseed:role,Value=Bulk'"),
            "{command}"
        );
        assert_eq!(policy["tags"], json!({ "overseed:role": "Bulk" }));
    }
    let description = template["Description"].as_str().unwrap();
    assert!(
        description.contains("CAPABILITY_NAMED_IAM"),
        "{description}"
    );
    assert_eq!(
        template["Rules"]["Account"]["Assertions"][0]["Assert"]["Fn::Equals"][1],
        json!("000000000000")
    );
}

#[tokio::test]
async fn a_role_that_is_there_keeps_what_it_has() {
    let world = World::of(2).await;
    world.role("Theirs", LAMBDA, None).await;
    let (json, template, terraform) = forms(&world, &needs("Theirs", 2)).await;
    assert_eq!(template["Resources"].get("ExecutionRole"), None);
    let policy = &template["Resources"]["InlinePolicy"]["Properties"];
    assert_eq!(policy["RoleName"], "Theirs");
    assert_eq!(policy["PolicyDocument"], json["inline"][0]["document"]);
    // CloudFormation cannot change the trust of a role that is not its own.
    let command = &template["Metadata"]["Overseed"]["Commands"][0]["Command"];
    let command = command.as_str().unwrap();
    assert!(command.contains("aws iam update-assume-role-policy") && command.contains("lambda"));
    assert!(
        template["Description"]
            .as_str()
            .unwrap()
            .contains("Commands")
    );
    // Terraform takes the role in for that, and leaves all else of it alone.
    assert_eq!(
        terraform.imports(),
        [("aws_iam_role.execution".to_owned(), "Theirs".to_owned())]
    );
    assert_eq!(terraform.local("trust"), json["trust"]);
    let services = json["trust"]["Statement"].as_array().unwrap();
    assert_eq!(services.len(), 2);
    let role = terraform.resource("aws_iam_role", "execution").unwrap();
    let lifecycle = role.body().blocks().next().unwrap();
    assert_eq!(attribute(lifecycle, "prevent_destroy").unwrap(), "true");
    let kept = attribute(lifecycle, "ignore_changes").unwrap();
    for name in ["path", "tags", "permissions_boundary", "description"] {
        assert!(kept.contains(name), "{kept}");
    }

    // One that trusts Greengrass is not touched at all.
    let (_, template, terraform) = forms(&world, &needs("greengrass-bulk-2024", 2)).await;
    assert_eq!(template["Resources"].get("ExecutionRole"), None);
    assert_eq!(template["Metadata"]["Overseed"]["Commands"], json!([]));
    assert!(terraform.resource("aws_iam_role", "execution").is_none());
    assert_eq!(terraform.local("role"), "greengrass-bulk-2024");
}

#[tokio::test]
async fn a_buckets_policy_is_whole_or_not_written() {
    let world = World::of(2).await;
    let ours = |needs: &Needs| {
        let arn = needs.objects.arn(place().partition, BUCKET);
        Value::Object(
            bucket_statement("arn:aws:iam::000000000000:role/Bulk", &arn)
                .fields()
                .clone(),
        )
    };
    // The bucket has none.
    let wanted = by_bucket("Bulk", 2);
    let (json, template, terraform) = forms(&world, &wanted).await;
    assert_eq!(json["bucketStatement"], ours(&wanted));
    let policy = &template["Resources"]["BucketPolicy"];
    assert_eq!(policy.get("Condition"), None);
    assert_eq!(policy["DeletionPolicy"], "Retain");
    assert_eq!(
        policy["Properties"]["PolicyDocument"]["Statement"],
        json!([ours(&wanted)])
    );
    assert_eq!(
        terraform.local("bucket_policy"),
        policy["Properties"]["PolicyDocument"]
    );
    let put = terraform
        .resource("aws_s3_bucket_policy", "input_files")
        .unwrap();
    assert_eq!(attribute(put, "count"), None);

    // It has one of somebody else.
    let clients = &world.session.clients;
    clients.put_bucket_policy(BUCKET, THEIRS).await.unwrap();
    let (_, template, terraform) = forms(&world, &wanted).await;
    let theirs: Value = serde_json::from_str(THEIRS).unwrap();
    let policy = &template["Resources"]["BucketPolicy"];
    let statements = &policy["Properties"]["PolicyDocument"]["Statement"];
    assert_eq!(statements, &json!([theirs["Statement"][0], ours(&wanted)]));
    assert_eq!(policy["Condition"], "PutBucketPolicy");
    let command = &template["Metadata"]["Overseed"]["Commands"][0]["Command"];
    assert!(
        command
            .as_str()
            .unwrap()
            .contains("s3api put-bucket-policy")
    );
    assert_eq!(
        terraform.local("bucket_policy"),
        policy["Properties"]["PolicyDocument"]
    );
    assert_eq!(
        terraform.imports(),
        [(
            "aws_s3_bucket_policy.input_files".to_owned(),
            BUCKET.to_owned()
        )]
    );

    // It cannot be looked at: nothing is written unless someone says that there is nothing to write over.
    let blind = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}"#;
    let session = world.user("kim", blind).await;
    let template: Value = serde_json::from_str(
        &hand_over_for(&session, &wanted, HandOver::Cloudformation)
            .await
            .unwrap(),
    )
    .unwrap();
    assert_eq!(
        template["Parameters"]["BucketPolicyAction"]["Default"],
        "leave"
    );
    assert_eq!(
        template["Resources"]["BucketPolicy"]["Condition"],
        "PutBucketPolicy"
    );
    let notes = template["Metadata"]["Overseed"]["Notes"].to_string();
    assert!(notes.contains("Nobody looked"), "{notes}");
    let text = hand_over_for(&session, &wanted, HandOver::Terraform).await;
    let terraform = Terraform::read(&text.unwrap());
    let put = terraform
        .resource("aws_s3_bucket_policy", "input_files")
        .unwrap();
    assert_eq!(
        attribute(put, "count").unwrap(),
        "var.bucket_has_no_policy ? 1 : 0"
    );
}

#[test]
fn without_a_look_the_administrator_says_what_is_there() {
    let shown = |form| permissions_show(&place(), &needs("Bulk", 2), form).unwrap();
    let template: Value = serde_json::from_str(&shown(HandOver::Cloudformation)).unwrap();
    assert_eq!(
        template["Resources"]["ExecutionRole"]["Condition"],
        "MakeRole"
    );
    assert_eq!(
        template["Resources"]["InlinePolicy"]["Properties"]["RoleName"],
        json!({ "Fn::If": ["MakeRole", { "Ref": "ExecutionRole" }, "Bulk"] })
    );
    let terraform = Terraform::read(&shown(HandOver::Terraform));
    let role = terraform.resource("aws_iam_role", "execution").unwrap();
    assert_eq!(attribute(role, "count").unwrap(), "var.role_exists ? 0 : 1");
}

#[test]
fn many_policies_are_longer_than_cloudformation_takes_directly() {
    let place = place();
    let template = |count| {
        let text = permissions_show(&place, &needs("Bulk", count), HandOver::Cloudformation);
        let value: Value = serde_json::from_str(&text.unwrap()).unwrap();
        value["Metadata"]["Overseed"]["Notes"].to_string()
    };
    assert!(!template(100).contains("--s3-bucket"));
    assert!(template(600).contains("--s3-bucket"));
}
