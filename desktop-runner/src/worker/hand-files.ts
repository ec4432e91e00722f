import { randomUUID } from "node:crypto";
import { FILES_MAX_BYTES, type HoldNews } from "@deskhand/shared/protocol/hold";
import type { FileChooser } from "playwright-core";
import type { HoldAct } from "../holds/run-holds.ts";

type FileAct = Extract<HoldAct, { t: "file" }>;
type Upload = { id: string; chooser: FileChooser; files: { name: string; mimeType: string; parts: Buffer[] }[]; bytes: number };

export type HandFiles = {
  /** What the page asks for now. */
  readonly asked: HoldNews["chooser"];
  /** The page asks for files. */
  offer(chooser: FileChooser): void;
  /** A part of one; the page gets them with the last. Never throws: what goes wrong is told. */
  take(act: FileAct): Promise<void>;
  /** None is given. */
  forget(chooserId?: string): void;
};

/** How long a page may take over files before that is told; milliseconds. */
const patienceMs = 5_000;

/** The files that a person gives to a page. `onTrouble` gets words, and null when there is none any more. */
export function createHandFiles(onChange: () => void, onTrouble: (words: string | null) => void): HandFiles {
  let upload: Upload | undefined;
  /** The chooser whose files were too large: what still comes of them is passed over. */
  let refused = "";
  const forget = () => {
    upload = undefined;
    onChange();
  };

  async function give({ chooser, files }: Upload): Promise<void> {
    const late = setTimeout(() => onTrouble("The page has not taken the file yet."), patienceMs);
    try {
      await chooser.setFiles(files.map(({ parts, ...file }) => ({ ...file, buffer: Buffer.concat(parts) })));
      onTrouble(null);
    } catch {
      onTrouble("The page did not take the file. Have it ask again.");
    } finally {
      clearTimeout(late);
    }
  }
  return {
    get asked() {
      return upload ? { id: upload.id, multiple: upload.chooser.isMultiple() } : null;
    },
    offer(chooser) {
      const id = randomUUID();
      upload = { id, chooser, files: [], bytes: 0 };
      onChange();
      const page = chooser.page();
      const look = async () => {
        if (upload?.id !== id) return leave();
        // what has been led elsewhere takes its field with it; an address that the page itself changed does not
        await chooser.element().evaluate(() => {});
      };
      const gone = () => {
        leave();
        if (upload?.id === id) forget();
      };
      const onNavigated = () => void look().catch(gone);
      const leave = () => {
        page.off("framenavigated", onNavigated);
        page.off("close", gone);
      };
      page.on("framenavigated", onNavigated);
      page.on("close", gone);
    },
    async take({ chooserId, index, name, type, data, done }) {
      if (chooserId === refused) return;
      if (!upload || upload.id !== chooserId) return onTrouble("The page does not ask for this file any more. Have it ask again.");
      const part = Buffer.from(data, "base64");
      upload.bytes += part.length;
      if (upload.bytes > FILES_MAX_BYTES) {
        refused = chooserId;
        forget();
        return onTrouble("These are larger than 50 MB together.");
      }
      upload.files[index] ??= { name, mimeType: type || "application/octet-stream", parts: [] };
      upload.files[index].parts.push(part);
      if (!done) return;
      const whole = upload;
      forget();
      await give(whole);
    },
    forget(chooserId) {
      if (chooserId === undefined) upload = undefined;
      else if (upload?.id === chooserId) forget();
    },
  };
}
