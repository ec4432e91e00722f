import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Tone } from "@/components/status-badge";

const systems: Record<string, string> = { darwin: "macOS", win32: "Windows", linux: "Linux", freebsd: "FreeBSD" };
const processors: Record<string, string> = { x64: "x64", arm64: "ARM", ia32: "x86" };

/** "macOS · ARM": the operating system and processor as people call them. */
export function platformWords({ platform, arch }: Pick<RunnerView, "platform" | "arch">): string {
  return `${systems[platform] ?? platform} · ${processors[arch] ?? arch}`;
}

/** Less than this is the way of a message, milliseconds. */
const IN_STEP_MS = 2_000;

/** How far the runner's clock is from the server's: "In step", "3 min behind". Times of its runs are told by the server's clock. */
export function clockWords(offsetMs: number | null): string {
  if (offsetMs === null) return "Not known yet";
  const off = Math.abs(offsetMs);
  if (off < IN_STEP_MS) return "In step with the server";
  const [size, unit] =
    off < 60_000 ? [1_000, "s"] : off < 3_600_000 ? [60_000, "min"] : off < 86_400_000 ? [3_600_000, "h"] : [86_400_000, "days"];
  return `${Math.round(off / size)} ${unit} ${offsetMs > 0 ? "behind" : "ahead"}; times are told by the server's`;
}

type Situation = {
  label: string;
  tone: Tone;
  /** For runners that do not work at the moment: what it means and the next step. */
  explanation: { title: string; whatToDo: string } | null;
};

/** What state a runner is in, in words. */
export function runnerSituation({
  status,
  online,
  policy,
  tightening,
}: Pick<RunnerView, "status" | "online" | "policy" | "tightening">): Situation {
  switch (status) {
    case "accepted":
      if (online && policy?.damaged) return { label: "Refuses all", tone: "bad", explanation: null };
      if (online && (policy?.paused || tightening.paused)) return { label: "Paused", tone: "wait", explanation: null };
      if (online && policy?.quietUntil) return { label: "Quiet hours", tone: "wait", explanation: null };
      return online
        ? { label: "Online", tone: "good", explanation: null }
        : {
            label: "Offline",
            tone: "idle",
            explanation: {
              title: "This runner is not connected.",
              whatToDo: "Turn its computer on and start Deskhand there. What is queued for it waits until then.",
            },
          };
    case "pending":
      return { label: "Asks to join", tone: "wait", explanation: null };
    case "locked":
      return {
        label: "Locked",
        tone: "bad",
        explanation: {
          title: "This runner is locked: its folder was used by two machines.",
          whatToDo: "Stop the copy, then pair the machine you want to keep with a new code. Its profiles stay on it.",
        },
      };
    case "rejected":
      return {
        label: "Rejected",
        tone: "bad",
        explanation: { title: "Somebody rejected this runner.", whatToDo: "If that was a mistake, pair it again with a new code." },
      };
    case "revoked":
      return {
        label: "Disconnected",
        tone: "idle",
        explanation: {
          title: "This runner was disconnected: its key is not accepted any more.",
          whatToDo: "To use the machine again, pair it with a new code.",
        },
      };
  }
}
