//! Web pages in place of AWS's answers: what a proxy, a gateway or a wrong endpoint sends.

/// Characters of a page's own name that are kept.
const NAME_KEPT: usize = 120;

/// What to say of a body that is a web page: its status and its name, not its markup. `None` for other bodies.
pub(super) fn page_words(status: u16, body: &str) -> Option<String> {
    let start = body.trim_start().to_ascii_lowercase();
    if !start.starts_with("<!doctype html") && !start.starts_with("<html") {
        return None;
    }
    let name = element(body, "title").or_else(|| element(body, "h1"));
    Some(match name {
        Some(name) => format!("HTTP {status} with a web page instead of an AWS answer: {name}"),
        None => format!("HTTP {status} with a web page instead of an AWS answer"),
    })
}

/// The text of the first element of this name, in one line.
fn element(body: &str, name: &str) -> Option<String> {
    let at = body.to_ascii_lowercase().find(&format!("<{name}"))?;
    let (_, after) = body.get(at..)?.split_once('>')?;
    let (text, _) = after.split_once('<')?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| text.chars().take(NAME_KEPT).collect())
}
