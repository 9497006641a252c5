//! The window's typed commands are generated from Rust.

use std::path::Path;

use specta_typescript::Typescript;

/// `UPDATE_BINDINGS=1`, as `cargo xtask bindings` sets it, writes the file instead of comparing it.
#[test]
fn the_windows_bindings_are_those_of_the_commands() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("bindings.ts");
    overseed::bindings()
        .export(Typescript::default(), &made)
        .unwrap();
    let made = std::fs::read_to_string(made).unwrap();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&kept, &made).unwrap();
    }
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(
        kept == made,
        "ui/src/ipc/bindings.ts is stale: run `cargo xtask bindings`"
    );
}
