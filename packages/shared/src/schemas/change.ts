import * as z from "zod";
import { id } from "./common.ts";

export const changeTopic = z.enum([
  "runner",
  "profile",
  "proxy",
  "workflow",
  "deployment",
  "run",
  "apiKey",
  "signingKey",
  "alert",
  "project",
]);
export type ChangeTopic = z.infer<typeof changeTopic>;

/** A hint that something changed: look again. Carries no data, so nothing is decided from it. */
export const change = z.object({ projectId: id, topic: changeTopic, id });
export type Change = z.infer<typeof change>;
