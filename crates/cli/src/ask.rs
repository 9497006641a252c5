//! Questions at the terminal.

use std::io::{IsTerminal, Write};

use overseed_engine::{Error, ErrorCode, Problem};

use crate::connect::Context;

/// Nobody is asked off a terminal: an error then says what is not done, and what could be said instead.
pub fn somebody(not_done: &str, instead: &str) -> Result<(), Error> {
    if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::InvalidInput,
        format!("{not_done}: nobody is there to be asked"),
    )
    .hint(instead)
    .into())
}

/// Asks yes or no of [`somebody`].
pub async fn confirm(context: &Context, question: &str) -> Result<(), Error> {
    context.output.flush()?;
    let mut stderr = std::io::stderr();
    write!(stderr, "{question} [y/N] ")
        .and_then(|()| stderr.flush())
        .map_err(Error::file("standard error"))?;
    let answered = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map(|_| answer)
    });
    let answer = tokio::select! {
        biased;
        () = context.cancel.cancelled() => return Err(Error::Cancelled),
        answer = answered => answer?.map_err(Error::file("standard input"))?,
    };
    if ["y", "yes"].contains(&answer.trim().to_lowercase().as_str()) {
        Ok(())
    } else {
        Err(Error::Cancelled)
    }
}
