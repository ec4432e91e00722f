import { inputsToSend } from "../signing/make-manifest.ts";
import type { InputValues } from "./deployment.ts";
import type { Recording } from "./recording.ts";

/** What the server makes of a test's inputs, without the secrets, which come sealed; undefined when they do not fit the workflow. */
export function testInputs({ inputs, tests = [] }: Recording, name: string): InputValues | undefined {
  const test = tests.find((candidate) => candidate.name === name);
  const properties = Object.entries(inputs?.properties ?? {});
  const isSecret = (input: string) => inputs?.properties[input]?.writeOnly === true;
  // the declaration without its secrets: those count as given
  const plain = inputs && {
    ...inputs,
    properties: Object.fromEntries(properties.filter(([input]) => !isSecret(input))),
    required: inputs.required?.filter((input) => !isSecret(input)),
  };
  return inputsToSend(plain, test?.inputs ?? {})?.plain;
}
