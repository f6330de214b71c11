//! The `almoner` program. Everything is in the library: see `almoner::app`.

use std::process::ExitCode;

/// A request allocates and frees much that is small, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    almoner::app::main()
}
