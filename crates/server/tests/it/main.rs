//! The server from outside: over TCP, as a process, with foreign clients. One binary, one module
//! per topic; [`shop`] is the shop that they all use.

mod browser;
mod cors;
mod erasure;
mod http;
mod openapi;
mod refusals;
mod shop;
mod tiers;
mod tls;
mod world;
