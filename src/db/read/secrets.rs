//! What the instances of a deployment share and nobody else knows.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::error::ReadError;
use crate::db::schema::secrets;

/// What cursors are sealed with. Never shown or logged.
pub async fn cursor_secret(connection: &mut AsyncPgConnection) -> Result<Vec<u8>, ReadError> {
    let query = secrets::table
        .filter(secrets::purpose.eq("cursors"))
        .select(secrets::secret);
    Ok(query.get_result(connection).await?)
}
