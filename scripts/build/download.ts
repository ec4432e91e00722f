import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildStep, type StepReport } from "./step.ts";
import { packTar } from "./tar.ts";

const root = path.resolve(import.meta.dirname, "../..");
const output = path.join(root, "dist/download/deskhand.tgz");
const runner = path.join(root, "desktop-runner");

/** Packs the built runner as the npm package that the server hands out, so that another machine can `npx` it from here. */
export function packRunner(report: StepReport): Promise<boolean> {
  const files = ["bin/deskhand.mjs", ...readdirSync(path.join(runner, "dist")).map((file) => `dist/${file}`)].sort();
  return buildStep(
    {
      name: "runner download",
      // dist is named by its files: folders of that name are not looked into
      inputs: ["desktop-runner/package.json", "scripts/build/download.ts", ...files.map((file) => `desktop-runner/${file}`)],
      isComplete: () => existsSync(output),
      run: () => pack(files),
    },
    report,
  );
}

async function pack(files: string[]): Promise<void> {
  const read = (file: string) => readFile(path.join(runner, file));
  const { name, version, description, license, type, bin, dependencies } = JSON.parse((await read("package.json")).toString());
  const manifest = { name, version, description, license, type, bin, dependencies, engines: { node: ">=20" } };
  const entries = await Promise.all(
    files.map(async (file) => ({ name: `package/${file}`, content: await read(file), executable: file.startsWith("bin/") })),
  );
  const archive = packTar([{ name: "package/package.json", content: Buffer.from(JSON.stringify(manifest, null, 2)) }, ...entries]);
  await mkdir(path.dirname(output), { recursive: true });
  await writeFile(`${output}.new`, archive);
  await rename(`${output}.new`, output);
}
