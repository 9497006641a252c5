//! Docker images by name.

use std::fmt;

use thiserror::Error;

/// An image: registry, repository, and tag or digest (nucleus: `DockerImageArtifactParser`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Image {
    /// The registry's host with its port; `None` is Docker Hub.
    pub registry: Option<String>,
    /// The repository, slashes included.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// The digest, such as `sha256:…`.
    pub digest: Option<String>,
}

/// A text that is no image's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAnImage {
    /// The registry cannot be a host.
    #[error(
        "`{0}` cannot be a registry; an image is written REGISTRY/NAME:TAG or REGISTRY/NAME@DIGEST"
    )]
    Registry(String),
    /// The repository has characters that it cannot have; it is in lower case.
    #[error(
        "`{0}` cannot be an image's name: lower-case letters, digits and . _ - / can stand in it"
    )]
    Name(String),
    /// The tag.
    #[error("`{0}` cannot be a tag")]
    Tag(String),
    /// The digest.
    #[error("`{0}` cannot be a digest, which is written sha256:HEX")]
    Digest(String),
}

/// A private repository of Amazon ECR, from an image's registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EcrRepository<'a> {
    /// The account, twelve digits.
    pub account: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The repository's name.
    pub name: &'a str,
}

impl Image {
    /// Reads an image's name as the nucleus does: what stands before the first slash is the registry.
    ///
    /// # Errors
    /// [`NotAnImage`].
    pub fn parse(text: &str) -> Result<Self, NotAnImage> {
        let (registry, rest) = match text.split_once('/') {
            Some((registry, rest)) => (Some(registry), rest),
            None => (None, text),
        };
        if let Some(registry) = registry.filter(|registry| !is_host(registry)) {
            return Err(NotAnImage::Registry(registry.to_owned()));
        }
        let (repository, tag, digest) = if let Some((name, digest)) = rest.split_once('@') {
            // Docker takes a tag beside the digest and goes by the digest; the nucleus does not take both.
            (name, None, Some(digest))
        } else if let Some((name, tag)) = rest.split_once(':') {
            (name, Some(tag), None)
        } else {
            (rest, None, None)
        };
        if !is_repository(repository) {
            return Err(NotAnImage::Name(repository.to_owned()));
        }
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(NotAnImage::Tag(tag.to_owned()));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(NotAnImage::Digest(digest.to_owned()));
        }
        Ok(Self {
            registry: registry.map(str::to_owned),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The private repository of Amazon ECR that it is in: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`.
    #[must_use]
    pub fn private_ecr(&self) -> Option<EcrRepository<'_>> {
        let registry = self.registry.as_deref()?;
        let (account, rest) = registry.split_once(".dkr.ecr")?;
        let region = rest
            .strip_prefix("-fips")
            .unwrap_or(rest)
            .strip_prefix('.')?;
        let region = region
            .strip_suffix(".amazonaws.com.cn")
            .or_else(|| region.strip_suffix(".amazonaws.com"))?;
        let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        digits.then_some(EcrRepository {
            account,
            region,
            name: &self.repository,
        })
    }

    /// Whether tag or digest say which image it is; `latest` does not.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.digest.is_some() || self.tag.as_deref().is_some_and(|tag| tag != "latest")
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(registry) = &self.registry {
            write!(f, "{registry}/")?;
        }
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "0"));
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && host.split('.').all(part)
}

fn is_repository(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.split('/').all(|part| {
        let (first, last) = (part.bytes().next(), part.bytes().next_back());
        first.is_some_and(letter)
            && last.is_some_and(letter)
            && part.bytes().all(|b| letter(b) || b"._-".contains(&b))
            && !part.contains("..")
    })
}

fn is_tag(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(letter)
        && text.bytes().all(|b| letter(b) || b == b'.' || b == b'-')
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && algorithm.bytes().all(|b| b.is_ascii_alphanumeric())
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn images_are_read_as_the_nucleus_reads_them() {
        let ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml/xgboost:1f0d";
        let image = Image::parse(ecr).unwrap();
        assert_eq!(image.to_string(), ecr);
        let repository = image.private_ecr().unwrap();
        assert_eq!(
            (repository.account, repository.region, repository.name),
            ("123456789012", "eu-west-1", "ml/xgboost")
        );
        assert!(image.is_pinned());
        let china = Image::parse("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a").unwrap();
        assert_eq!(china.private_ecr().unwrap().region, "cn-north-1");
        assert!(!china.is_pinned());
        let digest = format!("public.ecr.aws/x/y@sha256:{}", "0a".repeat(32));
        let public = Image::parse(&digest).unwrap();
        assert!(public.is_pinned() && public.private_ecr().is_none());
        assert_eq!(Image::parse("redis").unwrap().registry, None);
    }

    #[test]
    fn what_is_no_image_is_told_apart() {
        for (text, expected) in [
            ("", NotAnImage::Name(String::new())),
            ("a.b/", NotAnImage::Name(String::new())),
            ("Redis", NotAnImage::Name("Redis".to_owned())),
            ("-a.b/redis", NotAnImage::Registry("-a.b".to_owned())),
            ("a.b:x/redis", NotAnImage::Registry("a.b:x".to_owned())),
            ("redis:", NotAnImage::Tag(String::new())),
            (
                "redis@sha256:12",
                NotAnImage::Digest("sha256:12".to_owned()),
            ),
        ] {
            assert_eq!(Image::parse(text), Err(expected), "{text}");
        }
    }
}
