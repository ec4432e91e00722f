import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build, type Plugin, stop } from "esbuild";
import { buildStep, type StepReport } from "./step.ts";

const root = path.resolve(import.meta.dirname, "../..");
const inRoot = (...parts: string[]) => path.join(root, ...parts);

// workspaces are TypeScript that nobody builds on its own: they are inlined
const shared = { "@deskhand/shared": inRoot("packages/shared/src") };
const common = { absWorkingDir: root, bundle: true, platform: "node", format: "esm", target: "node24", logLevel: "silent" } as const;

/** src/server/main.ts to dist/server/main.mjs; packages stay in node_modules. */
export function buildServerBundle(report: StepReport): Promise<boolean> {
  const outfile = inRoot("dist/server/main.mjs");
  return buildStep(
    {
      name: "server",
      inputs: ["src/server", "packages/shared/src", "prisma/schema", "tsconfig.json", "scripts/build/bundles.ts"],
      isComplete: () => existsSync(outfile),
      run: async () => {
        await bundle({
          entryPoints: [inRoot("src/server/main.ts")],
          outfile,
          packages: "external",
          alias: { ...shared, "@": inRoot("src") },
          sourcemap: true,
        });
      },
    },
    report,
  );
}

/**
 * Packages that load Node's TLS to have it at hand (ws, xmlhttprequest-ssl) get it when they use it: it takes 5 MB, and a runner beside
 * its server does without.
 */
const tlsWhenUsed: Plugin = {
  name: "tls-when-used",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(https|tls)$/ }, ({ path: name }) => ({ path: name, namespace: "when-used" }));
    onLoad({ filter: /.*/, namespace: "when-used" }, ({ path: name }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => process.getBuiltinModule(${JSON.stringify(name)})[key] });`,
    }));
  },
};

/** What the runner's local page is made of; it lies beside the program, which reads it when somebody opens the page. */
const localPage = ["page.tsx", "page.css", "page.html", "page.svg", "signed-in.html", "not-signed-in.html"];
const localPageOutputs = ["page.js", "page.css", "page.html", "page.svg", "signed-in.html", "not-signed-in.html"];

/**
 * The runner's command line, its worker and its local page to desktop-runner/dist; only playwright-core stays outside. What commands do not share lies
 * in files of its own, so that the runner that is always on holds only what it uses.
 */
export function buildRunnerBundle(report: StepReport): Promise<boolean> {
  const outputs = {
    deskhand: "cli/main.ts",
    worker: "worker/main.ts",
    connect: "connect/main.ts",
    hardware: "hardware/main.ts",
    backup: "backup/process/main.ts",
  };
  const folder = inRoot("desktop-runner/dist");
  return buildStep(
    {
      name: "runner",
      inputs: ["desktop-runner/src", "desktop-runner/package.json", "packages/shared/src", "package-lock.json", "scripts/build/bundles.ts"],
      isComplete: () =>
        [...Object.keys(outputs).map((name) => `${name}.mjs`), ...localPageOutputs].every((file) => existsSync(path.join(folder, file))),
      run: async () => {
        const written = await bundle({
          entryPoints: Object.fromEntries(Object.entries(outputs).map(([name, file]) => [name, inRoot("desktop-runner/src", file)])),
          outdir: folder,
          outExtension: { ".js": ".mjs" },
          splitting: true,
          chunkNames: "[name]-[hash]",
          // ssh2 does without its native parts
          external: ["playwright-core", "cpu-features", "*.node"],
          alias: shared,
          plugins: [tlsWhenUsed],
          minify: true,
          legalComments: "none",
          // bundled CommonJS packages (ws, commander, ssh2) call require() and know where they are
          banner: {
            js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__dirname=import.meta.dirname;",
          },
        });
        const page = await bundle({
          entryPoints: localPage.map((file) => ({ in: inRoot("desktop-runner/src/ui/page", file), out: path.parse(file).name })),
          outdir: folder,
          platform: "browser",
          target: "es2023",
          loader: { ".html": "copy", ".svg": "copy" },
          minify: true,
          legalComments: "none",
        });
        // what an earlier build left
        const made = new Set([...written, ...page]);
        for (const file of readdirSync(folder)) if (!made.has(path.join(folder, file))) rmSync(path.join(folder, file));
      },
    },
    report,
  );
}

/** @returns the files that it wrote, absolute */
async function bundle(options: BuildOptions): Promise<Set<string>> {
  const { metafile } = await build({ ...common, ...options, metafile: true });
  const outside = Object.values(metafile.outputs).flatMap((output) => output.imports.map((used) => used.path));
  const wrong = outside.find((name) => name.startsWith("@deskhand/") || name.startsWith("@/"));
  if (wrong) throw new Error(`The bundle would import ${wrong}, which is not a package.`);
  return new Set(Object.keys(metafile.outputs).map((file) => inRoot(file)));
}

/** Ends esbuild's helper process, which otherwise lives as long as we do. */
export function endBundler(): Promise<void> {
  return stop();
}
