import { copyFile, stat } from "node:fs/promises";
import type { BrowserContext, Download } from "playwright-core";
import { type ArtifactStore, asDiskFull, safeFileName } from "../browser/artifacts.ts";
import type { RunLog } from "./run-log.ts";

export type DownloadRules = {
  /** Whether a download that ended was larger than allowed; `bytes` is null when it was broken off. Records that it was. */
  refuse(bytes: number | null): boolean;
};

export type PageWatch = {
  /** Waits for downloads under way, at most `ms`, and gives up the rest. */
  settleDownloads(ms: number): Promise<void>;
};

/**
 * Looks after what a page does on its own: dialogs are accepted so that none holds up a run (only their kind is logged),
 * downloads become artifacts, console lines are kept on this machine.
 */
export function watchPages(
  context: BrowserContext,
  options: {
    store: ArtifactStore;
    log: RunLog;
    step: () => number | null;
    downloads: DownloadRules;
    roomBytes: number;
    onFailure: (error: unknown) => void;
  },
): PageWatch {
  const { store, log, step } = options;
  const downloads = new Set<Promise<void>>();
  let count = 0;

  context.on("dialog", (dialog) => {
    log.write(step(), "info", `The page opened a dialog (${dialog.type()}); it was accepted.`);
    dialog.accept(dialog.type() === "prompt" ? dialog.defaultValue() : undefined).catch(() => {});
  });
  context.on("console", (message) => log.console(step(), message.type(), message.text()));
  context.on("weberror", (error) => log.console(step(), "error", String(error.error())));
  context.on("download", (download) => {
    const saving = save(download, step(), ++count).catch((error: unknown) => options.onFailure(error));
    downloads.add(saving);
    void saving.finally(() => downloads.delete(saving));
  });

  async function save(download: Download, at: number | null, number: number): Promise<void> {
    log.write(at, "info", "A download began.");
    const failure = await download.failure();
    if (failure) {
      if (!options.downloads.refuse(null)) log.write(at, "warn", "The download did not finish.");
      return;
    }
    const source = await download.path();
    const { size } = await stat(source);
    if (options.downloads.refuse(size)) return download.delete();
    if (size > options.roomBytes) {
      log.write(at, "warn", `The download was not kept: there is no room for ${size} bytes.`);
      return download.delete();
    }
    const name = safeFileName(download.suggestedFilename());
    const file = `download-${String(number).padStart(2, "0")}-${name}`;
    try {
      await copyFile(source, store.pathOf(file));
    } catch (error) {
      throw asDiskFull(error);
    }
    await store.adopt({ type: "download", name, file, contentType: "application/octet-stream", step: at });
    await download.delete();
  }

  return {
    settleDownloads: async (ms) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([Promise.all(downloads), late]);
      clearTimeout(timer);
      if (downloads.size > 0) log.write(null, "warn", "A download was still under way when the run ended; it was not kept.");
    },
  };
}
