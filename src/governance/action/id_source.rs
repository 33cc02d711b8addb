//! A source of ids and salts.

use uuid::Uuid;

use crate::governance::error::ActionError;
use crate::model::personal::{PersonalRow, Purpose};

/// Generates unused ids and unpredictable salts.
///
/// The directory takes both from the operating system; a test may use a counter.
pub trait IdSource {
    /// A new id.
    ///
    /// # Errors
    ///
    /// [`ActionError::NoRandomness`] if the source fails.
    fn id(&mut self) -> Result<Uuid, ActionError>;

    /// 256 random bits.
    ///
    /// # Errors
    ///
    /// [`ActionError::NoRandomness`] if the source fails.
    fn salt(&mut self) -> Result<[u8; 32], ActionError>;

    /// A side row for a piece of personal data.
    ///
    /// # Errors
    ///
    /// [`ActionError::Text`] if the value is empty, too long or holds a control character;
    /// [`ActionError::NoRandomness`] if the source fails.
    fn row(&mut self, purpose: Purpose, value: &str) -> Result<PersonalRow, ActionError> {
        Ok(PersonalRow::new(self.id()?.into(), purpose, self.salt()?, value)?)
    }
}
