//! What was done that is no look into a file: exports, clicks on users and campaigns, and tries to sign in.

use axum::http::Uri;
use axum::response::Response;
use maud::{Markup, html};

use super::texts::Texts;
use super::{Acts, CampaignActLine, ExportLine, NewExport, SignInLine, SupervisionLine, UserActLine, older};
use crate::domain::{Language, SignIn};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{number, wide};
use crate::web::console::tables::files_of;
use crate::web::console::texts::Texts as Words;

/// Writes down who takes a table with people's data, CSV, before it is given.
pub(in crate::web::console) async fn given(
    viewer: &Viewer,
    shared: &Shared,
    uri: &Uri,
    text: impl AsRef<[u8]>,
) -> Result<(), Response> {
    let export = NewExport {
        who: viewer.login.clone(),
        what: uri.path().to_owned(),
        filter: uri.query().unwrap_or_default().to_owned(),
        rows: rows(text.as_ref()),
    };
    shared.console.audit.note_export.ask(export).await.map_err(Response::from)
}

/// Rows of a CSV file, without its heads.
fn rows(text: &[u8]) -> u64 {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    reader.byte_records().filter(Result::is_ok).count() as u64
}

/// `query`: what the page is asked by, which its further pages are asked by as well.
pub(super) fn exports(shown: &Acts<ExportLine>, query: &str, texts: &Texts) -> Markup {
    let body = html! {
        h2 #exports { (texts.exports) }
        table {
            thead {
                tr { th { (texts.at) } th { (texts.who) } th { (texts.file) } th { (texts.filter) } th.n { (texts.rows) } }
            }
            tbody {
                @for act in &shown.lines {
                    tr {
                        td.at { (act.at) } td { (act.who) } td { (act.what) } td { (beginning(&act.filter)) }
                        td.n { @match act.rows { Some(rows) => { (number(rows)) } None => "—" } }
                    }
                }
            }
        }
        (older(shown, "exports_before", query, texts.older_acts))
        (files_of("/audit/exports", query))
    };
    wide(texts.exports, &body)
}

/// A filter may be as long as an address: the page shows where it begins, the file all of it.
fn beginning(filter: &str) -> String {
    const SHOWN: usize = 200;
    let mut text: String = filter.chars().take(SHOWN).collect();
    if text.len() < filter.len() {
        text.push('…');
    }
    text
}

pub(super) fn supervisions(shown: &Acts<SupervisionLine>, query: &str, texts: &Texts) -> Markup {
    let body = html! {
        h2 #supervisions { (texts.supervisions) }
        table {
            thead { tr { th { (texts.at) } th { (texts.who) } th { (texts.agent) } th.n { (texts.call) } th { (texts.what) } } }
            tbody {
                @for act in &shown.lines {
                    tr {
                        td.at { (act.at) } td { (act.who) } td { (act.agent) }
                        td.n { @match act.call { Some(call) => { a href=(format!("/calls/{call}")) { (call) } } None => "—" } }
                        td { (texts.deed(act.what.code())) @if act.refused { ", " (texts.refused) } }
                    }
                }
            }
        }
        (older(shown, "supervisions_before", query, texts.older_acts))
        (files_of("/audit/supervisions", query))
    };
    wide(texts.supervisions, &body)
}

pub(super) fn users(shown: &Acts<UserActLine>, query: &str, language: Language) -> Markup {
    let (texts, words) = (Texts::of(language), Words::of(language));
    html! {
        div.card {
            h2 #users { (words.users) }
            table {
                thead { tr { th { (texts.at) } th { (texts.who) } th { (words.login) } th { (texts.what) } } }
                tbody {
                    @for act in &shown.lines {
                        tr {
                            td.at { (act.at) } td { (act.who) } td { (act.login) }
                            td {
                                (texts.deed(&act.deed))
                                @if let Some(role) = act.role { ": " (words.role_of(role)) }
                            }
                        }
                    }
                }
            }
            (older(shown, "users_before", query, texts.older_acts))
            (files_of("/audit/users", query))
        }
    }
}

pub(super) fn campaigns(shown: &Acts<CampaignActLine>, query: &str, language: Language) -> Markup {
    let (texts, words) = (Texts::of(language), Words::of(language));
    html! {
        div.card {
            h2 #campaigns { (words.campaigns) }
            table {
                thead { tr { th { (texts.at) } th { (texts.who) } th { (words.campaign) } th { (words.state) } } }
                tbody {
                    @for act in &shown.lines {
                        tr {
                            td { (act.at) } td { (act.who) } td { (act.campaign) }
                            td { (words.campaign_state(act.state)) }
                        }
                    }
                }
            }
            (older(shown, "campaigns_before", query, texts.older_acts))
            (files_of("/audit/campaigns", query))
        }
    }
}

pub(super) fn sign_ins(shown: &Acts<SignInLine>, query: &str, texts: &Texts) -> Markup {
    html! {
        div.card {
            h2 #sign-ins { (texts.sign_ins) }
            table {
                thead { tr { th { (texts.at) } th { (texts.who) } th { (texts.address) } th { (texts.what) } } }
                tbody {
                    @for act in &shown.lines {
                        tr {
                            td.at { (act.at) } td { (act.login.as_deref().unwrap_or(texts.nobodys)) } td { (act.address) }
                            td.bad[act.came_to != SignIn::In] { (texts.deed(act.came_to.code())) }
                        }
                    }
                }
            }
            (older(shown, "sign-ins_before", query, texts.older_acts))
            (files_of("/audit/sign-ins", query))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_counted_once_however_many_lines_it_has() {
        assert_eq!(rows(b"a,b\n1,2\n\"two\nlines\",3\n"), 2);
        assert_eq!((rows(b"a,b\n"), rows(b"")), (0, 0));
    }
}
