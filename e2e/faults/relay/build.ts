import { bundlePrograms } from "../../../scripts/build/programs.ts";

/** Bundles the programs of the suite: a process that starts in a blink can be killed often. @returns the folder that they are in */
export function buildPrograms(): Promise<string> {
  return bundlePrograms({ folder: import.meta.dirname, names: ["server-process", "runner-process", "effect-worker"], purpose: "faults" });
}
