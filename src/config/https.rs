//! `[daemon.https]` of `obzvon.toml`: what the pages prove themselves by. Files of PEM go in; out comes what a listener
//! needs, or the word that one of our own is to be made.

use std::fmt;
use std::fs;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{Error, ServerConfig};
use secrecy::ExposeSecret;

use super::read::{Clause, Mistake, Noted, Section, Value, words};
use super::secret::secret_of_calls;
use super::trunks::host;

/// What the pages prove themselves by.
#[derive(Clone)]
pub enum HttpsConfig {
    /// A certificate from elsewhere, with its key.
    Files(Arc<ServerConfig>),
    /// One of our own, made at the first start, for these names and addresses.
    SelfSigned { names: Vec<String> },
}

/// The key stays unseen.
impl fmt::Debug for HttpsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(_) => f.write_str("Files"),
            Self::SelfSigned { names } => f.debug_struct("SelfSigned").field("names", names).finish(),
        }
    }
}

/// Reads the table; `Ok(None)`: the pages speak HTTP, or this reading does without secrets.
pub(super) fn https(section: &Section<'_>) -> Result<Option<HttpsConfig>, Noted> {
    let certificate = section.may("certificate_file", |value| chain(section, value));
    let key = secret_of_calls(section, "key");
    let own = section.may("self_signed", Value::flag);
    let names = section.list("names", host);
    section.finish();
    let (certificate, key, own, names) = (certificate?, key?, own?.unwrap_or_default(), names.ok_or(Noted)?);
    let has_key = section.has("key_file") || section.has("key_env");
    if own && (certificate.is_some() || has_key) {
        return Err(section.note("self_signed", Mistake::Contradiction(BOTH)));
    }
    if !own && !names.is_empty() {
        return Err(section.note("names", Mistake::Contradiction(NAMES_OF_FILES)));
    }
    match (certificate, key) {
        (None, _) if own => Ok(Some(HttpsConfig::SelfSigned { names })),
        (None, _) if has_key => Err(section.note("certificate_file", Mistake::Missing { wants: words::PEM })),
        (Some(_), None) if !has_key => Err(section.note("key_file", Mistake::Missing { wants: words::PEM })),
        (None, _) | (Some(_), None) => Ok(None),
        (Some(chain), Some(key)) => {
            let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes());
            let key = key.map_err(|_| section.note(written(section), Mistake::Contradiction(NO_KEY)))?;
            let served = serve_by(chain, key).map_err(|fault| {
                let mistake = match fault {
                    Error::InconsistentKeys(_) => Mistake::Contradiction(OTHER_KEY),
                    other => Mistake::foreign("https", other.to_string()),
                };
                section.note(written(section), mistake)
            })?;
            Ok(Some(HttpsConfig::Files(served)))
        }
    }
}

/// The key's own key.
fn written(section: &Section<'_>) -> &'static str {
    if section.has("key_env") { "key_env" } else { "key_file" }
}

/// The certificates of the file that is named, the pages' own first.
fn chain(section: &Section<'_>, value: &Value<'_>) -> Result<Vec<CertificateDer<'static>>, Mistake> {
    let path = section.reading().resolve(value.text()?);
    let pem = fs::read(path).map_err(|fault| Mistake::Unreadable { said: fault.to_string() })?;
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) | Err(_) => Err(Mistake::Contradiction(NO_CERTIFICATE)),
    }
}

/// What a listener greets with: TLS 1.2 and 1.3, no certificate wanted of the browser.
///
/// # Errors
/// When the key can't be read or is another certificate's.
pub fn serve_by(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, Error> {
    let mut served = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    served.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(served))
}

const BOTH: Clause = Clause {
    en: "either a certificate with its key, or `self_signed`",
    ru: "либо сертификат с ключом, либо `self_signed`",
};
const NAMES_OF_FILES: Clause = Clause {
    en: "only a self-signed certificate is made for names: yours has its own",
    ru: "имена нужны только самоподписанному сертификату: в вашем они уже есть",
};
const NO_CERTIFICATE: Clause = Clause {
    en: "no certificate in PEM: `-----BEGIN CERTIFICATE-----`",
    ru: "здесь нет сертификата в PEM: `-----BEGIN CERTIFICATE-----`",
};
const NO_KEY: Clause = Clause {
    en: "no key in PEM without a password: `-----BEGIN PRIVATE KEY-----`",
    ru: "здесь нет ключа в PEM без пароля: `-----BEGIN PRIVATE KEY-----`",
};
const OTHER_KEY: Clause = Clause {
    en: "is not the key of the first certificate in `certificate_file`",
    ru: "это ключ не от первого сертификата в `certificate_file`",
};
