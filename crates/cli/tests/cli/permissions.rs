use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::world::{BUCKET, Ended, World, program};

/// A list of so many ids, and the list's name.
fn list(folder: &std::path::Path, count: u32) -> &'static str {
    let ids: Vec<String> = (0..count)
        .map(|n| format!("00000000-0000-4000-8000-{n:012}"))
        .collect();
    std::fs::write(folder.join("ids"), ids.join("\n")).unwrap();
    "ids"
}

/// `permissions show` for a list, where there is nothing to connect to and no credentials.
fn show(count: u32, more: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec![
        "permissions",
        "show",
        "--groups",
        list(folder.path(), count),
        "--account",
        "123456789012",
        "--region",
        "eu-west-1",
        "--bucket",
        "plant-fw",
    ];
    if !more.contains(&"--role") {
        arguments.extend(["--role", "Fw"]);
    }
    arguments.extend_from_slice(more);
    let ended = Ended(program(folder.path(), &arguments).output().unwrap());
    assert!(!folder.path().join("data").exists(), "no store is needed");
    ended
}

fn json(ended: &Ended) -> Value {
    assert_eq!(ended.status(), 0, "{}", ended.err());
    serde_json::from_str(&ended.out()).unwrap()
}

#[test]
fn documents_are_shown_without_a_connection() {
    let few = json(&show(2, &["--key", "in/put.jsonl"]));
    let statements = &few["inline"][0]["document"]["Statement"];
    assert_eq!(few["inline"][0]["name"], "OverseedBulkDeployment");
    assert_eq!(
        statements[0]["Resource"][1],
        "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/groups/00000000-0000-4000-8000-000000000001"
    );
    assert_eq!(
        statements[1]["Resource"],
        "arn:aws:s3:::plant-fw/in/put.jsonl"
    );
    assert_eq!(few["managed"], serde_json::json!([]));
    assert_eq!(few["bucketStatement"], Value::Null);
    assert_eq!(
        few["passRole"]["Statement"][0]["Resource"],
        "arn:aws:iam::123456789012:role/Fw"
    );
    let conditions = &few["trust"]["Statement"][0]["Condition"];
    assert_eq!(
        conditions["StringEquals"]["aws:SourceAccount"],
        "123456789012"
    );

    let many = json(&show(300, &["--prefix", "in", "--read-by", "bucket"]));
    let managed = many["managed"].as_array().unwrap();
    assert_eq!(managed[0]["name"], "Overseed-Fw-1");
    let named: usize = managed
        .iter()
        .map(
            |policy| match &policy["document"]["Statement"][0]["Resource"] {
                Value::Array(groups) => groups.len(),
                _ => 1,
            },
        )
        .sum();
    assert_eq!(named, 300);
    assert!(many["sizes"]["Overseed-Fw-1"].as_u64().unwrap() <= 6_144);
    assert_eq!(
        many["bucketStatement"]["Resource"],
        "arn:aws:s3:::plant-fw/in/*"
    );

    let wide = json(&show(300, &["--pack", "wildcard"]));
    assert_eq!(
        wide["inline"][0]["document"]["Statement"][0]["Resource"],
        "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/groups/*"
    );
    assert!(wide["widened"].as_str().unwrap().contains("every group"));
    // The partition follows from the Region.
    let folder = tempfile::tempdir().unwrap();
    let ids = list(folder.path(), 1);
    let arguments = [
        "permissions",
        "show",
        "--groups",
        ids,
        "--account",
        "123456789012",
        "--region",
        "cn-north-1",
        "--role",
        "Fw",
        "--bucket",
        "plant-fw",
    ];
    let china = json(&Ended(program(folder.path(), &arguments).output().unwrap()));
    assert!(
        china["roleArn"]
            .as_str()
            .unwrap()
            .starts_with("arn:aws-cn:")
    );
}

#[test]
fn other_forms_are_shown_as_they_are() {
    let template = json(&show(2, &["--format", "cloudformation"]));
    assert_eq!(
        template["Resources"]["ExecutionRole"]["Type"],
        "AWS::IAM::Role"
    );
    let terraform = show(2, &["--format", "terraform"]);
    assert!(
        terraform
            .out()
            .contains(r#"resource "aws_iam_role" "execution" {"#)
    );
    let script = show(2, &["--format", "aws-cli"]);
    assert!(script.out().starts_with("#!/bin/sh\n"));
    let lines = show(2, &["--format", "aws-cli", "--json"]).well();
    assert_eq!(lines[0]["format"], "aws_cli");
    assert_eq!(lines[0]["text"].as_str().unwrap(), script.out());
    assert_eq!(show(2, &["--json"]).well().len(), 1);
}

#[test]
fn a_roles_path_is_kept_in_every_form() {
    let arn = "arn:aws:iam::123456789012:role/team/Bulk";
    let shown = json(&show(
        70,
        &["--role", arn, "--pack", "managed", "--read-by", "bucket"],
    ));
    assert_eq!(
        (&shown["role"], &shown["roleArn"]),
        (&"Bulk".into(), &arn.into())
    );
    assert_eq!(shown["passRole"]["Statement"][0]["Resource"], arn);
    assert_eq!(shown["bucketStatement"]["Principal"]["AWS"], arn);
    assert_eq!(shown["managed"][0]["tags"]["overseed:role"], "Bulk");
    let template = json(&show(2, &["--role", arn, "--format", "cloudformation"]));
    let role = &template["Resources"]["ExecutionRole"]["Properties"];
    assert_eq!(
        (&role["Path"], &role["RoleName"]),
        (&"/team/".into(), &"Bulk".into())
    );
    let script = show(2, &["--role", arn, "--format", "aws-cli"]).out();
    assert!(script.contains(" --path '/team/' "), "{script}");
    let terraform = show(2, &["--role", arn, "--format", "terraform"]).out();
    assert!(terraform.contains("\"/team/\""), "{terraform}");
}

#[test]
fn a_plan_that_another_one_followed_says_what_stays() {
    let world = World::of(6, Scenario::AllWell);
    let make = |out: &str, pack: &str| {
        let arguments = [
            "plan", "new", "--bucket", BUCKET, "--role", "Fresh", "--pack", pack, "--out", out,
        ];
        assert_eq!(world.run(&arguments).status(), 0);
        let applied = world.run(&["permissions", "apply", out, "--yes"]);
        assert_eq!(applied.status(), 0, "{}", applied.err());
    };
    make("a.json", "inline");
    make("b.json", "wildcard");
    let undo = |plan: &str| world.run(&["permissions", "undo", plan, "--yes"]);
    let first = undo("a.json");
    assert_eq!(first.status(), 5, "the role stays");
    assert!(first.err().contains("The role stays"), "{}", first.err());
    assert!(
        first.out().contains("has put its own in its place since"),
        "{}",
        first.out()
    );
    let second = undo("b.json");
    assert_eq!(second.status(), 0, "{}", second.err());
    assert_eq!(world.sandbox.calls("DeleteRole"), 1);
    let again = undo("a.json");
    assert_eq!(again.status(), 0, "{}", again.err());
}

#[test]
fn what_does_not_fit_is_refused_and_what_fits_is_named() {
    let inline = show(300, &["--pack", "inline"]);
    assert_eq!((inline.status(), inline.out().as_str()), (1, ""));
    assert!(
        inline.err().contains("Managed policies would fit"),
        "{}",
        inline.err()
    );
    let managed = show(2_000, &["--pack", "managed", "--json"]);
    assert_eq!(managed.status(), 1);
    let problem = managed.problem();
    assert_eq!(problem["code"], "policy_too_large");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("A wildcard would fit")
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let world = World::of(1, Scenario::AllWell);
    world.file(
        "names",
        "00000000-0000-4000-8000-000000000001\nplant-4\n*\n",
    );
    let names = Ended(
        program(
            world.path("").as_path(),
            &[
                "permissions",
                "show",
                "--groups",
                "names",
                "--account",
                "123456789012",
                "--region",
                "eu-west-1",
                "--role",
                "Fw",
                "--bucket",
                "plant-fw",
            ],
        )
        .output()
        .unwrap(),
    );
    assert_eq!(names.status(), 2);
    assert!(
        names.err().contains("line 2: plant-4") && names.err().contains("line 3: *"),
        "{}",
        names.err()
    );
    for wrong in [
        &["--key", "k", "--prefix", "p"][..],
        &["--pack", "tight"],
        &["--format", "yaml"],
    ] {
        assert_eq!(show(1, wrong).status(), 2, "{wrong:?}");
    }
}

#[test]
fn without_an_account_the_connection_tells() {
    let world = World::of(3, Scenario::AllWell);
    let ids = list(&world.path(""), 1);
    let shown = world.run(&[
        "permissions",
        "show",
        "--groups",
        ids,
        "--role",
        "Fw",
        "--bucket",
        "plant-fw",
        "--json",
    ]);
    assert_eq!(
        shown.well()[0]["roleArn"],
        "arn:aws:iam::000000000000:role/Fw"
    );
    assert_eq!(
        world.sandbox.calls("GetRole"),
        0,
        "nothing but the identity is asked"
    );
}

fn planned(world: &World, more: &[&str]) {
    let mut arguments = vec![
        "plan",
        "new",
        "--bucket",
        BUCKET,
        "--role",
        "Fresh",
        "--out",
        "plan.json",
    ];
    arguments.extend_from_slice(more);
    let made = world.run(&arguments);
    assert_eq!(made.status(), 0, "{}", made.err());
}

fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

#[test]
fn a_plan_is_compared_applied_and_taken_back() {
    let world = World::of(120, Scenario::AllWell);
    planned(&world, &["--pack", "managed", "--read-by", "bucket"]);
    let diff = |more: &[&str]| {
        let mut arguments = vec!["permissions", "diff", "plan.json"];
        arguments.extend_from_slice(more);
        world.run(&arguments)
    };
    let before = diff(&["--json"]);
    assert_eq!(before.status(), 1);
    let lines = before.lines();
    let operations: Vec<&Value> = of_kind(&lines, "change")
        .iter()
        .map(|change| &change["operation"])
        .collect();
    assert_eq!(
        operations,
        [
            "iam:CreateRole",
            "iam:CreatePolicy",
            "iam:AttachRolePolicy",
            "iam:CreatePolicy",
            "iam:AttachRolePolicy",
            "iam:CreatePolicy",
            "iam:AttachRolePolicy",
            "s3:PutBucketPolicy"
        ]
    );
    let needs = of_kind(&lines, "requirement");
    assert_eq!(
        (&needs[0]["id"], &needs[0]["now"]),
        (&"role".into(), &"not_yet".into())
    );
    let summary = lines.last().unwrap();
    assert_eq!(
        (&summary["kind"], &summary["satisfied"]),
        (&"summary".into(), &false.into())
    );
    // People see each change with its lines, long documents folded.
    let people = diff(&[]).out();
    for words in [
        "1. Create the role Fresh, which Greengrass may assume (iam:CreateRole, ",
        "+       \"Action\": \"sts:AssumeRole\",",
        "more lines; --full shows them",
        "You may make",
    ] {
        assert!(people.contains(words), "{words} in {people}");
    }
    assert!(diff(&["--full"]).out().lines().count() > people.lines().count() + 60);

    let asked = world.run(&["permissions", "apply", "plan.json"]);
    assert_eq!(asked.status(), 2, "nobody is there to be asked");
    assert!(asked.err().contains("--yes"), "{}", asked.err());
    assert_eq!(world.sandbox.calls("CreateRole"), 0);

    let applied = world.run(&["permissions", "apply", "plan.json", "--yes", "--json"]);
    let lines = applied.well();
    let changes = of_kind(&lines, "change");
    assert_eq!(changes.len(), 8);
    for change in changes {
        assert_eq!(change["outcome"]["kind"], "done", "{change}");
        assert!(change["outcome"]["requestId"].is_string(), "{change}");
    }
    assert_eq!(lines.last().unwrap()["satisfied"], true);
    let after = diff(&[]);
    assert_eq!(after.status(), 0, "{}", after.err());
    assert!(
        after.out().contains("Nothing needs to change"),
        "{}",
        after.out()
    );
    let again = world.run(&["permissions", "apply", "plan.json", "--yes"]);
    assert_eq!(again.status(), 0);
    assert!(
        again.out().contains("Nothing was changed"),
        "{}",
        again.out()
    );
    assert_eq!(world.sandbox.calls("CreateRole"), 1);

    assert_eq!(world.run(&["permissions", "undo", "plan.json"]).status(), 2);
    let undone = world
        .run(&["permissions", "undo", "plan.json", "--yes", "--json"])
        .well();
    assert_eq!(undone.len(), 8);
    assert_eq!(undone[0]["operations"][0], "s3:DeleteBucketPolicy");
    assert_eq!(undone[7]["operations"][0], "iam:DeleteRole");
    let nothing = world.run(&["permissions", "undo", "plan.json", "--yes"]);
    assert!(
        nothing.out().contains("Nothing was changed for this plan"),
        "{}",
        nothing.out()
    );
    let changes = diff(&["--json"]);
    assert_eq!(
        of_kind(&changes.lines(), "change").len(),
        8,
        "all is as it was before"
    );
}

#[test]
fn a_role_that_suffices_needs_no_change() {
    let world = World::of(5, Scenario::AllWell);
    let made = world.run(&[
        "plan",
        "new",
        "--bucket",
        BUCKET,
        "--role",
        "greengrass-bulk-2024",
        "--out",
        "plan.json",
    ]);
    assert_eq!(made.status(), 0, "{}", made.err());
    let diff = world.run(&["permissions", "diff", "plan.json"]);
    assert_eq!(diff.status(), 0, "{}", diff.out());
    assert!(
        diff.out().contains("Nothing needs to change"),
        "{}",
        diff.out()
    );
}

#[test]
fn a_plan_keeps_its_packing() {
    let world = World::of(5, Scenario::AllWell);
    planned(&world, &["--pack", "wildcard", "--read-by", "bucket"]);
    let shown = world.run(&["plan", "show", "plan.json", "--json"]).well();
    assert_eq!(shown[0]["settings"]["pack"], "wildcard");
    assert_eq!(shown[0]["settings"]["readBy"], "bucket");
    assert_eq!(shown[0]["permissions"]["packing"], "wildcard");
    let people = world.run(&["plan", "show", "plan.json"]).out();
    assert!(people.contains("(iam:PutRolePolicy, "), "{people}");
    assert!(people.contains("to every group of account"), "{people}");
}
