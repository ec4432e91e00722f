/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ago, moment } from "./words.ts";

export type Tone = "good" | "busy" | "warn" | "bad" | "calm";

/** A part of the page with a heading that names it. */
export function Section(props: { id: string; title: string; note?: string; children: ComponentChildren }) {
  return (
    <section class="panel" aria-labelledby={`${props.id}-title`} id={props.id}>
      <header>
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        {props.note && <p class="dim">{props.note}</p>}
      </header>
      {props.children}
    </section>
  );
}

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** This moment, anew every so many milliseconds. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Ago({ at }: { at: number }) {
  const now = useNow(20_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at)}>
      {ago(at, now)}
    </time>
  );
}

/** What was asked of the runner: whether it is under way, and why it was refused. */
export function useAsking(): {
  busy: boolean;
  error: string | undefined;
  ask(work: () => Promise<void>): Promise<boolean>;
  forget(): void;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  return {
    busy,
    error,
    forget: () => setError(undefined),
    ask: async (work) => {
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (refused) {
        setError((refused as Error).message);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** What cannot be undone is asked for twice, at the same place. */
export function ConfirmButton(props: {
  label: string;
  name: string;
  sure: string;
  disabled?: boolean;
  /** Beside buttons of the usual size. */
  large?: boolean;
  onSure(): void;
}) {
  const size = props.large ? "" : "small";
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <button type="button" class={size} aria-label={props.name} disabled={props.disabled} onClick={() => setAsked(true)}>
        {props.label}
      </button>
    );
  }
  return (
    <span class="pair">
      <button
        type="button"
        class={`${size} danger`}
        ref={(button) => button?.focus()}
        onClick={() => {
          setAsked(false);
          props.onSure();
        }}
      >
        {props.sure}
      </button>
      <button type="button" class={size} onClick={() => setAsked(false)}>
        Keep
      </button>
    </span>
  );
}

export function ErrorLine({ id, children }: { id?: string; children: string | undefined }) {
  return (
    <p class="error" id={id} role="alert">
      {children}
    </p>
  );
}
