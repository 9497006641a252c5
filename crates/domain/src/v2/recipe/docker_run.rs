//! `docker run` in scripts: which image it runs, and which options stand where docker does not see them.

use super::shell::commands;

/// One `docker run`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DockerRun {
    /// The image as it is written.
    pub image: String,
    /// Options of docker's own that stand after the image, with their values: docker hands them to the container's program.
    pub misplaced: Vec<String>,
    /// Devices of the host that the container gets.
    pub devices: Vec<String>,
}

/// Long options of `docker run` without a value (docker 29, `docker run --help`).
const FLAGS: [&str; 15] = [
    "detach",
    "disable-content-trust",
    "help",
    "init",
    "interactive",
    "no-healthcheck",
    "oom-kill-disable",
    "privileged",
    "publish-all",
    "quiet",
    "read-only",
    "rm",
    "sig-proxy",
    "tty",
    "use-api-socket",
];

/// Short options without a value; all others have one.
const SHORT_FLAGS: &str = "diPqt";

/// Long options that hardly any program has for itself: found after the image they are meant for docker. `--name`, `--user`
/// and the like are left out, since programs have them too.
const DOCKERS_OWN: [&str; 37] = [
    "add-host",
    "annotation",
    "attach",
    "blkio-weight",
    "cap-add",
    "cap-drop",
    "cgroup-parent",
    "cgroupns",
    "cidfile",
    "cpu-shares",
    "cpus",
    "cpuset-cpus",
    "detach",
    "device",
    "device-cgroup-rule",
    "entrypoint",
    "env-file",
    "expose",
    "gpus",
    "ipc",
    "log-driver",
    "log-opt",
    "memory-swap",
    "mount",
    "net",
    "network",
    "network-alias",
    "privileged",
    "publish",
    "restart",
    "rm",
    "runtime",
    "security-opt",
    "shm-size",
    "tmpfs",
    "volume",
    "volumes-from",
];

/// Each `docker run` (or `docker container run`) of a script, `sudo` or not.
pub(super) fn docker_runs(script: &str) -> Vec<DockerRun> {
    commands(script)
        .iter()
        .filter_map(|words| one(words))
        .collect()
}

fn one(words: &[String]) -> Option<DockerRun> {
    let at = words.iter().position(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        name == "docker" || name == "docker.exe" || name == "podman"
    })?;
    // Before the program there may be `sudo`, `exec` or assignments, but not another program's arguments.
    let before = words.get(..at)?;
    let harmless = |word: &String| {
        matches!(
            word.as_str(),
            "sudo" | "exec" | "nohup" | "time" | "if" | "then" | "do" | "!"
        ) || word.starts_with('-')
            || word.contains('=')
    };
    if !before.iter().all(harmless) {
        return None;
    }
    let rest = words.get(at + 1..)?;
    let run = rest
        .iter()
        .position(|word| word == "run" || word == "create")?;
    if rest
        .get(..run)?
        .iter()
        .any(|word| matches!(word.as_str(), "compose" | "exec" | "build"))
    {
        return None;
    }
    arguments(rest.get(run + 1..)?)
}

fn arguments(words: &[String]) -> Option<DockerRun> {
    let mut devices = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if word == "--" {
            break;
        }
        let option = if let Some(long) = word.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let takes = !FLAGS.contains(&name);
            (name.to_owned(), value, takes)
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            // Flags may stand together; the first one with a value takes the rest, or the next word.
            let value = short
                .char_indices()
                .find(|(_, c)| !SHORT_FLAGS.contains(*c));
            match value {
                Some((place, c)) => {
                    let attached = short.get(place + c.len_utf8()..).unwrap_or_default();
                    let attached = (!attached.is_empty()).then(|| attached.to_owned());
                    (c.to_string(), attached, true)
                }
                None => (short.to_owned(), None, false),
            }
        } else {
            at -= 1;
            break;
        };
        let (name, mut value, takes) = option;
        if takes && value.is_none() {
            value = words.get(at).cloned();
            at += 1;
        }
        if name == "device" {
            let host = value.as_deref().and_then(|value| value.split(':').next());
            devices.extend(host.map(str::to_owned));
        }
    }
    let image = words.get(at)?.clone();
    let after = words.get(at + 1..).unwrap_or_default();
    let mut misplaced = Vec::new();
    for (at, word) in after.iter().enumerate() {
        let option = word.strip_prefix("--").unwrap_or_default();
        let (name, has_value) = match option.split_once('=') {
            Some((name, _)) => (name, true),
            None => (option, FLAGS.contains(&option)),
        };
        if DOCKERS_OWN.contains(&name) {
            let value = after.get(at + 1).filter(|_| !has_value);
            let value = value.map_or_else(String::new, |value| format!(" {value}"));
            misplaced.push(format!("{word}{value}"));
        }
    }
    Some(DockerRun {
        image,
        misplaced,
        devices,
    })
}

/// The script with docker's own options in front of the image. Where they are not found as they are written, nothing changes.
pub(super) fn options_first(script: &str) -> String {
    let mut script = script.to_owned();
    for run in docker_runs(&script) {
        for option in &run.misplaced {
            let Some(image) = script.find(&format!(" {} ", run.image)) else {
                continue;
            };
            let written = format!(" {option}");
            let after = image + run.image.len() + 1;
            let place = script.get(after..).and_then(|rest| rest.find(&written));
            let Some(start) = place.map(|place| after + place) else {
                continue;
            };
            let end = start + written.len();
            let word = |c: char| !c.is_whitespace();
            let whole = script
                .get(end..)
                .is_some_and(|rest| !rest.starts_with(word));
            // On a line of its own it would leave a line that goes on into nothing.
            if whole
                && script
                    .get(..start)
                    .is_some_and(|before| before.ends_with(word))
            {
                script.replace_range(start..end, "");
                script.insert_str(image, &written);
            }
        }
    }
    script
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use super::*;

    fn run(script: &str) -> (String, Vec<String>) {
        let run = docker_runs(script).pop().unwrap();
        (run.image, run.misplaced)
    }

    #[test]
    fn options_after_the_image_are_found() {
        let written = "docker run --rm -v /a:/a -e T=$T -e S=\"$S x\" 1.dkr.ecr.eu-west-1.amazonaws.com/x:1 --network=host";
        let (image, misplaced) = run(written);
        assert_eq!(image, "1.dkr.ecr.eu-west-1.amazonaws.com/x:1");
        assert_eq!(misplaced, ["--network=host"]);
        assert_eq!(
            run("sudo docker run -itd img --net host -v").1,
            ["--net host"]
        );
        assert_eq!(
            options_first("docker run --rm a/b:1 serve --net host --gpus=all\necho a/b:1"),
            "docker run --rm --net host --gpus=all a/b:1 serve\necho a/b:1"
        );
        assert_eq!(
            options_first("docker run a --rm=1x"),
            "docker run --rm=1x a"
        );
        assert_eq!(
            options_first("docker run a \\\n --rm"),
            "docker run a \\\n --rm"
        );
    }

    #[test]
    fn options_before_the_image_are_dockers() {
        for script in [
            "docker run --network=host img",
            "docker run --network host img serve --port 80 --name x",
            "docker run -itp 80:80 --init img",
            "docker run -p80:80 -d --rm --gpus all -- img run",
            "FOO=bar /usr/bin/docker --log-level debug container run --rm -u 1000 img",
        ] {
            assert_eq!(run(script), ("img".to_owned(), vec![]), "{script}");
        }
    }

    #[test]
    fn other_commands_are_left_alone() {
        for script in [
            "docker compose -f x run --rm web",
            "docker ps",
            "echo docker run img --rm",
            "docker exec a docker run img",
            "docker run --rm",
        ] {
            assert_eq!(docker_runs(script), [], "{script}");
        }
        let devices =
            docker_runs("docker run --device=/dev/video0:/dev/x --device /dev/ttyUSB0 img");
        assert_eq!(devices[0].devices, ["/dev/video0", "/dev/ttyUSB0"]);
    }
}
