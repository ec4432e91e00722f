import { appRouter } from "./_app.ts";
import { type AnyProcedure, proceduresOf } from "./trpc.ts";

/** A procedure's place in REST. */
export type RestRoute = {
  method: string;
  /** of its path below /api/v1; parameters are in braces */
  segments: string[];
  /** where it is in the router */
  call: string[];
  procedure: AnyProcedure;
};

/** REST from the same procedures, by their `openapi` meta. */
export const restRoutes: RestRoute[] = Object.entries(proceduresOf(appRouter)).flatMap(([path, procedure]) => {
  const openapi = procedure._def.meta?.openapi;
  return openapi ? { method: openapi.method, segments: openapi.path.split("/").slice(1), call: path.split("."), procedure } : [];
});
