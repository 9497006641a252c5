//! Percent-encoding (RFC 3986, 2.1), as IAM sends policy documents.

/// Decodes; `None` where the result is not UTF-8. A `%` that begins no escape stays as it is.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escape = (first == b'%').then(|| hex_pair(tail)).flatten();
        if let Some((byte, after)) = escape {
            bytes.push(byte);
            rest = after;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex_pair(tail: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], after) = tail.split_first_chunk::<2>()?;
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    Some((digit(high)? << 4 | digit(low)?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded_and_plain_json_stays() {
        assert_eq!(
            decode("%7B%22a%22%3A%20%22%C3%BC%2B%22%7D").as_deref(),
            Some("{\"a\": \"ü+\"}")
        );
        assert_eq!(
            decode("{\"a\": \"1 + 1\"}").as_deref(),
            Some("{\"a\": \"1 + 1\"}")
        );
        assert_eq!(decode("100% of 5%").as_deref(), Some("100% of 5%"));
        assert_eq!(decode("%FF"), None);
    }
}
