import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "../../..");

/** Bundles the programs of the suite: a process that starts in a blink can be killed often. @returns the folder that they are in */
export async function buildPrograms(): Promise<string> {
  const outdir = path.join(root, ".data", "faults", String(process.pid));
  const programs = ["server-process", "runner-process", "effect-worker"];
  await build({
    absWorkingDir: root,
    entryPoints: programs.map((name) => path.join(import.meta.dirname, `${name}.ts`)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    logLevel: "silent",
    packages: "external",
    // the points of the server are found by the names of functions
    minify: false,
    alias: { "@deskhand/shared": path.join(root, "packages/shared/src"), "@": path.join(root, "src") },
  });
  return outdir;
}
