"use client";

import { type ResultFormat, resultTypes, writeResult } from "@deskhand/shared/formats/write-result";
import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { saveFile } from "@/components/save-file";

const choices: { format: ResultFormat; isExact?: true; label: string; hint: string }[] = [
  { format: "csv", label: "CSV", hint: "For spreadsheets: no cell becomes a formula" },
  { format: "csv", isExact: true, label: "CSV, exact", hint: "For programs: cells just as they were read" },
  { format: "json", label: "JSON", hint: "As it is" },
  { format: "ndjson", label: "NDJSON", hint: "One line for each row" },
];

/** Saves what was read in a format of the person's choice; the bytes are here already, and go nowhere else. */
export function ExportMenu({ label, file, value }: { label: string; file: string; value: unknown }) {
  const save = (format: ResultFormat, isExact = false) =>
    saveFile(new Blob([writeResult(value, format, isExact)], { type: resultTypes[format] }), `${fileName(file)}.${format}`);
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`Export ${label}`}
          style={{ flex: "none" }}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((choice) => (
          <Menu.Item key={choice.label} onClick={() => save(choice.format, choice.isExact)}>
            {choice.label}
            <div style={{ color: "var(--mantine-color-dimmed)", fontSize: "var(--mantine-font-size-xs)" }}>{choice.hint}</div>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "result";
}
