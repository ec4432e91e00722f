import type { AlertContent } from "@deskhand/shared/schemas/alert";
import { alertSentence, alertTitle } from "@deskhand/shared/schemas/alert-words";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";

/** An alert as a mail: the same words as on the dashboard, and the way there. Plain text, which every reader shows. */
export function mailFor(content: AlertContent): { subject: string; text: string } {
  const { project, url } = content.data;
  const lines = [alertSentence(content), ...details(content), url, `You get this because a rule of the project “${project.name}” says so.`];
  // a name may hold anything but control characters; a subject is one line
  return { subject: `[${project.name}] ${alertTitle(content)}`, text: `${lines.join("\n\n")}\n` };
}

function details(content: AlertContent): string[] {
  if (content.type !== "deployment.failed") return [];
  const { failures, failedRuns } = content.data;
  const why = failures.map(({ code, count }) => `  ${count} × ${isRunFailureCode(code) ? describeRunFailure(code).title : code}`);
  const where = failedRuns.map(({ profile, step }) => `  ${profile.name}${step === null ? "" : `, step ${step + 1}`}`);
  return [`Why:\n${why.join("\n")}`, `First:\n${where.join("\n")}`];
}
