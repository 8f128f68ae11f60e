//! What the limit probe shares with other programs that the bench asks for rounds.

mod conversation;
mod cpu_time;

pub use conversation::{Request, Sample, Subject, fail};
