//! Asking a sandbox process over its control address, with nothing but the standard library.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Attached;

/// A process on loopback that does not answer in this time is as good as none.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Whether this very sandbox answers at its endpoint: another program may have the port by now.
pub(super) fn lives(sandbox: &Attached) -> bool {
    let Ok(answer) = ask(sandbox, "GET", "/_sandbox/state") else {
        return false;
    };
    let Ok(state) = serde_json::from_str::<serde_json::Value>(&answer) else {
        return false;
    };
    state.get("id").and_then(serde_json::Value::as_str) == Some(sandbox.id.as_str())
}

/// Asks it to end. If it cannot be asked it is gone already, which the caller sees by looking.
pub(super) fn ask_to_stop(sandbox: &Attached) {
    if let Err(error) = ask(sandbox, "POST", "/_sandbox/stop") {
        tracing::debug!(%error, "the sandbox process cannot be asked to end");
    }
}

fn ask(sandbox: &Attached, method: &str, path: &str) -> io::Result<String> {
    let address = sandbox.endpoint.strip_prefix("http://").unwrap_or_default();
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let secret = &sandbox.secret_access_key;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {secret}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.take(4 * 1024 * 1024).read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if head.starts_with("HTTP/1.1 200") {
        return Ok(body.to_owned());
    }
    Err(io::Error::other(
        head.lines().next().unwrap_or_default().to_owned(),
    ))
}
