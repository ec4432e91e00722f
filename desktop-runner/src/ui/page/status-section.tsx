/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import type { PageDisk, PageState } from "../view.ts";
import { Ago, Badge, Empty, Section, type Tone, useNow } from "./parts.tsx";
import { moment, size, span } from "./words.ts";

export const connectionWords: Record<PageState["connection"]["state"], { word: string; tone: Tone }> = {
  connected: { word: "Connected", tone: "good" },
  connecting: { word: "Connecting", tone: "busy" },
  offline: { word: "Offline", tone: "warn" },
  waiting: { word: "Waiting for acceptance", tone: "warn" },
  refused: { word: "Refused", tone: "bad" },
  stopped: { word: "Stopped", tone: "calm" },
};

/** Clocks that differ by less are as good as the same, milliseconds. */
const sameClockMs = 1_000;

export function StatusSection({ state: { about, connection } }: { state: PageState }) {
  const now = useNow(1_000);
  const { word, tone } = connectionWords[connection.state];
  const difference = connection.clockDifferenceMs;
  return (
    <Section id="status" title="This runner">
      <dl class="rows">
        <Fact name="Connection">
          <Badge tone={tone}>{word}</Badge>{" "}
          <span class="dim" title={moment(connection.since)}>
            for {span(now - connection.since)}
          </span>
          {connection.state === "offline" && <p class="dim wrap">{connection.words}</p>}
        </Fact>
        <Fact name="Server">
          <span class="wrap">{about.serverUrl}</span>
        </Fact>
        {difference !== null && (
          <Fact name="Clock">
            {Math.abs(difference) < sameClockMs
              ? "As the server's"
              : `${span(Math.abs(difference))} ${difference > 0 ? "ahead of" : "behind"} the server's`}
          </Fact>
        )}
        <Fact name="Fingerprint">
          <code class="fingerprint">{about.fingerprint}</code>
        </Fact>
        <Fact name="Running for">
          <span title={moment(about.startedAt)}>{span(now - about.startedAt)}</span>
        </Fact>
        <Fact name="Version">
          {about.version} <span class="dim">(process {about.pid})</span>
        </Fact>
        <Fact name="Folder">
          <code class="wrap">{about.folder}</code>
        </Fact>
      </dl>
    </Section>
  );
}

function days(ms: number): string {
  const count = Math.round(ms / (24 * 60 * 60_000));
  return count === 1 ? "a day" : `${count} days`;
}

export function DiskSection({ disk }: { disk: PageDisk | undefined }) {
  const total = disk?.places.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  return (
    <Section id="disk" title="Disk">
      {disk ? (
        <>
          <dl class="rows">
            {disk.places.map(({ name, bytes }) => (
              <Fact key={name} name={name}>
                {size(bytes)}
              </Fact>
            ))}
            <Fact name="Together">
              <strong>{size(total)}</strong>
            </Fact>
            <Fact name="Free on this disk">{size(disk.freeBytes)}</Fact>
          </dl>
          <div class="below">
            <label for="cap" class="dim">
              Artifacts of runs may take {size(disk.artifactsMaxBytes)}; then the oldest runs make room.{" "}
              {disk.artifactsMaxAgeMs === null
                ? "Until then they are kept, however old they are."
                : `What is older than ${days(disk.artifactsMaxAgeMs)} is deleted.`}
            </label>
            <meter id="cap" min={0} max={disk.artifactsMaxBytes} value={Math.min(disk.artifactsBytes, disk.artifactsMaxBytes)} />
          </div>
        </>
      ) : (
        <Empty>Looking …</Empty>
      )}
    </Section>
  );
}

export function RefusalsSection({ refusals }: { refusals: PageState["refusals"] }) {
  return (
    <Section id="refusals" title="Refused lately" note="By the policy. Hosts and rules; nothing of the pages.">
      {refusals.length === 0 ? (
        <Empty>Nothing was refused.</Empty>
      ) : (
        <ul class="list">
          {refusals.map(({ id, title, whatToDo, count, fatal, lastAt }) => (
            <li key={id}>
              <p title={whatToDo}>{title}</p>
              <p class="dim facts">
                <span>{count === 1 ? "Once" : `${count} times`}</span>
                <span>
                  <Ago at={lastAt} />
                </span>
                {fatal && <span>ended the run</span>}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
