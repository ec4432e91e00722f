import path from "node:path";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "../..");

type Programs = {
  /** Where their sources are. */
  folder: string;
  names: string[];
  /** Names a folder below `.data`. */
  purpose: string;
};

/** Bundles programs that a benchmark or the fault suite starts as processes of their own: in a blink, and often. @returns their folder */
export async function bundlePrograms({ folder, names, purpose }: Programs): Promise<string> {
  const outdir = path.join(root, ".data", purpose, String(process.pid));
  await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => path.join(folder, `${name}.ts`)),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    logLevel: "silent",
    packages: "external",
    // the fault suite finds its points by the names of functions
    minify: false,
    alias: { "@deskhand/shared": path.join(root, "packages/shared/src"), "@": path.join(root, "src") },
  });
  return outdir;
}
