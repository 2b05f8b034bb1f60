/** Longest name that is judged, in characters: of a longer one the end. */
export const LONGEST_NAME = 64;

/** Last words of names that have a secret. */
const WORDS: ReadonlySet<string> = new Set(
  `password passwd passwort pwd pass passphrase passcode passkey pw psk secret token apikey apitoken apisecret accesskey
   secretkey privatekey authkey authtoken accesstoken refreshtoken credential credentials creds cookie authorization jwt
   otp pat sessionid csrf xsrf sig signature userpass pgpass auth storepass keypass`.split(/\s+/u),
);

/** Words that make a secret of a `key` behind them. */
const KEYS: ReadonlySet<string> = new Set(
  `api access secret private account shared signing sign encryption encrypt master auth license licence storage function
   webhook ssh deploy hmac app application consumer session cipher crypto aes rsa fernet jwt admin root client service
   integration ingest ingestion subscription write dd project data deployment shared_access`.split(/\s+/u),
);

/** Two last words that have a secret. */
const PAIRS: ReadonlySet<string> = new Set(
  "secret id;session id;connection string;auth code;access code;verification code;recovery code;proxy auth".split(
    ";",
  ),
);

/** Ends of names that are written as one word. */
const ENDS: readonly string[] =
  "password passwd passphrase apikey accesskey secretkey privatekey authtoken accesstoken secret token pwd".split(
    " ",
  );

/** Words behind the one that counts. */
const QUALIFIERS: ReadonlySet<string> = new Set(
  `value plain plaintext text base64 b64 raw old new current previous primary secondary default prod production dev test
   staging live data hash encoded str env user admin`.split(/\s+/u),
);

/** Names that count in a query, where elsewhere they are common. */
const QUERY_NAMES: ReadonlySet<string> = new Set("key sig code auth ticket assertion state".split(" "));

/** Names whose value is a whole line. */
const HEADERS: ReadonlySet<string> = new Set([
  "cookie",
  "set-cookie",
  "proxy-authorization",
  "authorization",
]);

/** Names of passwords: there also a plain word, or a number, is the secret. */
const PASSWORDS = /(?:password|passwd|passwort|pwd|passphrase|passcode|secret_?key)[\d_]*$/iu;

/** Part of every name that the lists here know: most words of a log have none of them. */
const MAY_COUNT =
  /pas|pw|psk|key|sec|tok|cred|auth|cook|sess|sig|otp|jwt|[cx]srf|conn|code|pat|ticket|assert|state/iu;

/** How much a name says about its value. */
export type NameKind = "none" | "secret" | "password" | "header";

/** Judges a name such as `DB_PASSWORD`, `spring.datasource.password`, `apiKey`. @param inQuery Behind `?` or `&`. */
export function kindOfName(name: string, inQuery: boolean): NameKind {
  if (!MAY_COUNT.test(name)) return "none";
  const lower = name.toLowerCase();
  if (HEADERS.has(lower.replace(/^-+/u, ""))) return "header";
  const words = wordsOf(name);
  if (PASSWORDS.test(words.join("_"))) return "password";
  return isSecret(words) || (inQuery && QUERY_NAMES.has(lower)) ? "secret" : "none";
}

/** The words of a name, in lower case, without qualifiers and numbers at its end. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .replaceAll(/([a-z\d])(?=[A-Z])/gu, "$1 ")
    .toLowerCase()
    .split(/[^a-z\d]+/u)
    .filter((word) => word !== "");
  while (words.length > 1 && isQualifier(words.at(-1) ?? "")) words.pop();
  return words.map((word) => word.replace(/\d+$/u, "") || word);
}

function isQualifier(word: string): boolean {
  return QUALIFIERS.has(word) || /^\d+$/u.test(word);
}

function isSecret(words: readonly string[]): boolean {
  const [before = "", last = ""] = words.slice(-2).length === 2 ? words.slice(-2) : ["", words[0] ?? ""];
  if (WORDS.has(last) || PAIRS.has(`${before} ${last}`)) return true;
  if (last === "key" || last === "keys") return KEYS.has(before);
  return ENDS.some((end) => last.endsWith(end));
}
