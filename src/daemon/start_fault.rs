//! What of the daemon could not be had, in both languages: a fault's first clause; its cause stands below it.

use std::fmt;
use std::io::ErrorKind;

use crate::domain::Language;

/// What could not be had or was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartFault {
    /// The port for agents' sound in browsers.
    Browsers,
    /// The pages' own certificate.
    Certificate {
        path: String,
    },
    DataFolder {
        path: String,
    },
    /// Another process has the node's name.
    NodeTaken {
        node: String,
    },
    Media,
    Pages,
    Rescue,
    Signalling,
    Store,
}

impl StartFault {
    pub fn text(&self, language: Language) -> String {
        match (self, language) {
            (Self::Certificate { path }, Language::En) => {
                format!("the self-signed certificate {path} (without the file another one is made)")
            }
            (Self::Certificate { path }, Language::Ru) => {
                format!("самоподписанный сертификат {path} (без этого файла создаётся другой)")
            }
            (Self::DataFolder { path }, Language::En) => format!("making {path}"),
            (Self::DataFolder { path }, Language::Ru) => format!("не создать папку {path}"),
            (Self::NodeTaken { node }, Language::En) => format!(
                "node {node} already runs on this database: end that process first, or give this one a name \
                 (daemon.node) and ports of its own"
            ),
            (Self::NodeTaken { node }, Language::Ru) => format!(
                "узел {node} уже работает с этой базой: сначала завершите тот процесс или дайте этому своё имя \
                 (daemon.node) и свои порты"
            ),
            (Self::Browsers, Language::En) => "opening the port for browsers' sound".to_owned(),
            (Self::Browsers, Language::Ru) => {
                "не открывается порт для звука браузеров (agents.toml, browser.bind)".to_owned()
            }
            (Self::Media, Language::En) => "starting the media engine".to_owned(),
            (Self::Media, Language::Ru) => "не запускается звук (media)".to_owned(),
            (Self::Pages, Language::En) => "starting the pages".to_owned(),
            (Self::Pages, Language::Ru) => "не открываются страницы (daemon.http)".to_owned(),
            (Self::Rescue, Language::En) => "rescuing open attempts".to_owned(),
            (Self::Rescue, Language::Ru) => "не закрыть попытки, оставшиеся от прошлого запуска".to_owned(),
            (Self::Signalling, Language::En) => "starting the signalling".to_owned(),
            (Self::Signalling, Language::Ru) => "не запускается сигнализация (sip)".to_owned(),
            (Self::Store, Language::En) => "opening the store".to_owned(),
            (Self::Store, Language::Ru) => "не открывается база (storage)".to_owned(),
        }
    }
}

impl fmt::Display for StartFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for StartFault {}

/// A fault in the language of the screen, as far as it is ours; what libraries say of its cause stays theirs, behind a
/// word for the most frequent ones.
pub fn told(fault: &anyhow::Error, language: Language) -> String {
    let Some(ours) = fault.downcast_ref::<StartFault>().filter(|_| language == Language::Ru) else {
        return format!("{fault:#}");
    };
    let mut causes = fault.chain().skip(1).map(ToString::to_string).collect::<Vec<_>>();
    causes.dedup();
    let io = fault.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    let gloss = io.and_then(|io| gloss(io.kind())).map(|gloss| format!(": {gloss}")).unwrap_or_default();
    let said = if causes.is_empty() { String::new() } else { format!(" ({})", causes.join(": ")) };
    format!("{}{gloss}{said}", ours.text(language))
}

fn gloss(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::AddrInUse => Some("адрес уже занят"),
        ErrorKind::AddrNotAvailable => Some("такого адреса у этой машины нет"),
        ErrorKind::ConnectionRefused => Some("в соединении отказано"),
        ErrorKind::NotFound => Some("такого файла нет"),
        ErrorKind::PermissionDenied => Some("нет прав"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_fault_at_the_start_is_told_in_the_language_of_the_screen() {
        let cause = std::io::Error::from(ErrorKind::AddrInUse);
        let fault = Err::<(), _>(cause).context(StartFault::Pages).expect_err("a fault");
        let ru = told(&fault, Language::Ru);
        assert!(ru.starts_with("не открываются страницы (daemon.http): адрес уже занят ("), "{ru}");
        assert_eq!(told(&fault, Language::En), format!("{fault:#}"));
        assert!(told(&fault, Language::En).starts_with("starting the pages: "));
    }
}
