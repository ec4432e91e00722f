import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import type { Tone } from "@/components/status-badge";

type Situation = { label: string; tone: Tone /** What is wrong and what to do about it. */; explanation: string | null };

/** How a webhook stands, in a word and, when something is wrong, a sentence. */
export function webhookSituation({ disabledAt, disabledReason, failingSince }: WebhookView): Situation {
  if (disabledAt) {
    const why = {
      gone: "Its receiver answered that it is gone (410), so it was disabled.",
      failing: "No delivery arrived for three days, so it was disabled.",
      person: "It was disabled by hand.",
    }[disabledReason ?? "person"];
    return { label: "Disabled", tone: "idle", explanation: `${why} Enable it to go on; what it missed can be sent again.` };
  }
  if (failingSince) {
    return {
      label: "Failing",
      tone: "bad",
      explanation: "The last delivery did not arrive. It is tried again for a day; a webhook that fails for three days is disabled.",
    };
  }
  return { label: "Active", tone: "good", explanation: null };
}
