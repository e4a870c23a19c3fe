//! The server from outside: over TCP, as a process, with foreign clients. One binary, one module
//! per topic; [`shop`] is the shop that they all use.

#[cfg(test)]
mod access;
#[cfg(test)]
mod agents;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod backups;
#[cfg(test)]
mod banner;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod center;
#[cfg(test)]
mod consents;
mod cors;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod features;
#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod http;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod other;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod pausing;
#[cfg(test)]
mod pii;
#[cfg(test)]
mod places;
#[cfg(test)]
mod platforms;
#[cfg(test)]
mod projections;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod races;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replays;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod rotating;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod segment;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod staff_pages;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod tiers;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod transparency;
#[cfg(test)]
mod tuning;
#[cfg(test)]
mod verifier;
#[cfg(test)]
mod witnesses;
#[cfg(test)]
mod world;
