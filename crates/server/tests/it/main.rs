//! The server from outside: over TCP, as a process, with foreign clients. One binary, one module
//! per topic; [`shop`] is the shop that they all use.

#[cfg(test)]
mod browser;
mod cors;
mod durability;
mod erasure;
mod fuzzed;
mod http;
mod logs;
mod openapi;
mod readme;
mod refusals;
mod segment;
mod shop;
mod tiers;
mod tls;
mod world;
