//! A table of constructs: the value is `@VALUE@`, the names expected are the holder and, where it
//! tells, a name further out.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

const VALUE: &str = "k3yV4lu3k3yV4lu3k3yV4lu3";

fn bound(text: &str) -> (String, Binding) {
    let text = text.replace("@VALUE@", VALUE);
    let start = text.find(VALUE).unwrap();
    let binding = bind(text.as_bytes(), start..start + VALUE.len());
    (text, binding)
}

fn check(text: &str, holder: &str, outer: &[&str]) {
    let (text, binding) = bound(text);
    let names: Vec<&str> = binding
        .names
        .iter()
        .map(|n| &text[n.span.clone()])
        .collect();
    let found = binding.holder().map_or("", |n| &text[n.span.clone()]);
    assert_eq!(found, holder, "in {text}\nall names: {names:?}");
    for name in outer {
        assert!(
            names.iter().any(|n| n.contains(name)),
            "{name} missing in {text}\nall names: {names:?}"
        );
    }
}

#[test]
fn environment_files_and_shells() {
    for (text, holder) in [
        ("API_KEY=@VALUE@", "API_KEY"),
        ("export API_KEY=@VALUE@", "API_KEY"),
        ("export API_KEY='@VALUE@'", "API_KEY"),
        ("API_KEY = \"@VALUE@\"", "API_KEY"),
        ("$env:API_KEY = \"@VALUE@\"", "API_KEY"),
        ("set API_KEY=@VALUE@", "API_KEY"),
        ("setx API_KEY @VALUE@", "API_KEY"),
        ("Environment=\"API_KEY=@VALUE@\"", "API_KEY"),
        ("Environment=API_KEY=@VALUE@", "API_KEY"),
        ("ENV API_KEY @VALUE@", "API_KEY"),
        ("ENV API_KEY=@VALUE@", "API_KEY"),
        ("      - API_KEY=@VALUE@", "API_KEY"),
        ("      API_KEY: @VALUE@", "API_KEY"),
        ("${API_KEY:-@VALUE@}", "API_KEY"),
        ("bot --api-key @VALUE@", "--api-key"),
        ("bot --api-key=@VALUE@", "--api-key"),
    ] {
        let (full, binding) = bound(text);
        let found = binding.holder().map_or("", |n| &full[n.span.clone()]);
        assert!(found.ends_with(holder), "{text}: {found:?}");
    }
}

#[test]
fn assignments_in_many_languages() {
    for (text, holder) in [
        ("api_key = '@VALUE@'", "api_key"),
        ("self.api_key: str = \"@VALUE@\"", "self.api_key"),
        ("api_key: Optional[str] = \"@VALUE@\"", "api_key"),
        ("const apiKey: string = '@VALUE@';", "apiKey"),
        ("const API_KEY: &str = \"@VALUE@\";", "API_KEY"),
        ("pub const API_KEY: &'static str = \"@VALUE@\";", "API_KEY"),
        ("let key: Option<String> = Some(\"@VALUE@\".into());", "key"),
        ("let key = String::from(\"@VALUE@\");", "key"),
        ("var apiKey string = \"@VALUE@\"", "apiKey"),
        ("apiKey := \"@VALUE@\"", "apiKey"),
        (
            "private static final String API_KEY = \"@VALUE@\";",
            "API_KEY",
        ),
        ("public string ApiKey { get; set; } = \"@VALUE@\";", ""),
        ("val apiKey: String = \"@VALUE@\"", "apiKey"),
        ("char *api_key = \"@VALUE@\";", "api_key"),
        ("const char api_key[] = \"@VALUE@\";", "api_key"),
        ("std::string apiKey = \"@VALUE@\";", "apiKey"),
        ("$apiKey = '@VALUE@';", "$apiKey"),
        ("api_key <- \"@VALUE@\"", "api_key"),
        ("local apiKey = \"@VALUE@\"", "apiKey"),
        ("input string ApiKey = \"@VALUE@\";", "ApiKey"),
        ("api_key = b'@VALUE@'", "api_key"),
        ("ex.apiKey = '@VALUE@'", "ex.apiKey"),
        ("config['api_key'] = '@VALUE@'", "api_key"),
        ("#define API_KEY \"@VALUE@\"", "API_KEY"),
        ("apiKey: '@VALUE@',", "apiKey"),
        ("apiKey: \"\\\"@VALUE@\\\"\",", "apiKey"),
        ("\"apiKey\": \"@VALUE@\"", "apiKey"),
        (":api_key => '@VALUE@'", ":api_key"),
        ("'api_key' => '@VALUE@'", "api_key"),
        ("api_key: '@VALUE@'", "api_key"),
    ] {
        let (full, binding) = bound(text);
        let found = binding.holder().map_or("", |n| &full[n.span.clone()]);
        assert!(
            found.ends_with(holder.trim_start_matches([':', '$'])),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn defaults_name_what_they_stand_in_for() {
    check(
        "const k = process.env.API_KEY || '@VALUE@';",
        "process.env.API_KEY",
        &["k"],
    );
    check(
        "const k = process.env.API_KEY ?? '@VALUE@';",
        "process.env.API_KEY",
        &[],
    );
    check("k = os.getenv(\"API_KEY\", \"@VALUE@\")", "API_KEY", &["k"]);
    check(
        "k = os.environ.get('API_KEY') or '@VALUE@'",
        "API_KEY",
        &["k"],
    );
    check(
        "parser.add_argument('--api-key', default='@VALUE@')",
        "--api-key",
        &["default"],
    );
    check("viper.SetDefault(\"api_key\", \"@VALUE@\")", "api_key", &[]);
    check("define('API_KEY', '@VALUE@');", "API_KEY", &[]);
}

#[test]
fn arguments_know_their_callee_and_position() {
    let (text, binding) = bound("client = Client(\"abc\", \"@VALUE@\")");
    assert_eq!(binding.index, Some(1));
    assert!(
        binding
            .names
            .iter()
            .any(|n| n.kind == NameKind::Callee && &text[n.span.clone()] == "Client")
    );
    check(
        "new ApiCredentials(\"@VALUE@\", \"x\")",
        "",
        &["ApiCredentials"],
    );
    check(
        "c := binance.NewClient(\"@VALUE@\", \"x\")",
        "",
        &["binance.NewClient"],
    );
    check(
        "ex = ccxt.okx({'apiKey': '@VALUE@'})",
        "apiKey",
        &["ccxt.okx"],
    );
    check(
        "const ex = new ccxt.okx({\n  apiKey: '@VALUE@',\n})",
        "apiKey",
        &["ccxt.okx"],
    );
    check(
        "getExchange('bybit', '@VALUE@', 'x')",
        "bybit",
        &["bybit", "getExchange"],
    );
    check("builder.setApiKey(\"@VALUE@\")", "", &["setApiKey"]);
    check("key, secret = \"abc\", \"@VALUE@\"", "secret", &[]);
}

#[test]
fn objects_name_their_values() {
    check(
        "{\"exchange\": {\"name\": \"kraken\", \"key\": \"@VALUE@\"}}",
        "key",
        &["kraken", "exchange"],
    );
    check(
        "{\n \"bybit\": {\n  \"key\": \"@VALUE@\"\n }\n}",
        "key",
        &["bybit"],
    );
    check(
        "exchanges:\n  kraken:\n    key: @VALUE@\n",
        "key",
        &["kraken"],
    );
    check("[kraken]\nkey = @VALUE@\n", "key", &["[kraken]"]);
    check(
        "[exchange.kraken]\nkey = \"@VALUE@\"\n",
        "key",
        &["[exchange.kraken]"],
    );
    check("- name: okx\n  key: @VALUE@\n", "key", &["okx"]);
    check("# Kraken main account\nkey = @VALUE@\n", "key", &["Kraken"]);
    check(
        "if exchange == 'okx':\n    key = '@VALUE@'\n",
        "key",
        &["okx"],
    );
}

#[test]
fn names_beside_their_values() {
    check(
        "{\"name\": \"X-MBX-APIKEY\", \"value\": \"@VALUE@\"}",
        "X-MBX-APIKEY",
        &[],
    );
    check(
        "{\"value\": \"@VALUE@\", \"name\": \"X-MBX-APIKEY\"}",
        "X-MBX-APIKEY",
        &[],
    );
    check("- name: API_KEY\n  value: \"@VALUE@\"\n", "API_KEY", &[]);
    check("<add key=\"ApiKey\" value=\"@VALUE@\" />", "ApiKey", &[]);
    check("<string name=\"api_key\">@VALUE@</string>", "api_key", &[]);
    check("<key>ApiKey</key>\n<string>@VALUE@</string>", "ApiKey", &[]);
    check("body = '<ApiKey>@VALUE@</ApiKey>'", "ApiKey", &["body"]);
    check(
        "send(\"<a>\\n <b><ApiKey>@VALUE@==</ApiKey></b>\\r\\n\")",
        "ApiKey",
        &["b", "send"],
    );
    check("label = '<b>@VALUE@ is ours</b>'", "label", &[]);
    check(
        "<binance><apiKey>@VALUE@</apiKey></binance>",
        "apiKey",
        &["binance"],
    );
}

#[test]
fn rows_take_their_names_from_the_columns() {
    check(
        "exchange,api_key,secret\nokx,abc,@VALUE@\n",
        "secret",
        &["okx"],
    );
    check(
        "INSERT INTO keys (exchange, api_key, secret) VALUES ('okx', 'abc', '@VALUE@');",
        "secret",
        &["okx"],
    );
    check(
        "| name | key |\n|---|---|\n| Binance secret | @VALUE@ |\n",
        "Binance secret",
        &["key"],
    );
}

#[test]
fn strings_in_strings_and_headers() {
    check("\"api_key = \\\"@VALUE@\\\"\\n\",", "api_key", &[]);
    check(
        "curl -H 'X-MBX-APIKEY: @VALUE@' https://api.binance.com/x",
        "X-MBX-APIKEY",
        &[],
    );
    check(
        "curl -H \"Authorization: Bearer @VALUE@\"",
        "Authorization",
        &[],
    );
    check(
        "url = 'https://api.example.com/v1?api_key=@VALUE@&x=1'",
        "api_key",
        &["api.example.com"],
    );
    check("API Key: @VALUE@", "API Key", &[]);
    check("Kraken\nAPI Key:\n@VALUE@\n", "API Key", &[]);
}

#[test]
fn hostile_text_does_not_panic() {
    for text in [
        "",
        "@VALUE@",
        "\"@VALUE@",
        "((((((@VALUE@",
        ")@VALUE@",
        "=@VALUE@",
        "'''@VALUE@'''",
        "\\@VALUE@\\",
        ":@VALUE@",
        ",@VALUE@",
    ] {
        if text.contains("@VALUE@") {
            bound(text);
            bound(&format!("{}{text}", "([{\"'".repeat(500)));
            bound(&format!("{}{text}", "\n\n= : , < > | & \\ ".repeat(300)));
        }
    }
}

#[test]
fn accounts_in_urls_are_sent_to_their_host() {
    for (text, index) in [
        ("curl https://@VALUE@:x@api.acme.io/v1", Some(0)),
        ("curl https://@VALUE@@api.acme.io/v1", Some(0)),
        ("curl https://me:@VALUE@@api.acme.io/v1", Some(1)),
        ("url = \"https://me:@VALUE@@api.acme.io\"", Some(1)),
        ("url = \"https://acme.io/@VALUE@@api.acme.io\"", None),
        ("mail: me:@VALUE@@api.acme.io", None),
    ] {
        let (full, binding) = bound(text);
        let host = |n: &Name| n.kind == NameKind::Url && &full[n.span.clone()] == "api.acme.io";
        let sent = binding.names.iter().any(host);
        assert_eq!(sent, index.is_some(), "{text}");
        if sent {
            assert_eq!(binding.index, index, "{text}");
        }
    }
}

#[test]
fn what_heads_a_bracket_in_a_long_line_is_its_own_statement() {
    let before = "if(privateKey){send(privateKey)}".repeat(40);
    let (text, binding) = bound(&format!("{before};function f(a){{x=\"@VALUE@\"}}"));
    let longest = binding.names.iter().map(|n| n.span.len()).max();
    assert!(longest < Some(40), "{longest:?}");
    let names: Vec<&str> = binding
        .names
        .iter()
        .map(|n| &text[n.span.clone()])
        .collect();
    assert!(names.contains(&"function f(a)"), "{names:?}");
}

#[test]
fn a_string_in_a_long_line_is_one_wherever_the_part_begins_that_is_read() {
    let entry = "{\"id\":7,\"name\":\"one\",\"image\":\"https://acme.io/a/one.png\",\"tags\":[]},";
    for shift in 0..entry.len() {
        let before = format!("[{}{}", "1,".repeat(shift), entry.repeat(40));
        let (text, binding) = bound(&format!(
            "{before}{{\"key\":\"https://acme.io/a/@VALUE@/b\",\"c\":1}}]"
        ));
        assert!(binding.quoted, "{shift}");
        assert_eq!(
            &text[binding.value.clone()],
            &format!("https://acme.io/a/{VALUE}/b")
        );
    }
}

#[test]
fn what_stands_in_for_what_is_looked_up() {
    check(
        "let key = env::var(\"API_KEY\").unwrap_or(\"@VALUE@\".into());",
        "API_KEY",
        &["key"],
    );
    check(
        "let key = env::var(\"API_KEY\").unwrap_or_else(|_| \"@VALUE@\".to_string());",
        "API_KEY",
        &["key"],
    );
    check(
        "val key = sys.env.get(\"API_KEY\").getOrElse(\"@VALUE@\")",
        "API_KEY",
        &["key"],
    );
}

#[test]
fn names_in_rows_lists_and_tuples() {
    check(
        "INSERT INTO settings (name, value) VALUES ('api_key', '@VALUE@');",
        "api_key",
        &["settings"],
    );
    check(
        "headers:\n  X-Api-Key:\n  - @VALUE@\nuri: x",
        "X-Api-Key",
        &[],
    );
    check("headers:\n  X-Api-Key:\n    - @VALUE@\n", "X-Api-Key", &[]);
    check("{kraken, [{api_key, <<\"@VALUE@\">>}]}", "api_key", &[]);
    check("kraken key -> @VALUE@", "kraken key", &[]);
    check("kraken key → @VALUE@", "kraken key", &[]);
    check("kraken key→@VALUE@", "kraken key", &[]);
    check("Secret Key：@VALUE@", "Secret Key", &[]);
    check("密钥：@VALUE@", "密钥", &[]);
    check(
        "| venue | private key |\n|---|---|\n| kraken | @VALUE@ |",
        "private key",
        &["kraken"],
    );
    // Of several one is no more the list's than another; and a stream is no name.
    check("tags:\n  - one\n  - @VALUE@", "", &[]);
    check("account_key:\n  examples:\n    - @VALUE@\n", "", &[]);
    check("cout << \"@VALUE@\";", "", &[]);
}

#[test]
fn a_label_speaks_for_both_lines_below_it() {
    check("kraken\nq7Zx0Pn4Jm2Kd8Ws\n@VALUE@", "kraken", &[]);
    check("a label\nfirst word here\n@VALUE@", "first word here", &[]);
}

#[test]
fn a_string_is_passed_to_the_type_it_is_read_as() {
    for text in [
        "let wallet: LocalWallet = \"@VALUE@\".parse()?;",
        "let wallet = \"@VALUE@\".parse::<LocalWallet>()?;",
    ] {
        let (full, binding) = bound(text);
        let callee = binding.names.iter().find(|n| n.kind == NameKind::Callee);
        let callee = callee.map(|n| &full[n.span.clone()]);
        assert_eq!(callee, Some("LocalWallet"), "{text}");
        assert!(binding.holder().is_some(), "{text}");
    }
}

#[test]
fn halves_of_one_string() {
    let second = "Zq8rT2mW5xN7bV4cK1";
    for (text, half) in [
        (format!("CREDS = \"@VALUE@:{second}\""), Some(0)),
        (format!("CREDS = \"{second}:@VALUE@\""), Some(1)),
        (format!("CREDS={second}:@VALUE@"), Some(1)),
        (format!("URL=https://{second}:@VALUE@@host"), None),
        ("IMAGE=registry:@VALUE@".to_owned(), None),
        ("key: \"sha256:@VALUE@\"".to_owned(), None),
    ] {
        let (_, binding) = bound(&text);
        assert_eq!(binding.half, half, "{text}");
    }
}

#[test]
fn names_beside_a_value_in_one_call() {
    for (text, holder) in [
        (
            "const secret = String.fromEnvironment('BOT_SECRET', defaultValue: '@VALUE@');",
            "BOT_SECRET",
        ),
        (
            "key = 1\nsecret = text_input(\"API secret\", value=\"@VALUE@\")",
            "API secret",
        ),
        ("setattr(cfg, \"api_secret\", \"@VALUE@\")", "api_secret"),
        ("secret_entry.insert(0, \"@VALUE@\")", "secret_entry"),
        ("gh secret set API_SECRET --body \"@VALUE@\"", "API_SECRET"),
        ("Enter API Secret *@VALUE@*", "Secret"),
        ("* **Secret:** @VALUE@", "Secret"),
        ("> Secret - @VALUE@", "Secret"),
        (":Secret: ``@VALUE@``", "Secret"),
        ("def api_secret():\n    return \"@VALUE@\"", "api_secret"),
        ("exchange   key   secret\nbot   abcdef   @VALUE@", "secret"),
    ] {
        check(text, holder, &[]);
    }
}
