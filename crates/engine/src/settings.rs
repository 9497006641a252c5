//! What the user has set.

use rusqlite::OptionalExtension as _;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Engine, Error, StoreError, store::over_defaults};

/// Key of the setting.
const KEY: &str = "settings";

/// The user's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Light, dark, or as the system is.
    pub theme: Theme,
    /// How close rows stand.
    pub density: Density,
    /// Whether the computer is kept awake while a run is driven.
    pub keep_awake: bool,
    /// Whether a desktop notification tells of a hold and of the end of a run while the window is not in use.
    pub notify: bool,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How close rows stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    /// With room.
    Comfortable,
    /// Close.
    #[default]
    Compact,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            density: Density::Compact,
            keep_awake: true,
            notify: true,
        }
    }
}

/// The settings; those never set have their defaults.
///
/// # Errors
/// [`StoreError`].
pub async fn settings_get(engine: &Engine) -> Result<Settings, Error> {
    let text: Option<String> = engine
        .store
        .read(|c| {
            let mut query = c.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
            Ok(query.query_row([KEY], |row| row.get(0)).optional()?)
        })
        .await?;
    match text {
        None => Ok(Settings::default()),
        Some(text) => Ok(over_defaults(&text).map_err(|source| StoreError::Json {
            what: "setting.value",
            source,
        })?),
    }
}

/// Keeps the settings; answers them as they are kept.
///
/// # Errors
/// [`StoreError`].
pub async fn settings_set(engine: &Engine, settings: Settings) -> Result<Settings, Error> {
    let text = serde_json::to_string(&settings).map_err(|source| StoreError::Json {
        what: "setting.value",
        source,
    })?;
    engine
        .store
        .write(move |tx| {
            tx.execute(
                "INSERT INTO setting (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [KEY, &text],
            )?;
            Ok(settings)
        })
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use overseed_aws::Clock;

    use super::*;

    #[tokio::test]
    async fn settings_are_kept_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Engine::open(folder.path().to_owned(), Clock::system()).unwrap();
        assert_eq!(settings_get(&open()).await.unwrap(), Settings::default());
        let set = Settings {
            theme: Theme::Dark,
            density: Density::Comfortable,
            keep_awake: false,
            notify: false,
        };
        settings_set(&open(), set).await.unwrap();
        assert_eq!(settings_get(&open()).await.unwrap(), set);
    }

    #[test]
    fn faces_get_the_words_of_the_contract() {
        let json = serde_json::to_value(Settings::default()).unwrap();
        let wanted = serde_json::json!({
            "theme": "system", "density": "compact", "keepAwake": true, "notify": true
        });
        assert_eq!(json, wanted);
        let older: Settings = over_defaults(r#"{"theme":"dark"}"#).unwrap();
        assert_eq!(
            older,
            Settings {
                theme: Theme::Dark,
                ..Settings::default()
            }
        );
    }
}
