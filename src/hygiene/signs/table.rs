//! What the signs are, and the names they are known by: from the interfaces of ccxt, python-binance, pybit,
//! go-binance, the Node clients, and the exchanges' own pages.

use aho_corasick::AhoCorasick;

use crate::finding::Severity;
use crate::hygiene::lapse::Check;

/// Code that withdraws.
pub(super) static WITHDRAW: Check = Check {
    id: "danger-withdraw-call",
    title: "Code that withdraws funds",
    about: "The key this code runs with must be able to withdraw, so whoever gets it can send the funds away. \
            A key without that right loses trades at worst.",
};
/// Code that borrows.
pub(super) static LOAN: Check = Check {
    id: "danger-loan-call",
    title: "Code that borrows on margin",
    about: "The key this code runs with may borrow, so whoever gets it can lose more than the account holds.",
};
/// Code that moves funds between accounts.
pub(super) static TRANSFER: Check = Check {
    id: "danger-transfer-call",
    title: "Code that moves funds between accounts",
    about: "The key this code runs with reaches other wallets and sub-accounts: a sub-account of its own no \
            longer limits what a leak costs.",
};
/// A bot's API that everyone reaches.
pub(super) static OPEN_API: Check = Check {
    id: "danger-open-bot-api",
    title: "Bot API open to every network, without a password",
    about: "Whoever reaches the port steers the bot and places orders through it; no key has to leak.",
};
/// Connections to an exchange that anyone may answer.
pub(super) static TLS: Check = Check {
    id: "danger-tls-unverified",
    title: "Certificate of an exchange not checked",
    about: "Whoever stands between the bot and the exchange can pose as the exchange, and read and change what \
            is sent.",
};
/// Secrets in logs.
pub(super) static LOG: Check = Check {
    id: "danger-secret-in-log",
    title: "Secret written to a log",
    about: "Logs are kept, sent on and shown to people who should not have the key.",
};

/// All checks of this kind, by id.
pub static CHECKS: [&Check; 6] = [&LOAN, &OPEN_API, &LOG, &TLS, &TRANSFER, &WITHDRAW];

/// What must be so for a call to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// Nothing else is called so.
    Nothing,
    /// The object it is called on, or the file, is an exchange's.
    Exchange,
    /// The object it is called on is an exchange's.
    Receiver,
}

/// A kind of money move.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) check: &'static Check,
    pub(super) severity: Severity,
    pub(super) call: &'static str,
    pub(super) path: &'static str,
    pub(super) next: &'static str,
}

pub(super) static MOVES: [Move; 3] = [
    Move {
        check: &WITHDRAW,
        severity: Severity::Low,
        call: "this code calls the withdrawal of an exchange, so its key must be able to withdraw",
        path: "this code requests a withdrawal from an exchange, so its key must be able to withdraw",
        next: "Take the call out of the bot and withdraw by hand; or give it a key of its own that only withdraws, \
               with an IP list and a list of addresses, and trade with another key that can't.",
    },
    Move {
        check: &LOAN,
        severity: Severity::Low,
        call: "this code calls the margin loan of an exchange",
        path: "this code requests a margin loan from an exchange",
        next: "Borrow by hand, or set the account's limit for loans as low as the bot needs, and run it in a \
               sub-account of its own.",
    },
    Move {
        check: &TRANSFER,
        severity: Severity::Info,
        call: "this code calls the transfer between accounts of an exchange",
        path: "this code requests a transfer between accounts of an exchange",
        next: "Move funds by hand, or with a key of the main account that the bot does not have; the bot's own key \
               needs no transfer right.",
    },
];

const W: usize = 0;
const L: usize = 1;
const T: usize = 2;

/// Names of methods, each with its kind of move.
pub(super) const CALLS: &[(&str, usize, Wants)] = &[
    // ccxt, python-binance, pybit, the Node clients, XChange.
    ("withdraw", W, Wants::Exchange),
    ("withdrawWs", W, Wants::Exchange),
    ("Withdraw", W, Wants::Exchange),
    ("WithdrawAsync", W, Wants::Exchange),
    ("submitWithdraw", W, Wants::Exchange),
    ("submitWithdrawal", W, Wants::Exchange),
    ("submit_withdrawal", W, Wants::Exchange),
    ("createWithdrawal", W, Wants::Exchange),
    ("create_withdrawal", W, Wants::Exchange),
    ("applyWithdraw", W, Wants::Exchange),
    ("withdrawApply", W, Wants::Exchange),
    ("withdrawFunds", W, Wants::Exchange),
    ("withdraw_funds", W, Wants::Exchange),
    ("WithdrawFunds", W, Wants::Exchange),
    ("requestWithdrawal", W, Wants::Exchange),
    ("withdrawal_to_address", W, Wants::Exchange),
    ("coin_withdraw", W, Wants::Exchange),
    ("WithdrawCryptocurrencyFunds", W, Wants::Nothing),
    ("WithdrawFiatFunds", W, Wants::Nothing),
    ("NewCreateWithdrawService", W, Wants::Nothing),
    ("sapiPostCapitalWithdrawApply", W, Wants::Nothing),
    ("sapi_post_capital_withdraw_apply", W, Wants::Nothing),
    ("privatePostV5AssetWithdrawCreate", W, Wants::Nothing),
    ("privatePostAssetWithdrawal", W, Wants::Nothing),
    ("privatePostWithdraw", W, Wants::Nothing),
    ("private_post_withdraw", W, Wants::Nothing),
    ("create_margin_loan", L, Wants::Nothing),
    ("margin_create_loan", L, Wants::Nothing),
    ("marginLoan", L, Wants::Exchange),
    ("margin_borrow", L, Wants::Exchange),
    ("marginBorrow", L, Wants::Exchange),
    ("borrow_repay", L, Wants::Exchange),
    ("marginAccountBorrow", L, Wants::Nothing),
    ("submitMarginAccountBorrowRepay", L, Wants::Nothing),
    ("margin_account_borrow_repay", L, Wants::Nothing),
    ("NewMarginLoanService", L, Wants::Nothing),
    ("NewMarginBorrowRepayService", L, Wants::Nothing),
    ("borrowMargin", L, Wants::Exchange),
    ("borrow_margin", L, Wants::Exchange),
    ("borrowCrossMargin", L, Wants::Nothing),
    ("borrow_cross_margin", L, Wants::Nothing),
    ("borrowIsolatedMargin", L, Wants::Nothing),
    ("borrow_isolated_margin", L, Wants::Nothing),
    ("borrow_crypto_loan", L, Wants::Nothing),
    ("sapiPostMarginLoan", L, Wants::Nothing),
    ("sapi_post_margin_loan", L, Wants::Nothing),
    ("sapiPostMarginBorrowRepay", L, Wants::Nothing),
    ("sapi_post_margin_borrow_repay", L, Wants::Nothing),
    ("transfer", T, Wants::Receiver),
    ("universal_transfer", T, Wants::Exchange),
    ("make_universal_transfer", T, Wants::Nothing),
    ("user_universal_transfer", T, Wants::Nothing),
    ("submitUniversalTransfer", T, Wants::Nothing),
    ("createUniversalTransfer", T, Wants::Exchange),
    ("create_universal_transfer", T, Wants::Nothing),
    ("createInternalTransfer", T, Wants::Exchange),
    ("create_internal_transfer", T, Wants::Nothing),
    ("transfer_spot_to_margin", T, Wants::Nothing),
    ("transfer_margin_to_spot", T, Wants::Nothing),
    ("transfer_spot_to_isolated_margin", T, Wants::Nothing),
    ("transfer_isolated_margin_to_spot", T, Wants::Nothing),
    ("futures_account_transfer", T, Wants::Nothing),
    ("make_subaccount_universal_transfer", T, Wants::Nothing),
    (
        "make_subaccount_spot_to_futures_transfer",
        T,
        Wants::Nothing,
    ),
    ("sub_account_universal_transfer", T, Wants::Nothing),
    ("transferOut", T, Wants::Exchange),
    ("funds_transfer", T, Wants::Exchange),
    ("fundsTransfer", T, Wants::Exchange),
    ("NewUserUniversalTransferService", T, Wants::Nothing),
    ("NewFuturesTransferService", T, Wants::Nothing),
    ("sapiPostAssetTransfer", T, Wants::Nothing),
    ("sapi_post_asset_transfer", T, Wants::Nothing),
];

/// Paths of the exchanges' interfaces, each with its kind of move, and whether the same path also reads a
/// history, so that `POST` must stand near.
pub(super) const PATHS: &[(&str, usize, bool)] = &[
    ("/sapi/v1/capital/withdraw/apply", W, false),
    ("/wapi/v3/withdraw.html", W, false),
    ("/v5/asset/withdraw/create", W, false),
    ("/asset/v3/private/withdraw/create", W, false),
    ("/api/v5/asset/withdrawal", W, false),
    ("/api/v1/withdrawals", W, true),
    ("/api/v3/withdrawals", W, true),
    ("/0/private/Withdraw", W, false),
    ("/api/v4/withdrawals", W, true),
    ("/v2/auth/w/withdraw", W, false),
    ("/api/v2/spot/wallet/withdrawal", W, false),
    ("/v1/dw/withdraw/api/create", W, false),
    ("/openApi/wallets/v1/capital/withdraw/apply", W, false),
    ("/api/v3/capital/withdraw", W, true),
    ("/api/v3/capital/withdraw/apply", W, false),
    ("/withdrawals/crypto", W, false),
    ("/withdrawals/payment-method", W, false),
    ("/v2/assets/withdraw", W, true),
    ("/api/v1/private/withdraw", W, false),
    ("/account/v1/withdraw/apply", W, false),
    ("/v1/withdraws/coin", W, false),
    ("/v1/me/sendcoin", W, false),
    ("/sapi/v1/margin/loan", L, true),
    ("/sapi/v1/margin/borrow-repay", L, true),
    ("/v5/crypto-loan/borrow", L, false),
    ("/api/v5/account/spot-manual-borrow-repay", L, false),
    ("/api/v3/margin/borrow", L, true),
    ("/api/v1/margin/borrow", L, true),
    ("/v1/margin/orders", L, true),
    ("/sapi/v1/asset/transfer", T, true),
    ("/sapi/v1/futures/transfer", T, true),
    ("/sapi/v1/margin/transfer", T, true),
    ("/sapi/v1/sub-account/universalTransfer", T, true),
    ("/v5/asset/transfer/inter-transfer", T, false),
    ("/v5/asset/transfer/universal-transfer", T, false),
    ("/api/v5/asset/transfer", T, false),
    ("/api/v2/accounts/inner-transfer", T, false),
    ("/api/v2/accounts/sub-transfer", T, false),
    ("/api/v3/accounts/universal-transfer", T, false),
    ("/api/v4/wallet/transfers", T, true),
    ("/api/v4/wallet/sub_account_transfers", T, true),
    ("/0/private/WalletTransfer", T, false),
];

/// Objects whose `withdraw` and `transfer` are no exchange's: contracts, accounts in a lesson.
pub(super) const OTHERS: &[&str] = &[
    "contract",
    "vault",
    "token",
    "pool",
    "functions",
    "weth",
    "router",
    "staking",
    "bank",
    "program",
    "methods",
    "strategy",
    "erc20",
    "escrow",
    "bridge",
    "lending",
    "aave",
    "compound",
    "super",
    "parent",
    "self",
    "this",
    "base",
    "cls",
    "rpc",
    "mock",
    "model",
    "db",
    "repository",
];

/// Settings that turn the check of certificates off, as code without comments: in a string or not.
pub(super) const TLS_OFF: &[&str] = &[
    "verify=False",
    "verify = False",
    "verify_ssl=False",
    "verify_ssl = False",
    "ssl=False",
    "\"verify\": False",
    "'verify': False",
    "check_hostname = False",
    "_create_unverified_context",
    "ssl.CERT_NONE",
    "rejectUnauthorized: false",
    "rejectUnauthorized:false",
    "rejectUnauthorized = false",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "InsecureSkipVerify: true",
    "InsecureSkipVerify:true",
    "InsecureSkipVerify = true",
    "danger_accept_invalid_certs(true)",
    "danger_accept_invalid_hostnames(true)",
    "CURLOPT_SSL_VERIFYPEER, false",
    "CURLOPT_SSL_VERIFYPEER, 0",
    "CURLOPT_SSL_VERIFYPEER => false",
    "DangerousAcceptAnyServerCertificateValidator",
    "OpenSSL::SSL::VERIFY_NONE",
    "NoopHostnameVerifier.INSTANCE",
    "TrustAllStrategy.INSTANCE",
];

/// Functions that write for people, up to the bracket or blank that opens what they write.
pub(super) const WRITES: &[&str] = &[
    "print(",
    "pprint(",
    "println!(",
    "eprintln!(",
    "dbg!(",
    "info!(",
    "debug!(",
    "warn!(",
    "error!(",
    "trace!(",
    "console.log(",
    "console.info(",
    "console.debug(",
    "console.warn(",
    "console.error(",
    "logger.info(",
    "logger.debug(",
    "logger.warning(",
    "logger.warn(",
    "logger.error(",
    "logger.log(",
    "logger.exception(",
    "log.info(",
    "log.debug(",
    "log.warning(",
    "log.warn(",
    "log.error(",
    "logging.info(",
    "logging.debug(",
    "logging.warning(",
    "logging.error(",
    "logger().info(",
    "logger().debug(",
    "log.Print(",
    "log.Printf(",
    "log.Println(",
    "log.Fatal(",
    "log.Fatalf(",
    "fmt.Print(",
    "fmt.Printf(",
    "fmt.Println(",
    "System.out.println(",
    "System.out.print(",
    "Console.WriteLine(",
    "Console.Write(",
    "var_dump(",
    "print_r(",
    "error_log(",
    "Log.Information(",
    "Log.Debug(",
    "_logger.LogInformation(",
    "_logger.LogDebug(",
];

/// A finder of literals; none only where the table itself is at fault, which a test would show.
pub(super) fn finder<'t>(literals: impl Iterator<Item = &'t &'t str>) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .build(literals)
        .ok()
}

/// Folders of the clients' own sources: what they define, others call.
const LIBRARIES: &[&[u8]] = &[
    b"python-binance",
    b"binance-connector-python",
    b"node-binance-api",
    b"go-binance",
    b"Binance.Net",
    b"pybit",
    b"krakenex",
    b"XChange",
    b"gocryptotrader",
    b"kucoin-python",
    b"python-okx",
    b"python-bitget",
];

/// Whether a path lies in the source of a client.
pub(super) fn is_library(path: &[u8]) -> bool {
    let mut parts: Vec<&[u8]> = path.split(|byte| matches!(byte, b'/' | b'\\')).collect();
    parts.pop();
    parts.iter().any(|part| LIBRARIES.contains(part))
}
