import {
  IconApi,
  IconAppWindow,
  IconArrowsSplit2,
  IconArrowsVertical,
  IconCamera,
  IconClick,
  IconCode,
  IconCursorText,
  IconDownload,
  IconDragDrop,
  IconHandFinger,
  IconHourglass,
  IconKeyboard,
  IconMathFunction,
  IconPlayerPlay,
  IconReload,
  IconRepeat,
  IconShieldCheck,
  IconSparkles,
  IconSubtask,
  IconTableExport,
  IconTerminal2,
  IconUpload,
  IconUser,
  IconVariable,
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
const byVerb: Record<string, Icon> = {
  Read: IconTableExport,
  "Take screenshot": IconCamera,
  Check: IconShieldCheck,
  If: IconArrowsSplit2,
  Repeat: IconRepeat,
  Try: IconReload,
  "Run workflow": IconSubtask,
  Wait: IconHourglass,
  "Wait until": IconHourglass,
  Drag: IconDragDrop,
  "Send request": IconApi,
  Upload: IconUpload,
  Download: IconDownload,
  "Run script in the page": IconCode,
  "Run code on the runner": IconTerminal2,
  "Ask a person": IconUser,
  "Ask the model": IconSparkles,
  Set: IconVariable,
};

/** The icon of a kind of step; the words beside it say the same. */
export function StepIcon({ type, verb, size = 16 }: { type: string; verb: string; size?: number }) {
  const Icon = byType[type] ?? byVerb[verb] ?? IconPlayerPlay;
  return <Icon size={size} stroke={1.75} aria-hidden />;
}
