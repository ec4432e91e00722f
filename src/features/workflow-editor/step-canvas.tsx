import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useMantineColorScheme } from "@mantine/core";
import { Background, Controls, MiniMap, type Node, ReactFlow, ReactFlowProvider, useNodesState, useReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { AddStep, BlockNode, LandingLine, StepBox } from "./canvas-nodes.tsx";
import { useEditor } from "./editor-context.ts";
import { type Landing, landingAt, layOut } from "./model/canvas-layout.ts";
import { addsOf, type CanvasNode, edgesOf, nodesOf } from "./model/canvas-nodes.ts";
import { idsWithin, type Place } from "./model/document.ts";
import { selectedIds } from "./model/editor-state.ts";
import { findEntry, makeStep } from "./model/step-catalog.ts";
import { describeNode } from "./model/step-words.ts";
import classes from "./step-canvas.module.css";
import { useFirstView } from "./use-first-view.ts";

type Props = { onAddAt: (place: Place) => void };

const miniMapSize = { width: 132, height: 96 };
const nodeTypes = { step: StepBox, block: BlockNode, add: AddStep };

/** The steps as a picture, from top to bottom. It lays itself out: what is dragged goes into the place where it is let go. */
export function StepCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ onAddAt }: Props) {
  const { state, dispatch, issues, open } = useEditor();
  const { colorScheme } = useMantineColorScheme();
  const { screenToFlowPosition, setCenter, getZoom, getViewport } = useReactFlow();
  const area = useRef<HTMLDivElement>(null);
  const [landing, setLanding] = useState<Landing | null>(null);
  const { document } = state;
  const layout = useMemo(() => layOut(document), [document]);
  const chosen = useMemo(() => selectedIds(state), [state]);
  const wanted = useMemo(
    () => [...nodesOf(document, layout, issues, new Set(chosen)), ...addsOf(layout, onAddAt)],
    [document, layout, issues, chosen, onAddAt],
  );
  const onMoved = useFirstView(area, layout.width, layout.nodes.find(({ id }) => id === state.selection?.head)?.y);
  const edges = useMemo(() => edgesOf(document), [document]);
  const [nodes, setNodes, onNodesChange] = useNodesState<CanvasNode>(wanted);
  useEffect(() => setNodes(wanted), [wanted, setNodes]);

  const latest = useRef({ document, layout, chosen });
  latest.current = { document, layout, chosen };

  // what the palette's steps are dropped on
  useEffect(() => {
    if (!area.current) return;
    const at = (input: { clientX: number; clientY: number }) =>
      landingAt(latest.current.layout, screenToFlowPosition({ x: input.clientX, y: input.clientY }));
    return dropTargetForElements({
      element: area.current,
      canDrop: ({ source }) => typeof source.data.entry === "string",
      onDrag: ({ location }) => setLanding(at(location.current.input)),
      onDragLeave: () => setLanding(null),
      onDrop: ({ source, location }) => {
        setLanding(null);
        const entry = findEntry(String(source.data.entry));
        const there = at(location.current.input);
        if (entry && there) dispatch({ do: "insert", place: there.place, steps: [makeStep(latest.current.document, entry)] });
      },
    });
  }, [dispatch, screenToFlowPosition]);

  // what is chosen by keyboard, or in the list, comes into sight
  const head = state.selection?.head;
  useEffect(() => {
    const box = latest.current.layout.nodes.find(({ id }) => id === head);
    const size = area.current?.getBoundingClientRect();
    if (!box || !size) return;
    const { x, y, zoom } = getViewport();
    const [left, top] = [box.x * zoom + x, box.y * zoom + y];
    const isSeen = left > 0 && top > 0 && left + 264 * zoom < size.width && top + 60 * zoom < size.height;
    if (!isSeen) void setCenter(box.x + box.width / 2, box.y + Math.min(box.height / 2, 200), { zoom: getZoom(), duration: 150 });
  }, [head, getViewport, getZoom, setCenter]);

  const heldAt = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent | React.TouchEvent, node: Node) => {
      const pointer = "touches" in event ? (event.touches[0] ?? event.changedTouches[0]) : event;
      if (!pointer) return null;
      const moving = latest.current.chosen.includes(node.id) ? latest.current.chosen : [node.id];
      const within = new Set(moving.flatMap((id) => idsWithin(latest.current.document, id)));
      return {
        moving,
        landing: landingAt(latest.current.layout, screenToFlowPosition({ x: pointer.clientX, y: pointer.clientY }), within),
      };
    },
    [screenToFlowPosition],
  );

  const words = head && document.nodes[head] ? describeNode(document.nodes[head]) : null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no part of a form
    <div
      ref={area}
      className={classes.area}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go from step to step in it
      tabIndex={0}
      role="group"
      aria-label="Canvas: arrow keys go from step to step, Enter opens one"
    >
      <ReactFlow<CanvasNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onNodesChange={onNodesChange}
        colorMode={colorScheme === "auto" ? "system" : colorScheme}
        onNodeClick={(event, node) => {
          if (node.type === "add") return;
          dispatch({ do: "select", id: node.id, extend: event.shiftKey });
          open();
          area.current?.focus({ preventScroll: true });
        }}
        onPaneClick={() => dispatch({ do: "select", id: null })}
        onNodeDrag={(event, node) => {
          const next = heldAt(event, node)?.landing ?? null;
          // drawn again only when it would land elsewhere
          setLanding((before) => (before?.line.y === next?.line.y && before?.line.x === next?.line.x ? before : next));
        }}
        onNodeDragStop={(event, node) => {
          const held = heldAt(event, node);
          setLanding(null);
          setNodes(wanted);
          if (held?.landing) dispatch({ do: "move", ids: held.moving, place: held.landing.place });
        }}
        nodeDragThreshold={4}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={1.5}
        onMoveStart={(event) => event && onMoved()}
        fitViewOptions={{ maxZoom: 1, minZoom: 0.3, padding: 0.1 }}
        panOnScroll
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={22} size={1} />
        <Controls showInteractive={false} />
        <MiniMap
          pannable
          zoomable
          ariaLabel="Overview"
          style={miniMapSize}
          nodeColor={({ type }) => (type === "add" ? "transparent" : "")}
        />
        {landing && <LandingLine line={landing.line} />}
      </ReactFlow>
      <p className={classes.spoken} aria-live="polite">
        {words ? `${words.verb} ${words.target} ${words.detail}` : ""}
      </p>
    </div>
  );
}
