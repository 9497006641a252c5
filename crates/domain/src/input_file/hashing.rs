//! Hashes a stream on a thread of its own, beside the work on the same bytes: on processors without SHA
//! instructions hashing alone takes as long as the whole check.

use std::{
    io,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::JoinHandle,
};

use sha2::{Digest, Sha256};

/// Pieces on the way at one time.
const ON_THE_WAY: usize = 3;

/// A running SHA-256.
#[derive(Debug)]
pub(super) struct Hashing {
    pieces: SyncSender<Vec<u8>>,
    spare: Receiver<Vec<u8>>,
    thread: JoinHandle<Sha256>,
}

impl Hashing {
    pub(super) fn begin() -> io::Result<Self> {
        let (pieces, coming) = sync_channel::<Vec<u8>>(ON_THE_WAY);
        let (back, spare): (Sender<Vec<u8>>, _) = channel();
        let thread = std::thread::Builder::new()
            .name("sha256".to_owned())
            .spawn(move || {
                let mut hash = Sha256::new();
                for piece in coming {
                    hash.update(&piece);
                    // Nobody takes it back any more once all bytes are read.
                    let _ = back.send(piece);
                }
                hash
            })?;
        Ok(Self {
            pieces,
            spare,
            thread,
        })
    }

    pub(super) fn update(&self, bytes: &[u8]) -> io::Result<()> {
        let mut piece = self.spare.try_recv().unwrap_or_default();
        piece.clear();
        piece.extend_from_slice(bytes);
        self.pieces.send(piece).map_err(|_| broken_off())
    }

    /// The hash of all bytes, in lower-case hexadecimal.
    pub(super) fn end(self) -> io::Result<String> {
        drop(self.pieces);
        let hash = self.thread.join().map_err(|_| broken_off())?;
        Ok(hex::encode(hash.finalize()))
    }
}

fn broken_off() -> io::Error {
    io::Error::other("the thread that hashes the file has broken off")
}
