/** Proxies that are one run's at a time, because another would change the exit under its feet. First come, first served. */
export class ProxyLocks {
  readonly #holders = new Map<string, string>();
  #waiting: { runId: string; proxyIds: readonly string[]; done: () => void }[] = [];

  /** Resolves when all of them are this run's; at once when it is given up. */
  acquire(runId: string, proxyIds: readonly string[]): Promise<void> {
    if (this.tryAcquire(runId, proxyIds)) return Promise.resolve();
    return new Promise((done) => this.#waiting.push({ runId, proxyIds, done }));
  }

  tryAcquire(runId: string, proxyIds: readonly string[]): boolean {
    // all or none, so that two runs never wait for each other
    const isFree = proxyIds.every((id) => (this.#holders.get(id) ?? runId) === runId);
    const isFirst = !this.#waiting.some((other) => other.proxyIds.some((id) => proxyIds.includes(id)));
    if (!isFree || !isFirst) return false;
    for (const id of proxyIds) this.#holders.set(id, runId);
    return true;
  }

  /** Gives back what the run has, and what it waits for. */
  release(runId: string): void {
    for (const [id, holder] of this.#holders) if (holder === runId) this.#holders.delete(id);
    const given = this.#waiting.filter((wait) => wait.runId === runId);
    const rest = this.#waiting.filter((wait) => wait.runId !== runId);
    this.#waiting = [];
    for (const wait of rest) {
      if (this.tryAcquire(wait.runId, wait.proxyIds)) wait.done();
      else this.#waiting.push(wait);
    }
    for (const { done } of given) done();
  }
}
