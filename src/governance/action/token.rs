//! The token that accepts an invitation.
//!
//! It consists of the ids of the organization and the invitation, and 256 random bits. The
//! organization stores only its SHA-256; the token is shown once.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;

use crate::governance::action::id_source::IdSource;
use crate::governance::error::ActionError;
use crate::id::{InvitationId, OrganizationId};
use crate::model::personal::Digest;
use crate::text::hex;

/// The token of an invitation, to be sent to the invited person. `Debug` does not show the secret;
/// `Display` does.
#[derive(Clone)]
pub struct Token {
    organization: OrganizationId,
    invitation: InvitationId,
    secret: [u8; 32],
}

/// A text is not a token. The error does not contain the text, which is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is not an invitation token; a token has 128 lower-case hexadecimal digits")]
pub struct ParseTokenError;

impl Token {
    pub(crate) fn new(
        organization: OrganizationId,
        invitation: InvitationId,
        ids: &mut dyn IdSource,
    ) -> Result<Self, ActionError> {
        Ok(Self { organization, invitation, secret: ids.salt()? })
    }

    /// The organization that it invites to.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The invitation that it accepts.
    pub const fn invitation(&self) -> InvitationId {
        self.invitation
    }

    /// The hash that the invitation stores: SHA-256 over a fixed prefix, both ids and the secret.
    pub fn hash(&self) -> Digest {
        let (organization, invitation) = (self.organization.to_u128(), self.invitation.to_u128());
        let ids = [organization.to_be_bytes(), invitation.to_be_bytes()];
        Digest::of([&b"tenantry:invitation:"[..], &ids[0], &ids[1], &self.secret])
    }

    /// Whether `kept` is the stored hash of this token, compared in constant time.
    pub(crate) fn has_hash(&self, kept: &Digest) -> bool {
        bool::from(self.hash().as_bytes().ct_eq(kept.as_bytes()))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}{:032x}", self.organization.to_u128(), self.invitation.to_u128())?;
        self.secret.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("organization", &self.organization)
            .field("invitation", &self.invitation)
            .finish_non_exhaustive()
    }
}

impl FromStr for Token {
    type Err = ParseTokenError;

    /// Reads exactly what [`fmt::Display`] prints.
    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let bytes: [u8; 64] = hex(text).ok_or(ParseTokenError)?;
        let (organization, rest) = bytes.split_first_chunk().ok_or(ParseTokenError)?;
        let (invitation, secret) = rest.split_first_chunk().ok_or(ParseTokenError)?;
        let organization = OrganizationId::from_u128(u128::from_be_bytes(*organization));
        let invitation = InvitationId::from_u128(u128::from_be_bytes(*invitation));
        let secret = secret.try_into().map_err(|_| ParseTokenError)?;
        Ok(Self { organization, invitation, secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(secret: u8) -> Token {
        let organization = OrganizationId::from_u128(7);
        Token { organization, invitation: InvitationId::from_u128(u128::MAX), secret: [secret; 32] }
    }

    #[test]
    fn a_token_reads_as_it_was_written_and_in_no_other_way() {
        let text = token(0xa5).to_string();
        let read: Token = text.parse().unwrap();
        assert_eq!((read.to_string(), read.hash()), (text.clone(), token(0xa5).hash()));
        let sloppy =
            [text.to_uppercase(), format!(" {text}"), text[1..].to_owned(), text.replace('a', "g")];
        for sloppy in sloppy {
            assert_eq!(sloppy.parse::<Token>().err(), Some(ParseTokenError));
        }
    }

    #[test]
    fn incident_19_a_token_is_bound_to_its_organization_and_invitation() {
        let kept = token(1).hash();
        let elsewhere = Token { organization: OrganizationId::from_u128(8), ..token(1) };
        let another = Token { invitation: InvitationId::from_u128(3), ..token(1) };
        assert!(token(1).has_hash(&kept));
        assert!(
            !token(2).has_hash(&kept) && !elsewhere.has_hash(&kept) && !another.has_hash(&kept)
        );
    }

    #[test]
    fn a_token_does_not_show_in_debug() {
        let shown = format!("{:?}", token(0xee));
        assert!(!shown.contains("eeee"), "{shown}");
    }
}
