#![allow(clippy::unwrap_used)]
use super::*;

/// The signs of a text, each as its id without `danger-` and its line.
fn of(path: &str, text: &str) -> Vec<String> {
    let found = signs(path.as_bytes(), text.as_bytes());
    let named = found.iter().map(|sign| {
        let id = sign.check.id.strip_prefix("danger-").unwrap();
        assert!(sign.severity <= Severity::Low && !sign.next.is_empty());
        assert!(
            text.get(sign.span.clone())
                .is_some_and(|span| !span.is_empty())
        );
        format!("{id}:{}", sign.line)
    });
    named.collect()
}

#[test]
fn money_moves_are_seen_in_every_client() {
    for (path, text, signs) in [
        (
            "bot.py",
            "import ccxt\nex = ccxt.binance(cfg)\nex.withdraw('BTC', 1, addr)\n",
            &["withdraw-call:3"][..],
        ),
        (
            "bot.py",
            "from binance.client import Client\nclient.withdraw(coin='BTC')\nclient.create_margin_loan(asset='BTC')\n",
            &["withdraw-call:2", "loan-call:3"],
        ),
        (
            "src/run.py",
            "async def go(self):\n    await self.exchange.withdraw(code, amount)\n    await self.exchange.transfer(code, 1, 'spot', 'swap')\n",
            &["withdraw-call:2", "transfer-call:3"],
        ),
        (
            "bot.js",
            "const ccxt = require('ccxt');\nawait kraken.withdraw('XRP', 20, address);\nawait kraken.borrowCrossMargin('USDT', 5);\n",
            &["withdraw-call:2", "loan-call:3"],
        ),
        (
            "main.go",
            "package main\nimport \"github.com/adshao/go-binance/v2\"\nfunc f() { client.NewCreateWithdrawService().Coin(\"BTC\").Do(ctx) }\n",
            &["withdraw-call:3"],
        ),
        (
            "raw.py",
            "r = requests.post(BASE + '/sapi/v1/capital/withdraw/apply', params=signed)\n",
            &["withdraw-call:1"],
        ),
        (
            "raw.py",
            "sess.post(f'{BASE}/sapi/v1/asset/transfer', params=p)\nsess.get(f'{BASE}/v5/asset/withdraw/query-record')\n",
            &["transfer-call:1"],
        ),
        (
            "run.ipynb",
            "{\"source\": [\n \"import ccxt\\n\",\n \"# ex.withdraw('BTC')\\n\",\n \"ex.withdraw('BTC', 1, a)\\n\"]}\n",
            &["withdraw-call:4"],
        ),
        (
            "Bot.cs",
            "using Binance.Net.Clients;\nvar r = await client.SpotApi.Account.WithdrawAsync(\"BTC\", a, 1);\n",
            &["withdraw-call:2"],
        ),
    ] {
        assert_eq!(of(path, text), signs, "{path}: {text}");
    }
}

#[test]
fn what_only_looks_like_a_money_move_is_none() {
    for (path, text) in [
        // A definition, and the client's own call of itself.
        (
            "client.py",
            "import ccxt\nclass A:\n    def withdraw(self, code):\n        return self.withdraw(code, 1)\n",
        ),
        (
            "binance.ts",
            "import x from 'ccxt';\nasync withdraw (code, amount) { return this.withdraw(code); }\n",
        ),
        (
            "client.go",
            "package binance\nfunc f(c *Client) { c.exchange.Withdraw(ctx) }\n",
        ),
        (
            "futures/client.go",
            "package futures\nimport \"github.com/adshao/go-binance/v2/common\"\ntype Client struct {}\nfunc NewClient() *Client { return nil }\nvar c = &tls.Config{InsecureSkipVerify: true}\n",
        ),
        (
            "A.java",
            "package org.knowm.xchange.kraken.service;\nclass A { void f() { kraken.withdraw(a); } }\n",
        ),
        // Comments, strings, documentation, tests.
        (
            "bot.py",
            "import ccxt\n# ex.withdraw('BTC')\n'''\nex.withdraw(1)\n'''\nprint('never ex.withdraw(1)')\n",
        ),
        (
            "bot.js",
            "const ccxt = require('ccxt');\n// kraken.withdraw(1)\n/* kraken.withdraw(2) */\n",
        ),
        ("README.md", "import ccxt\nex.withdraw('BTC')\n"),
        ("tests/test_bot.py", "import ccxt\nex.withdraw('BTC')\n"),
        // Contracts and lessons.
        (
            "vault.js",
            "const ccxt = require('ccxt');\nawait vault.withdraw(amount);\nawait token.transfer(to, 1);\n",
        ),
        (
            "bank.py",
            "account.withdraw(100)\nwallet.transfer(other, 5)\n",
        ),
        (
            "swap.py",
            "import ccxt\ncontract.functions.withdraw(1).transact()\nerc20.transfer(to, 1)\n",
        ),
        // Histories, lists of paths, other paths.
        (
            "raw.py",
            "requests.get(BASE + '/sapi/v1/capital/withdraw/history')\n",
        ),
        ("raw.py", "requests.get(BASE + '/api/v1/withdrawals')\n"),
        (
            "service.go",
            "r := &request{\n\tendpoint: \"/sapi/v1/capital/withdraw/apply\",\n}\n",
        ),
    ] {
        assert_eq!(of(path, text), [""; 0], "{path}: {text}");
    }
    let paths: String = (0..12)
        .map(|n| format!("P{n} = '/api/v{n}/thing'\n"))
        .collect();
    let client = format!("{paths}W = '/sapi/v1/capital/withdraw/apply'\n");
    assert_eq!(of("client.py", &client), [""; 0]);
}

#[test]
fn a_bot_api_without_a_password_is_seen() {
    let config = |address: &str, enabled: bool, password: &str| {
        format!(
            "{{\n\"api_server\": {{\n\"enabled\": {enabled},\n\"listen_ip_address\": \"{address}\",\n\"password\": \"{password}\"}}}}\n"
        )
    };
    let long = ["k7", "Qz", "p2", "Xw", "9d", "Lr"].concat();
    for (text, signs) in [
        (config("0.0.0.0", true, ""), &["open-bot-api:4"][..]),
        (
            config("0.0.0.0", true, "your_password"),
            &["open-bot-api:4"],
        ),
        (config("0.0.0.0", true, &long), &[]),
        (config("0.0.0.0", false, ""), &[]),
        (config("127.0.0.1", true, ""), &[]),
    ] {
        assert_eq!(of("user_data/config.json", &text), signs, "{text}");
    }
    let name = "FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS=0.0.0.0\n";
    assert_eq!(of(".env", name), ["open-bot-api:1"]);
    let asks = format!("{name}FREQTRADE__API_SERVER__PASSWORD={long}\n");
    assert_eq!(of(".env", &asks), [""; 0]);
    let hook = "import ccxt\n@app.post('/hook')\ndef hook():\n    ex.create_order(1)\napp.run(host='0.0.0.0', port=80)\n";
    assert_eq!(of("hook.py", hook), ["open-bot-api:5"]);
    let asks = hook.replace(
        "    ex.",
        "    if data['passphrase'] != PASS: abort(401)\n    ex.",
    );
    assert_eq!(of("hook.py", &asks), [""; 0]);
}

#[test]
fn certificates_that_nobody_checks_are_seen_at_an_exchange_only() {
    for (path, text, signs) in [
        (
            "a.py",
            "import ccxt\nex = ccxt.okx({'verify': False})\n",
            &["tls-unverified:2"][..],
        ),
        (
            "a.py",
            "requests.get('https://api.binance.com/api/v3/time', verify=False)\n",
            &["tls-unverified:1"],
        ),
        (
            "a.py",
            "requests.get('https://intranet.example.org', verify=False)\n",
            &[],
        ),
        (
            "a.py",
            "import ccxt\nclaims = jwt.decode(token, verify=False)\n",
            &[],
        ),
        (
            "a.py",
            "import ccxt\n# requests.get(url, verify=False)\n",
            &[],
        ),
        (
            "a.js",
            "const { RestClientV5 } = require('bybit-api');\nconst agent = new https.Agent({ rejectUnauthorized: false });\n",
            &["tls-unverified:2"],
        ),
        (
            "a.js",
            "require('ccxt');\nprocess.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\n",
            &["tls-unverified:2"],
        ),
        (
            "a.js",
            "require('ccxt');\nif (process.env.NODE_TLS_REJECT_UNAUTHORIZED) warn();\n",
            &[],
        ),
        (
            "a.go",
            "package main\nimport \"github.com/adshao/go-binance/v2\"\nvar c = &tls.Config{InsecureSkipVerify: true}\n",
            &["tls-unverified:3"],
        ),
        (
            "a.rs",
            "const HOST: &str = \"api.kraken.com\";\nlet c = Client::builder().danger_accept_invalid_certs(true);\n",
            &["tls-unverified:2"],
        ),
    ] {
        assert_eq!(of(path, text), signs, "{path}: {text}");
    }
}

#[test]
fn secrets_that_go_to_a_log_are_seen_whole_only() {
    for (path, text, signs) in [
        ("a.py", "print(api_secret)\n", &["secret-in-log:1"][..]),
        (
            "a.py",
            "logger.info(f\"key {API_KEY} secret {API_SECRET}\")\n",
            &["secret-in-log:1"],
        ),
        (
            "a.py",
            "logging.debug('using %s', self.config.secret_key)\n",
            &["secret-in-log:1"],
        ),
        (
            "a.js",
            "console.log(`secret: ${apiSecret}`)\n",
            &["secret-in-log:1"],
        ),
        (
            "a.js",
            "console.log('pk', privateKey);\n",
            &["secret-in-log:1"],
        ),
        (
            "a.rs",
            "println!(\"{}\", mnemonic);\n",
            &["secret-in-log:1"],
        ),
        (
            "a.go",
            "log.Printf(\"%s\", cfg.APISecret)\n",
            &["secret-in-log:1"],
        ),
        // A piece, a question, a length, a name, a word in a text.
        (
            "a.py",
            "print(api_secret[:4])\nprint(len(api_secret))\nprint(bool(api_secret))\n",
            &[],
        ),
        (
            "a.py",
            "print(\"set api_secret in .env\")\nlogger.info('no api_secret: %s', exchange)\n",
            &[],
        ),
        (
            "a.py",
            "print(mask(api_secret))\nprint(f\"{api_secret[:4]}…\")\nprint(\"{api_secret}\")\n",
            &[],
        ),
        (
            "a.py",
            "print(api_secret_name, secret_key_id, api_secret is None)\n",
            &[],
        ),
        (
            "a.js",
            "console.log(!apiSecret, apiSecret.length, apiSecret ? 'set' : 'unset')\n",
            &[],
        ),
        ("a.py", "# print(api_secret)\n", &[]),
    ] {
        assert_eq!(of(path, text), signs, "{path}: {text}");
    }
}

#[test]
fn any_bytes_are_read() {
    for text in [
        &b""[..],
        b"\"",
        b"x.withdraw(",
        b"print(f\"{api_secret",
        b"import ccxt\n.withdraw(",
        b"\xff\xfe.withdraw(\xff",
        b"{\"listen_ip_address\": \"0.0.0.0",
        b"FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS=\"",
        b"'''",
        b"/*",
        b"print(((((((((({api_secret",
    ] {
        for path in ["a.py", "a.js", "a.ipynb", "a.json", ".env", ""] {
            signs(path.as_bytes(), text);
        }
    }
}
