//! Tauri's build step. A fresh clone has no built UI yet, and tauri-codegen refuses a missing
//! `ui/dist`: a placeholder page lets plain `cargo build` and `cargo test` work before `npm run build`.
use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let index = Path::new("ui/dist/index.html");
    if !index.exists() {
        fs::create_dir_all("ui/dist")?;
        fs::write(
            index,
            "<!doctype html><title>Overseed</title><p>The interface is not built yet: <code>cargo xtask run</code> builds it.</p>",
        )?;
    }
    tauri_build::build();
    Ok(())
}
