//! Splits a stream into lines without holding more of it than one chunk.

use std::io::{self, Read};

use super::hashing::Hashing;

/// Bytes read at once; a line that does not fit is counted, not kept.
const CHUNK: usize = 256 * 1024;

/// Bytes of an overlong line that are kept: enough to see how it begins.
const KEPT_OF_OVERLONG: usize = 1024;

/// One line, without its line feed and without a carriage return before that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// From 1.
    pub(crate) number: u32,
    /// The bytes; only the beginning where `chars` says more.
    pub(crate) bytes: &'a [u8],
    /// Characters of a line that was too long to keep.
    pub(crate) overlong: Option<u64>,
    /// Whether a carriage return stood before the line feed.
    pub(crate) carriage_return: bool,
}

impl<'a> Line<'a> {
    fn whole(number: u32, bytes: &'a [u8]) -> Self {
        // A carriage return without a line feed at the very end of the file is one as well.
        let (bytes, carriage_return) = match bytes {
            [bytes @ .., b'\r'] => (bytes, true),
            _ => (bytes, false),
        };
        Self {
            number,
            bytes,
            overlong: None,
            carriage_return,
        }
    }
}

/// Reads lines; optionally hashes all bytes on the way.
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    ended: bool,
    number: u32,
    bytes: u64,
    hash: Option<Hashing>,
}

enum Found {
    /// Up to here, and where the next line begins.
    Whole(usize, usize),
    Overlong,
    End,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
            start: 0,
            filled: 0,
            ended: false,
            number: 0,
            bytes: 0,
            hash: None,
        }
    }

    /// Lines whose bytes are hashed on the way.
    pub(crate) fn hashed(reader: R) -> io::Result<Self> {
        Ok(Self {
            hash: Some(Hashing::begin()?),
            ..Self::new(reader)
        })
    }

    /// Bytes read so far.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The hash of all bytes, in lower-case hexadecimal; empty where none was asked for.
    pub(crate) fn sha256(self) -> io::Result<String> {
        self.hash.map_or_else(|| Ok(String::new()), Hashing::end)
    }

    /// The next line, or `None` at the end. What follows the last line feed is a line unless it is empty.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        match self.find()? {
            Found::End => Ok(None),
            Found::Whole(end, next) => {
                let start = std::mem::replace(&mut self.start, next);
                self.number = self.number.saturating_add(1);
                let bytes = self.buffer.get(start..end).unwrap_or_default();
                Ok(Some(Line::whole(self.number, bytes)))
            }
            Found::Overlong => self.overlong().map(Some),
        }
    }

    /// Lines that have been read whole, as many as there are up to `most`; none means nothing but that [`Self::next`] has
    /// to read on.
    pub(crate) fn ready(&mut self, most: usize) -> Vec<Line<'_>> {
        let text = self.buffer.get(self.start..self.filled).unwrap_or_default();
        let mut lines = Vec::with_capacity(most);
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', text).take(most) {
            self.number = self.number.saturating_add(1);
            let bytes = text.get(from..end).unwrap_or_default();
            lines.push(Line::whole(self.number, bytes));
            from = end + 1;
        }
        self.start += from;
        lines
    }

    fn find(&mut self) -> io::Result<Found> {
        let mut looked = self.start;
        loop {
            let rest = self.buffer.get(looked..self.filled).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                return Ok(Found::Whole(looked + at, looked + at + 1));
            }
            if self.ended {
                let rest = self.start..self.filled;
                return Ok(if rest.is_empty() {
                    Found::End
                } else {
                    Found::Whole(self.filled, self.filled)
                });
            }
            if self.start == 0 && self.filled == self.buffer.len() {
                return Ok(Found::Overlong);
            }
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
            looked = self.filled;
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        while self.filled < self.buffer.len() && !self.ended {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.reader.read(room) {
                Ok(0) => self.ended = true,
                Ok(read) => {
                    let new = room.get(..read).unwrap_or_default();
                    if let Some(hash) = &self.hash {
                        hash.update(new)?;
                    }
                    self.filled += read;
                    self.bytes += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Counts the characters of a line that fills the whole buffer and goes on; keeps its beginning.
    fn overlong(&mut self) -> io::Result<Line<'_>> {
        self.number = self.number.saturating_add(1);
        let mut chars = 0;
        let mut last = 0;
        loop {
            let part = self.buffer.get(self.start..self.filled).unwrap_or_default();
            let end = memchr::memchr(b'\n', part);
            let text = part.get(..end.unwrap_or(part.len())).unwrap_or_default();
            chars += count_chars(text);
            last = text.last().copied().unwrap_or(last);
            if let Some(end) = end {
                self.start += end + 1;
                break;
            }
            // The beginning stays; what follows is read over the rest.
            self.start = KEPT_OF_OVERLONG;
            self.filled = KEPT_OF_OVERLONG;
            if self.ended {
                break;
            }
            self.fill()?;
        }
        let carriage_return = last == b'\r';
        Ok(Line {
            number: self.number,
            bytes: self.buffer.get(..KEPT_OF_OVERLONG).unwrap_or_default(),
            overlong: Some(chars - u64::from(carriage_return)),
            carriage_return,
        })
    }
}

/// Characters of a text: bytes that do not continue one (Unicode, UTF-8).
pub(crate) fn count_chars(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]

    use sha2::{Digest, Sha256};

    use super::*;

    /// Gives its bytes in pieces of a few bytes each.
    struct Crumbs<'a>(&'a [u8], usize);

    impl Read for Crumbs<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let take = self.0.len().min(self.1).min(room.len());
            let (now, later) = self.0.split_at(take);
            room[..take].copy_from_slice(now);
            self.0 = later;
            Ok(take)
        }
    }

    #[test]
    fn what_is_ready_comes_first_and_the_rest_by_reading_on() {
        let mut lines = Lines::new(Crumbs(b"a\nb\r\nc\nd", 100));
        assert!(lines.ready(2).is_empty(), "nothing is read yet");
        assert_eq!(lines.next().unwrap().unwrap().bytes, b"a");
        let ready: Vec<_> = lines.ready(2).iter().map(|l| (l.number, l.bytes)).collect();
        assert_eq!(ready, [(2, &b"b"[..]), (3, b"c")]);
        assert!(lines.ready(2).is_empty());
        let last = lines.next().unwrap().unwrap();
        assert_eq!((last.number, last.bytes), (4, &b"d"[..]));
        assert!(lines.next().unwrap().is_none());
    }

    fn lines(bytes: &[u8], crumb: usize) -> Vec<(u32, String, u64, bool)> {
        let mut lines = Lines::hashed(Crumbs(bytes, crumb)).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let chars = line.overlong.unwrap_or_else(|| count_chars(line.bytes));
            let text = String::from_utf8_lossy(line.bytes)
                .chars()
                .take(8)
                .collect();
            all.push((line.number, text, chars, line.carriage_return));
        }
        assert_eq!(lines.bytes(), bytes.len() as u64);
        assert_eq!(lines.sha256().unwrap(), hex::encode(Sha256::digest(bytes)));
        all
    }

    #[test]
    fn a_line_ends_with_its_line_feed_or_with_the_file() {
        for crumb in [1, 3, 1 << 20] {
            assert_eq!(
                lines("a\n\nü\r\nlast".as_bytes(), crumb),
                [
                    (1, "a".into(), 1, false),
                    (2, String::new(), 0, false),
                    (3, "ü".into(), 1, true),
                    (4, "last".into(), 4, false)
                ]
            );
            assert!(lines(b"", crumb).is_empty());
            assert_eq!(lines(b"\n", crumb).len(), 1);
        }
    }

    #[test]
    fn a_line_longer_than_a_chunk_is_counted_and_the_next_one_is_whole() {
        for length in [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5] {
            for ending in ["\n", "\r\n"] {
                let text = format!("first\n{}{ending}next", "x".repeat(length));
                let found = lines(text.as_bytes(), 65_536);
                let cr = ending == "\r\n";
                assert_eq!(
                    found,
                    [
                        (1, "first".into(), 5, false),
                        (2, "xxxxxxxx".into(), length as u64, cr),
                        (3, "next".into(), 4, false)
                    ],
                    "{length} {ending:?}"
                );
            }
        }
    }

    #[test]
    fn an_overlong_last_line_ends_with_the_file() {
        let text = "y".repeat(2 * CHUNK + 1);
        assert_eq!(
            lines(text.as_bytes(), 99_999),
            [(1, "yyyyyyyy".into(), text.len() as u64, false)]
        );
    }
}
