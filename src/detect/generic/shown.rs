//! What is shown to anybody who loads a page or follows a link: publishable keys, tokens of one payment, signatures of
//! links.

use std::ops::Range;

/// How far before a parameter its link is read, and how far behind its value, in bytes.
const LINK: usize = 512;

/// What a shop's page shows to its visitors: a publishable key, the secret of one payment or one set-up
/// (<https://docs.stripe.com/api/payment_intents/object#payment_intent_object-client_secret>), the token of one
/// checkout at PayPal (<https://developer.paypal.com/api/nvp-soap/set-express-checkout-nvp/>).
pub(super) fn is_shown(value: &[u8]) -> bool {
    let alnum = |rest: &[u8]| rest.iter().all(u8::is_ascii_alphanumeric);
    // Of Stripe and its like; of Heartland: https://developer.heartlandpaymentsystems.com/Documentation/credential-apikeys
    let heartland = |rest: &[u8]| rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let publishable = value.strip_prefix(b"pk_").is_some_and(alnum)
        || value.strip_prefix(b"pkapi_").is_some_and(heartland);
    let once = ["pi_", "seti_", "src_", "cs_"]
        .iter()
        .any(|start| value.starts_with(start.as_bytes()))
        && memchr::memmem::find(value, b"_secret_").is_some();
    let checkout = value.strip_prefix(b"EC-").is_some_and(|rest| {
        let own = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        rest.len() == 17 && rest.iter().all(own)
    });
    publishable || once || checkout
}

/// Whether a value is the signature of a link that ends at a moment which the link tells, or opens an invitation: who
/// has the link needs nothing else, and whoever made it gave it away.
///
/// The moment stands in a parameter of its own (Qiniu, <https://developer.qiniu.com/kodo/1202/download-token>; S3,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>), or in front of the signature
/// (Alibaba's CDN, <https://www.alibabacloud.com/help/cdn/user-guide/type-a-signing>).
pub(super) fn opens_link(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let head = text.get(..name.start).unwrap_or_default();
    let joined = [&b"?"[..], b"&", b"&amp;", b"\\u0026"];
    if text.get(name.end..value.start) != Some(b"=")
        || !joined.iter().any(|sign| head.ends_with(sign))
    {
        return false;
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>(){}".contains(b);
    let before = head
        .iter()
        .rev()
        .take(LINK)
        .take_while(|b| !ends(b))
        .count();
    let link = head.get(head.len() - before..).unwrap_or_default();
    let tail = text.get(value.end..).unwrap_or_default();
    let behind = tail.iter().take(LINK).take_while(|b| !ends(b)).count();
    let tail = tail.get(..behind).unwrap_or_default();
    let own = text.get(value.clone()).unwrap_or_default();
    is_stamped(own)
        || memchr::memmem::find(link, b"qm.qq.com/").is_some()
        || tells_end(link)
        || tells_end(tail)
}

/// Whether a signature stands behind the moment that it holds until: `1581246921-0-0-…`, `1560088103_…`.
fn is_stamped(value: &[u8]) -> bool {
    let moment = value.get(..10).is_some_and(is_moment);
    moment && matches!(value.get(10), Some(b'-' | b'_'))
}

/// Ten digits of a second since 1970, in this century's first half.
fn is_moment(digits: &[u8]) -> bool {
    digits.len() == 10
        && matches!(digits.first(), Some(b'1' | b'2'))
        && digits.iter().all(u8::is_ascii_digit)
}

/// Whether one of the parameters of a link says when it ends.
fn tells_end(link: &[u8]) -> bool {
    let mut parameters = link.split(|b| matches!(b, b'?' | b'&' | b';'));
    parameters.any(|parameter| {
        let sign = memchr::memchr(b'=', parameter).unwrap_or(parameter.len());
        let (name, number) = parameter.split_at(sign);
        let name = name.to_ascii_lowercase();
        let number = number.get(1..).unwrap_or_default();
        match name.as_slice() {
            b"e" | b"exp" | b"expire" | b"expires" | b"deadline" => is_moment(number),
            b"x-amz-expires" | b"x-goog-expires" | b"x-oss-expires" => {
                !number.is_empty() && number.iter().all(u8::is_ascii_digit)
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::random::tests::{Seed, alphabets};

    #[test]
    fn what_pages_show_is_no_secret() {
        let mut seed = Seed(62);
        let upper: Vec<u8> = (b'A'..=b'Z').chain(b'0'..=b'9').collect();
        let (_, alnum) = alphabets()
            .into_iter()
            .find(|(name, _)| *name == "alnum")
            .unwrap();
        let mut drawn =
            |alphabet: &[u8], length| String::from_utf8(seed.value(alphabet, length)).unwrap();
        let (a, b, c) = (drawn(&alnum, 24), drawn(&alnum, 24), drawn(&upper, 17));
        for (value, shown) in [
            (format!("pk_{a}"), true),
            (format!("seti_{a}_secret_{b}"), true),
            (format!("pi_{a}_secret_{b}"), true),
            (format!("EC-{c}"), true),
            (format!("pkapi_cert_{a}"), true),
            (format!("skapi_cert_{a}"), false),
            (format!("pk_48216_{a}"), false),
            (format!("sk_{a}"), false),
        ] {
            assert_eq!(is_shown(value.as_bytes()), shown, "{value}");
        }
    }

    #[test]
    fn signatures_of_links_open_these_alone() {
        let drawn = String::from_utf8(Seed(63).value(b"0123456789abcdef", 32)).unwrap();
        for (text, given) in [
            ("https://cdn.example.org/a.png?e=1698434113&token=«»", true),
            ("/image/a.png?token=«»&e=1698434113\"", true),
            (
                "https://cdn.example.org/a.png?e=1698434113&amp;token=«»",
                true,
            ),
            (
                "rtmp://push.example.org/live/room?auth_key=1581246921-0-0-«»",
                true,
            ),
            ("https://dl.example.org/a.gz?key=1560088103_«»", true),
            (
                "https://qm.qq.com/cgi-bin/qm/qr?k=a&authKey=«»&noverify=0",
                true,
            ),
            ("https://s3.example.org/a?X-Amz-Expires=300&token=«»", true),
            ("https://api.example.org/orders?token=«»", false),
            ("https://api.example.org/orders?e=5&token=«»", false),
            ("expires=1698434113 token=«»", false),
            ("key=1560088103_«»", false),
        ] {
            let start = text.find("«»").unwrap();
            let text = text.replace("«»", &drawn);
            let head = &text[..start];
            let name = head.rfind(['?', '&', ';', ' ']).map_or(0, |at| at + 1);
            let sign = name + text[name..].find('=').unwrap();
            let found = opens_link(
                text.as_bytes(),
                &(name..sign),
                &(sign + 1..start + drawn.len()),
            );
            assert_eq!(found, given, "{text}");
        }
    }
}
