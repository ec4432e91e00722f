import { setTimeout as delay } from "node:timers/promises";
import type { CustomStepOf } from "@deskhand/shared/schemas/recording-steps";
import { onElement } from "./pointer-steps.ts";
import type { KeptDownload } from "./run-services.ts";
import { messageOf, StepFailure } from "./step-failure.ts";
import { remaining, type StepScope } from "./step-scope.ts";

type File = CustomStepOf<"deskhand.upload">["parameters"]["file"];

/** Puts a file into a field that takes files, or answers the chooser that a click opens. */
export async function upload({ selectors, file }: CustomStepOf<"deskhand.upload">["parameters"], scope: StepScope): Promise<void> {
  const payload = toUpload(file, scope);
  await onElement(scope, selectors, async (locator) => {
    const isField = await locator.evaluate((element) => element instanceof HTMLInputElement && element.type === "file", undefined, {
      timeout: remaining(scope),
    });
    try {
      if (isField) return await locator.setInputFiles(payload, { timeout: remaining(scope) });
      const chooser = scope.page.waitForEvent("filechooser", { timeout: remaining(scope) });
      chooser.catch(() => {}); // the click may fail first
      await locator.click({ timeout: remaining(scope) });
      await (await chooser).setFiles(payload, { timeout: remaining(scope) });
    } catch (error) {
      if (/ENOENT|EACCES|EISDIR/.test(messageOf(error)))
        throw new StepFailure("STEP_INVALID", { reason: "the file to upload cannot be read" });
      throw error;
    }
  });
}

function toUpload(file: File, scope: StepScope): string | { name: string; mimeType: string; buffer: Buffer } {
  switch (file.from) {
    case "content":
      return {
        name: file.name,
        mimeType: "", // by its name, as a browser does
        buffer: Buffer.from(file.content, file.encoding === "base64" ? "base64" : "utf8"),
      };
    case "download": {
      const kept = scope.services.downloads?.find(file.name);
      if (kept === undefined) throw new StepFailure("STEP_INVALID", { reason: "nothing was downloaded under the name that it uploads" });
      return kept;
    }
    case "path":
      if (!scope.services.allow) throw new StepFailure("POLICY_DENIED");
      scope.services.allow("files");
      return file.path;
  }
}

/** Has a download begin and waits until it is on the disk. */
export async function download(
  { selectors, name }: CustomStepOf<"deskhand.download">["parameters"],
  scope: StepScope,
): Promise<KeptDownload> {
  const { downloads } = scope.services;
  if (!downloads) throw new StepFailure("DOWNLOAD_FAILED", { reason: "nothing keeps it" });
  // before the click: a small file may be there before the click is over
  const next = downloads.next(scope.page, name);
  try {
    await onElement(scope, selectors, (locator) => locator.click({ timeout: remaining(scope) }));
    const late = delay(remaining(scope), "late" as const, { signal: scope.signal });
    if ((await Promise.race([next.begun, late])) === "late") {
      throw new StepFailure("DOWNLOAD_FAILED", { reason: `none began within ${scope.timeoutMs / 1000} s` });
    }
    return await next.kept;
  } finally {
    next.release();
  }
}
