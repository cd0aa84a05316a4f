//! An engine that is a server beside us: one request a sentence, one connection a request.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;

use super::EngineFault;
use super::engine::MOST_MB;
use crate::speech::{EnginePlan, HttpAddress};

/// Asks the server for one text.
pub(super) fn say(
    plan: &EnginePlan,
    address: &HttpAddress,
    body: Option<&str>,
    text: &str,
) -> Result<Vec<u8>, EngineFault> {
    let talk = |source| EngineFault::Talk { source };
    let stream = connect(plan, address).map_err(talk)?;
    let request = request(plan, address, body, text);
    let closing = stream.try_clone().map_err(talk)?;
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        scope.spawn(move || tell.send(exchange(stream, &request)).ok());
        let answer = told.recv_timeout(plan.time_limit);
        // The thread comes back at once, whatever it was waiting for.
        closing.shutdown(Shutdown::Both).ok();
        let answer = answer.map_err(|_| EngineFault::TimeOut(plan.time_limit))?.map_err(talk)?;
        if answer.len() as u64 > MOST_MB * 1_000_000 {
            return Err(EngineFault::TooMuch(MOST_MB));
        }
        body_of(answer)
    })
}

fn connect(plan: &EnginePlan, address: &HttpAddress) -> std::io::Result<TcpStream> {
    let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
    for found in (address.host.as_str(), address.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&found, plan.time_limit) {
            Ok(stream) => return Ok(stream),
            Err(fault) => last = fault,
        }
    }
    Err(last)
}

fn exchange(mut stream: TcpStream, request: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.take(MOST_MB * 1_000_000 + 1).read_to_end(&mut answer)?;
    Ok(answer)
}

/// The request's bytes. HTTP/1.0: the answer ends with the connection and comes in one piece (RFC 1945 section 7.2.2).
fn request(plan: &EnginePlan, address: &HttpAddress, body: Option<&str>, text: &str) -> Vec<u8> {
    let (method, kind, body) = match body {
        _ if address.path.contains("{text}") => ("GET", "text/plain", String::new()),
        None => ("POST", "text/plain", text.to_owned()),
        Some(body) => {
            let json = serde_json::Value::from(text).to_string();
            ("POST", "application/json", plan.fill(body).replace("{text}", &json))
        }
    };
    let path = plan.fill(&address.path).replace("{text}", &percent(text));
    let host = if address.host.contains(':') { format!("[{}]", address.host) } else { address.host.clone() };
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.0\r\nHost: {host}:{}\r\nAccept: audio/wav\r\nConnection: close\r\n\
         Content-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{body}",
        address.port
    )
    .into_bytes()
}

/// Percent-encoding of all that is not unreserved (RFC 3986 section 2.3).
fn percent(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// The body of a whole answer with status 200.
fn body_of(answer: Vec<u8>) -> Result<Vec<u8>, EngineFault> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or(EngineFault::NotHttp)?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.strip_prefix("http/1.")?.split(' ').nth(1)?.parse().ok());
    match status {
        Some(200) => {}
        Some(other) => return Err(EngineFault::Answer(other)),
        None => return Err(EngineFault::NotHttp),
    }
    let body = &answer[end + 4..];
    // A server that answers 1.0 in chunks all the same.
    if lines.any(|line| line.starts_with("transfer-encoding:") && line.ends_with("chunked")) {
        return unchunk(body).ok_or(EngineFault::NotHttp);
    }
    Ok(body.to_vec())
}

/// Joins chunks (RFC 9112 section 7.1).
fn unchunk(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line = body.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&body[..line]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        body = &body[line + 2..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend(body.get(..size)?);
        body = body.get(size.checked_add(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::Language;
    use crate::speech::EngineWay;

    fn asked(path: &str, body: Option<&str>) -> String {
        let address = HttpAddress::parse(&format!("http://localhost:5002{path}")).expect("an address");
        let way = EngineWay::Http { address: address.clone(), body: body.map(str::to_owned) };
        let plan = EnginePlan {
            language: Language::Ru,
            way,
            voice: "xenia".to_owned(),
            speed: "1".to_owned(),
            time_limit: Duration::from_secs(1),
            workers: 1,
        };
        String::from_utf8(request(&plan, &address, body, "Это «Яна»?")).expect("UTF-8")
    }

    #[test]
    fn a_text_goes_as_it_is_in_json_or_in_the_path() {
        let plain = asked("/", None);
        assert!(plain.starts_with("POST / HTTP/1.0\r\nHost: localhost:5002\r\n"), "{plain}");
        assert!(plain.ends_with("Content-Length: 18\r\n\r\nЭто «Яна»?"), "{plain}");
        let json = asked("/tts", Some(r#"{"speaker": "{voice}", "text": {text}}"#));
        assert!(json.ends_with(r#"{"speaker": "xenia", "text": "Это «Яна»?"}"#), "{json}");
        let path = asked("/say?voice={voice}&text={text}", None);
        assert!(path.starts_with("GET /say?voice=xenia&text=%D0%AD%D1%82%D0%BE%20%C2%AB"), "{path}");
    }

    #[test]
    fn only_a_whole_answer_of_200_is_a_sound() {
        let body = |answer: &str| body_of(answer.as_bytes().to_vec());
        assert_eq!(body("HTTP/1.1 200 OK\r\nA: b\r\n\r\nRIFF").unwrap(), b"RIFF");
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nRI\r\n2;x=y\r\nFF\r\n0\r\n\r\n";
        assert_eq!(body(chunked).unwrap(), b"RIFF");
        let cut = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nRI\r\n";
        assert!(matches!(body(cut), Err(EngineFault::NotHttp)));
        assert!(matches!(body("HTTP/1.0 503 Busy\r\n\r\n"), Err(EngineFault::Answer(503))));
        for odd in ["", "RIFF", "HTTP/1.0 200 OK\r\n", "SIP/2.0 200 OK\r\n\r\n", "HTTP/1.0 x\r\n\r\n"] {
            assert!(matches!(body(odd), Err(EngineFault::NotHttp)), "{odd:?}");
        }
    }
}
