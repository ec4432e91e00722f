import { MantineProvider } from "@mantine/core";
import { type Edge, type Node, ReactFlow, useEdgesState, useNodesState } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useMemo, useReducer } from "react";
import { createRoot } from "react-dom/client";
import { theme } from "@/components/theme";
import { DispatchContext, EditorContext } from "@/features/workflow-editor/editor-context";
import { layOut } from "@/features/workflow-editor/model/canvas-layout";
import { addsOf, edgesOf, nodesOf } from "@/features/workflow-editor/model/canvas-nodes";
import { readDocument } from "@/features/workflow-editor/model/document";
import { editorReducer, openEditor } from "@/features/workflow-editor/model/editor-state";
import { checkDocument, noIssues } from "@/features/workflow-editor/model/issues";
import { StepCanvas } from "@/features/workflow-editor/step-canvas";

declare global {
  interface Window {
    recording: { title: string; steps: unknown[] };
  }
}

const nothing = () => {};

/** The editor's canvas as a person has it: checked, laid out, with its palette's drop target. */
function Ours() {
  const [state, dispatch] = useReducer(editorReducer, window.recording, openEditor);
  const issues = useMemo(() => checkDocument(state.document), [state.document]);
  const acts = useMemo(() => ({ dispatch, open: nothing }), []);
  const editor = useMemo(() => ({ state, issues, ...acts }), [state, issues, acts]);
  return (
    <MantineProvider theme={theme}>
      <EditorContext value={editor}>
        <DispatchContext value={acts}>
          <StepCanvas onAddAt={nothing} />
        </DispatchContext>
      </EditorContext>
    </MantineProvider>
  );
}

/** React Flow by itself with as many nodes and lines, in the same places, of its own plain kind. */
function Bare() {
  const start = useMemo(() => {
    const document = readDocument(window.recording);
    const layout = layOut(document);
    const all = [...nodesOf(document, layout, noIssues, new Set()), ...addsOf(layout, nothing)];
    const nodes: Node[] = all.map(({ type: _type, data: _data, ...node }) => ({ ...node, data: { label: node.id } }));
    return { nodes, edges: edgesOf(document) };
  }, []);
  const [nodes, , onNodesChange] = useNodesState<Node>(start.nodes);
  const [edges] = useEdgesState<Edge>(start.edges);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      onNodesChange={onNodesChange}
      onlyRenderVisibleElements
      minZoom={0.1}
      defaultViewport={{ x: 300, y: 32, zoom: 1 }}
    />
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(location.hash === "#bare" ? <Bare /> : <Ours />);
