import { readFileSync } from "node:fs";

const FOLDER = new URL("../fixtures/secrets/", import.meta.url);

/** A text, and the parts of it that nobody may see. */
export interface SecretForm {
  readonly text: string;
  readonly secrets: readonly string[];
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
const DIGITS = "0123456789";
const ALPHABETS: Readonly<Record<string, string>> = {
  hex: `${DIGITS}abcdef`,
  digits: DIGITS,
  lower: `${LOWER}${DIGITS}`,
  upper: `${UPPER}234567`,
  alnum: `${UPPER}${LOWER}${DIGITS}`,
  b64: `${UPPER}${LOWER}${DIGITS}+/`,
  url: `${UPPER}${LOWER}${DIGITS}-_`,
  awskey: `${UPPER}${LOWER}${DIGITS}`,
};

/** The forms of secrets in the corpus, unfilled. */
export function readSecretForms(): readonly string[] {
  return readLines("secret-forms.txt");
}

/** The lines of the corpus that have no secret. */
export function readHarmlessLines(): readonly string[] {
  return readLines("harmless-lines.txt");
}

/** Fills a form with made-up characters: the same ones for the same seed. */
export function fillForm(form: string, seed: number): SecretForm {
  const random = randomFrom(seed);
  const filled = form
    .replaceAll("⏎", "\n")
    .replaceAll(/\{(\w+):(\d+)\}/gu, (hole, alphabet: string, length: string) => {
      const characters = ALPHABETS[alphabet];
      if (characters === undefined) throw new Error(`no alphabet of that name: ${hole}`);
      return Array.from({ length: Number(length) }, () => characters[random(characters.length)]).join("");
    });
  const secrets = [...filled.matchAll(/«([^»]*)»/gu)].map(([, secret = ""]) => secret);
  return { text: filled.replaceAll(/[«»]/gu, ""), secrets };
}

function readLines(name: string): readonly string[] {
  return readFileSync(new URL(name, FOLDER), "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

/** Numbers from 0 up to below `most`, always the same ones for a seed. */
function randomFrom(seed: number): (most: number) => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}
