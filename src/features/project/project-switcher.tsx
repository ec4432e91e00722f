"use client";

import { Avatar, Menu, Modal, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import { useRef } from "react";
import { useCurrentProject } from "@/trpc/current-project";
import { CreateProjectForm } from "./create-project-form.tsx";
import classes from "./project-switcher.module.css";

/** Shows which project the dashboard is about, and changes it or makes another. */
export function ProjectSwitcher() {
  const { project, projects, choose } = useCurrentProject();
  const [creating, { open, close }] = useDisclosure(false);
  const target = useRef<HTMLButtonElement>(null);
  const ask = () => {
    // the dialog gives the focus back to where it came from, and the item is gone by then
    target.current?.focus();
    open();
  };
  return (
    <>
      <Menu position="bottom-start" width="target" withinPortal={false}>
        <Menu.Target>
          <UnstyledButton ref={target} className={classes.target}>
            <Avatar size={22} radius="sm" color="iris" variant="filled" aria-hidden>
              {project.name.slice(0, 1).toUpperCase()}
            </Avatar>
            <span className={classes.name}>
              <VisuallyHidden>Project: </VisuallyHidden>
              {project.name}
            </span>
            <IconSelector size={16} stroke={1.6} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Projects</Menu.Label>
          {projects.map(({ id, name }) => (
            <Menu.Item
              key={id}
              onClick={() => choose(id)}
              aria-current={id === project.id || undefined}
              rightSection={id === project.id ? <IconCheck size={15} aria-hidden /> : undefined}
            >
              <span className={classes.item}>{name}</span>
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={15} aria-hidden />} onClick={ask}>
            Create project
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={creating} onClose={close} title="Create project" size="sm" closeButtonProps={{ "aria-label": "Close" }}>
        <CreateProjectForm
          onCreated={(projectId) => {
            close();
            choose(projectId);
          }}
        />
      </Modal>
    </>
  );
}
