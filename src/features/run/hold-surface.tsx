"use client";

import type { HoldInput } from "@deskhand/shared/protocol/hold";
import { ActionIcon } from "@mantine/core";
import { IconZoomIn, IconZoomReset } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import classes from "./hold.module.css";
import { createPointer, pagePoint } from "./hold-pointer.ts";
import { useZoom } from "./use-zoom.ts";

type Props = {
  /** The picture of the page, which lies under the surface. */
  picture: () => HTMLCanvasElement | null;
  add: (...inputs: HoldInput[]) => void;
  /** Where the keys go; the keyboard of a phone comes with it. */
  keys: RefObject<HTMLTextAreaElement | null>;
  onLeave: () => void;
  /** Its picture may be enlarged: nothing else is drawn over it. */
  canZoom?: boolean;
};

const isMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Lies over the picture of a page and takes what a person does: mouse, fingers, keys and what they paste. */
export function HoldSurface({ picture, add, keys, onLeave, canZoom = false }: Props) {
  const surface = useRef<HTMLDivElement>(null);
  const { isZoomed, onPinch, toggle } = useZoom(surface, picture);
  const [pointer] = useState(() => createPointer(add, canZoom ? onPinch : undefined));

  // React listens to the wheel passively, and the dashboard would scroll with the page
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const at = pagePoint(picture(), event);
      if (at) add({ t: "wheel", ...at, dx: event.deltaX, dy: event.deltaY });
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [picture, add]);

  const onPointer = (act: "down" | "move" | "up" | "cancel") => (event: PointerEvent<HTMLDivElement>) => {
    const at = pagePoint(picture(), event);
    if (act === "down") {
      event.currentTarget.setPointerCapture(event.pointerId);
      // on a phone only the button brings the keyboard, which covers half of the page
      if (event.pointerType === "mouse") keys.current?.focus({ preventScroll: true });
      event.preventDefault();
    }
    pointer[act](event, at);
  };
  const onKey = (kind: "key-down" | "key-up") => (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.key === "Unidentified" || event.key === "Process") return;
    const { key, code, shiftKey } = event;
    if (key === "Escape" && shiftKey) {
      if (kind === "key-down") onLeave();
      return event.preventDefault();
    }
    const withCommand = isMac() ? event.metaKey : event.ctrlKey;
    // what is pasted comes as text, from this computer
    if (withCommand && key.toLowerCase() === "v") return;
    event.preventDefault();
    add({ t: kind, key: isMac() && key === "Meta" ? "Control" : key, code });
  };

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it stands for a whole page; the keys go to the text field beside it */}
      <div
        ref={surface}
        className={classes.surface}
        data-testid="hold-surface"
        onPointerDown={onPointer("down")}
        onPointerMove={onPointer("move")}
        onPointerUp={onPointer("up")}
        onPointerCancel={onPointer("cancel")}
        onContextMenu={(event) => event.preventDefault()}
      />
      {canZoom && (
        <ActionIcon
          className={classes.zoom}
          data-zoomed={isZoomed || undefined}
          variant="default"
          size="lg"
          aria-label={isZoomed ? "Show the whole page" : "Enlarge the page"}
          onClick={toggle}
        >
          {isZoomed ? <IconZoomReset size={18} /> : <IconZoomIn size={18} />}
        </ActionIcon>
      )}
      <textarea
        ref={keys}
        className={classes.keys}
        aria-label="Keys for the page"
        aria-description="What you type goes to the page. Shift and Escape lead out of it."
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        onKeyDown={onKey("key-down")}
        onKeyUp={onKey("key-up")}
        onPaste={(event) => {
          event.preventDefault();
          const text = event.clipboardData.getData("text/plain");
          if (text) add({ t: "text", text: text.slice(0, 100_000) });
        }}
        onInput={(event) => {
          // the keyboard of a phone names no keys, it only writes
          const { value } = event.currentTarget;
          if ((event.nativeEvent as InputEvent).isComposing) return;
          event.currentTarget.value = "";
          if (value) add({ t: "text", text: value });
        }}
        onCompositionEnd={(event) => {
          event.currentTarget.value = "";
          if (event.data) add({ t: "text", text: event.data });
        }}
        onBeforeInput={(event) => {
          const { inputType } = event.nativeEvent as InputEvent;
          const key = inputType === "deleteContentBackward" ? "Backspace" : inputType === "insertLineBreak" ? "Enter" : null;
          if (!key) return;
          event.preventDefault();
          add({ t: "key-down", key, code: key }, { t: "key-up", key, code: key });
        }}
      />
    </>
  );
}
