import { ALPHANUMERIC, type CharacterSet, charactersOf, DIGITS, WORD } from "./text-reader.ts";

/**
 * A value that shows by itself that it is a secret: how it begins, and the run of characters that follows. It ends where
 * the run ends, so one look at each character finds it.
 */
export interface TokenShape {
  /** The first characters. */
  readonly lead: string;
  readonly run: CharacterSet;
  /** Shortest run; 1 to 64. */
  readonly min: number;
  /** The run has exactly `min` characters. */
  readonly isExact?: boolean;
  /** The run has a digit or, behind its first character, an upper-case letter: a plain word is no secret. */
  readonly isMixed?: boolean;
}

const HEX = charactersOf("0-9a-fA-F");
const DOTTED = charactersOf("a-zA-Z0-9_.-");
const BASE64 = charactersOf("a-zA-Z0-9+/=_-");
const TOKEN68 = charactersOf("a-zA-Z0-9+/=_.~-");
const UPPER = charactersOf("A-Z0-9");
const PATH = charactersOf("a-zA-Z0-9_/@-");
const UNQUOTED = charactersOf("a-zA-Z0-9!#$%&()*+,./:;=?@[]^_{|}~-");
const HASH = charactersOf("a-zA-Z0-9+/=.,$_-");

/** Leads that share everything else. */
function shapes(leads: string, shape: Omit<TokenShape, "lead">): readonly TokenShape[] {
  return leads.split(" ").map((lead) => ({ ...shape, lead }));
}

/** Formats from the documentation of each vendor. A lead is never so common that words begin with it, else `isMixed`. */
export const SECRET_TOKENS: readonly TokenShape[] = [
  // JSON Web Tokens and all else that is base64 of `{"`.
  { lead: "eyJ", run: TOKEN68, min: 16 },
  // HTTP authentication.
  ...shapes("Bearer bearer BEARER Basic basic Negotiate", { run: TOKEN68, min: 8, isMixed: true }).map(
    (shape) => ({ ...shape, lead: `${shape.lead} ` }),
  ),
  // Statements and settings that give a password without `=`.
  ...["IDENTIFIED BY '", "identified by '", "requirepass ", "masterauth "].map((lead) => ({
    lead,
    run: UNQUOTED,
    min: 3,
  })),
  // Large clouds: AWS, Google, Azure (its client secrets are in find-tokens.ts), Alibaba, Tencent, DigitalOcean, Yandex.
  ...shapes("AKIA ASIA ABIA ACCA AROA AIDA", { run: UPPER, min: 16, isExact: true }),
  { lead: "ABSK", run: BASE64, min: 60 },
  { lead: "bedrock-api-key-", run: BASE64, min: 30 },
  { lead: "AIza", run: WORD, min: 35 },
  { lead: "ya29.", run: DOTTED, min: 20 },
  { lead: "GOCSPX-", run: WORD, min: 20 },
  { lead: "1//0", run: WORD, min: 20 },
  { lead: "AQ.Ab8R", run: WORD, min: 20 },
  { lead: "LTAI", run: ALPHANUMERIC, min: 12, isMixed: true },
  { lead: "AKID", run: ALPHANUMERIC, min: 32 },
  ...shapes("dop_v1_ doo_v1_ dor_v1_", { run: HEX, min: 32 }),
  { lead: "AQVN", run: WORD, min: 30 },
  { lead: "t1.9eu", run: TOKEN68, min: 30 },
  // Source, packages and images.
  ...shapes("ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", { run: DOTTED, min: 20 }),
  ...shapes("glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent- glimt- gloas-", {
    run: DOTTED,
    min: 16,
  }),
  ...shapes("ATATT3 ATCTT3 ATBB", { run: TOKEN68, min: 20 }),
  ...shapes("npm_ pypi- rubygems_ dckr_pat_ dckr_oat_ CLOJARS_", { run: WORD, min: 20, isMixed: true }),
  ...shapes("AKCp cmVmdGtu", { run: ALPHANUMERIC, min: 30 }),
  ...shapes("sqp_ squ_ sqa_ bkua_ CCIPAT_ CCIPRJ_ pnu_ pul-", { run: WORD, min: 30 }),
  // Secrets, clusters and machines.
  ...shapes("hvs. hvb. hvr.", { run: WORD, min: 20 }),
  { lead: "s.", run: ALPHANUMERIC, min: 24, isExact: true, isMixed: true },
  ...shapes("dp.st. dp.pt. dp.ct. dp.sa. dp.scim. dp.audit.", { run: DOTTED, min: 30 }),
  { lead: "ops_eyJ", run: BASE64, min: 30 },
  { lead: "AGE-SECRET-KEY-1", run: UPPER, min: 40 },
  { lead: "sha256~", run: WORD, min: 40 },
  { lead: "tskey-", run: WORD, min: 16 },
  { lead: "K10", run: charactersOf("a-zA-Z0-9:"), min: 64 },
  // Chat and mail.
  ...shapes("xoxa- xoxb- xoxe- xoxe.xox xoxp- xoxr- xoxs- xoxo- xoxc- xoxd- xapp-", { run: DOTTED, min: 8 }),
  ...shapes("hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/", {
    run: PATH,
    min: 8,
  }),
  ...shapes("discord.com/api/webhooks/ discordapp.com/api/webhooks/", { run: PATH, min: 20 }),
  ...shapes("webhook.office.com/webhookb2/ outlook.office.com/webhook/", { run: PATH, min: 20 }),
  { lead: "SG.", run: DOTTED, min: 30 },
  { lead: "key-", run: HEX, min: 32 },
  { lead: "xkeysib-", run: WORD, min: 40 },
  { lead: "xsmtpsib-", run: WORD, min: 40 },
  // Payment and shops.
  ...shapes("sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ whsec_", { run: BASE64, min: 8 }),
  ...shapes("shpat_ shpca_ shppa_ shpss_ shptka_", { run: HEX, min: 32 }),
  ...shapes("sq0atp- sq0csp- sq0idp-", { run: WORD, min: 20 }),
  { lead: "EAAA", run: BASE64, min: 40 },
  { lead: "access_token$production$", run: charactersOf("a-z0-9$"), min: 30 },
  ...shapes("EZAK EZTK", { run: ALPHANUMERIC, min: 50 }),
  ...shapes("duffel_test_ duffel_live_", { run: WORD, min: 30 }),
  // Watching.
  ...shapes("glsa_ glc_", { run: BASE64, min: 30 }),
  ...shapes("sntrys_ sntryu_", { run: BASE64, min: 30 }),
  ...shapes("NRAK- NRII- NRJS- NRAL-", { run: WORD, min: 16 }),
  { lead: "dt0c01.", run: DOTTED, min: 40 },
  ...shapes("phc_ phx_ logfire_ api-", { run: ALPHANUMERIC, min: 40, isMixed: true }),
  ...shapes("sdk- mob-", { run: charactersOf("0-9a-f-"), min: 36, isExact: true }),
  { lead: "pdus+", run: charactersOf("a-zA-Z0-9_+-"), min: 16 },
  // Models.
  ...shapes("sk- sk-proj- sk-ant- sk-or-", { run: WORD, min: 20, isMixed: true }),
  ...shapes("hf_ r8_ gsk_ pplx- xai- nvapi- fw_ csk-", { run: WORD, min: 28, isMixed: true }),
  // Platforms and databases.
  ...shapes("pscale_tkn_ pscale_pw_ pscale_oauth_ sbp_ sb_secret_ napi_", { run: DOTTED, min: 20 }),
  ...shapes("nfp_ vcp_ vercel_blob_rw_ HRKU- fo1_ fm2_ fm1r_ fm1a_", { run: BASE64, min: 24 }),
  ...shapes("cfut_ cfat_ v1.0-", { run: WORD, min: 40 }),
  { lead: "dapi", run: HEX, min: 32 },
  ...shapes("lin_api_ ntn_ secret_ figd_ figu_ PMAK- CFPAT- tfp_ fio-u- aio_ shippo_live_ shippo_test_", {
    run: WORD,
    min: 24,
    isMixed: true,
  }),
  { lead: "pat", run: DOTTED, min: 60, isMixed: true },
  { lead: "sk.eyJ", run: DOTTED, min: 30 },
  { lead: "SK", run: HEX, min: 32, isExact: true },
  { lead: "EAA", run: ALPHANUMERIC, min: 60 },
  // Hashes of passwords, as crypt(3) and its successors write them.
  ...shapes("$1$ $5$ $6$ $y$ $2a$ $2b$ $2y$ $argon2id$ $argon2i$ $argon2d$ $scrypt$ $pbkdf2", {
    run: HASH,
    min: 20,
  }),
  ...shapes("{SSHA} {SHA} {SSHA512} SCRAM-SHA-256$", { run: charactersOf("a-zA-Z0-9+/=:$"), min: 20 }),
];

/** Further ways that values show themselves, which have more parts than a `TokenShape`. */
export const TELEGRAM = {
  id: DIGITS,
  shortestId: 8,
  longestId: 10,
  separator: ":",
  run: WORD,
  min: 30,
} as const;
