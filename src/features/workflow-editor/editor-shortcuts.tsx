import { ActionIcon, Kbd, Modal, Table, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard } from "@tabler/icons-react";

const shortcuts: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ["Ctrl S"], does: "Save" },
  { keys: ["Ctrl Z", "Ctrl Y"], does: "Undo, do again" },
  { keys: ["↑", "↓", "←", "→"], does: "Go from step to step, into a block and out of it" },
  { keys: ["Shift ↑", "Shift ↓"], does: "Choose neighbours together" },
  { keys: ["Alt ↑", "Alt ↓", "Alt →", "Alt ←"], does: "Move the chosen steps: up, down, into the block before, out of the block around" },
  { keys: ["Enter", "Escape"], does: "Go into the form of the step, choose nothing" },
  { keys: ["Ctrl C", "Ctrl X", "Ctrl V"], does: "Copy, cut and paste steps, also into another workflow" },
  { keys: ["Ctrl D", "Delete"], does: "Duplicate, delete the chosen steps" },
];

/** The keys of the editor, for whoever asks. */
export function EditorShortcuts() {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Tooltip label="Keyboard shortcuts">
        <ActionIcon aria-label="Keyboard shortcuts" size={32} onClick={open}>
          <IconKeyboard size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        <Text size="sm" c="dimmed" mb="sm">
          They work while the steps have the focus, or nothing has. On a Mac, Command is used in place of Ctrl, and Option in place of Alt.
        </Text>
        <Table aria-label="Keyboard shortcuts">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Keys</Table.Th>
              <Table.Th>What they do</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shortcuts.map(({ keys, does }) => (
              <Table.Tr key={does}>
                <Table.Td>
                  {keys.map((key) => (
                    <Kbd key={key} mr={4} style={{ whiteSpace: "nowrap" }}>
                      {key}
                    </Kbd>
                  ))}
                </Table.Td>
                <Table.Td>{does}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}
