import {
  IconAppWindow,
  IconArrowsVertical,
  IconCamera,
  IconClick,
  IconCursorText,
  IconHandFinger,
  IconHourglass,
  IconKeyboard,
  IconMathFunction,
  IconPlayerPlay,
  IconShieldCheck,
  IconTableExport,
  IconWifi,
  IconWorld,
  IconX,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

type Icon = ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;

const byType: Record<string, Icon> = {
  setViewport: IconAppWindow,
  navigate: IconWorld,
  click: IconClick,
  doubleClick: IconClick,
  change: IconCursorText,
  hover: IconHandFinger,
  keyDown: IconKeyboard,
  keyUp: IconKeyboard,
  scroll: IconArrowsVertical,
  waitForElement: IconHourglass,
  waitForExpression: IconMathFunction,
  emulateNetworkConditions: IconWifi,
  close: IconX,
};

/** Custom steps share one type; their verb tells them apart. */
const byVerb: Record<string, Icon> = { Read: IconTableExport, "Take screenshot": IconCamera, Check: IconShieldCheck };

/** The icon of a kind of step; the words beside it say the same. */
export function StepIcon({ type, verb, size = 16 }: { type: string; verb: string; size?: number }) {
  const Icon = byType[type] ?? byVerb[verb] ?? IconPlayerPlay;
  return <Icon size={size} stroke={1.75} aria-hidden />;
}
