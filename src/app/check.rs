//! `almoner check`: every standing proof of the books, and the rows held against the log.

use std::process::ExitCode;

use crate::app::config::Config;
use crate::app::database::Opened;
use crate::app::verify::{mark, public_keys};
use crate::db::read;
use crate::tlog::audit::audit;
use crate::tlog::note::Verifier;

/// Whatever goes wrong, as one sentence.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// How much of what stands against a claim is shown.
const SHOWN: usize = 10;

/// Prints every proof and, for one that fails, the rows against it.
pub(super) async fn check(config: &Config, keys: &[String]) -> Outcome {
    let keys = match keys {
        [] => {
            let known = config.log.known_keys(&config.data_dir)?;
            known.map_or_else(Vec::new, |keys| keys.all().to_vec())
        }
        given => public_keys(given)?,
    };
    let opened = Opened::open(config).await?;
    let checked = check_on(&opened, &keys).await;
    opened.close().await?;
    checked
}

async fn check_on(opened: &Opened, keys: &[Verifier]) -> Outcome {
    let mut connection = opened.read_database.connect_for_reading().await?;
    let proofs = read::proofs(&mut connection, None).await?;
    let claims = audit(&mut connection, keys).await?;
    drop(connection);
    let mut broken = 0;
    for proof in &proofs {
        println!("{}  {}: {}", mark(proof.holds), proof.name, proof.sentence);
        for row in &proof.offending {
            println!("        {}", serde_json::Value::Object(row.clone()));
        }
        broken += usize::from(!proof.holds);
    }
    for claim in &claims {
        let holds = claim.against.is_empty();
        println!("{}  {}: {}", mark(holds), claim.name, claim.sentence);
        for finding in claim.against.iter().take(SHOWN) {
            println!("        {finding}");
        }
        if let Some(more) = claim.against.len().checked_sub(SHOWN + 1) {
            println!("        and {} more", more + 1);
        }
        broken += usize::from(!holds);
    }
    if keys.is_empty() {
        println!("NOTE: signatures weren't checked, as there is no key here: --key names one.");
    }
    let all = proofs.len() + claims.len();
    println!("{} of {all} proofs hold.", all - broken);
    Ok(match broken {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
