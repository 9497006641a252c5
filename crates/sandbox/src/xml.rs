//! XML answers of the query protocol.

use quick_xml::escape::escape;

/// An element with text or children.
#[derive(Debug, Clone)]
pub struct Element {
    name: &'static str,
    inner: String,
}

impl Element {
    /// An empty element.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            inner: String::new(),
        }
    }

    /// Adds `<name>text</name>`.
    #[must_use]
    pub fn text(mut self, name: &str, text: impl AsRef<str>) -> Self {
        let text = escape(text.as_ref());
        self.inner.push_str(&format!("<{name}>{text}</{name}>"));
        self
    }

    /// Adds `<name>text</name>` if there is a text.
    #[must_use]
    pub fn maybe(self, name: &str, text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, child: Element) -> Self {
        self.inner.push_str(&child.render());
        self
    }

    /// Adds a list as the query protocol writes it: `<name><member>…</member></name>`.
    #[must_use]
    pub fn list(mut self, name: &str, members: impl IntoIterator<Item = Element>) -> Self {
        self.inner.push_str(&format!("<{name}>"));
        for member in members {
            self.inner
                .push_str(&format!("<member>{}</member>", member.inner));
        }
        self.inner.push_str(&format!("</{name}>"));
        self
    }

    /// Adds a list of plain texts.
    #[must_use]
    pub fn texts<T: AsRef<str>>(
        mut self,
        name: &str,
        members: impl IntoIterator<Item = T>,
    ) -> Self {
        self.inner.push_str(&format!("<{name}>"));
        for member in members {
            self.inner
                .push_str(&format!("<member>{}</member>", escape(member.as_ref())));
        }
        self.inner.push_str(&format!("</{name}>"));
        self
    }

    /// What is inside, without the element's own tags.
    #[must_use]
    pub fn into_inner(self) -> String {
        self.inner
    }

    /// The whole element.
    #[must_use]
    pub fn render(&self) -> String {
        format!(
            "<{name}>{inner}</{name}>",
            name = self.name,
            inner = self.inner
        )
    }
}

/// `2026-11-21T09:30:00Z`, as IAM and STS write times.
#[must_use]
pub fn timestamp(ms: i64) -> String {
    let second = jiff::Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default();
    second.to_string()
}
