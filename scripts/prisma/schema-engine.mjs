#!/usr/bin/env node
// Takes the place of Prisma's native schema engine where that could not be downloaded (see prisma.config.ts): the same
// command line, and the same JSON-RPC lines over standard input and output, answered by the WebAssembly build of the engine.
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { runDatabaseCommand } from "./database-command.mjs";
import { MigrationAdapter } from "./migration-adapter.mjs";

const args = process.argv.slice(2);
const valuesOf = (option) => args.flatMap((arg, index) => (arg === option ? [args[index + 1]] : []));
const wasmFolder = path.dirname(realpathSync(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg")));
const datasourceUrl = JSON.parse(valuesOf("--datasource")[0] ?? "{}").url;

const writeLine = (stream, value) => stream.write(`${JSON.stringify(value)}\n`);
const log = (level, fields) =>
  writeLine(process.stderr, { timestamp: new Date().toISOString(), level, fields, target: "schema_engine::logger" });

async function startEngine() {
  const wasm = readFileSync(path.join(wasmFolder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const datamodels = valuesOf("--datamodels").map((file) => [file, readFileSync(file, "utf8")]);
  return bindings.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(MigrationAdapter.fromUrl(datasourceUrl)),
  );
}

let engine;

async function answer(request) {
  engine ??= startEngine();
  const started = await engine;
  const method = request.method === "getDatabaseVersion" ? "version" : request.method;
  if (typeof started[method] !== "function") throw new Error(`The schema engine has no method ${request.method}`);
  const result = await started[method](request.params);
  if (request.method !== "diff" || result?.stdout == null) return result ?? {};
  // the native engine prints a diff by a request of its own
  writeLine(process.stdout, { jsonrpc: "2.0", id: 0, method: "print", params: { content: result.stdout } });
  return { ...result, stdout: null };
}

async function handleLine(line) {
  const request = JSON.parse(line);
  if (!request.method) return; // the answer to our `print`
  try {
    writeLine(process.stdout, { jsonrpc: "2.0", id: request.id, result: await answer(request) });
  } catch (error) {
    const data = { is_panic: false, message: error?.message ?? String(error), meta: error?.meta ?? null, error_code: error?.code ?? null };
    const message = "An error happened. Check the data field for details.";
    writeLine(process.stdout, { jsonrpc: "2.0", id: request.id, error: { code: 4466, message, data } });
  }
}

function serve() {
  // a panic inside WebAssembly never settles its promise: end with the code that the CLI knows as a panic
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message(message) {
      log("ERROR", { message: `The schema engine panicked: ${message}`, is_panic: true });
      process.exit(101);
    },
  };
  const pending = new Set();
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    if (!line.trim()) return;
    const work = handleLine(line).finally(() => pending.delete(work));
    pending.add(work);
  });
  lines.on("close", async () => {
    await Promise.allSettled(pending);
    process.exit(0);
  });
}

if (args.includes("--version")) {
  const { version } = JSON.parse(readFileSync(path.join(wasmFolder, "package.json"), "utf8"));
  console.log(`schema-engine-wasm ${version}`);
} else if (args.includes("cli")) {
  process.exitCode = await runDatabaseCommand(args[args.indexOf("cli") + 1], datasourceUrl, log);
} else {
  serve();
}
