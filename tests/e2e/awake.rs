//! The computer is kept awake while a run is driven, unless the settings say no: seen from a login manager of our own, on
//! a system bus of our own (systemd's `org.freedesktop.login1`, Inhibitor Locks).

use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd as Pipe;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::zvariant::OwnedFd;
use zbus::{Connection, connection, interface};

use super::page::{Page, answered};
use super::process::Group;
use super::walk;
use super::window::{Folder, Window};

/// A lock that was asked for: of what kind, and the end of its pipe that sees it being let go.
#[derive(Debug)]
struct Lock {
    kind: String,
    end: UnixStream,
}

/// Grants every lock.
#[derive(Debug)]
struct Login {
    granted: UnboundedSender<Lock>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    async fn inhibit(&self, what: &str, who: &str, _why: &str, mode: &str) -> OwnedFd {
        let (end, held) = UnixStream::pair().unwrap();
        let kind = format!("{who} {what} {mode}");
        self.granted.send(Lock { kind, end }).unwrap();
        OwnedFd::from(Pipe::from(held))
    }
}

/// A system bus on which nobody is but the login manager.
#[derive(Debug)]
struct Bus {
    address: String,
    locks: UnboundedReceiver<Lock>,
    _login: Connection,
    _daemon: Group,
}

impl Bus {
    async fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command
            .args(["--session", "--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut daemon = Group::start(&mut command);
        let mut address = String::new();
        BufReader::new(daemon.output())
            .read_line(&mut address)
            .expect("the bus says its address");
        let address = address.trim().to_owned();
        let (granted, locks) = unbounded_channel();
        let login = connection::Builder::address(address.as_str())
            .and_then(|bus| bus.name("org.freedesktop.login1"))
            .and_then(|bus| bus.serve_at("/org/freedesktop/login1", Login { granted }))
            .expect("names that are names")
            .build()
            .await
            .expect("the login manager is on the bus");
        Self {
            address,
            locks,
            _login: login,
            _daemon: daemon,
        }
    }

    /// The locks against falling asleep and against being sent to sleep, once the app has them.
    async fn granted(&mut self) -> [Lock; 2] {
        let idle = answered("the first lock", self.locks.recv()).await.unwrap();
        let sleep = answered("the second lock", self.locks.recv())
            .await
            .unwrap();
        assert_eq!(idle.kind, "Overseed idle block");
        assert_eq!(sleep.kind, "Overseed sleep block");
        [idle, sleep]
    }
}

/// Waits until the app has let go.
async fn let_go(locks: [Lock; 2]) {
    for mut lock in locks {
        let ended = tokio::task::spawn_blocking(move || lock.end.read(&mut [0]));
        let read = answered("a lock is let go", ended).await.unwrap();
        assert_eq!(read.unwrap(), 0);
    }
}

/// Goes to the settings, says no or yes, and comes back.
async fn toggle(page: &Page, run: &str) {
    page.go("/settings").await;
    page.toggle("settings-awake").await;
    page.go(&format!("/runs/{run}")).await;
    page.see("watch-figures").await;
}

#[tokio::test]
async fn the_computer_is_kept_awake_while_a_run_is_driven_unless_the_user_says_no() {
    let mut bus = Bus::start().await;
    let folder = Folder::new();
    let window = Window::open_with(&folder, |app| {
        app.env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
    })
    .await;
    let page = &window.page;
    // Half a minute in which nothing ends by itself.
    walk::connect(page, "slow-start", 12, 8).await;
    walk::to_review(page, "overseed-awake", "0.05").await;
    assert!(bus.locks.try_recv().is_err(), "nothing is driven yet");
    let run = walk::start(page).await;
    let locks = bus.granted().await;

    toggle(page, &run).await;
    let_go(locks).await;
    toggle(page, &run).await;
    let locks = bus.granted().await;

    page.click("watch-stop").await;
    page.click("watch-stop-confirm").await;
    let_go(locks).await;
    window.close().await;
}
