//! Ctrl-C and SIGTERM: the work is asked to end, then left.

use std::{future::Future, time::Duration};

use overseed_engine::Error;
use tokio_util::sync::CancellationToken;

/// How long work may take to end by itself. What it leaves behind is stored, as after a kill.
const PATIENCE: Duration = Duration::from_secs(3);

/// Does the work; the first interrupt cancels `cancel`, the second one, or patience, ends it.
pub async fn until_interrupted<T>(
    cancel: CancellationToken,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let interrupted = async {
        interrupt().await;
        cancel.cancel();
        tokio::select! {
            () = interrupt() => {}
            () = tokio::time::sleep(PATIENCE) => {}
        }
    };
    tokio::select! {
        biased;
        result = work => result,
        () = interrupted => Err(Error::Cancelled),
    }
}

async fn interrupt() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        ) else {
            tracing::warn!("signals cannot be received: an interrupt ends the program at once");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "an interrupt ends the program at once");
        std::future::pending::<()>().await;
    }
}
