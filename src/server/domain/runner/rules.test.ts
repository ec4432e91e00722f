import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOnline, judgeJoin, OFFLINE_AFTER_MS, refusalOf } from "./rules.ts";

const now = new Date("2026-03-01T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);

describe("online", () => {
  test("a runner is online while its connection is held and its heartbeats come", () => {
    expect(isOnline({ connectionId: "a:1", lastSeenAt: ago(0) }, now)).toBe(true);
    expect(isOnline({ connectionId: "a:1", lastSeenAt: ago(OFFLINE_AFTER_MS) }, now)).toBe(true);
    expect(isOnline({ connectionId: null, lastSeenAt: ago(0) }, now)).toBe(false);
    expect(isOnline({ connectionId: "a:1", lastSeenAt: null }, now)).toBe(false);
  });

  test("a connection that a killed server left behind does not count", () => {
    expect(isOnline({ connectionId: "a:1", lastSeenAt: ago(OFFLINE_AFTER_MS + 1) }, now)).toBe(false);
  });
});

describe("joins", () => {
  /** A runner's folder: what it wrote before it sent its proof survives, a lost welcome does not. */
  type Folder = { joinId: string | null; nextJoinId: string };
  let made = 0;
  const fresh = () => `join-${++made}`;

  test("one folder is never taken for a copy, however many welcomes are lost", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("welcomed", "lost", "unheard"), { maxLength: 40 }), (turns) => {
        const stored = { joinId: null as string | null, previousJoinId: null as string | null };
        const folder: Folder = { joinId: null, nextJoinId: fresh() };
        for (const turn of turns) {
          if (turn === "unheard") continue; // the proof never arrived: the next try presents the same
          const verdict = judgeJoin(stored, folder);
          expect(verdict).not.toBe("copy");
          if (verdict === "next") Object.assign(stored, { previousJoinId: stored.joinId, joinId: folder.nextJoinId });
          if (turn === "welcomed") Object.assign(folder, { joinId: folder.nextJoinId, nextJoinId: fresh() });
        }
      }),
    );
  });

  test("nor when proofs of its dead processes come late, and are let in where they fit", () => {
    const turn = fc.record({ what: fc.constantFrom("welcomed", "lost", "unheard", "late"), which: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        let stored = { joinId: null as string | null, previousJoinId: null as string | null };
        let folder: Folder = { joinId: null, nextJoinId: fresh() };
        const sent: Folder[] = [folder];
        const present = (proof: Folder) => {
          const verdict = judgeJoin(stored, proof);
          if (verdict === "next") stored = { previousJoinId: stored.joinId, joinId: proof.nextJoinId };
          return verdict;
        };
        for (const { what, which } of turns) {
          if (what === "late") present(sent[which % sent.length] as Folder);
          if (what === "late" || what === "unheard") continue;
          expect(present(folder)).not.toBe("copy");
          if (what === "lost") continue;
          folder = { joinId: folder.nextJoinId, nextJoinId: fresh() };
          sent.push(folder);
        }
      }),
    );
  });

  test("of two copies that both join, the second is caught at the latest when the first joins again", () => {
    const stored = { joinId: "j1", previousJoinId: "j0" };
    const original: Folder = { joinId: "j1", nextJoinId: "o2" };
    const copy: Folder = { joinId: "j1", nextJoinId: "c2" };
    expect(judgeJoin(stored, copy)).toBe("next");
    expect(judgeJoin({ joinId: "c2", previousJoinId: "j1" }, original)).toBe("copy");
  });

  test("a copy of a folder that never joined is caught too", () => {
    expect(judgeJoin({ joinId: null, previousJoinId: null }, { joinId: null, nextJoinId: "a" })).toBe("next");
    expect(judgeJoin({ joinId: "a", previousJoinId: null }, { joinId: null, nextJoinId: "a" })).toBe("repeat");
    expect(judgeJoin({ joinId: "a", previousJoinId: null }, { joinId: null, nextJoinId: "b" })).toBe("copy");
  });
});

test("only runners that are accepted or wait may stay", () => {
  expect(refusalOf("accepted")).toBeUndefined();
  expect(refusalOf("pending")).toBeUndefined();
  expect(refusalOf("rejected")).toBe("RUNNER_REJECTED");
  expect(refusalOf("revoked")).toBe("RUNNER_REVOKED");
  expect(refusalOf("locked")).toBe("RUNNER_LOCKED");
});
