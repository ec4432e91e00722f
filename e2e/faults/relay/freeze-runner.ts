// Keeps today's runner for the servers to come: node e2e/faults/relay/freeze-runner.ts, as the last commit before the protocol's
// version is raised. What is frozen is never made again.
import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { PROTOCOL_VERSION } from "../../../packages/shared/src/protocol/version.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const outdir = path.join(import.meta.dirname, "fixtures", `runner-v${PROTOCOL_VERSION}`);
if (existsSync(outdir)) {
  console.error(`${outdir} is there already: the runner of protocol ${PROTOCOL_VERSION} is frozen.`);
  process.exit(1);
}
// whole, with the packages that an installed runner has in it: those of tomorrow are not its own
await build({
  absWorkingDir: root,
  entryPoints: {
    runner: path.join(import.meta.dirname, "frozen-runner.ts"),
    worker: path.join(root, "desktop-runner/src/runs/testing/fake-worker.ts"),
  },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  legalComments: "none",
  platform: "node",
  format: "esm",
  target: "node24",
  external: ["playwright-core"],
  alias: { "@deskhand/shared": path.join(root, "packages/shared/src") },
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
});
console.log(`The runner of protocol ${PROTOCOL_VERSION} is in ${outdir}.`);
