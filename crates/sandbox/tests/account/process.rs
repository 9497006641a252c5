//! The sandbox as a process of its own.

use std::path::Path;
use std::time::Duration;

use aws_sdk_sts::Client as Sts;
use overseed_sandbox::process::{self, Attached, IDLE};
use overseed_sandbox::{Scenario, Settings};

use crate::clients::{config_of, credentials, settings};

fn attach(dir: &Path, settings: &Settings) -> Attached {
    let executable = Path::new(env!("CARGO_BIN_EXE_overseed-sandbox"));
    process::attach_or_start_with(executable, dir, settings, IDLE).unwrap()
}

async fn works(attached: &Attached) -> bool {
    let own = credentials(&attached.access_key_id, &attached.secret_access_key, None);
    let config = config_of(&attached.endpoint, own, &attached.region);
    Sts::new(&config).get_caller_identity().send().await.is_ok()
}

#[tokio::test]
async fn one_process_for_all_who_ask_and_the_same_world_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let settings = settings();
    assert_eq!(process::attach(dir.path()).unwrap(), None);
    let racers: Vec<Attached> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| attach(dir.path(), &settings)))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    let first = racers[0].clone();
    assert!(
        racers.iter().all(|one| *one == first),
        "three who start at once get one process"
    );
    assert!(works(&first).await);
    assert_eq!(process::attach(dir.path()).unwrap(), Some(first.clone()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = std::fs::metadata(dir.path().join("sandbox/sandbox.json")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        let killed = std::process::Command::new("kill")
            .arg("-9")
            .arg(first.pid.to_string())
            .status();
        assert!(killed.unwrap().success());
    }
    #[cfg(not(unix))]
    process::stop(dir.path()).unwrap();

    let second = attach(dir.path(), &settings);
    assert_ne!(second.pid, first.pid);
    assert_eq!(second.id, first.id);
    assert_eq!(second.access_key_id, first.access_key_id, "the same world");
    assert!(works(&second).await);

    let other = Settings {
        scenario: Scenario::CoresOff,
        ..settings.clone()
    };
    let third = attach(dir.path(), &other);
    assert_ne!(third.id, second.id);
    assert!(!works(&second).await, "the other world has ended");
    assert!(process::stop(dir.path()).unwrap());
    let fourth = attach(dir.path(), &settings);
    assert_eq!(
        fourth.access_key_id, first.access_key_id,
        "going back finds the old state"
    );
    assert!(process::stop(dir.path()).unwrap());
    assert!(!process::stop(dir.path()).unwrap());
    assert_eq!(
        process::last(dir.path()).unwrap().unwrap().settings(),
        settings
    );
}

#[test]
fn an_idle_process_ends_itself() {
    let dir = tempfile::tempdir().unwrap();
    let executable = Path::new(env!("CARGO_BIN_EXE_overseed-sandbox"));
    let started =
        process::attach_or_start_with(executable, dir.path(), &settings(), Duration::from_secs(2))
            .unwrap();
    // The process may end between any two looks; the last look is the one that finds none.
    while process::attach(dir.path()).unwrap().is_some() {
        std::thread::yield_now();
    }
    assert_eq!(process::last(dir.path()).unwrap(), Some(started));
}

#[test]
fn a_program_that_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let bad = Settings {
        speed: 0.0,
        ..settings()
    };
    let executable = Path::new(env!("CARGO_BIN_EXE_overseed-sandbox"));
    let error = process::attach_or_start_with(executable, dir.path(), &bad, IDLE).unwrap_err();
    assert!(
        error.to_string().contains("the speed must be above zero"),
        "{error}"
    );
}
