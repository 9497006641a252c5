//! The app in a real window, and what it stands on: display, session bus, WebDriver.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use super::desk::Desk;
use super::display::Display;
use super::page::{Page, answered, id, until};
use super::process::{self, Group};

/// Where the app keeps its things during a test. The sandbox outlives the app, so it is ended here.
#[derive(Debug)]
pub struct Folder {
    dir: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a folder for the test"),
        }
    }

    /// `OVERSEED_DATA_DIR`.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A file of the test's own, outside the data folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The settings of the app's window (not of the app).
    pub fn config(&self) -> PathBuf {
        self.dir.path().join("config")
    }

    /// What the native dialogs of a debug build answer.
    pub fn chosen(&self) -> PathBuf {
        self.dir.path().join("chosen")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = overseed_sandbox::process::stop(&self.data()) {
            eprintln!("the sandbox did not end: {error}");
        }
    }
}

/// The app's program, built by cargo for this test.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_overseed"))
}

/// An open window. Dropping it ends everything that was started for it, but the sandbox.
#[derive(Debug)]
pub struct Window {
    pub page: Page,
    data: PathBuf,
    _driver: Group,
    display: Display,
}

impl Window {
    /// Opens the app on a data folder and waits until it is drawn.
    pub async fn open(folder: &Folder) -> Self {
        Self::open_with(folder, |_| {}).await
    }

    /// Opens the app in an environment that is a little different.
    pub async fn open_with(folder: &Folder, different: impl FnOnce(&mut Command)) -> Self {
        let display = Display::start();
        let (port, native) = free_ports();
        let mut command = Command::new("dbus-run-session");
        command
            .arg("--")
            .arg("tauri-driver")
            .args([
                "--port",
                &port.to_string(),
                "--native-port",
                &native.to_string(),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        different(dress(&mut command, &display, folder));
        let driver = Group::start(&mut command);
        let client = session(port, native).await;
        let page = Page::new(client, &display.name);
        // A script that runs while the page is being loaded is lost with the page before, so it may fail here.
        page.until("the page is drawn", async || {
            let script = "return document.querySelector('#top') !== null";
            let drawn = page.client.execute(script, vec![]).await.ok()?;
            (drawn == true).then_some(())
        })
        .await;
        Self {
            page,
            data: folder.data(),
            _driver: driver,
            display,
        }
    }

    /// Closes the window as a user does, and waits until the app has ended.
    pub async fn close(self) {
        answered("close", self.page.client.clone().close())
            .await
            .expect("the window closes");
        self.ended().await;
    }

    /// Clicks what ends the app, and waits until it has.
    pub async fn ended_by(self, testid: &str) {
        let place = id(testid);
        let button = self.page.client.find(Locator::Css(&place)).await;
        let button = button.expect("it is there");
        // The app may be gone before its driver has answered.
        let click = tokio::spawn(async move { button.click().await });
        self.ended().await;
        click.abort();
    }

    /// Waits until the app has ended.
    pub async fn ended(&self) {
        until("the app has ended", async || {
            process::app_of(program(), &self.data)
                .is_none()
                .then_some(())
        })
        .await;
    }

    /// The desk that the window lies on.
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            display: &self.display.name,
        }
    }

    /// Lets another start of the app find this one: the same display, data folder and session bus.
    pub fn dress_as_second(&self, command: &mut Command, folder: &Folder) {
        let pid = process::app_of(program(), &self.data).expect("the app runs");
        dress(command, &self.display, folder);
        let bus = process::variable(pid, "DBUS_SESSION_BUS_ADDRESS").expect("a session bus");
        command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    }

    /// SIGKILL to the app: no farewell to store or sandbox.
    pub async fn kill(self) {
        let pid = process::app_of(program(), &self.data).expect("the app runs");
        process::send("KILL", &pid.to_string());
        self.ended().await;
    }
}

/// The same picture on any machine: drawn by software, on our display, with our data folder, and with no trace of the
/// AWS settings of whoever runs the tests. (Switches of WebKitGTK, Mesa, at-spi and the AWS SDK.)
pub fn dress<'a>(command: &'a mut Command, display: &Display, folder: &Folder) -> &'a mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    let none = folder.dir.path().join("no-aws");
    command
        .env("DISPLAY", &display.name)
        .env("GDK_BACKEND", "x11")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
        .env("NO_AT_BRIDGE", "1")
        .env("XDG_DATA_HOME", folder.dir.path().join("web"))
        .env("XDG_CACHE_HOME", folder.dir.path().join("web-cache"))
        .env("XDG_CONFIG_HOME", folder.config())
        .env("AWS_CONFIG_FILE", none.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", none.join("credentials"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("OVERSEED_DATA_DIR", folder.data())
        .env("OVERSEED_DIALOG_PATH", folder.chosen())
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
}

/// Two ports that are free at the moment.
fn free_ports() -> (u16, u16) {
    let (one, two) = (
        TcpListener::bind("127.0.0.1:0"),
        TcpListener::bind("127.0.0.1:0"),
    );
    let port = |listener: std::io::Result<TcpListener>| {
        let listener = listener.expect("a free port");
        listener.local_addr().expect("its number").port()
    };
    (port(one), port(two))
}

async fn session(port: u16, native: u16) -> Client {
    for listening in [native, port] {
        until("the driver listens", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", listening))
                .await
                .ok()
        })
        .await;
    }
    let mut capabilities = fantoccini::wd::Capabilities::new();
    capabilities.insert(
        "tauri:options".to_owned(),
        json!({ "application": program() }),
    );
    // The driver would wait for the end of a load that it may have missed; we wait for what we want to see.
    capabilities.insert("pageLoadStrategy".to_owned(), json!("none"));
    capabilities.insert(
        "timeouts".to_owned(),
        json!({ "script": 10_000, "pageLoad": 20_000 }),
    );
    let address = format!("http://127.0.0.1:{port}");
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let opened = answered("open", builder.capabilities(capabilities).connect(&address)).await;
    opened.expect("the app opens")
}
