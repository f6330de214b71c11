//! Which form of an answer a client takes: `Accept` (RFC 9110, 12.5.1).

use actix_web::http::header::{self, HeaderMap};

use crate::http::problem::Problem;

/// JSON.
pub const JSON: &str = "application/json";
/// A JSON value on each line.
pub const NDJSON: &str = "application/x-ndjson";
/// Comma-separated values.
pub const CSV: &str = "text/csv";
/// A workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// How well a range fits a media type: nothing, `*/*`, `text/*`, the type itself.
fn fit(range: &str, media_type: &str) -> u8 {
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    match range.split_once('/') {
        _ if range.eq_ignore_ascii_case(media_type) => 3,
        Some((its, "*")) if its.eq_ignore_ascii_case(kind) => 2,
        Some(("*", "*")) => 1,
        _ => 0,
    }
}

/// The weight a header gives a media type, in thousandths: that of the range that fits it best.
fn weight(accept: &str, media_type: &str) -> u16 {
    let mut best = (0, 0);
    for element in accept.split(',') {
        let mut parts = element.split(';').map(str::trim);
        let fit = fit(parts.next().unwrap_or_default(), media_type);
        let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let quality = quality
            .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0))
            .clamp(0.0, 1.0);
        if fit > best.0 {
            best = (fit, (quality * 1000.0) as u16);
        }
    }
    best.1
}

/// The first of the offers that the client likes best; 406 if it takes none of them.
pub fn negotiate(headers: &HeaderMap, offers: &[&'static str]) -> Result<&'static str, Problem> {
    let values: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .collect();
    let accept = if values.is_empty() {
        "*/*".to_owned()
    } else {
        values.join(",")
    };
    let mut chosen = None;
    for offer in offers {
        let weight = weight(&accept, offer);
        if weight > 0 && chosen.is_none_or(|(best, _)| weight > best) {
            chosen = Some((weight, *offer));
        }
    }
    chosen
        .map(|(_, offer)| offer)
        .ok_or_else(|| Problem::not_acceptable(offers))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn chosen(accept: Option<&str>) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.append(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        }
        negotiate(&headers, &[JSON, CSV]).ok()
    }

    #[test]
    fn the_form_is_the_one_the_client_likes_best() {
        assert_eq!(chosen(None), Some(JSON));
        assert_eq!(chosen(Some("*/*")), Some(JSON));
        assert_eq!(chosen(Some("text/csv")), Some(CSV));
        assert_eq!(
            chosen(Some("text/*;q=0.9, application/json;q=0.2")),
            Some(CSV)
        );
        assert_eq!(
            chosen(Some("text/html, application/xhtml+xml, */*;q=0.8")),
            Some(JSON)
        );
        assert_eq!(chosen(Some("application/json;q=0, */*")), Some(CSV));
        assert_eq!(chosen(Some("application/pdf")), None);
        assert_eq!(chosen(Some("")), None);
    }
}
