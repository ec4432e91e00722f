import type { DeliveryState } from "@deskhand/shared/schemas/delivery";
import type { Tone } from "@/components/status-badge";

/** How a delivery stands, as one word. */
export const deliveryWords: Record<DeliveryState, { label: string; tone: Tone }> = {
  pending: { label: "Waiting", tone: "wait" },
  delivered: { label: "Delivered", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
};
