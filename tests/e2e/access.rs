//! Each screen under axe-core, with its layout and colours: no serious or critical finding in either theme.

use std::path::Path;

use serde_json::{Value, json};

use super::page::Page;
use super::walk;
use super::window::{Folder, Window};

/// Serious and critical findings in both themes, each in a line.
async fn findings(page: &Page, screen: &str) -> Vec<String> {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(axe).expect("`npm ci` in ui/ has brought axe-core");
    page.still().await;
    page.ask(&format!("if (!window.axe) {{ {axe} }}"), vec![])
        .await;
    let mut found = Vec::new();
    for dark in [false, true] {
        page.ask(
            "document.body.classList.toggle('awsui-dark-mode', arguments[0])",
            vec![json!(dark)],
        )
        .await;
        page.still().await;
        let script = "const done = arguments[0];
            axe.run().then(({ violations }) => done(violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | '))));";
        let answer = page
            .client
            .execute_async(script, vec![])
            .await
            .expect("axe runs");
        let lines = answer
            .as_array()
            .expect("a list of findings")
            .iter()
            .filter_map(Value::as_str);
        found.extend(lines.map(|line| format!("{screen}, dark {dark}: {line}")));
    }
    page.ask("document.body.classList.remove('awsui-dark-mode')", vec![])
        .await;
    found
}

#[tokio::test]
async fn no_screen_has_a_serious_finding() {
    let folder = Folder::new();
    let window = Window::open(&folder).await;
    let page = &window.page;
    let mut found = Vec::new();
    page.see("step-connect").await;
    found.extend(findings(page, "connect").await);
    walk::connect(page, "mixed", 60, 600).await;
    found.extend(findings(page, "connected").await);
    walk::next(page, "groups").await;
    walk::select_all(page).await;
    found.extend(findings(page, "groups").await);
    walk::next(page, "versions").await;
    found.extend(findings(page, "versions").await);
    walk::next(page, "file").await;
    walk::file(page, "overseed-access").await;
    found.extend(findings(page, "input file").await);
    walk::next(page, "permissions").await;
    found.extend(findings(page, "permissions").await);
    walk::permissions(page).await;
    walk::next(page, "review").await;
    page.fill("review-settle", "0.05").await;
    walk::ready(page).await;
    found.extend(findings(page, "review").await);
    let run = walk::start(page).await;
    page.words("Finished").await;
    for (screen, place, there) in [
        ("watch", format!("/runs/{run}"), "watch-figures"),
        ("causes", format!("/runs/{run}/causes"), "causes-sentence"),
        ("runs", "/runs".to_owned(), "runs-table"),
        ("settings", "/settings".to_owned(), "settings-theme"),
    ] {
        page.go(&place).await;
        page.see(there).await;
        found.extend(findings(page, screen).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    window.close().await;
}
