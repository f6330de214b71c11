//! The demonstration pledge.
