//! Small pieces of HTTP: reading addresses, making answers, and cutting them short on order.

use futures::StreamExt;
use http::{HeaderValue, Response as HttpResponse, header};
use http_body_util::{BodyExt, StreamBody};
use s3s::Body;

use crate::exchange::Response;

/// Percent-decodes; what is no UTF-8 afterwards becomes replacement characters.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let byte = match (first, after) {
            (b'%', [high, low, tail @ ..]) => hex_byte(*high, *low).map(|byte| (byte, tail)),
            _ => None,
        };
        let (byte, tail) = byte.unwrap_or((first, after));
        plain.push(byte);
        rest = tail;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// A query's names and values, decoded, in their order.
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// `Sat, 21 Nov 2026 09:30:00 GMT`.
pub fn http_date(ms: i64) -> String {
    let time = jiff::Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default();
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `20261121T093000Z`.
pub fn basic_time(ms: i64) -> String {
    let time = jiff::Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default();
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// An answer in the type that the server sends.
pub fn whole(answer: Response) -> HttpResponse<Body> {
    let mut response = HttpResponse::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// The same answer, but its body breaks off in the middle: the length that was promised never comes.
pub fn cut(answer: HttpResponse<Body>) -> HttpResponse<Body> {
    let (mut parts, body) = answer.into_parts();
    let told = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let told: Option<usize> = told.and_then(|length| length.parse().ok());
    let exact = http_body::Body::size_hint(&body)
        .exact()
        .and_then(|size| usize::try_from(size).ok());
    let total = told.or(exact).unwrap_or(2);
    if let Ok(value) = HeaderValue::from_str(&total.to_string()) {
        parts.headers.insert(header::CONTENT_LENGTH, value);
    }
    let stream = body.into_data_stream();
    let half = futures::stream::unfold((stream, total / 2), |(mut stream, left)| async move {
        match stream.next().await {
            Some(Ok(chunk)) if left > 0 => {
                let kept = chunk.slice(..chunk.len().min(left));
                let left = left - kept.len();
                Some((Ok(http_body::Frame::data(kept)), (stream, left)))
            }
            _ => {
                // The server sends what it has while this waits: the break comes after the first half.
                tokio::task::yield_now().await;
                let broken = std::io::Error::other("cut on order");
                Some((Err(s3s::StdError::from(broken)), (stream, 0)))
            }
        }
    });
    HttpResponse::from_parts(parts, Body::http_body_unsync(StreamBody::new(half)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_decoded() {
        assert_eq!(decoded("/bulk/%24stop/%zz/100%"), "/bulk/$stop/%zz/100%");
        let pairs = query_pairs("a=1&b&c=%2F%20x+y");
        let expected = [("a", "1"), ("b", ""), ("c", "/ x+y")];
        assert_eq!(
            pairs,
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn times_are_written_as_http_and_sigv4_do() {
        assert_eq!(
            http_date(1_440_938_160_000),
            "Sun, 30 Aug 2015 12:36:00 GMT"
        );
        assert_eq!(basic_time(1_440_938_160_999), "20150830T123600Z");
    }
}
