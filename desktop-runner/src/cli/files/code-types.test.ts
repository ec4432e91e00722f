import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { codeTypes, codeTypesName } from "./code-types.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "deskhand-types-"));
  await mkdir(path.join(folder, "steps"));
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  await writeFile(path.join(folder, codeTypesName), codeTypes);
  const compilerOptions = { strict: true, noEmit: true, module: "nodenext", target: "es2024", lib: ["es2024", "dom"], types: [] };
  await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.d.ts", "steps"] }));
});
afterEach(() => rm(folder, { recursive: true }));

/** The mistakes that TypeScript finds in code steps, as line and code, by the step's name. */
async function mistakesIn(steps: Record<string, string>): Promise<Record<string, string[]>> {
  await Promise.all(Object.entries(steps).map(([name, code]) => writeFile(path.join(folder, "steps", `${name}.mts`), code)));
  const compiler = path.join(root, "node_modules/typescript/bin/tsc");
  const child = spawn(process.execPath, [compiler, "--project", folder, "--pretty", "false"], { cwd: folder });
  const [out] = await Promise.all([text(child.stdout), once(child, "close")]);
  const found = [...out.matchAll(/^steps\/(\w+)\.mts\((\d+),\d+\): error (TS\d+)/gm)];
  const of = (wanted: string) => found.flatMap(([, name, line, code]) => (name === wanted ? [`${line} ${code}`] : []));
  return Object.fromEntries(Object.keys(steps).map((name) => [name, of(name)]));
}

/** The program on the page for developers that shows a code step. */
async function shown(): Promise<string> {
  const page = await readFile(path.join(root, "docs/developers.md"), "utf8");
  const found = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)]
    .map(([, code = ""]) => code)
    .find((code) => code.includes("satisfies DeskhandCode"));
  expect(found).toBeDefined();
  return found ?? "";
}

it("the types of code steps take the step that the documentation shows, and refuse what a step is not given", async () => {
  const step = await shown();
  const typed = (name: string) =>
    `export default (({ variables }) => variables.${name}.length) satisfies DeskhandCode<{ shop: string }>;\n`;
  expect(
    await mistakesIn({
      shown: step,
      misspelt: step.replace("getByRole", "getByRoll"),
      unknown: step.replace("{ page, variables }", "{ pages, variables }").replaceAll("page.", "pages."),
      none: "export default 1 satisfies DeskhandCode;\n",
      declared: typed("shop"),
      undeclared: typed("shoop"),
    }),
  ).toEqual({ shown: [], misspelt: ["2 TS2551"], unknown: ["1 TS2339"], none: ["1 TS1360"], declared: [], undeclared: ["1 TS2551"] });
});
