//! Settings of the people who work here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rights::request::names::StaffId;
use serde::Deserialize;

/// Everybody, by a short name of the shop's own choice.
pub type MemberSettings = BTreeMap<StaffId, Member>;

/// Somebody who works here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// What they may do.
    pub role: StaffRole,
    /// The file with their key: 32 to 128 characters in one line; made at the start when missing.
    pub key_file: PathBuf,
}

/// What somebody who works here may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Look at requests, put answers off, propose what two have to agree on.
    Clerk,
    /// Also approve what somebody else proposed.
    Officer,
}

impl StaffRole {
    /// The role as people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Officer => "officer",
        }
    }
}
