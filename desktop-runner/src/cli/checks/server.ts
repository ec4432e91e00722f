import { runPage } from "@deskhand/shared/schemas/run";
import type { RunnerHome } from "../../identity/home.ts";
import { createApi } from "../api.ts";
import { CliError } from "../failure.ts";
import { accessFrom, type Environment, serverUrlFrom } from "../settings.ts";
import type { Check } from "./check.ts";

/** Clocks that differ by more are told, milliseconds: the Date header has whole seconds. */
const clockToleranceMs = 30_000;

export async function checkServer(env: Environment, home: RunnerHome): Promise<Check[]> {
  const serverUrl = serverUrlFrom(env, home);
  let response: Response;
  const before = Date.now();
  try {
    response = await fetch(`${serverUrl}/healthz`, { signal: AbortSignal.timeout(10_000), redirect: "manual" });
    await response.body?.cancel();
  } catch (error) {
    const code = (error as { cause?: { code?: unknown } }).cause?.code;
    return [
      {
        name: "server",
        status: "fail",
        message: `The server at ${serverUrl} cannot be reached${typeof code === "string" ? ` (${code})` : ""}.`,
        whatToDo: "Check that it is running and that the address is right (DESKHAND_URL, or `deskhand login --server URL`).",
      },
    ];
  }
  const checks: Check[] = [
    response.ok
      ? { name: "server", status: "ok", message: `The server at ${serverUrl} answers.` }
      : {
          name: "server",
          status: "warn",
          message: `The server at ${serverUrl} answers with ${response.status}.`,
          whatToDo: "Look at its log.",
        },
  ];
  const theirs = Date.parse(response.headers.get("date") ?? "");
  if (Number.isFinite(theirs)) checks.push(checkClock((before + Date.now()) / 2 - theirs));
  return checks;
}

function checkClock(differenceMs: number): Check {
  const seconds = Math.round(differenceMs / 1000);
  if (Math.abs(differenceMs) <= clockToleranceMs) return { name: "clock", status: "ok", message: "The clock agrees with the server's." };
  return {
    name: "clock",
    status: "warn",
    message: `This computer's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the server's.`,
    whatToDo: "Turn on automatic time. Deskhand works all the same; sites that check the time may not.",
  };
}

export async function checkApiKey(env: Environment, home: RunnerHome): Promise<Check[]> {
  const name = "api-key";
  try {
    const access = accessFrom(env, home);
    await createApi(access).get("/runs", runPage, { limit: 1 });
    return [{ name, status: "ok", message: `The API key works on ${access.serverUrl}.` }];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const missing = error.code === "UNAUTHENTICATED" && error.message.startsWith("There is no API key");
    // a runner needs none; only deploy, runs, logs and cancel do
    return [{ name, status: missing ? "warn" : "fail", message: error.message, whatToDo: error.whatToDo }];
  }
}
