import type { Recording } from "@deskhand/shared/schemas/recording";
import { type InputValues, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";

export type SecretMask = {
  /** Whether there is anything to hide. */
  readonly needed: boolean;
  /** Hides this too from now on. */
  add(value: string): void;
  /** The text with every secret replaced, however it is usually written in JSON, addresses, forms and HTML. */
  apply(text: string): string;
};

const shown = "•••";
/** Shorter values would turn up by chance everywhere and make the text unreadable. */
const minLength = 4;

/** Hides the run's secret inputs from what the runner writes down. */
export function createSecretMask(recording: Recording, inputs: InputValues): SecretMask {
  const values = secretInputNames(recording.inputs).map((name) => (Object.hasOwn(inputs, name) ? String(inputs[name]) : ""));
  let spellings: string[] = [];
  const add = (added: readonly string[]) => {
    const long = added.filter((value) => value.length >= minLength);
    spellings = [...new Set([...spellings, ...long.flatMap(spellingsOf)])].sort((a, b) => b.length - a.length);
  };
  add(values);
  return {
    get needed() {
      return spellings.length > 0;
    },
    add: (value) => add([value]),
    apply: (text) => spellings.reduce((masked, spelling) => masked.replaceAll(spelling, shown), text),
  };
}

function spellingsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const address = encodeURIComponent(value);
  const html = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const base64 = Buffer.from(value).toString("base64");
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  return [value, json, JSON.stringify(json).slice(1, -1), address, form, html, base64];
}
