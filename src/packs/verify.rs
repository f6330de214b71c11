//! Checking a pack with nothing but the ledger's public key.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Cursor, Read};

use aws_lc_rs::digest::{Context, SHA256};
use zip::ZipArchive;

use super::books::Books;
use super::{
    CHECKPOINT, FORMAT, INDEX, Index, LEAVES, SIGNATURE, TRIAL_BALANCE, signed_text, statements,
};
use crate::domain::money::minor_of as minor;
use crate::domain::statement::hexadecimal;
use crate::statements::Claim;
use crate::tlog::checkpoint::Checkpoint;
use crate::tlog::note::{Note, Verifier};
use crate::tlog::proof::Finding;
use crate::tlog::tile::{Edge, Tiles};
use crate::tlog::tree::{Head, leaf_hash};

/// The largest file of a pack that is looked at, so that an archive made to burst fills no memory.
const MOST_BYTES: u64 = 4 << 30;

/// Why a file can't be checked as a pack.
#[derive(Debug, thiserror::Error)]
pub enum NotAPack {
    /// It isn't an archive.
    #[error("it isn't an archive that can be read: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// A file of it can't be read.
    #[error("a file in it can't be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// There is no index, or none that is known here.
    #[error("it has no index of an audit pack")]
    NoIndex,
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn whole(archive: &mut Archive, name: &str) -> Result<Vec<u8>, NotAPack> {
    let file = archive.by_name(name).map_err(|_| NotAPack::NoIndex)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Checks a pack with the ledger's public keys, of which one has to have signed it.
pub fn verify(pack: &[u8], keys: &[Verifier]) -> Result<Vec<Finding>, NotAPack> {
    let mut archive = ZipArchive::new(Cursor::new(pack))?;
    let text = whole(&mut archive, INDEX)?;
    let index: Index = serde_json::from_slice(&text).map_err(|_| NotAPack::NoIndex)?;
    if index.format != FORMAT {
        return Err(NotAPack::NoIndex);
    }
    let signature = whole(&mut archive, SIGNATURE)?;
    let mut findings = vec![signed(&index, &text, &signature, keys)];
    findings.push(complete(&mut archive, &index)?);
    let (books, logged) = from_leaves(&mut archive, &index, keys)?;
    findings.extend(logged);
    findings.push(totals(&index, &books));
    findings.push(trial_balance(&mut archive, &books)?);
    findings.extend(of_statements(&mut archive, &index, &books, keys)?);
    Ok(findings)
}

/// What the ledger's signatures of packs are made under.
fn signed(index: &Index, text: &[u8], signature: &[u8], keys: &[Verifier]) -> Finding {
    let scope = &index.scope;
    let note = String::from_utf8_lossy(signature);
    let note: Option<Note> = note.parse().ok();
    let holds = keys.iter().any(|key| {
        let name = format!("{}/{}/packs", key.name(), scope.pledge_id);
        let signed = format!("{name}\n{}", signed_text(text));
        let own = key.of_log(&name);
        let both = note.as_ref().zip(own.as_ref());
        both.is_some_and(|(note, own)| note.text == signed && note.is_signed_by(own))
    });
    let sentence = format!(
        "The ledger signed this pack of {} ({}), {} to {}, as known at {}.",
        scope.reference, scope.pledge_id, scope.from, scope.to, scope.known_at
    );
    Finding::new(holds, sentence)
}

/// Whether the files are those of the index, to the byte, and no others.
fn complete(archive: &mut Archive, index: &Index) -> Result<Finding, NotAPack> {
    let listed: BTreeSet<&str> = index.files.iter().map(|it| it.name.as_str()).collect();
    let own = [INDEX, SIGNATURE];
    let mut there = BTreeSet::new();
    for name in archive.file_names() {
        there.insert(name?.into_owned());
    }
    own.iter().for_each(|name| {
        there.remove(*name);
    });
    let mut holds = there.iter().map(String::as_str).eq(listed.iter().copied())
        && listed.len() == index.files.len()
        && archive.len() == index.files.len() + own.len();
    for entry in &index.files {
        if !there.contains(&entry.name) {
            continue;
        }
        let mut file = archive.by_name(&entry.name)?.take(MOST_BYTES);
        let mut context = Context::new(&SHA256);
        let (mut piece, mut bytes) = (vec![0; 1 << 16], 0);
        loop {
            let read = file.read(&mut piece)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            context.update(&piece[..read]);
        }
        let sha256 = hexadecimal(context.finish().as_ref());
        holds &= (bytes, &sha256) == (entry.bytes, &entry.sha256);
    }
    let sentence = format!(
        "Its {} files are those of the index, to the byte, and no others.",
        index.files.len()
    );
    Ok(Finding::new(holds, sentence))
}

/// The books as the leaves tell them, and whether the leaves are what was signed.
fn from_leaves(
    archive: &mut Archive,
    index: &Index,
    keys: &[Verifier],
) -> Result<(Books, Vec<Finding>), NotAPack> {
    let note = whole(archive, CHECKPOINT)?;
    let checkpoint = Checkpoint::open(&String::from_utf8_lossy(&note), keys).ok();
    let file = archive.by_name(LEAVES).map_err(|_| NotAPack::NoIndex)?;
    let mut edge = Edge::of(0, &Tiles::default());
    let mut books = Books::default();
    let mut broken = None;
    for line in BufReader::new(file.take(MOST_BYTES)).lines() {
        let line = line?;
        if let Some(edge) = &mut edge {
            edge.push(leaf_hash(line.as_bytes()));
        }
        if broken.is_none() && books.journals() < index.scope.known_journal {
            broken = books.read(line.as_bytes(), &index.scope.pledge_id).err();
        }
    }
    let head = edge.map(|edge| Head {
        size: edge.size(),
        root: edge.root(),
    });
    let origin = |key: &Verifier| format!("{}/{}", key.name(), index.scope.pledge_id);
    let is_signed = checkpoint
        .as_ref()
        .is_some_and(|it| Some(it.head) == head && keys.iter().any(|key| it.origin == origin(key)));
    let size = head.map_or(0, |it| it.size);
    let follows = match &broken {
        None => format!(
            "Journals 1 to {} follow each other without a gap, and so do the entries and balances \
             of all {} accounts.",
            books.journals(),
            books.accounts.len()
        ),
        Some(what) => format!("Journals and entries follow each other without a gap: {what}."),
    };
    let findings = vec![
        Finding::new(
            is_signed,
            format!("The {size} leaves make exactly the root that the ledger signed of its log."),
        ),
        Finding::new(
            broken.is_none() && books.journals() == index.scope.known_journal,
            follows,
        ),
    ];
    Ok((books, findings))
}

/// Whether the control totals are what the leaves come to.
fn totals(index: &Index, books: &Books) -> Finding {
    let found = books.totals(index.totals.statements);
    let amounts: Vec<String> = index
        .totals
        .posted
        .iter()
        .map(|it| format!("{} {}", it.amount, it.unit))
        .collect();
    let sentence = format!(
        "The control totals are what the journals come to: {} journals, {} transfers, {}.",
        index.totals.journals,
        index.totals.transfers,
        amounts.join(", ")
    );
    Finding::new(found == index.totals, sentence)
}

/// Whether the trial balance is what the leaves come to, account by account, and sums to nothing.
fn trial_balance(archive: &mut Archive, books: &Books) -> Result<Finding, NotAPack> {
    let bytes = whole(archive, TRIAL_BALANCE)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(text);
    let headers = reader.headers().cloned().unwrap_or_default();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let (mut rows, mut same) = (0, true);
    if let (Some(account), Some(ending)) = (at("Segment01"), at("Amount_Ending")) {
        for row in reader.records() {
            let row = row.unwrap_or_default();
            let own = row.get(account).and_then(|id| books.accounts.get(id));
            let told = row.get(ending).and_then(minor);
            same &= own.map(|it| it.debits - it.credits) == told && told.is_some();
            rows += 1;
        }
    }
    let mut sums: std::collections::BTreeMap<&str, i64> = std::collections::BTreeMap::new();
    for account in books.accounts.values() {
        *sums.entry(&account.unit).or_default() += account.debits - account.credits;
    }
    let holds = same && rows == books.accounts.len() && sums.values().all(|sum| *sum == 0);
    let sentence = format!(
        "The trial balance is what the journals come to, for each of {rows} accounts, and sums to \
         nothing in every unit."
    );
    Ok(Finding::new(holds, sentence))
}

/// Whether every statement is signed, adds up, and is what the leaves say.
fn of_statements(
    archive: &mut Archive,
    index: &Index,
    books: &Books,
    keys: &[Verifier],
) -> Result<Vec<Finding>, NotAPack> {
    let names = index.files.iter().map(|it| it.name.as_str());
    let names: Vec<&str> = names.filter(|it| it.starts_with("statements/")).collect();
    let mut findings = Vec::new();
    for name in &names {
        let json = String::from_utf8_lossy(&whole(archive, name)?).into_owned();
        let claim = match Claim::read(&json) {
            Ok(claim) => claim,
            Err(error) => {
                findings.push(Finding::new(
                    false,
                    format!("{name} is a statement: {error}."),
                ));
                continue;
            }
        };
        let broken = claim.check(keys).into_iter().filter(|it| !it.holds);
        findings.extend(broken.map(|it| Finding::new(false, format!("{name}: {}", it.sentence))));
        if let Some(what) = statements::differs(&claim, books) {
            let sentence = format!("{name} is what the journals say: {what}.");
            findings.push(Finding::new(false, sentence));
        }
    }
    let all = names.len();
    let told = usize::try_from(index.totals.statements).ok();
    let holds = findings.is_empty() && told == Some(all);
    findings.push(Finding::new(
        holds,
        format!(
            "All {all} statements are signed, add up, and tell every entry of their days and no \
             other."
        ),
    ));
    Ok(findings)
}
