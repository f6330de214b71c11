//! Controls: what was done and refused can be traced, and what is over stays closed.

mod audit_trail;
mod periods;
mod segregation;
