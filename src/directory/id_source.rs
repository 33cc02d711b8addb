//! Ids and salts from the operating system's random source.

use uuid::{Builder, Uuid};

use crate::clock::Clock;
use crate::governance::{ActionError, IdSource};

/// Makes UUIDs of version 7 (RFC 9562) on the directory's clock.
pub(super) struct SystemIds<'a> {
    clock: &'a dyn Clock,
}

impl<'a> SystemIds<'a> {
    pub(super) const fn new(clock: &'a dyn Clock) -> Self {
        Self { clock }
    }
}

impl IdSource for SystemIds<'_> {
    fn id(&mut self) -> Result<Uuid, ActionError> {
        let milliseconds = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        let mut random = [0; 10];
        fill(&mut random)?;
        Ok(Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
    }

    fn salt(&mut self) -> Result<[u8; 32], ActionError> {
        let mut salt = [0; 32];
        fill(&mut salt)?;
        Ok(salt)
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), ActionError> {
    getrandom::fill(bytes).map_err(|error| ActionError::NoRandomness(error.to_string()))
}
