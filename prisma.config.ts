import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { defineConfig } from "prisma/config";

// Prisma's CLI looks for its native schema engine, and downloads it when it is missing. This file is read before that: where
// the engine could not be downloaded, a stand-in over the WebAssembly engine from npm takes its place.
const engines = path.dirname(createRequire(import.meta.url).resolve("@prisma/engines/package.json"));
const hasNativeEngine = readdirSync(engines).some((name) => name.startsWith("schema-engine-"));
if (!hasNativeEngine) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.resolve(import.meta.dirname, "scripts/prisma/schema-engine.mjs");

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  // `generate` needs no database, and must not fail for want of one
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://deskhand@127.0.0.1:5432/deskhand" },
});
