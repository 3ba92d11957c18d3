//! Passwords that a format binds, however short: in URLs, and in the files that programs log in with.
//!
//! ```text
//! scheme://user:PASSWORD@host            URLs, connection strings
//! machine HOST login USER password PASSWORD      .netrc
//! //registry/:_authToken=TOKEN  :_password=BASE64  _auth=BASE64      .npmrc
//! "auths": { "registry": { "auth": "BASE64" } }      Docker's config.json
//! <add key="ClearTextPassword" value="PASSWORD" />      NuGet.Config
//! ```

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::{Login, Run};
use crate::stretch::around;

/// The longest user name and password together, in bytes.
const LONGEST: usize = 512;
/// How far behind a word its values may stand, in bytes.
const FAR: usize = 2048;

/// What ends the scheme of a URL.
const SCHEME: &[u8] = b"://";

/// Words that only such files hold. (Each form of a URL is told by its `@`.)
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)machine[ \t]|:_authToken=|_auth=|:_password=|"auths"|ClearTextPassword"#)
        .ok()
});

/// Adds the passwords of a text, in order. Whether it may be a file that programs log in with, or a part of
/// one, whatever else stands in it.
pub(super) fn find(bytes: &[u8], out: &mut Vec<Login>) -> bool {
    let mut file = false;
    // Symbols of C++ in binaries are full of `@`; few stand behind a scheme.
    let mut schemes = None;
    let mut last = None;
    for at in memchr::memchr_iter(b'@', bytes) {
        let schemes = schemes.get_or_insert_with(|| memmem::find_iter(bytes, SCHEME).peekable());
        while let Some(scheme) = schemes.next_if(|scheme| *scheme < at) {
            last = Some(scheme);
        }
        if last.is_some_and(|scheme| at - scheme <= LONGEST) {
            out.extend(in_url(bytes, at));
        }
    }
    if let Some(words) = WORDS.as_ref() {
        for found in words.find_iter(bytes) {
            file |= !found.as_bytes().starts_with(b"machine") || begins_line(bytes, found.start());
            in_file(bytes, found.range(), found.as_bytes(), out);
        }
    }
    out.sort_unstable_by_key(|login| login.run.start);
    out.dedup_by_key(|login| login.run.start);
    file
}

/// How far behind an `@` its host is read, in bytes.
const HOST: usize = 256;

/// Adds the passwords in URLs that show near what is new in a text.
pub(super) fn urls_since(bytes: &[u8], fresh: &[Range<usize>], out: &mut Vec<Login>) {
    for zone in around(fresh, HOST + 1, LONGEST + 1, bytes.len()) {
        let part = bytes.get(zone.clone()).unwrap_or_default();
        for at in memchr::memchr_iter(b'@', part) {
            out.extend(in_url(bytes, zone.start + at));
        }
    }
    out.dedup_by_key(|login| login.run.start);
}

/// What ends a URL where it stands in a text.
fn ends(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | 0)
}

/// The password in front of an `@`.
fn in_url(bytes: &[u8], at: usize) -> Option<Login> {
    let from = at.saturating_sub(LONGEST);
    let head = bytes.get(from..at)?;
    if head.last().is_none_or(|byte| ends(*byte) || *byte == b':') {
        return None;
    }
    // Back to the scheme; a slash in front of the user ends the search, one in the password does not.
    let start = head
        .iter()
        .rposition(|byte| ends(*byte))
        .map_or(0, |n| n + 1);
    let url = head.get(start..)?;
    let scheme = memmem::rfind(url, SCHEME)?;
    let account = url.get(scheme + 3..)?;
    let colon = memchr::memchr(b':', account)?;
    let (user, password) = (account.get(..colon)?, account.get(colon + 1..)?);
    // `host:80/path@2` has neither.
    if user
        .iter()
        .any(|byte| matches!(byte, b'/' | b'?' | b'#' | b'@'))
        || password
            .iter()
            .any(|byte| matches!(byte, b'/' | b'?' | b'#'))
        || memchr::memchr(b'@', host(bytes.get(at + 1..)?)).is_some()
    {
        return None;
    }
    let name = url.get(..scheme)?;
    let name = name.rsplit(|byte| !is_scheme(*byte)).next()?;
    let label = label(name)?;
    if !may_be_account(user, password) || !is_far(host(bytes.get(at + 1..)?)) {
        return None;
    }
    let start = from + start + scheme + 3 + colon + 1;
    Some(Login {
        run: Run { start, end: at },
        label,
    })
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// What begins behind the `@`, up to a slash.
fn host(tail: &[u8]) -> &[u8] {
    let tail = tail.get(..tail.len().min(HOST)).unwrap_or_default();
    let end = tail
        .iter()
        .position(|byte| ends(*byte) || matches!(byte, b'/' | b'?' | b'#' | b',' | b')' | b';'));
    tail.get(..end.unwrap_or(tail.len())).unwrap_or_default()
}

/// The kind of service that a scheme reaches (RFC 3986, section 3.1, and the manuals of the services).
fn label(scheme: &[u8]) -> Option<&'static str> {
    let scheme = scheme.to_ascii_lowercase();
    // `postgresql+asyncpg`, `mongodb+srv`, `git+https`.
    let base = scheme.split(|byte| *byte == b'+').next()?;
    let last = scheme.rsplit(|byte| *byte == b'+').next()?;
    Some(match base {
        b"postgres" | b"postgresql" | b"postgis" | b"redshift" | b"cockroachdb"
        | b"timescaledb" => "postgres",
        b"mysql" | b"mysqlx" | b"mariadb" | b"mysql2" => "mysql",
        b"mongodb" => "mongodb",
        b"redis" | b"rediss" | b"valkey" | b"valkeys" => "redis",
        b"amqp" | b"amqps" | b"rabbitmq" => "amqp",
        b"smtp" | b"smtps" | b"imap" | b"imaps" | b"pop3" | b"pop3s" | b"mail" => "mail",
        b"ftp" | b"ftps" | b"sftp" | b"ftpes" => "ftp",
        b"ldap" | b"ldaps" => "ldap",
        b"mssql" | b"sqlserver" | b"oracle" | b"clickhouse" | b"clickhouses" | b"neo4j"
        | b"neo4js" | b"bolt" | b"couchbase" | b"couchdb" | b"couchdbs" | b"cassandra"
        | b"nats" | b"tls" | b"elasticsearch" | b"es" | b"influxdb" | b"snowflake" | b"trino"
        | b"presto" | b"db2" | b"hive" | b"kafka" | b"stomp" | b"mqtt" | b"mqtts"
        | b"ibm_db_sa" | b"databricks" | b"libsql" | b"surrealdb" | b"arangodb" | b"memcached"
        | b"vertica" | b"firebird" => "database",
        _ => match last {
            b"http" | b"https" | b"ws" | b"wss" | b"svn" | b"ssh" | b"socks5" | b"socks5h"
            | b"socks4" | b"proxy" | b"rtsp" | b"rtsps" | b"rtmp" | b"rtmps" | b"webdav"
            | b"davs" | b"dav" | b"smb" | b"cifs" | b"vnc" | b"rdp" | b"telnet" | b"git" => "http",
            _ => return None,
        },
    })
}

/// Whether these are a user and a password, and not the parts of a pattern, a template or an example.
fn may_be_account(user: &[u8], password: &[u8]) -> bool {
    (4..=LONGEST / 2).contains(&password.len())
        && !is_template(user)
        && !is_template(password)
        && !password.eq_ignore_ascii_case(user)
        && !is_host(user, password)
}

/// Whether these are a host and its port, before what looks like another host: `//site.com:9003@other.com`.
fn is_host(user: &[u8], password: &[u8]) -> bool {
    let label = user.rsplit(|b| *b == b'.').next().unwrap_or_default();
    user.len() > label.len()
        && matches!(
            label,
            b"com" | b"org" | b"net" | b"io" | b"dev" | b"local" | b"app" | b"cn"
        )
        && password.len() <= 5
        && password.iter().all(u8::is_ascii_digit)
}

/// Whether something else is to stand in a text's place.
fn is_template(text: &[u8]) -> bool {
    let odd = |byte: &u8| b"{}[]()|*^".contains(byte);
    let starts: [&[u8]; 5] = [b"$", b"%s", b"%v", b"%(", b":"];
    text.iter().any(odd)
        || starts.iter().any(|start| text.starts_with(start))
        || memmem::find(text, b"...").is_some()
        // «slots», as in the examples of rules.
        || memmem::find(text, "«".as_bytes()).is_some()
        || text.len() > 1 && text.iter().all(|byte| Some(byte) == text.first())
}

/// Whether a host is one that others can reach: not this machine, not one of an example.
fn is_far(host: &[u8]) -> bool {
    let lower = host.to_ascii_lowercase();
    let name = lower.split(|byte| *byte == b':').next().unwrap_or_default();
    if name.len() < 2
        || !name
            .first()
            .is_some_and(|byte| byte.is_ascii_alphanumeric())
    {
        return false;
    }
    if !name
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    {
        return false;
    }
    // RFC 2606, and what documentation is full of.
    let examples: [&[u8]; 14] = [
        b"example.com",
        b"example.org",
        b"example.net",
        b"example.edu",
        b".example",
        b".test",
        b".invalid",
        b".localhost",
        b"domain.com",
        b"myhost.com",
        b"yourhost.com",
        b"host.com",
        b"server.com",
        b"foo.com",
    ];
    let named: [&[u8]; 8] = [
        b"localhost",
        b"0.0.0.0",
        b"example",
        b"host",
        b"hostname",
        b"myhost",
        b"server",
        b"sha256",
    ];
    !examples.iter().any(|end| name.ends_with(end))
        && !named.contains(&name)
        && !name.starts_with(b"127.")
        // A name without a dot is a container or a machine beside this one.
        && memchr::memchr(b'.', name).is_some()
}

/// The passwords that a word of a file leads to.
fn in_file(bytes: &[u8], word: Range<usize>, text: &[u8], out: &mut Vec<Login>) {
    let end = bytes.len().min(word.end + FAR);
    let tail = bytes.get(word.end..end).unwrap_or_default();
    let mut add = |span: Range<usize>, label| {
        if is_template(tail.get(span.clone()).unwrap_or_default()) {
            return;
        }
        out.push(Login {
            run: Run {
                start: word.end + span.start,
                end: word.end + span.end,
            },
            label,
        });
    };
    match text {
        b":_authToken=" => {
            if let Some(span) = line_value(tail) {
                add(span, "npmrc-token");
            }
        }
        b"_auth=" | b":_password=" => {
            let known = text.starts_with(b":")
                || bytes
                    .get(..word.start)
                    .is_some_and(|head| head.ends_with(b":"))
                || begins_line(bytes, word.start);
            if let Some(span) = line_value(tail).filter(|_| known) {
                add(span, "npmrc");
            }
        }
        b"ClearTextPassword" => {
            if let Some(span) = attribute(tail) {
                add(span, "nuget");
            }
        }
        b"\"auths\"" => docker(tail, &mut |span| add(span, "docker")),
        _ if begins_line(bytes, word.start) => {
            if let Some(span) = netrc(tail) {
                add(span, "netrc");
            }
        }
        _ => {}
    }
}

/// Whether nothing but blanks and quotes stands before a place in its line.
fn begins_line(bytes: &[u8], at: usize) -> bool {
    let head = bytes.get(at.saturating_sub(64)..at).unwrap_or_default();
    let line = head
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'');
    line.iter().all(blank) || memmem::find(line, b"echo").is_some()
}

/// What stands up to the end of the line or a blank.
fn line_value(tail: &[u8]) -> Option<Range<usize>> {
    let quote = usize::from(matches!(tail.first(), Some(b'"' | b'\'')));
    let rest = tail.get(quote..)?;
    let end = rest
        .iter()
        .position(|byte| ends(*byte))
        .unwrap_or(rest.len());
    (end >= 8).then_some(quote..quote + end)
}

/// The value of the XML attribute `value` behind its key.
fn attribute(tail: &[u8]) -> Option<Range<usize>> {
    let tail = tail.get(..tail.len().min(64 + LONGEST))?;
    let rest = tail.strip_prefix(b"\"")?;
    let name = memmem::find(rest, b"value")?;
    let open = name + 5 + memchr::memchr(b'"', rest.get(name + 5..)?)? + 1;
    let end = open + memchr::memchr(b'"', rest.get(open..)?)?;
    let gap = rest.get(..name)?;
    (gap.iter().all(u8::is_ascii_whitespace) && end - open >= 4).then_some(open + 1..end + 1)
}

/// The `auth` of each registry: base64 of a user and a password.
fn docker(tail: &[u8], add: &mut dyn FnMut(Range<usize>)) {
    // Down to the bracket that closes the object.
    let mut depth = 0usize;
    let end = tail.iter().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => return false,
        }
        depth == 0
    });
    let object = tail.get(..end.unwrap_or(tail.len())).unwrap_or_default();
    for at in memmem::find_iter(object, b"\"auth\"") {
        let rest = object.get(at + 6..).unwrap_or_default();
        let sign = |byte: &u8| byte.is_ascii_whitespace() || *byte == b':';
        let skipped = rest.iter().take_while(|byte| sign(byte)).count();
        if rest.get(skipped) != Some(&b'"') {
            continue;
        }
        let start = at + 6 + skipped + 1;
        let value = object.get(start..).unwrap_or_default();
        if let Some(length) = memchr::memchr(b'"', value)
            && length >= 8
        {
            add(start..start + length);
        }
    }
}

/// The password of an entry: words in pairs up to the next entry.
fn netrc(tail: &[u8]) -> Option<Range<usize>> {
    let tail = tail.get(..tail.len().min(LONGEST))?;
    let gap = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
    let mut at = 0;
    let mut word = || {
        let rest = tail.get(at..)?;
        let start = at + rest.iter().position(|byte| !gap(*byte))?;
        let rest = tail.get(start..)?;
        at = start
            + rest
                .iter()
                .position(|byte| gap(*byte))
                .unwrap_or(rest.len());
        Some(start..at)
    };
    let text = |span: Range<usize>| tail.get(span).unwrap_or_default();
    if !is_far(text(word()?)) {
        return None;
    }
    loop {
        match text(word()?) {
            b"login" | b"account" => {
                word()?;
            }
            b"password" => {
                let span = word()?;
                return Some(span);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::string_slice)]
mod tests {
    use super::*;

    /// The passwords of a text in which `{pw}` is one and `{b64}` another in base64.
    fn found(text: &str) -> Vec<(&'static str, String)> {
        let text = text
            .replace("{pw}", "kiwi77")
            .replace("{b64}", "Ym90Omtpd2k3Nw==");
        let mut out = Vec::new();
        find(text.as_bytes(), &mut out);
        out.iter()
            .map(|login| (login.label, text[login.run.start..login.run.end].to_owned()))
            .collect()
    }

    #[test]
    fn passwords_stand_in_urls() {
        for (text, label, password) in [
            (
                "DB=postgres://app:{pw}@db.acme.io:5432/x",
                "postgres",
                "kiwi77",
            ),
            (
                "'mysql+pymysql://a:{pw}%40@sql.acme.io/x'",
                "mysql",
                "kiwi77%40",
            ),
            ("redis://:{pw}@cache.acme.io:6379", "redis", "kiwi77"),
            (
                "git+https://bot:{pw}@1@git.acme.io/x.git",
                "http",
                "kiwi77@1",
            ),
            ("(ftp://u:{pw}@ftp.acme.io)", "ftp", "kiwi77"),
        ] {
            assert_eq!(found(text), [(label, password.to_owned())], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "postgres://{pw}:{pw}@db.acme.io/x",
            "postgres://app:{pw}@localhost/x",
            "postgres://app:{pw}@db:5432/x",
            "https://user:{pw}@example.com/",
            "https://${USER}:${PASS}@acme.io/",
            "https://%s:%s@acme.io/",
            "https://{user}:{password}@acme.io/",
            "https://bot:«token»@acme.io/",
            "https://acme.io:8080/@scope/name",
            "docker://alpine:3.20@sha256:00",
            "https://acme.io/a:b@c",
            "ssh://git@acme.io:22/x",
            "http://site.com:9003@acme.io",
            "mailto:me@acme.io",
            "regex: ://[^:]+:[^@]+@acme.io",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn files_that_log_in_are_read() {
        let one = |label, password: &str| [(label, password.to_owned())];
        let text = "machine api.acme.io\n  login bot\n  password {pw}\n";
        assert_eq!(found(text), one("netrc", "kiwi77"));
        let text = "machine api.acme.io login bot password {pw}";
        assert_eq!(found(text), one("netrc", "kiwi77"));
        assert_eq!(found("the machine learning login password rules"), []);
        let text = "//npm.acme.io/:_authToken={pw}{pw}";
        assert_eq!(found(text), one("npmrc-token", "kiwi77kiwi77"));
        let text = "//npm.acme.io/:_password={b64}";
        assert_eq!(found(text), one("npmrc", "Ym90Omtpd2k3Nw=="));
        let text = r#"{"auths": {"acme.io": {"auth": "{b64}"}}, "auth": "no-no-no-no"}"#;
        assert_eq!(found(text), one("docker", "Ym90Omtpd2k3Nw=="));
        let text = r#"<add key="ClearTextPassword" value="{pw}" />"#;
        assert_eq!(found(text), one("nuget", "kiwi77"));
        assert_eq!(found("//npm.acme.io/:_authToken=${NPM_TOKEN}"), []);
    }
}
