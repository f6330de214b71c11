//! What the program does when it is started.

pub mod demo;
