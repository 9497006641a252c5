//! The form body of a query-protocol request.

use std::collections::BTreeMap;

use super::Failure;

/// The fields of a request.
#[derive(Debug, Clone, Default)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads a form body.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field that need not be there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// `ValidationError` in IAM's words.
    pub fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            let mut field = name.to_owned();
            if let Some(first) = field.get_mut(0..1) {
                first.make_ascii_lowercase();
            }
            Failure::validation(format!(
                "1 validation error detected: Value null at '{field}' failed to satisfy constraint: \
                 Member must not be null"
            ))
        })
    }

    /// A policy document, in the characters that IAM takes (service model of IAM: `policyDocumentType`).
    ///
    /// # Errors
    /// `ValidationError` in IAM's words.
    pub fn document(&self, name: &str) -> Result<&str, Failure> {
        let text = self.need(name)?;
        let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
        if text.chars().all(legal) {
            return Ok(text);
        }
        let mut field = name.to_owned();
        if let Some(first) = field.get_mut(0..1) {
            first.make_ascii_lowercase();
        }
        Err(Failure::validation(format!(
            "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"
        )))
    }

    /// A name of IAM: 1 to `most` characters of `[\w+=,.@-]`.
    ///
    /// # Errors
    /// `ValidationError`.
    pub fn name(&self, name: &str, most: usize) -> Result<&str, Failure> {
        let value = self.need(name)?;
        let legal = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if value.chars().all(legal) {
            if value.len() <= most {
                return Ok(value);
            }
            return Err(Failure::validation(format!(
                "1 validation error detected: Value at '{name}' failed to satisfy constraint: \
                 Member must have length less than or equal to {most}"
            )));
        }
        Err(Failure::validation(format!(
            "The specified value for {name} is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-"
        )))
    }

    /// A path such as `/` or `/team/`.
    ///
    /// # Errors
    /// `ValidationError`.
    pub fn path(&self) -> Result<&str, Failure> {
        let path = self.get("Path").unwrap_or("/");
        let legal = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
        if legal && path.chars().all(|c| c.is_ascii_graphic()) {
            return Ok(path);
        }
        Err(Failure::validation(
            "The specified value for path is invalid. It must begin and end with / and contain only \
             alphanumeric characters and/or / characters."
                .to_owned(),
        ))
    }

    /// `Prefix.member.1`, `Prefix.member.2`, …
    #[must_use]
    pub fn members(&self, prefix: &str) -> Vec<&str> {
        (1..)
            .map_while(|number| self.get(&format!("{prefix}.member.{number}")))
            .collect()
    }

    /// The numbers N for which some `Prefix.member.N.…` is there.
    fn numbers<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = usize> + 'a {
        (1..).take_while(move |number| {
            let start = format!("{prefix}.member.{number}.");
            self.0
                .range(start.clone()..)
                .next()
                .is_some_and(|(key, _)| key.starts_with(&start))
        })
    }

    /// `Tags.member.N.Key` and `.Value`.
    ///
    /// # Errors
    /// `ValidationError` for a tag without a key.
    pub fn tags(&self) -> Result<Vec<(String, String)>, Failure> {
        self.numbers("Tags")
            .map(|number| {
                let key = self.need(&format!("Tags.member.{number}.Key"))?;
                let value = self
                    .get(&format!("Tags.member.{number}.Value"))
                    .unwrap_or_default();
                Ok((key.to_owned(), value.to_owned()))
            })
            .collect()
    }

    /// `ContextEntries.member.N`: keys with their values.
    ///
    /// # Errors
    /// `ValidationError` for an entry without a name.
    pub fn context_entries(&self) -> Result<Vec<(&str, Vec<&str>)>, Failure> {
        self.numbers("ContextEntries")
            .map(|number| {
                let start = format!("ContextEntries.member.{number}");
                let key = self.need(&format!("{start}.ContextKeyName"))?;
                Ok((key, self.members(&format!("{start}.ContextKeyValues"))))
            })
            .collect()
    }

    /// One page of `items`: `MaxItems` (1 to 1000, 100 unless said) from `Marker` on, and the next marker.
    ///
    /// # Errors
    /// `ValidationError` for a bad count, `InvalidInput` for a marker that is not ours.
    pub fn page<T>(&self, items: Vec<T>) -> Result<(Vec<T>, Option<String>), Failure> {
        let most = match self.get("MaxItems") {
            None => 100,
            Some(text) => text.parse::<usize>().ok().filter(|most| (1..=1000).contains(most)).ok_or_else(
                || {
                    Failure::validation(format!(
                        "1 validation error detected: Value '{text}' at 'maxItems' failed to satisfy \
                         constraint: Member must have value between 1 and 1000"
                    ))
                },
            )?,
        };
        let start = match self.get("Marker") {
            None => 0,
            Some(text) => text
                .parse::<usize>()
                .map_err(|_| Failure::new("InvalidInput", "Invalid Marker.".to_owned()))?,
        };
        let more = items.len() > start.saturating_add(most);
        let page = items.into_iter().skip(start).take(most).collect();
        Ok((page, more.then(|| (start + most).to_string())))
    }
}
