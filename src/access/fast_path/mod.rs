//! The fast path: most checks are decided from three cache lines and a few interned sets.
//!
//! The permissions that a sub-account has been granted lie in one cache line ([`PackedSubject`]),
//! and what a check must know of a scope lies in two ([`PackedScope`]), of which most checks read
//! only the first. Both refer to interned sets, because few distinct sets are in use. Nearly every
//! check is about a member or guest with plain allows only, at a scope that is not nested deeply.
//! Such a check is decided without a branch that the processor could mispredict.
//!
//! # Decision tree
//!
//! ```text
//! check(sub-account, permissions, target, context)
//!  |
//!  |  packed: is there a PackedSubject and a PackedScope, and do they decide alone?
//!  |    no ---------------------------------------------------+
//!  |    yes: does the subject have an overflow?               |
//!  +------ no ---> allow, or deny: not granted                |
//!  |       yes                                                |
//!  |  guard: is the subject guarded, and does its guard hold? |
//!  +------ yes --> the decision of the packed form            |
//!          no                                                 |
//!          |<-------------------------------------------------+
//!     overflow: do the packed form and its overflow suffice?
//!  +------ yes --> allow, or deny: not granted
//!          no
//!     full evaluation ---> allow, or deny with any reason
//! ```
//!
//! Each step either decides or passes the question on, so a step is only ever a matter of speed. A
//! deny with any reason other than *not granted* is always left to full evaluation, which finds the
//! reason.
//!
//! # Packed subject, 64 bytes
//!
//! ```text
//! byte  0                16    20                     48                       64
//!       +----------------+-----+----------------------+------------------------+
//!       | id             | head| scopes 1..=7         | parts 0, 1..=7         |
//!       | u128           | u32 | 7 x u32              | 8 x u16                |
//!       +----------------+-----+----------------------+------------------------+
//!
//! head  bit 31      taken: the slot of the index holds a subject
//!       bit 30      guest (otherwise a member)
//!       bit 29      overflow: the subject has more than fits here
//!       bit 28      guarded: the grants hold only if the guard holds
//!       bits 15..0  id of the boundary; 0 for none
//!
//! scopes[i] is the number of a scope, and parts[i] the id of the parts granted there;
//! parts[0] is granted at the organization. If guarded, the last two of each are the guard:
//!
//!       scopes 6, 7   the window, from and until, with bit 31 set so that none equals a scope
//!       parts 6       id of the conditions that all have to be met
//!       parts 7       id of the permissions that the packed form does not decide
//! ```
//!
//! # Packed scope, 128 bytes
//!
//! ```text
//! byte  0              16               32             48      52         56    61  64
//!       +--------------+----------------+--------------+-------+----------+-----+---+
//!       | id           | flow from root | limit        | number| workspace|flags|   |
//!       | u128         | u128           | u128         | u32   | u32      |     |   |
//!       +--------------+----------------+--------------+-------+----------+-----+---+
//! byte 64              80                    96                                   128
//!       +--------------+---------------------+------------------------------------+
//!       | owner        | flow from workspace | parts of everyone (any, own)       |
//!       | u128         | u128                | 2 x u128                           |
//!       +--------------+---------------------+------------------------------------+
//!
//! flags: is the first line enough, is the scope deep, archived, owned, is the slot taken
//! ```
//!
//! This module reads only the data types of [`compiled`](crate::access::compiled), never its
//! evaluators.

mod conditions;
mod evaluate;
mod guarded_grants;
mod instant;
mod interner;
mod overflow;
mod overflow_grant;
mod parts;
mod scopes;

#[cfg(test)]
mod canonical;

pub(in crate::access) mod guard;
pub(in crate::access) mod organization;
pub(in crate::access) mod scope;
pub(in crate::access) mod subject;
pub(in crate::access) mod window;

#[cfg(doc)]
use crate::access::fast_path::{scope::PackedScope, subject::PackedSubject};
