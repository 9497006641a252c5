//! What the window shows, found as a user finds it: by what is written on it, or by its `data-testid`
//! (`ui/src/testing/testids.ts`).

use std::path::PathBuf;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tokio::time::{Instant, interval, timeout, timeout_at};

/// How long anything may take before a test gives up: generous, because machines that test are busy.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks again and again until there is an answer.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    match within(PATIENCE, look).await {
        Some(found) => found,
        None => panic!("waited in vain until {what}"),
    }
}

async fn within<T>(patience: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    let mut beat = interval(LOOK_EVERY);
    loop {
        beat.tick().await;
        // A command that the driver never answers must not make a test wait for ever either.
        if let Some(found) = timeout_at(end, look()).await.ok()? {
            return Some(found);
        }
    }
}

/// Waits for the driver's answer, but not for ever: it stays out at times.
pub async fn answered<T>(what: &str, answer: impl Future<Output = T>) -> T {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer,
        Err(_) => panic!("the driver never answered: {what}"),
    }
}

/// The page in the window.
#[derive(Debug)]
pub struct Page {
    pub client: Client,
    display: String,
}

/// The CSS selector of a `data-testid`.
pub fn id(testid: &str) -> String {
    format!("[data-testid='{testid}']")
}

impl Page {
    pub fn new(client: Client, display: &str) -> Self {
        let display = display.to_owned();
        Self { client, display }
    }

    /// Runs a script and returns what it returns.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Value {
        answered(script, self.client.execute(script, arguments))
            .await
            .expect("the script runs")
    }

    /// The text of what has this `data-testid`, once it is there.
    pub async fn see(&self, testid: &str) -> String {
        self.until(&format!("{testid} is there"), async || {
            self.text(testid).await
        })
        .await
    }

    /// Waits until nothing has this `data-testid` (any more).
    pub async fn gone(&self, testid: &str) {
        self.until(&format!("{testid} is gone"), async || {
            self.text(testid).await.is_none().then_some(())
        })
        .await;
    }

    /// Waits until the text of a `data-testid` contains words.
    pub async fn read(&self, testid: &str, words: &str) -> String {
        let what = format!("{testid} says {words:?}");
        self.until(&what, async || {
            self.text(testid).await.filter(|text| text.contains(words))
        })
        .await
    }

    /// Waits until words are anywhere on the page.
    pub async fn words(&self, words: &str) {
        self.until(&format!("the page says {words:?}"), async || {
            let text = self.ask("return document.body.innerText", vec![]).await;
            text.as_str()?.contains(words).then_some(())
        })
        .await;
    }

    /// The text of a `data-testid` now, if it is there.
    pub async fn text(&self, testid: &str) -> Option<String> {
        let script =
            "const found = document.querySelector(arguments[0]); return found && found.innerText";
        self.ask(script, vec![json!(id(testid))])
            .await
            .as_str()
            .map(str::to_owned)
    }

    /// Where the app is: the part of the address after the `#`.
    pub async fn place(&self) -> String {
        let hash = self.ask("return location.hash", vec![]).await;
        hash.as_str()
            .unwrap_or_default()
            .trim_start_matches('#')
            .to_owned()
    }

    /// Goes to another place of the app without a click.
    pub async fn go(&self, place: &str) {
        self.ask("location.hash = arguments[0]", vec![json!(place)])
            .await;
    }

    /// Waits until nothing is being loaded and the page has kept its height for some frames.
    pub async fn still(&self) {
        let script = "const done = arguments[0];
            let height = 0, kept = 0;
            const look = () => {
              const busy = document.querySelector('[aria-busy=true], [class*=awsui_spinner], [class*=awsui_status-loading]');
              const now = document.documentElement.scrollHeight;
              kept = busy || now !== height ? 0 : kept + 1;
              height = now;
              if (kept > 10) done(true); else requestAnimationFrame(look);
            };
            look();";
        self.until("the page is still", async || {
            self.client
                .execute_async(script, vec![])
                .await
                .ok()
                .map(drop)
        })
        .await;
    }

    /// Clicks what has this `data-testid`, as soon as it can be clicked.
    pub async fn click(&self, testid: &str) {
        self.click_at(Locator::Css(&id(testid))).await;
    }

    /// Clicks the button on which just this is written.
    pub async fn press(&self, words: &str) {
        let button = format!("//*[self::button or @role='button'][normalize-space(.)='{words}']");
        self.click_at(Locator::XPath(&button)).await;
    }

    /// Clicks the first of these elements that can be clicked.
    pub async fn click_at(&self, place: Locator<'_>) {
        let what = format!("{place:?} can be clicked");
        self.until(&what, async || {
            for element in self.client.find_all(place).await.ok()? {
                if self.ready(&element).await && self.hit(&element).await {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Whether an element is shown, enabled and stands still: its place is the same two frames later. It is brought into
    /// the middle, clear of what is sticky, and from then on it is heard what the next click falls on.
    async fn ready(&self, element: &Element) -> bool {
        let script = "const [it, done] = arguments;
            const place = () => { const { x, y, width, height } = it.getBoundingClientRect(); return [x, y, width, height].join(); };
            it.scrollIntoView({ block: 'center' });
            const before = place();
            const hear = ({ target }) => { window.hit = it.contains(target) || target.closest('label')?.control === it; };
            requestAnimationFrame(() => requestAnimationFrame(() => {
              const { width } = it.getBoundingClientRect();
              const ready = width > 0 && place() === before && !it.disabled && it.getAttribute('aria-disabled') !== 'true';
              window.hit = undefined;
              if (ready) window.addEventListener('click', hear, { capture: true, once: true });
              done(ready);
            }));";
        let Ok(element) = serde_json::to_value(element) else {
            return false;
        };
        let asked = self.client.execute_async(script, vec![element]).await;
        asked.is_ok_and(|answer| answer == json!(true))
    }

    /// Clicks an element that is ready. A page that grows just then moves it away under the click, which then falls on
    /// something else, or on nothing: that is no hit, as long as the element is there.
    async fn hit(&self, element: &Element) -> bool {
        let script = "const [it, done] = arguments;
            const end = performance.now() + 500;
            const look = () => {
              if (!it.isConnected) return done(true);
              if (window.hit !== undefined || performance.now() > end) return done(window.hit === true);
              requestAnimationFrame(look);
            };
            look();";
        let Ok(found) = serde_json::to_value(element) else {
            return false;
        };
        if element.click().await.is_err() {
            return false;
        }
        // What has gone with the click cannot be asked.
        let asked = self.client.execute_async(script, vec![found]).await;
        asked.map_or(true, |answer| answer == json!(true))
    }

    /// Types into the field of a `data-testid`, in place of what it holds.
    pub async fn fill(&self, testid: &str, text: &str) {
        self.fill_at(Locator::Css(&format!("{} input", id(testid))), text)
            .await;
    }

    /// Types into a field, in place of what it holds.
    pub async fn fill_at(&self, place: Locator<'_>, text: &str) {
        self.until(&format!("{text:?} is typed into {place:?}"), async || {
            let field = self.client.find(place).await.ok()?;
            if field.prop("value").await.ok()?.as_deref() == Some(text) {
                return Some(());
            }
            if !self.ready(&field).await {
                return None;
            }
            field.click().await.ok()?;
            // Keys that are held are let go at the end of each sending.
            field
                .send_keys(&format!("{}a", char::from(Key::Control)))
                .await
                .ok()?;
            field.send_keys(text).await.ok()?;
            None
        })
        .await;
    }

    /// Types into a field that proposes, and takes what was typed.
    pub async fn take(&self, testid: &str, text: &str) {
        self.fill(testid, text).await;
        let input = format!("{} input", id(testid));
        let input = self.client.find(Locator::Css(&input)).await.unwrap();
        let enter = char::from(Key::Enter).to_string();
        input.send_keys(&enter).await.unwrap();
    }

    /// Puts a text into a field of several lines, as a paste does.
    pub async fn paste(&self, testid: &str, text: &str) {
        let place = format!("{} textarea", id(testid));
        self.click_at(Locator::Css(&place)).await;
        let script = "const [place, text] = arguments; document.querySelector(place).select();
            return document.execCommand('insertText', false, text);";
        let taken = self.ask(script, vec![json!(place), json!(text)]).await;
        assert_eq!(taken, true, "the text goes into {testid}");
    }

    /// Chooses one of several by its value, such as a way.
    pub async fn choose(&self, testid: &str, value: &str) {
        let one = format!("{} input[value='{value}']", id(testid));
        self.click_at(Locator::Css(&one)).await;
    }

    /// Says yes where no was said, or no where it was yes.
    pub async fn toggle(&self, testid: &str) {
        self.click_at(Locator::Css(&format!("{} input", id(testid))))
            .await;
    }

    /// Waits until the field of a `data-testid` holds just this.
    pub async fn holds(&self, testid: &str, text: &str) {
        let place = format!("{} input", id(testid));
        self.until(&format!("{testid} holds {text:?}"), async || {
            let field = self.client.find(Locator::Css(&place)).await.ok()?;
            (field.prop("value").await.ok()?? == text).then_some(())
        })
        .await;
    }

    /// A picture of the display, which the window fills, as PNG. WebDriver's own way waits for ever at times when
    /// the web view draws by software.
    pub async fn picture(&self) -> Vec<u8> {
        let mut import = tokio::process::Command::new("import");
        import
            .args(["-silent", "-window", "root", "png:-"])
            .env("DISPLAY", &self.display);
        let taken = import
            .output()
            .await
            .expect("ImageMagick's import is there");
        assert!(
            taken.status.success(),
            "{}",
            String::from_utf8_lossy(&taken.stderr)
        );
        taken.stdout
    }

    /// Like the function of the same name, with a picture of what was there instead.
    pub async fn until<T>(&self, what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
        if let Some(found) = within(PATIENCE, look).await {
            return found;
        }
        let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("in-vain.png");
        std::fs::write(&kept, self.picture().await).expect("the picture is kept");
        let text = self.ask("return document.body.innerText", vec![]).await;
        panic!(
            "waited in vain until {what}; at {} the window says:\n{}\nPicture: {}",
            self.place().await,
            text.as_str().unwrap_or_default(),
            kept.display()
        );
    }
}
