//! Posts outbound notifications: to the machine itself alone, since the simulator calls nobody else.

use std::net::IpAddr;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Request, Uri};

use crate::state::outbox::Outgoing;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of a notification.
pub(crate) type Report = Box<dyn Fn(&Outgoing, Result<u16, String>) + Send>;

/// Starts a thread that posts what it is given, one after the other, and tells what became of each; it ends with the
/// sender.
///
/// Source: harness-api §7, §12.21 [HUB, CORE]: one post per address, the sender does not repeat.
pub(crate) fn start(report: Report) -> std::io::Result<Sender<Outgoing>> {
    let (sender, receiver) = mpsc::channel::<Outgoing>();
    let agent = agent();
    std::thread::Builder::new()
        .name("notifications".to_owned())
        .spawn(move || {
            for outgoing in receiver {
                let result = post(&agent, &outgoing);
                report(&outgoing, result);
            }
        })?;
    Ok(sender)
}

/// Without proxies and redirects, which lead elsewhere.
fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(PATIENCE));
    config.build().into()
}

fn post(agent: &Agent, outgoing: &Outgoing) -> Result<u16, String> {
    if !is_of_this_machine(&outgoing.url) {
        return Err("not posted: only addresses of this machine are".to_owned());
    }
    let mut request = Request::post(&outgoing.url).header("content-type", "application/json");
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    let request = request
        .body(outgoing.body.to_string())
        .map_err(|error| error.to_string())?;
    let response = agent.run(request).map_err(|error| error.to_string())?;
    Ok(response.status().as_u16())
}

fn is_of_this_machine(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    uri.scheme_str() == Some("http") && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use serde_json::json;

    use super::*;

    fn outgoing(url: String) -> Outgoing {
        Outgoing {
            url,
            headers: vec![("x-shared".to_owned(), "4711".to_owned())],
            body: json!({ "eventData": {} }),
            at: 0,
        }
    }

    #[test]
    fn only_this_machine_is_called() {
        for (url, expected) in [
            ("http://127.0.0.1:7007/hook", true),
            ("http://127.8.9.1/", true),
            ("http://[::1]:7007/hook", true),
            ("http://localhost/hook", true),
            ("https://127.0.0.1/hook", false),
            ("http://example.com/", false),
            ("http://localhost.example.com/", false),
            ("http://127.0.0.1@example.com/", false),
            ("http://10.0.0.1/", false),
            ("/hook", false),
        ] {
            assert_eq!(is_of_this_machine(url), expected, "{url}");
        }
    }

    /// harness-api §12.21
    #[test]
    fn a_notification_is_posted_once_and_its_fate_told() {
        let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", receiver.local_addr().unwrap());
        let (told, fates) = mpsc::channel();
        let sender = start(Box::new(move |_, result| told.send(result).unwrap())).unwrap();
        sender.send(outgoing(url)).unwrap();
        sender.send(outgoing("http://example.com/".to_owned())).unwrap();
        let (mut stream, _) = receiver.accept().unwrap();
        let mut text = String::new();
        while !text.ends_with('}') {
            let mut bytes = [0; 1_024];
            let count = stream.read(&mut bytes).unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        stream
            .write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        assert_eq!(fates.recv().unwrap(), Ok(503));
        assert!(fates.recv().unwrap().unwrap_err().contains("this machine"));
        let text = text.to_lowercase();
        assert!(
            text.starts_with("post /hook ") && text.contains("x-shared: 4711"),
            "{text}"
        );
        assert!(text.contains("content-type: application/json"), "{text}");
        assert!(text.ends_with(r#"{"eventdata":{}}"#), "{text}");
    }
}
