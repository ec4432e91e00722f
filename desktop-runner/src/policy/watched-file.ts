import { type FSWatcher, statSync, watch } from "node:fs";
import path from "node:path";

/** Writing a file makes several notices of it, milliseconds. */
const settleMs = 20;

/** What a file says at this moment: read again whenever it changes, and told of. Its folder must be there. */
export class WatchedFile<T> {
  /** The content is another one. */
  onChange: () => void = () => {};
  readonly #file: string;
  readonly #load: () => T;
  readonly #watcher: FSWatcher | undefined;
  #value: T;
  #stamp: string;
  /** The content that `onChange` was called for last. */
  #told: string;
  #due: NodeJS.Timeout | undefined;

  /** `onBlind` is told when changes cannot be watched: then they are seen when `value` is read. */
  constructor(file: string, load: () => T, onBlind: (error: unknown) => void) {
    this.#file = file;
    this.#load = load;
    this.#stamp = stampOf(file);
    this.#told = this.#stamp;
    this.#value = load();
    try {
      this.#watcher = watch(path.dirname(file), (_, name) => {
        if (name === null || name === path.basename(file)) this.#due ??= setTimeout(() => this.#look(), settleMs);
      });
      this.#watcher.on("error", onBlind);
    } catch (error) {
      onBlind(error);
    }
  }

  get value(): T {
    this.#read();
    return this.#value;
  }

  close(): void {
    clearTimeout(this.#due);
    this.#watcher?.close();
  }

  #look(): void {
    this.#due = undefined;
    this.#read();
    if (this.#told === this.#stamp) return;
    this.#told = this.#stamp;
    this.onChange();
  }

  #read(): void {
    const stamp = stampOf(this.#file);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#value = this.#load();
    // whoever asked knows; the others are told also when the watcher is silent
    this.#due ??= setTimeout(() => this.#look(), settleMs);
  }
}

/** Another one for each content: a rename gives the file a new inode. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unreadable";
  }
}
