//! What a plan asks of its execution role.

use std::{fs::File, path::Path};

use overseed_domain::{
    input_file::{RecordsError, for_each_record},
    permissions::{
        Groups, NotARoleName, Objects, Pack, Place, ReadBy, named_role, role_name, role_path,
    },
    waves::Waves,
};

use crate::{
    Error, ErrorCode, Problem, Session, draft, input_file::object_key, plan::PlanSettings,
};

/// What a plan asks of its execution role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// The role's name, or its ARN.
    pub role: String,
    /// The bucket of the input file.
    pub bucket: String,
    /// Which of its objects the role reads.
    pub objects: Objects,
    /// By which policy.
    pub read_by: ReadBy,
    /// The groups.
    pub groups: Groups,
    /// How they are to be packed.
    pub pack: Pack,
    /// Into so many input files the plan is cut at most, one for each of its waves.
    pub waves: u32,
}

impl Needs {
    /// The needs of the draft: its groups are those of its input file, made or opened.
    ///
    /// # Errors
    /// [`ErrorCode::NothingSelected`] without a file, [`ErrorCode::InvalidInput`] without role or bucket; a file
    /// that cannot be read.
    pub async fn of_draft(session: &Session) -> Result<Self, Error> {
        let draft = draft::draft_get(session).await?;
        if draft
            .file
            .as_ref()
            .is_none_or(|file| file.summary.records == 0)
        {
            return Err(Problem::new(
                ErrorCode::NothingSelected,
                "There is no input file yet, so it is not known what the role has to be allowed",
            )
            .hint("Make or open the input file in the input file step, then check again.")
            .into());
        }
        if draft.bucket.is_empty() {
            return Err(Problem::new(
                ErrorCode::InvalidInput,
                "No bucket is chosen, so it is not known what the role has to read",
            )
            .hint("Choose or create a bucket in the input file step, then check again.")
            .into());
        }
        let path = draft::file_path(&session.engine, session.scope);
        let needs = tokio::task::spawn_blocking(move || {
            let needs = Self::of_file(&draft.role, &draft.bucket, &draft.prefix, &path)?;
            let needs = needs.cut(&draft.waves);
            Ok::<_, Error>(needs.packed(draft.pack, draft.read_by))
        });
        needs.await?
    }

    /// The needs of an input file that has been checked, packed and read as is proposed; blocks while it reads.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnreadable`], [`ErrorCode::FileInvalid`].
    pub fn of_file(role: &str, bucket: &str, prefix: &str, file: &Path) -> Result<Self, Error> {
        let mut groups = Groups::default();
        let reader = File::open(file).map_err(Error::file(file))?;
        for_each_record(reader, |_, group, _| {
            groups.push(group);
            Ok(())
        })
        .map_err(|error| match error {
            RecordsError::Read(source) => Error::file(file)(source),
            RecordsError::NoRecord(_) => Problem::new(
                ErrorCode::FileInvalid,
                "The input file has lines that are no records",
            )
            .detail(error)
            .hint("Mend the findings of the input file step first.")
            .into(),
        })?;
        Ok(Self {
            role: role.into(),
            bucket: bucket.into(),
            objects: Objects::Prefix(prefix.into()),
            read_by: ReadBy::default(),
            groups,
            pack: Pack::default(),
            waves: 1,
        })
    }

    /// The needs of a plan, whose input file this is; blocks while it reads.
    ///
    /// # Errors
    /// Those of [`Self::of_file`].
    pub fn of_plan(settings: &PlanSettings, file: &Path) -> Result<Self, Error> {
        let needs = Self::of_file(&settings.role, &settings.bucket, &settings.prefix, file)?;
        Ok(needs
            .cut(&settings.waves)
            .packed(settings.pack, settings.read_by))
    }

    /// The same needs, packed and read as someone has chosen.
    #[must_use]
    pub fn packed(self, pack: Pack, read_by: ReadBy) -> Self {
        Self {
            pack,
            read_by,
            ..self
        }
    }

    /// The same needs of a plan that is cut into waves; what the cuts leave over is one more (domain: [`Waves`]).
    #[must_use]
    pub fn cut(self, waves: &Waves) -> Self {
        let waves = u32::try_from(waves.cuts.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        Self { waves, ..self }
    }

    /// The keys of a plan's input files, as far as they can be told before the plan is cut.
    pub(crate) fn keys(&self, plan: &str) -> Vec<String> {
        match &self.objects {
            Objects::Key(key) => vec![key.clone()],
            Objects::Prefix(prefix) => (1..=self.waves)
                .map(|wave| object_key(prefix, plan, wave))
                .collect(),
        }
    }

    /// The role's name.
    pub(crate) fn role_name(&self, place: &Place) -> Result<&str, Error> {
        named(&self.role, place)
    }

    /// The path of the role where it is to be made.
    pub(crate) fn role_path(&self, place: &Place) -> Result<String, Error> {
        role_path(&self.role, place).map_err(no_role)
    }

    /// The role's ARN as it was named, with its path where an ARN was.
    pub(crate) fn role_arn(&self, place: &Place) -> Result<String, Error> {
        named_role(&self.role, place).map_err(no_role)
    }
}

/// Refuses what can be no role of the session's account.
pub(crate) fn possible_role(session: &Session, role: &str) -> Result<(), Error> {
    named(role, &place(session)).map(|_| ())
}

pub(crate) fn named<'a>(role: &'a str, place: &Place) -> Result<&'a str, Error> {
    role_path(role, place).map_err(no_role)?;
    role_name(role, place).map_err(no_role)
}

pub(crate) fn no_role(reason: NotARoleName) -> Error {
    Problem::new(ErrorCode::InvalidInput, "This cannot be the execution role")
        .detail(reason)
        .hint("Type a role's name, or choose one from the list.")
        .into()
}

/// Where the session's permissions hold.
pub(crate) fn place(session: &Session) -> Place {
    let connection = &session.connection;
    Place {
        partition: connection.partition,
        region: connection.region.clone(),
        account: connection.account.clone(),
    }
}
