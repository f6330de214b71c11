//! The newcomer: what README.md says to paste is pasted, and does what README.md says it does.

use std::process::Command;

use crate::harness::World;

const README: &str = include_str!("../README.md");

/// The blocks marked as the main job, one after the other.
fn main_job() -> String {
    let mut blocks = README.split("```sh main-job\n").skip(1);
    let mut script = String::new();
    for block in &mut blocks {
        script.push_str(block.split("```").next().unwrap());
    }
    script
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_pasted_from_the_readme_is_refused_granted_and_ties() {
    let world = World::new().await;
    let mut shell = Command::new("sh");
    shell
        .args(["-eu", "-c", &main_job()])
        .env("BASE", format!("http://{}", world.address()))
        .env("PREPARER", world.preparer().token().unwrap())
        .env("AUDITOR", world.auditor().token().unwrap());
    let output = tokio::task::spawn_blocking(move || shell.output().unwrap())
        .await
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");

    let refused = "\"code\":\"insufficient-funds\"";
    let granted = "\"state\":\"active\",\"amount\":{\"amount\":\"2500.00\",\"unit\":\"USD\"}";
    let [refused, granted] = [refused, granted].map(|part| said.find(part).expect(&said));
    assert!(refused < granted, "{said}");
    for line in [
        "opening,,2024-11-01,,,,,,,,,,0.00,USD",
        "totals,,,,,,,,,,2500.00,150000.00,,USD",
        "closing,,2024-11-30,,,,,,,,,,147500.00,USD",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
        assert!(README.contains(line), "README.md doesn't show {line}");
    }
    world.finish().await;
}
