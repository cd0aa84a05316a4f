//! TLS to a trunk (RFC 3261 section 26.2, RFC 5922): the carrier shows who it is; we show nothing.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::sip::SipError;

/// Whose word counts for a carrier's name. Read when the first connection is made.
#[derive(Default)]
pub(in crate::sip::wire) struct Authorities(OnceCell<TlsConnector>);

impl Authorities {
    /// Greets the other side, who must prove to be `name`.
    pub async fn greet(
        &self,
        file: &Path,
        name: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, SipError> {
        let connector = self.0.get_or_try_init(async || read(file)).await?;
        let server = ServerName::try_from(name.to_owned())
            .map_err(|_| SipError::Unwritable { what: "the trunk's name in TLS" })?;
        let greeted = connector.connect(server, stream).await;
        greeted.map_err(|source| SipError::Greet { name: name.to_owned(), source })
    }
}

fn read(file: &Path) -> Result<TlsConnector, SipError> {
    let fault = |why: String| SipError::Authorities { file: file.to_owned(), why };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| fault(error.to_string()))? {
        // A bundle may hold what we don't read; what is left must be enough.
        if let Err(error) = certificate.map(|certificate| roots.add(certificate)) {
            tracing::debug!(%error, "an authority's certificate");
        }
    }
    if roots.is_empty() {
        return Err(fault("no certificate in it".to_owned()));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
