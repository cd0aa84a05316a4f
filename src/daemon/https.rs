//! The certificate that the pages prove themselves by, and one of our own where that is asked for: made once, kept in the
//! data folder, shown by its fingerprint.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::{Timestamp, ToSpan};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use tracing::info;

use super::start_fault::StartFault;
use crate::config::{Config, HttpsConfig, serve_by};
use crate::web::Certificate;

/// The certificate in force; `None`: the pages speak HTTP.
///
/// # Errors
/// When one of our own can't be made, kept or read.
pub(super) fn certificate(config: &Config, now: Timestamp) -> anyhow::Result<Option<Certificate>> {
    let served = match &config.https {
        None => return Ok(None),
        Some(HttpsConfig::Files(served)) => Arc::clone(served),
        Some(HttpsConfig::SelfSigned { names }) => {
            let file = config.daemon.data_dir.join("https.pem");
            let fault = || StartFault::Certificate { path: file.display().to_string() };
            own(&file, &names_of(config, names), now).with_context(fault)?
        }
    };
    Ok(Some(Certificate::new(served)))
}

/// Puts a renewed certificate into force.
pub(super) fn renew(certificate: Option<&Certificate>, config: &Config) {
    if let (Some(certificate), Some(HttpsConfig::Files(served))) = (certificate, &config.https) {
        certificate.renew(Arc::clone(served));
    }
}

/// What is told of a change that takes a restart.
pub(super) fn kind(config: &Config) -> Option<std::mem::Discriminant<HttpsConfig>> {
    config.https.as_ref().map(std::mem::discriminant)
}

fn names_of(config: &Config, written: &[String]) -> Vec<String> {
    let http = config.daemon.http.ip();
    let own = ["localhost".to_owned(), "127.0.0.1".to_owned(), http.to_string()];
    let mut names = written.to_vec();
    for name in own {
        if !names.contains(&name) && name != "0.0.0.0" && name != "::" {
            names.push(name);
        }
    }
    names
}

/// The one in the file, which is made where it is not there.
fn own(file: &Path, names: &[String], now: Timestamp) -> anyhow::Result<Arc<ServerConfig>> {
    if !file.exists() {
        keep(file, &make(names, now)?)?;
    }
    let pem = fs::read(file).context("reading it")?;
    let certificate = CertificateDer::from_pem_slice(&pem).context("reading the certificate")?;
    let key = PrivateKeyDer::from_pem_slice(&pem).context("reading the key")?;
    info!(
        sha256 = fingerprint(&certificate),
        file = %file.display(),
        "the pages' certificate is our own: browsers ask about it, compare its fingerprint"
    );
    serve_by(vec![certificate], key).context("the key and the certificate")
}

/// As browsers show it.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let bytes = Sha256::digest(certificate.as_ref());
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// A certificate for ten years and its key, P-256, in PEM.
fn make(names: &[String], now: Timestamp) -> anyhow::Result<String> {
    let key = KeyPair::generate().context("making a key")?;
    let mut wish = CertificateParams::new(names).context("the names of the certificate")?;
    wish.distinguished_name = rcgen::DistinguishedName::new();
    wish.distinguished_name.push(DnType::CommonName, "obzvon");
    wish.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let today = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let begins = today.yesterday().context("the calendar")?;
    let ends = today.checked_add(10.years()).context("the calendar")?;
    [wish.not_before, wish.not_after] = [begins, ends]
        .map(|day| date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs()));
    let certificate = wish.self_signed(&key).context("signing it")?;
    let parts = [("CERTIFICATE", certificate.der().to_vec()), ("PRIVATE KEY", key.serialize_der())];
    Ok(parts.iter().map(|(label, der)| pem(label, der)).collect())
}

/// RFC 7468, section 2.
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}

/// Written whole or not at all, for nobody but the daemon's user.
fn keep(file: &Path, pem: &str) -> anyhow::Result<()> {
    let beside = file.with_extension("pem.new");
    fs::remove_file(&beside).ok();
    let mut out =
        File::options().write(true).create_new(true).mode(0o600).open(&beside).context("making it")?;
    out.write_all(pem.as_bytes()).and_then(|()| out.sync_all()).context("writing it")?;
    fs::rename(&beside, file).context("putting it in its place")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_certificate_of_our_own_is_made_once_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("https.pem");
        let now = "2026-02-28T12:00:00Z".parse().expect("a time");
        let names = ["console.example".to_owned(), "192.0.2.7".to_owned()];
        own(&file, &names, now).expect("made");
        let made = fs::read(&file).expect("kept");
        assert_eq!(fs::metadata(&file).expect("kept").permissions().mode() & 0o777, 0o600);
        own(&file, &names, now).expect("read");
        assert_eq!(fs::read(&file).expect("kept"), made);
        let certificate = CertificateDer::from_pem_slice(&made).expect("PEM");
        assert_eq!(fingerprint(&certificate).len(), 32 * 3 - 1);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing lies beside it");
    }

    #[test]
    fn what_is_no_certificate_is_not_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("https.pem");
        fs::write(&file, "half").expect("written");
        own(&file, &[], Timestamp::UNIX_EPOCH).expect_err("it can't be read");
        assert_eq!(fs::read_to_string(&file).expect("there"), "half");
    }
}
