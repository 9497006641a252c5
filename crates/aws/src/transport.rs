//! Errors underneath an answer: name resolution, connections, certificates, time.

use std::{error::Error as StdError, io};

use crate::Kind;

/// An error and what lies under it, from the top. What an I/O error carries inside is part of it.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error: &&'a (dyn StdError + 'static)| {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        inner.or_else(|| error.source())
    })
}

/// The words of an error and of all that lies under it, each once.
pub(crate) fn words(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    for error in chain(error) {
        let own = error.to_string();
        if !own.is_empty() && !text.contains(&own) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&own);
        }
    }
    text
}

/// What the layers under HTTP say, most telling first; `None` where they say nothing that is known.
pub(crate) fn kind_of_chain(error: &(dyn StdError + 'static)) -> Option<Kind> {
    let words = words(error).to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    // rustls: `InvalidCertificate` is shown as "invalid peer certificate: …".
    if any(&["invalid peer certificate", "certificate verify failed"]) {
        return Some(Kind::CertificateUntrusted);
    }
    // hyper-util names the resolver's failure so; there is no type to downcast to.
    if any(&[
        "dns error",
        "failed to lookup address",
        "no record found for query",
    ]) {
        return Some(Kind::NetworkUnreachable);
    }
    if let Some(kind) = chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .find_map(|error| kind_of_io(error.kind()))
    {
        return Some(kind);
    }
    if any(&["timed out", "timeout"]) {
        return Some(Kind::Timeout);
    }
    if any(&[
        "connection closed before message completed",
        "incomplete message",
        "unexpected end of file",
        "connection reset",
        "connection refused",
        "tunnel",
        "end of file before message length reached",
        "error trying to connect",
        "client error (connect)",
    ]) {
        return Some(Kind::EndpointUnreachable);
    }
    None
}

const fn kind_of_io(kind: io::ErrorKind) -> Option<Kind> {
    match kind {
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => Some(Kind::NetworkUnreachable),
        io::ErrorKind::TimedOut => Some(Kind::Timeout),
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => Some(Kind::EndpointUnreachable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_errors_are_told_apart() {
        for (io, kind) in [
            (io::ErrorKind::ConnectionRefused, Kind::EndpointUnreachable),
            (io::ErrorKind::NetworkUnreachable, Kind::NetworkUnreachable),
            (io::ErrorKind::TimedOut, Kind::Timeout),
        ] {
            let error = io::Error::other(io::Error::from(io));
            assert_eq!(kind_of_chain(&error), Some(kind), "{io:?}");
        }
        assert_eq!(kind_of_chain(&io::Error::other("it rains")), None);
    }

    #[test]
    fn a_certificate_is_recognised_before_the_connection_it_broke() {
        let error = io::Error::new(
            io::ErrorKind::ConnectionAborted,
            "invalid peer certificate: UnknownIssuer",
        );
        assert_eq!(kind_of_chain(&error), Some(Kind::CertificateUntrusted));
    }

    #[test]
    fn words_of_all_layers_are_kept_once() {
        let error = io::Error::other(io::Error::other("deep down"));
        assert_eq!(words(&error), "deep down");
    }
}
