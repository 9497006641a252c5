//! Following a listing to its end. The Greengrass SDK has no paginators.

use std::future::Future;

use tokio_util::sync::CancellationToken;

use crate::{Error, Kind, Page};

/// More pages than any listing has: 700,000 groups at ten a page. A service that goes on is at fault.
const MOST_PAGES: u32 = 100_000;

/// The pages of a listing, one call each; bounded, and cancellable during each call.
#[derive(Debug)]
pub struct Pages<'a, F> {
    operation: &'static str,
    cancel: &'a CancellationToken,
    fetch: F,
    token: Option<String>,
    ended: bool,
    pages: u32,
}

/// Lists from the beginning: `fetch` asks for the page of a token.
pub const fn pages<'a, F>(
    operation: &'static str,
    cancel: &'a CancellationToken,
    fetch: F,
) -> Pages<'a, F> {
    Pages {
        operation,
        cancel,
        fetch,
        token: None,
        ended: false,
        pages: 0,
    }
}

impl<F> Pages<'_, F> {
    /// Goes on from a token that an earlier listing ended with.
    #[must_use]
    pub fn from(mut self, token: Option<String>) -> Self {
        self.token = token;
        self
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of the call; [`Kind::Cancelled`]; [`Kind::Unreadable`] where the listing does not end.
    pub async fn next<T, Fut>(&mut self) -> Result<Option<Page<T>>, Error>
    where
        F: FnMut(Option<String>) -> Fut,
        Fut: Future<Output = Result<Page<T>, Error>>,
    {
        if self.ended {
            return Ok(None);
        }
        if self.pages >= MOST_PAGES {
            return Err(Error::unreadable(
                self.operation,
                format!("the listing has not ended after {MOST_PAGES} pages"),
            ));
        }
        let call = (self.fetch)(self.token.clone());
        let page = cancellable(self.operation, self.cancel, call).await?;
        if page.next.is_some() && page.next == self.token {
            return Err(Error::unreadable(
                self.operation,
                "the listing goes in a circle: a page names its own token as the next one",
            ));
        }
        self.pages += 1;
        self.token.clone_from(&page.next);
        self.ended = page.next.is_none();
        Ok(Some(page))
    }

    /// Everything that is listed, in order. For listings that are known to be short.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn all<T, Fut>(mut self) -> Result<Vec<T>, Error>
    where
        F: FnMut(Option<String>) -> Fut,
        Fut: Future<Output = Result<Page<T>, Error>>,
    {
        let mut items = Vec::new();
        while let Some(page) = self.next().await? {
            items.extend(page.items);
        }
        Ok(items)
    }
}

/// Waits for a call unless it is cancelled.
///
/// # Errors
/// Those of the call, or [`Kind::Cancelled`].
pub async fn cancellable<T>(
    operation: &'static str,
    cancel: &CancellationToken,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Error::here(operation, Kind::Cancelled, "cancelled")),
        result = call => result,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn page(items: &[u32], next: Option<&str>) -> Page<u32> {
        Page {
            items: items.to_vec(),
            next: next.map(str::to_owned),
        }
    }

    #[tokio::test]
    async fn tokens_are_followed_to_the_end() {
        let cancel = CancellationToken::new();
        let listing = pages("x:List", &cancel, async |token: Option<String>| {
            Ok(match token.as_deref() {
                None => page(&[1, 2], Some("a")),
                Some("a") => page(&[], Some("b")),
                _ => page(&[3], None),
            })
        });
        assert_eq!(listing.all().await.unwrap(), [1, 2, 3]);
        let rest = pages("x:List", &cancel, async |token: Option<String>| {
            assert_eq!(token.as_deref(), Some("b"));
            Ok(page(&[3], None))
        });
        assert_eq!(rest.from(Some("b".to_owned())).all().await.unwrap(), [3]);
    }

    #[tokio::test]
    async fn a_circle_is_an_error() {
        let cancel = CancellationToken::new();
        let circle = pages("x:List", &cancel, async |_| Ok(page(&[1], Some("a"))));
        assert_eq!(circle.all().await.unwrap_err().kind, Kind::Unreadable);
    }

    #[tokio::test]
    async fn a_call_that_hangs_is_left_when_cancelled() {
        let cancel = CancellationToken::new();
        let mut hanging = pages("x:List", &cancel, |_| {
            std::future::pending::<Result<Page<u32>, _>>()
        });
        let (result, ()) = tokio::join!(hanging.next(), async { cancel.cancel() });
        assert_eq!(result.unwrap_err().kind, Kind::Cancelled);
    }
}
