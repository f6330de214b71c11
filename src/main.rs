//! A stand-in: runs the private Postgres until a line is read.

use std::path::Path;
use std::process::ExitCode;

use almoner::embedded::{Embedded, guard};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["embedded-guard", plan] => guard(plan),
        ["serve", folder] => serve(folder),
        _ => ExitCode::from(2),
    }
}

#[tokio::main]
async fn serve(folder: &str) -> ExitCode {
    env_logger::init();
    let started = std::time::Instant::now();
    let embedded = match Embedded::open(Path::new(folder)).await {
        Ok(embedded) => embedded,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", embedded.url());
    eprintln!(
        "{embedded:?} pid {:?} {:?}",
        embedded.postmaster_pid(),
        started.elapsed()
    );
    let _ = tokio::signal::ctrl_c().await;
    match embedded.stop().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
