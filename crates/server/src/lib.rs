//! The shell: everything that touches the world.
//!
//! [`path`] holds the verbs of the product; read it first. [`opening`] makes a shop out of a
//! configuration, [`writer`] runs its one writing thread around an [`engine`], [`shared`] is what
//! answers read, [`transparency`] the log that anybody may check, [`routes`] is HTTP, [`pages`] what
//! staff see in a browser, [`papers`] what the shop has to write down and tell, [`problem`] the one
//! table where the rooms' words become
//! status codes. The clock, the random source and the environment are read here and nowhere else.

pub mod access;
pub mod answer;
pub mod auth;
pub mod backup;
pub mod banner;
pub mod canary;
pub mod center;
pub mod chance;
pub mod circumstances;
pub mod clock;
pub mod closing;
pub mod commands;
pub mod documents;
pub mod engine;
pub mod erasing;
pub mod leaving;
pub mod limits;
pub mod mail;
pub mod members;
pub mod memory;
pub mod opening;
pub mod outbound;
pub mod pages;
pub mod papers;
pub mod path;
pub mod people;
pub mod place;
pub mod platforms;
pub mod problem;
pub mod recipients;
pub mod recovery;
pub mod replay;
pub mod requests;
pub mod routes;
pub mod schemas;
pub mod serving;
pub mod settings;
pub mod shared;
pub mod shop_key;
pub mod storefront;
pub mod strangers;
pub mod telemetry;
pub mod telling;
pub mod texts;
pub mod training;
pub mod transparency;
pub mod verifier;
pub mod writer;
