//! The exchanges that the ways run for, and the words that stand in a text for them.

use std::sync::LazyLock;

/// One exchange.
pub(crate) struct Issuer {
    /// The id of its rule.
    pub(crate) id: &'static str,
    /// The word in code and configuration: its ccxt id.
    pub(crate) word: &'static str,
    /// The word in the name of a class.
    pub(crate) title: &'static str,
    /// The name in prose.
    pub(crate) name: &'static str,
    /// The host of its API.
    pub(crate) host: &'static str,
    /// The header that carries the key, where there is one.
    pub(crate) header: Option<&'static str>,
    /// Whether every way runs for it, or only those that say `all`.
    pub(crate) common: bool,
}

/// Id, ccxt id, class, name, host, header; below the line those that only `all` runs for.
const TABLE: &str = "
binance       binance    Binance    Binance     api.binance.com        X-MBX-APIKEY
bybit         bybit      Bybit      Bybit       api.bybit.com          X-BAPI-API-KEY
okx           okx        Okx        OKX         www.okx.com            OK-ACCESS-KEY
kucoin        kucoin     Kucoin     KuCoin      api.kucoin.com         KC-API-KEY
kraken        kraken     Kraken     Kraken      api.kraken.com         API-Key
bitget        bitget     Bitget     Bitget      api.bitget.com         ACCESS-KEY
gate          gateio     GateIo     Gate.io     api.gateio.ws          KEY
htx           htx        Htx        HTX         api.htx.com            -
mexc          mexc       Mexc       MEXC        api.mexc.com           X-MEXC-APIKEY
bitfinex      bitfinex   Bitfinex   Bitfinex    api.bitfinex.com       bfx-apikey
bitmex        bitmex     Bitmex     BitMEX      www.bitmex.com         api-key
deribit       deribit    Deribit    Deribit     www.deribit.com        -
bitmart       bitmart    Bitmart    BitMart     api-cloud.bitmart.com  X-BM-KEY
coinex        coinex     Coinex     CoinEx      api.coinex.com         X-COINEX-KEY
poloniex      poloniex   Poloniex   Poloniex    api.poloniex.com       -
gemini        gemini     Gemini     Gemini      api.gemini.com         X-GEMINI-APIKEY
phemex        phemex     Phemex     Phemex      api.phemex.com         x-phemex-access-token
bitstamp      bitstamp   Bitstamp   Bitstamp    www.bitstamp.net       -
--
coinbase-cdp  coinbase   Coinbase   Coinbase    api.coinbase.com       -
cryptocom     cryptocom  Cryptocom  Crypto.com  api.crypto.com         -
bitvavo       bitvavo    Bitvavo    Bitvavo     api.bitvavo.com        Bitvavo-Access-Key
upbit         upbit      Upbit      Upbit       api.upbit.com          -
whitebit      whitebit   Whitebit   WhiteBIT    whitebit.com           X-TXC-APIKEY
bingx         bingx      Bingx      BingX       open-api.bingx.com     X-BX-APIKEY
ascendex      ascendex   Ascendex   AscendEX    ascendex.com           x-auth-key
lbank         lbank      Lbank      LBank       api.lbkex.com          -
indodax       indodax    Indodax    INDODAX     indodax.com            -
";

/// The exchanges, in the order of the table.
pub(crate) static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
    let (common, others) = TABLE.split_once("--\n").unwrap();
    let lines =
        |table: &'static str, common| table.lines().filter_map(move |line| issuer(line, common));
    lines(common, true).chain(lines(others, false)).collect()
});

fn issuer(line: &'static str, common: bool) -> Option<Issuer> {
    let mut words = line.split_whitespace();
    Some(Issuer {
        id: words.next()?,
        word: words.next()?,
        title: words.next()?,
        name: words.next()?,
        host: words.next()?,
        header: words.next().filter(|header| *header != "-"),
        common,
    })
}

/// The exchange whose rule is called `id`.
pub(crate) fn named(id: &str) -> Option<&'static Issuer> {
    ISSUERS.iter().find(|issuer| issuer.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let gate = named("gate").unwrap();
        assert_eq!(
            (gate.word, gate.name, gate.header),
            ("gateio", "Gate.io", Some("KEY"))
        );
        assert!(gate.common && named("htx").unwrap().header.is_none());
        assert!(!named("indodax").unwrap().common && ISSUERS.len() == 27);
    }
}
