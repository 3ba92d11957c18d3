//! Functions and classes that take a secret at a place of their own, of the libraries that people sign, encrypt and
//! log in with: the argument is one, though nothing says so.

use super::name::{Kind, Named};

/// The callee's last names, the position of the secret, and what it is. Sources: the documentation of Python's `hmac`
/// and PyCryptodome, Node's `crypto`, PHP's `hash_hmac` and `openssl_encrypt`, Java's and .NET's standard libraries,
/// Apache HttpClient, PyJWT, jsonwebtoken, java-jwt, jjwt, golang-jwt, ruby-jwt, php-jwt, CryptoJS and Azure.Identity.
const CALLS: [(&str, usize, Kind); 42] = [
    ("aes.new", 0, Kind::ApiKey),
    ("des.new", 0, Kind::ApiKey),
    ("des3.new", 0, Kind::ApiKey),
    ("arc4.new", 0, Kind::ApiKey),
    ("blowfish.new", 0, Kind::ApiKey),
    ("secretkeyspec", 0, Kind::ApiKey),
    ("hmac.new", 0, Kind::Secret),
    ("createhmac", 1, Kind::Secret),
    ("hash_hmac", 2, Kind::Secret),
    ("hmacsha1", 0, Kind::Secret),
    ("hmacsha256", 0, Kind::Secret),
    ("hmacsha512", 0, Kind::Secret),
    ("cryptojs.hmacsha256", 1, Kind::Secret),
    ("cryptojs.hmacsha512", 1, Kind::Secret),
    ("hmac256", 0, Kind::Secret),
    ("hmac384", 0, Kind::Secret),
    ("hmac512", 0, Kind::Secret),
    ("hmacshakeyfor", 0, Kind::Secret),
    ("symmetricsecuritykey", 0, Kind::Secret),
    ("signwith", 1, Kind::Secret),
    ("signedstring", 0, Kind::Secret),
    ("setsigningkey", 0, Kind::Secret),
    ("jwt.sign", 1, Kind::Secret),
    ("jwt.verify", 1, Kind::Secret),
    ("jwt.encode", 1, Kind::Secret),
    ("jwt.decode", 1, Kind::Secret),
    ("jsonwebtoken.sign", 1, Kind::Secret),
    ("createcipheriv", 1, Kind::ApiKey),
    ("createdecipheriv", 1, Kind::ApiKey),
    ("createcipher", 1, Kind::ApiKey),
    ("createdecipher", 1, Kind::ApiKey),
    ("openssl_encrypt", 2, Kind::ApiKey),
    ("openssl_decrypt", 2, Kind::ApiKey),
    ("aes.encrypt", 1, Kind::ApiKey),
    ("aes.decrypt", 1, Kind::ApiKey),
    ("networkcredential", 1, Kind::Password),
    ("usernamepasswordcredentials", 1, Kind::Password),
    ("passwordauthentication", 1, Kind::Password),
    ("httpbasicauth", 1, Kind::Password),
    ("setbasicauth", 1, Kind::Password),
    ("clientcredential", 1, Kind::Secret),
    ("clientsecretcredential", 2, Kind::Secret),
];

/// What the argument at a position of a call is; none when the function is not known to take a secret there.
pub(super) fn takes(callee: &[u8], index: usize) -> Option<Named> {
    let callee = callee.to_ascii_lowercase();
    // `JWT::encode`, `Jwts.builder().signWith`, `-u` of curl.
    let callee: Vec<u8> = callee
        .split(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(&b'.');
    let (_, _, kind) = CALLS.iter().find(|(name, position, _)| {
        *position == index
            && callee
                .strip_suffix(name.as_bytes())
                .is_some_and(|head| head.last().is_none_or(|joint| *joint == b'.'))
    })?;
    Some(Named {
        kind: *kind,
        clear: true,
    })
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn arguments_are_told_by_their_function() {
        for (callee, index, taken) in [
            ("AES.new", 0, true),
            ("crypto.createHmac", 1, true),
            ("crypto.createHmac", 0, false),
            (".signWith", 1, true),
            ("JWT::encode", 1, true),
            ("jwt.encode", 0, false),
            ("Base64.encode", 1, false),
            ("CryptoJS.AES.encrypt", 1, true),
            ("NetworkCredential", 1, true),
            ("MyNetworkCredential", 1, false),
            ("", 0, false),
        ] {
            assert_eq!(takes(callee.as_bytes(), index).is_some(), taken, "{callee}");
        }
    }
}
