//! Law 4: a crash at any byte loses no acknowledged write and resurrects no erased one.
//!
//! Two ways to crash: a child process (this test binary again) is killed while it writes, and
//! copies of the files are cut or changed inside frames of the write-ahead log.

#[cfg(test)]
mod cut;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod world;
