//! What must be installed before a chore can work: looked for, named, and on Debian and Ubuntu installed.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, installed, output, run, succeeds};

/// The oldest Node that the UI's tools work with.
const NODE: u32 = 20;

/// What a chore needs from the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Building and opening the app.
    App,
    /// The whole test suite, and the tour: a virtual display, WebDriver, D-Bus, Python.
    Tests,
    /// The tests' needs, and the programs that the figures are compared with.
    Bench,
}

/// How to see that something is there.
#[derive(Debug)]
enum Seen {
    Program(&'static str),
    Library(&'static str),
    PythonVenv,
}

/// Something a Linux system must have, with Debian's package for it.
#[derive(Debug)]
struct Need {
    seen: Seen,
    package: &'static str,
}

const fn program(name: &'static str, package: &'static str) -> Need {
    Need {
        seen: Seen::Program(name),
        package,
    }
}

/// For building: Tauri's prerequisites on Linux.
const APP: &[Need] = &[
    program("cc", "build-essential"),
    program("pkg-config", "pkg-config"),
    Need {
        seen: Seen::Library("webkit2gtk-4.1"),
        package: "libwebkit2gtk-4.1-dev",
    },
    Need {
        seen: Seen::Library("librsvg-2.0"),
        package: "librsvg2-dev",
    },
];

const TESTS: &[Need] = &[
    program("Xvfb", "xvfb"),
    program("WebKitWebDriver", "webkit2gtk-driver"),
    program("dbus-run-session", "dbus-x11"),
    program("import", "imagemagick"),
    program("xdotool", "xdotool"),
    program("python3", "python3"),
    Need {
        seen: Seen::PythonVenv,
        package: "python3-venv",
    },
];

const BENCH: &[Need] = &[program("jq", "jq")];

impl Need {
    fn is_there(&self) -> bool {
        match self.seen {
            Seen::Program(name) => installed(name).is_some(),
            Seen::Library(name) => succeeds(Command::new("pkg-config").args(["--exists", name])),
            Seen::PythonVenv => {
                succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
            }
        }
    }
}

/// Looks for what the chore needs and installs what is missing, asking first unless `yes`.
pub fn meet(what: For, yes: bool) -> Result<()> {
    node()?;
    if !cfg!(target_os = "linux") {
        println!("{}", elsewhere());
        return Ok(());
    }
    let groups: &[&[Need]] = match what {
        For::App => &[APP],
        For::Tests => &[APP, TESTS],
        For::Bench => &[APP, TESTS, BENCH],
    };
    let missing: Vec<&str> = groups
        .iter()
        .flat_map(|group| group.iter())
        .filter(|need| !need.is_there())
        .map(|need| need.package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing system packages: {}", missing.join(" "));
    if !Path::new("/etc/debian_version").exists() {
        bail!(
            "these are Debian's names: install their counterparts on this system, then try again"
        );
    }
    confirm("Install them with apt-get", yes)?;
    apt(&["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    apt(&install)
}

/// What other systems need; the chores do not install there.
fn elsewhere() -> &'static str {
    if cfg!(target_os = "macos") {
        "macOS: the app needs the Xcode command line tools (`xcode-select --install`)."
    } else {
        "Windows: the app needs the C++ build tools of Visual Studio and WebView2 (part of Windows 11)."
    }
}

fn node() -> Result<()> {
    let version = output(Command::new("node").arg("--version"))
        .context("Node is not here: install Node 20 or newer, then try again")?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major >= NODE => Ok(()),
        _ => bail!(
            "Node is {}: the UI needs Node {NODE} or newer",
            version.trim()
        ),
    }
}

fn apt(arguments: &[&str]) -> Result<()> {
    let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
    let mut command = if is_root {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    };
    run(command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments))
}

/// Asks on the terminal; without one, and without `--yes`, says how to go on.
fn confirm(question: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        bail!("not installed without a yes: add --yes");
    }
    print!("{question}? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("not installed");
    }
    Ok(())
}

/// A cargo tool, built into the target folder's `tools` when it is not on the PATH.
pub fn cargo_tool(program: &str, version: &str, yes: bool) -> Result<()> {
    if installed(program).is_some() {
        return Ok(());
    }
    println!("Missing: {program} {version}");
    confirm("Build it with cargo install", yes)?;
    let tools = command::tools();
    run(command::cargo()
        .args([
            "install",
            program,
            "--locked",
            "--version",
            version,
            "--root",
        ])
        .arg(tools))
}

/// The UI's packages, installed again when the lock file has changed since.
pub fn ui_packages() -> Result<()> {
    let lock = std::fs::read("ui/package-lock.json").context("ui/package-lock.json")?;
    let stamp = Path::new("ui/node_modules/.overseed-lock");
    if std::fs::read(stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(&mut command::npm(&["ci"]))?;
    std::fs::write(stamp, lock).context("cannot note the installed packages")
}

/// The contract tests' npm packages in a folder of their own, whose path this is.
pub fn node_packages() -> Result<std::path::PathBuf> {
    let folder = command::target().join("node");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (lock, stamp) = ("tests/contract/package-lock.json", folder.join(".lock"));
    let wanted = std::fs::read(lock).context(lock)?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(Path::new("tests/contract").join(name), folder.join(name)).context(name)?;
    }
    run(command::npm(&["ci"]).current_dir(&folder))?;
    std::fs::write(&stamp, wanted).context("cannot note the installed packages")?;
    Ok(folder)
}

/// The contract tests' Python packages in an environment of their own; the path of its Python.
pub fn python() -> Result<std::path::PathBuf> {
    environment("venv", "tests/contract/requirements.txt")
}

/// ministack in an environment of its own; the path of its Python.
pub fn ministack() -> Result<std::path::PathBuf> {
    environment("ministack", "tests/contract/ministack/requirements.txt")
}

fn environment(name: &str, wanted: &str) -> Result<std::path::PathBuf> {
    let requirements = std::fs::read(wanted).context(wanted.to_owned())?;
    let venv = command::target().join(name);
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let stamp = venv.join(".requirements");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(python);
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    run(Command::new(system)
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r", wanted]))?;
    std::fs::write(&stamp, requirements).context("cannot note the installed packages")?;
    Ok(python)
}
