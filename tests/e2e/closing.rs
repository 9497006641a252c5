//! Desktop habits: closing the window while a run is driven, and a notification when nobody looks.

use std::collections::HashMap;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use zbus::zvariant::OwnedValue;
use zbus::{connection, interface};

use super::page::answered;
use super::process;
use super::walk;
use super::window::{Folder, Window, program};

#[tokio::test]
async fn closing_the_window_asks_while_a_run_is_driven() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    // A minute in which nothing ends by itself.
    walk::connect(page, "slow-start", 12, 4).await;
    walk::to_review(page, "overseed-closing", "0.05").await;
    walk::start(page).await;
    let desk = window.desk();

    desk.close("Overseed").await;
    page.see("closing").await;
    page.words("Goes on at AWS without Overseed").await;
    // The display of a test has no tray.
    page.read("closing-keep", "Minimise and keep running").await;
    page.click("closing-cancel").await;
    page.gone("closing").await;

    desk.close("Overseed").await;
    page.click("closing-keep").await;
    page.gone("closing").await;
    page.words("the window was minimised instead").await;

    desk.close("Overseed").await;
    page.see("closing").await;
    // The answer to this click may be lost with the app.
    let script = "document.querySelector('[data-testid=closing-close]').click();";
    let _lost = page.client.execute(script, vec![]).await;
    window.ended().await;
}

#[tokio::test]
async fn closing_the_window_asks_nothing_while_no_run_is_driven() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    window.page.see("step-connect").await;
    let desk = window.desk();
    desk.close("Overseed").await;
    window.ended().await;
}

/// Shows nothing, and says what it was asked to show.
#[derive(Debug)]
struct Notifications {
    asked: UnboundedSender<(String, String)>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification has as many")]
    async fn notify(
        &self,
        app: &str,
        _replaces: u32,
        _icon: &str,
        summary: &str,
        body: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        assert_eq!(app, "Overseed");
        self.asked
            .send((summary.to_owned(), body.to_owned()))
            .expect("the test waits");
        1
    }

    async fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    async fn get_server_information(&self) -> (String, String, String, String) {
        let [name, vendor, version] = ["nobody", "test", "1"].map(str::to_owned);
        (name, vendor, version, "1.2".to_owned())
    }

    async fn close_notification(&self, _id: u32) {}
}

#[tokio::test]
async fn the_end_of_a_run_is_told_to_whoever_works_elsewhere() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    let pid = process::app_of(program(), &folder.data()).expect("the app runs");
    let bus = process::variable(pid, "DBUS_SESSION_BUS_ADDRESS").expect("a session bus");
    let (asked, mut shown) = unbounded_channel();
    let _desktop = connection::Builder::address(bus.as_str())
        .and_then(|bus| bus.name("org.freedesktop.Notifications"))
        .and_then(|bus| bus.serve_at("/org/freedesktop/Notifications", Notifications { asked }))
        .expect("names that are names")
        .build()
        .await
        .expect("the desktop is on the bus");

    walk::connect(page, "all-well", 12, 60).await;
    walk::to_review(page, "overseed-notified", "0.05").await;
    page.fill("review-name", "Line <4> & more").await;
    // The keyboard is elsewhere: with the display's background.
    let desk = window.desk();
    let nobody = desk
        .xdotool(&["search", "--maxdepth", "0", "--name", ".*"])
        .await
        .expect("every display has a background");
    walk::start(page).await;
    desk.xdotool(&["windowfocus", &nobody]).await;
    let (title, body) = answered("the notification", shown.recv()).await.unwrap();
    assert_eq!(title, "Line <4> & more: finished");
    assert_eq!(body, "All 12 groups succeeded.");
    window.close().await;
}
