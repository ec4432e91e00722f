import { copyFile, stat } from "node:fs/promises";
import type { BrowserContext, Download, Page } from "playwright-core";
import { type ArtifactStore, asDiskFull, safeFileName } from "../browser/artifacts.ts";
import type { KeptDownload, RunServices } from "../workflow/run-services.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { answerDialogs, type PageDialogs } from "./page-dialogs.ts";
import type { RunLog } from "./run-log.ts";

export type DownloadRules = {
  /** Whether a download that ended was larger than allowed; `bytes` is null when it was broken off. Records that it was. */
  refuse(bytes: number | null): boolean;
};

export type PageWatch = {
  /** Waits for downloads under way, at most `ms`, and gives up the rest. */
  settleDownloads(ms: number): Promise<void>;
  /** For steps that have a download begin: see RunServices. */
  downloads: NonNullable<RunServices["downloads"]>;
  dialogs: PageDialogs;
};

/**
 * Looks after what a page does on its own: downloads become artifacts, console lines are kept on this machine, dialogs are answered.
 */
export function watchPages(
  context: BrowserContext,
  options: {
    store: ArtifactStore;
    log: RunLog;
    step: () => number | null;
    downloads: DownloadRules;
    roomBytes: number;
    isTrial: boolean;
    onFailure: (error: unknown) => void;
  },
): PageWatch {
  const { store, log, step, isTrial } = options;
  const downloads = new Set<Promise<void>>();
  /** Steps that wait for the next download of a page. */
  const claims = new Map<Page, { name: string; take(saving: Promise<KeptDownload>): void }>();
  /** Where what was kept lies. */
  const kept = new Map<string, string>();
  let count = 0;
  const dialogs = answerDialogs(context, { log, step, isTrial });

  context.on("console", (message) => log.console(step(), message.type(), message.text()));
  context.on("weberror", (error) => log.console(step(), "error", String(error.error())));
  context.on("download", (download) => {
    const claim = claims.get(download.page());
    const saving = save(download, step(), ++count, claim?.name);
    claim?.take(saving);
    const settled = saving.then(
      () => {},
      (error: unknown) => {
        if (!(error instanceof StepFailure && error.code === "DOWNLOAD_FAILED")) options.onFailure(error);
      },
    );
    downloads.add(settled);
    void settled.finally(() => downloads.delete(settled));
  });

  async function save(download: Download, at: number | null, number: number, wanted: string | undefined): Promise<KeptDownload> {
    log.write(at, "info", "A download began.");
    const failure = await download.failure();
    if (failure) {
      const isRefused = options.downloads.refuse(null);
      if (!isRefused) log.write(at, "warn", "The download did not finish.");
      throw lost(isRefused ? tooLarge : "it did not finish");
    }
    const source = await download.path();
    const { size } = await stat(source);
    if (options.downloads.refuse(size)) {
      await download.delete();
      throw lost(tooLarge);
    }
    if (size > options.roomBytes) {
      log.write(at, "warn", `The download was not kept: there is no room for ${size} bytes.`);
      await download.delete();
      throw lost("there is no room for it");
    }
    const name = safeFileName(wanted ?? download.suggestedFilename());
    const file = `download-${String(number).padStart(2, "0")}-${name}`;
    try {
      await copyFile(source, store.pathOf(file));
    } catch (error) {
      throw asDiskFull(error);
    }
    const sha256 = await store.adopt({ type: "download", name, file, contentType: "application/octet-stream", step: at });
    await download.delete();
    kept.set(name, store.pathOf(file));
    return { name, bytes: size, sha256 };
  }

  return {
    dialogs,
    downloads: {
      next: (page, name) => {
        const begun = Promise.withResolvers<void>();
        const kept = Promise.withResolvers<KeptDownload>();
        kept.promise.catch(() => {}); // the step may have given up
        const claim = {
          name,
          take: (saving: Promise<KeptDownload>) => {
            claims.delete(page);
            begun.resolve();
            kept.resolve(saving);
          },
        };
        claims.set(page, claim);
        const release = () => {
          if (claims.get(page) === claim) claims.delete(page);
        };
        return { begun: begun.promise, kept: kept.promise, release };
      },
      find: (name) => kept.get(safeFileName(name)),
    },
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

const tooLarge = "it is larger than this runner's policy allows";

function lost(reason: string): StepFailure {
  return new StepFailure("DOWNLOAD_FAILED", { reason });
}
