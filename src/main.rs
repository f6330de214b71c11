//! The `almoner` program. Everything is in the library: see `almoner::app`.

use std::process::ExitCode;

fn main() -> ExitCode {
    almoner::app::main()
}
