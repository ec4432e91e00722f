import { parseHostPattern } from "@deskhand/shared/schemas/host-pattern";
import { pairedRunnerView, pairingCode } from "@deskhand/shared/schemas/runner";
import { runnerHome } from "../../identity/home.ts";
import { pairRunner } from "../../pairing/pair-runner.ts";
import { waitForAcceptance } from "../../pairing/wait-for-acceptance.ts";
import { editPolicy, withRule } from "../../policy/edit-policy.ts";
import { isNothingAllowed, loadPolicy } from "../../policy/policy-file.ts";
import { approvalLink } from "../../signing/approval-link.ts";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { CliError, serverError, usageError } from "../failure.ts";
import { edited } from "../policy-failure.ts";
import { parseServerUrl, serverUrlFrom } from "../settings.ts";

export type PairFlags = {
  server?: string;
  dashboard?: string;
  name?: string;
  wait?: boolean;
  force?: boolean;
  allow?: string[];
  unsigned?: boolean;
};

/** `deskhand pair CODE`: makes this computer's runner known to a server. */
export async function pair(code: string, flags: PairFlags, { env, output, isInteractive }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const parsed = pairingCode.safeParse(code);
  if (!parsed.success) {
    throw usageError(
      `"${code}" is not a pairing code.`,
      "It has eight letters and digits, like 7K3M-Q9XD: Runners, Add a runner shows one.",
    );
  }
  const serverUrl = flags.server ? parseServerUrl(flags.server) : serverUrlFrom(env, home);
  const dashboardUrl = flags.dashboard ? parseServerUrl(flags.dashboard) : undefined;
  const allow = flags.allow ?? [];
  const wrong = allow.map(parseHostPattern).find(({ ok }) => !ok);
  if (wrong && !wrong.ok) throw usageError(wrong.message, "Give --allow hosts like example.com, *.example.com or localhost:3000.");
  const api = createApi({ serverUrl });
  const outcome = await pairRunner({
    home,
    serverUrl,
    dashboardUrl,
    code: parsed.data,
    name: flags.name,
    force: flags.force ?? false,
    send: (body) => api.post("/runners/pair", body, pairedRunnerView),
  });
  if (!outcome.ok) throw refusal(outcome, home.folder);

  if (allow.length > 0) {
    edited(() => editPolicy(home, (policy) => allow.reduce((allowed, host) => withRule(allowed, "allow", host), policy)));
  }
  if (flags.unsigned) edited(() => editPolicy(home, (policy) => ({ ...policy, signatures: "optional" })));
  const { runnerId, projectId, fingerprint, name } = outcome;
  const approve = approvalLink(home, { serverUrl, dashboardUrl, runnerId });
  let { status } = outcome;
  output.tell(
    { type: "paired", runnerId, projectId, name, serverUrl, status, fingerprint },
    `Paired with ${serverUrl} as "${name}".\nFingerprint  ${fingerprint}`,
  );
  if (status !== "accepted" && (flags.wait ?? isInteractive)) {
    output.tell(
      { type: "waiting", runnerId, fingerprint },
      "Waiting until somebody accepts it: open Runners on the dashboard and compare the fingerprint. (Ctrl-C stops waiting.)",
    );
    const answer = await waitForAcceptance(home);
    if (!answer.accepted) throw serverError(answer.code);
    status = "accepted";
  }
  const hint = isNothingAllowed(loadPolicy(home))
    ? "\nNothing is allowed yet. Allow the hosts that it may open: deskhand policy allow example.com"
    : "";
  const link = `\nOpen this in the browser that may deploy to it (once, within a day):\n  ${approve}`;
  output.result(
    { runnerId, projectId, name, serverUrl, status, fingerprint, approvalUrl: approve },
    status === "accepted"
      ? `It is accepted. Start it with: deskhand start${hint}${link}`
      : `Now somebody has to accept it: open Runners on the dashboard and compare the fingerprint. Then: deskhand start${hint}${link}`,
  );
  return 0;
}

type Refusal = Exclude<Awaited<ReturnType<typeof pairRunner>>, { ok: true }>;

function refusal(outcome: Refusal, folder: string): CliError {
  switch (outcome.reason) {
    case "ALREADY_RUNNING":
      return new CliError("ALREADY_RUNNING", 3, `A runner is running in ${folder}.`, "Stop it first, then pair again.");
    case "ALREADY_PAIRED":
      return new CliError(
        "ALREADY_PAIRED",
        2,
        `The runner in ${folder} is paired with ${outcome.serverUrl}.`,
        "Add --force to give that up (it gets new keys), or set DESKHAND_HOME to another folder to have both.",
      );
    case "FINGERPRINT_DIFFERS":
      return new CliError(
        "SIGNATURE_INVALID",
        3,
        "The server answered with a fingerprint that is not this runner's.",
        "Something between here and the server may have changed the message. Check the address, and use https.",
      );
  }
}
