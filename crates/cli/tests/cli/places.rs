//! Files that are named on the command line, and what is typed there.

use std::{fs, path::Path};

use overseed_sandbox::Scenario;
use serde_json::Value;

use crate::world::{BUCKET, Ended, World, program};

const ID: &str = "00a1b2c3-0000-4000-8000-000000000001";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn plan_new(world: &World, options: &[&str]) -> Ended {
    world.run(&[&["plan", "new", "--json"], options].concat())
}

#[cfg(unix)]
#[test]
fn links_and_devices_stay_what_they_are() {
    use std::os::unix::fs::{FileTypeExt, symlink};

    let world = World::of(3, Scenario::AllWell);
    world.file("list", "b,2\na,1\n");
    world.file("real.jsonl", "old");
    symlink("real.jsonl", world.path("link")).unwrap();
    symlink("/dev/null", world.path("null")).unwrap();
    for out in ["link", "null"] {
        let made = world.run(&["file", "make", "--groups", "list", "--out", out, "--json"]);
        assert_eq!(made.well()[0]["records"], 2, "{out}");
        let plan = plan_new(&world, &["--bucket", BUCKET, "--role", "R", "--out", out]);
        assert_eq!(plan.well()[0]["targets"], 3, "{out}");
        assert!(
            fs::symlink_metadata(world.path(out)).unwrap().is_symlink(),
            "{out}"
        );
    }
    let plan: Value = serde_json::from_slice(&fs::read(world.path("real.jsonl")).unwrap()).unwrap();
    assert_eq!(plan["targets"].as_array().unwrap().len(), 3);
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
}

#[test]
fn a_file_beside_the_plan_is_left_alone_and_nothing_is_left_behind() {
    let world = World::of(3, Scenario::AllWell);
    world.file("p.part", "mine");
    fs::create_dir(world.path("folder")).unwrap();
    let plan = |out: &str| plan_new(&world, &["--bucket", BUCKET, "--role", "R", "--out", out]);
    plan("p.json").well();
    for (out, hint) in [
        ("folder", "this is a folder"),
        ("p.part/p.json", "a part of it is a file"),
        (
            "gone/p.json",
            "the folder that it is to be in, is not there",
        ),
    ] {
        let refused = plan(out);
        assert_eq!(refused.status(), 5, "{out}: {}", refused.err());
        let problem = refused.problem();
        assert!(
            problem["hint"].as_str().unwrap().contains(hint),
            "{problem}"
        );
    }
    assert_eq!(fs::read_to_string(world.path("p.part")).unwrap(), "mine");
    assert_eq!(
        names(&world.path("")),
        ["data", "folder", "p.json", "p.part"]
    );
    assert!(names(&world.path("folder")).is_empty());
}

#[test]
fn what_no_role_or_bucket_can_be_called_is_refused_before_a_plan_is_made() {
    let world = World::of(3, Scenario::AllWell);
    for (bucket, role) in [(BUCKET, "bad role"), ("Bad_Bucket/x", "R"), (BUCKET, "")] {
        let refused = plan_new(
            &world,
            &["--bucket", bucket, "--role", role, "--out", "p.json"],
        );
        assert_eq!(refused.status(), 2, "{bucket} {role}: {}", refused.err());
    }
    let long = plan_new(
        &world,
        &[
            "--bucket", BUCKET, "--role", "R", "--settle", "8d", "--out", "p.json",
        ],
    );
    assert_eq!(long.status(), 2);
    assert!(
        long.err().contains("such as 90s, 45m or 1h30m"),
        "{}",
        long.err()
    );
    assert!(!world.path("p.json").exists());
}

#[test]
fn lists_are_read_as_greengrass_gives_ids() {
    let folder = tempfile::tempdir().unwrap();
    let show = |list: &[u8], region: &str| {
        fs::write(folder.path().join("ids"), list).unwrap();
        let options = [
            "permissions",
            "show",
            "--groups",
            "ids",
            "--account",
            "123456789012",
            "--region",
            region,
            "--role",
            "R",
            "--bucket",
            BUCKET,
            "--json",
        ];
        Ended(program(folder.path(), &options).output().unwrap())
    };
    let once = show(ID.as_bytes(), "eu-west-1").well();
    let twice = show(
        format!("{ID}\n{}\n", ID.to_uppercase()).as_bytes(),
        "eu-west-1",
    )
    .well();
    assert_eq!(once, twice);
    for region in ["-", "a-"] {
        let refused = show(ID.as_bytes(), region);
        assert_eq!(refused.status(), 2, "{region}: {}", refused.err());
    }
    let empty = show(b"# none\n", "eu-west-1");
    assert_eq!(empty.status(), 2, "{}", empty.err());
    let garbled = show(b"\xff\xfe\n", "eu-west-1");
    assert!(
        garbled.problem()["hint"]
            .as_str()
            .unwrap()
            .contains("UTF-8"),
        "{}",
        garbled.err()
    );
}

#[test]
fn a_plan_with_a_target_twice_says_so_when_it_is_started() {
    let world = World::of(3, Scenario::AllWell);
    world.plan("Fresh");
    let mut plan: Value =
        serde_json::from_slice(&fs::read(world.path("plan.json")).unwrap()).unwrap();
    let first = plan["targets"][0].clone();
    plan["targets"].as_array_mut().unwrap().push(first);
    world.file("plan.json", &plan.to_string());
    let started = world.run(&["run", "start", "plan.json"]);
    assert_eq!(started.status(), 2, "nobody is there to be asked");
    assert!(
        started.err().contains("line 4: repeated_group:"),
        "{}",
        started.err()
    );
}

#[test]
fn a_store_that_is_none_is_told_from_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(
        folder.path().join("data/overseed.sqlite"),
        "garbage ".repeat(2000),
    )
    .unwrap();
    let listed = Ended(
        program(folder.path(), &["run", "list", "--json"])
            .output()
            .unwrap(),
    );
    assert_eq!(listed.status(), 5);
    let problem = listed.problem();
    assert_eq!(problem["code"], "store_failed");
    assert!(
        problem["message"].as_str().unwrap().contains("damaged")
            && problem["hint"]
                .as_str()
                .unwrap()
                .contains("overseed.sqlite"),
        "{problem}"
    );
}
