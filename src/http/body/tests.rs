//! What is taken and what is refused, as tables.
