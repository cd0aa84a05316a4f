//! Secrets come from a variable or a file, never from the configuration itself.

use std::fs;
use std::path::Path;

use secrecy::SecretString;

use super::read::{Mistake, Noted, Section, Value};

/// A secret that only who places calls or speaks to other systems needs: absent where it is not to be had and the
/// reading spares secrets. As [`secret`] otherwise.
pub fn secret_of_calls(section: &Section<'_>, key: &str) -> Result<Option<SecretString>, Noted> {
    if !section.reading().spares_secrets() || section.has(key) {
        return secret(section, key);
    }
    let [by_variable, by_file] = [format!("{key}_env"), format!("{key}_file")];
    let read = |key: &str, read: &dyn Fn(&Section<'_>, &Value<'_>) -> Result<SecretString, Mistake>| {
        section.value(key).and_then(|value| read(section, &value).ok())
    };
    let by_variable = read(&by_variable, &from_variable);
    Ok(read(&by_file, &from_file).or(by_variable))
}

/// The secret `key`: from the variable that `key_env` names, or the file that `key_file` names. `Ok(None)`
/// when neither is there.
pub fn secret(section: &Section<'_>, key: &str) -> Result<Option<SecretString>, Noted> {
    let [by_variable, by_file] = [format!("{key}_env"), format!("{key}_file")];
    if section.has(key) {
        section.value(key);
        return Err(section.note(key, Mistake::SecretInFile));
    }
    let read = section.may(&by_variable, |value| from_variable(section, value))?;
    match section.may(&by_file, |value| from_file(section, value))? {
        Some(_) if read.is_some() => Err(section.note(&by_file, Mistake::Twice { name: key.to_owned() })),
        Some(secret) => Ok(Some(secret)),
        None => Ok(read),
    }
}

fn from_variable(section: &Section<'_>, value: &Value<'_>) -> Result<SecretString, Mistake> {
    let variable = value.text()?;
    match section.reading().variable(&variable) {
        Some(secret) if !secret.is_empty() => Ok(secret.to_owned().into()),
        _ => Err(Mistake::SecretUnset { variable }),
    }
}

/// The file's text without the newline at its end.
fn from_file(section: &Section<'_>, value: &Value<'_>) -> Result<SecretString, Mistake> {
    let file = value.text()?;
    let path = section.reading().resolve(&file);
    if open_to_all(&path) {
        return Err(Mistake::SecretOpen { file });
    }
    let text = fs::read_to_string(&path).map_err(|fault| Mistake::Unreadable { said: fault.to_string() })?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() { Err(Mistake::Empty) } else { Ok(secret.to_owned().into()) }
}

#[cfg(unix)]
fn open_to_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn open_to_all(_path: &Path) -> bool {
    false
}
