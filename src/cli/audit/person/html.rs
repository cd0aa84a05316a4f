//! A page in two languages. Whatever comes in is escaped: nothing of a list or a note becomes markup.

use std::fmt::Write;

use crate::domain::plain;

/// A page under construction.
#[derive(Debug)]
pub struct Html(String);

/// The same in Russian and English.
pub type Both<'a> = (&'a str, &'a str);

impl Html {
    pub fn new(title: &str) -> Self {
        let title = escape(title);
        Self(format!(
            "<!doctype html>\n<html lang=\"ru\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{title}</title><style>{STYLE}</style></head>\
             <body>\n<h1>{title}</h1>\n"
        ))
    }

    pub fn heading(&mut self, (ru, en): Both<'_>) {
        let (ru, en) = (escape(ru), escape(en));
        let _ = writeln!(self.0, "<h2>{ru} <span lang=\"en\">{en}</span></h2>");
    }

    /// A sentence in both languages.
    pub fn note(&mut self, (ru, en): Both<'_>) {
        let (ru, en) = (escape(ru), escape(en));
        let _ = writeln!(self.0, "<p>{ru}<br><span lang=\"en\">{en}</span></p>");
    }

    /// A table; says that there is nothing where there is no row.
    pub fn table(&mut self, heads: &[Both<'_>], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return self.note(("нет", "none"));
        }
        self.0 += "<table><tr>";
        for (ru, en) in heads {
            let _ = write!(self.0, "<th>{}<br><span lang=\"en\">{}</span></th>", escape(ru), escape(en));
        }
        self.0 += "</tr>\n";
        for row in rows {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
            let _ = writeln!(self.0, "<tr>{cells}</tr>");
        }
        self.0 += "</table>\n";
    }

    /// A text as it was written, folded.
    pub fn text(&mut self, title: &str, text: &str) {
        let (title, text) = (escape(title), escape(text));
        let _ = writeln!(self.0, "<details><summary>{title}</summary><pre>{text}</pre></details>");
    }

    pub fn finish(mut self) -> String {
        self.0 += "</body></html>\n";
        self.0
    }
}

const STYLE: &str = "body{font:14px/1.45 sans-serif;margin:2em;color:#111}h2{margin-top:2em}span[lang=en]{color:#555}\
    table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;\
    white-space:pre-wrap}pre{background:#f5f5f5;padding:1em;white-space:pre-wrap}@media print{details{display:block}}";

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\r' | '\t' => safe.push(c),
            c => safe.push_str(&plain(c.encode_utf8(&mut [0; 4]))),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_never_becomes_markup() {
        let bad = "<script>alert('x')</script>&\"\u{202e}";
        let mut page = Html::new(bad);
        page.heading((bad, bad));
        page.note((bad, bad));
        page.table(&[(bad, bad)], &[vec![bad.to_owned()]]);
        page.text(bad, bad);
        let page = page.finish();
        assert!(
            !page.contains("<script") && !page.contains("alert('") && !page.contains('\u{202e}'),
            "{page}"
        );
        assert_eq!(page.matches("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;").count(), 11);
    }
}
