import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import inputClasses from "./input.module.css";

/** The accent: the only colour that does not mean a state. White on shade 6 has a contrast of 5.6. */
const iris: MantineColorsTuple = [
  "#f1f2fe",
  "#e0e3fc",
  "#c3c8f9",
  "#a3abf5",
  "#8a94f1",
  "#6c78ea",
  "#505bd6",
  "#434dbd",
  "#383f9a",
  "#2c3175",
];

/** Cool greys, so that the accent and the states are the only colours on a page. Shade 6 is the dimmed text: 5.6 on white. */
const gray: MantineColorsTuple = [
  "#fafafb",
  "#f4f4f6",
  "#ebebef",
  "#e1e2e7",
  "#cfd1d8",
  "#a6a9b5",
  "#636874",
  "#484c57",
  "#31343d",
  "#1a1c21",
];

/** 7 is the page, 6 what lies on it, 4 borders, 2 dimmed text (6.6 on the page), 0 text. */
const dark: MantineColorsTuple = [
  "#e4e5ea",
  "#b7bac4",
  "#9a9eaa",
  "#757a87",
  "#2f323b",
  "#262930",
  "#1b1d23",
  "#121317",
  "#0e0f12",
  "#08090b",
];

const systemFont =
  'Inter, "Inter Variable", ui-sans-serif, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: 6,
  colors: { iris, gray, dark },
  black: "#16181d",
  fontFamily: systemFont,
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", SFMono-Regular, Menlo, "Cascadia Code", "JetBrains Mono", Consolas, "DejaVu Sans Mono", monospace',
  fontWeights: { regular: "400", medium: "500", bold: "600" },
  headings: {
    fontFamily: systemFont,
    fontWeight: "600",
    textWrap: "balance",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.45" },
    },
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { fw: 500 } },
    Badge: { defaultProps: { tt: "none", fw: 500, radius: "sm" } },
    Modal: { defaultProps: { centered: true, padding: "lg", overlayProps: { backgroundOpacity: 0.45, blur: 2 } } },
    // a dialog's heading is no banner of the page
    ModalHeader: { defaultProps: { role: "none" } },
    ModalTitle: { defaultProps: { fw: 600 } },
    DrawerHeader: { defaultProps: { role: "none" } },
    DrawerTitle: { defaultProps: { fw: 600 } },
    Drawer: { defaultProps: { padding: "lg", position: "right", overlayProps: { backgroundOpacity: 0.3 } } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } },
    Input: { classNames: { input: inputClasses.input } },
    Table: { defaultProps: { verticalSpacing: "sm", horizontalSpacing: "md", tabularNums: true } },
    // its placeholder for the first focus is no menu item, which assistive technology would stumble over
    Menu: { defaultProps: { shadow: "md", width: 240, withInitialFocusPlaceholder: false } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Paper: { defaultProps: { withBorder: true, shadow: "none" } },
    Skeleton: { defaultProps: { radius: "sm" } },
  },
});

/** Mantine's own dimmed, placeholder and error colours miss a contrast of 4.5 in one of the schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-6)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-6)",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-default-border": "var(--mantine-color-gray-3)",
    "--mantine-color-anchor": "var(--mantine-color-iris-7)",
    "--deskhand-sunken": "var(--mantine-color-gray-0)",
    "--deskhand-raised": "#fff",
    "--deskhand-good": "#1a7f4b",
    "--deskhand-bad": "#c92a2a",
    "--deskhand-wait": "#b35c00",
    "--deskhand-busy": "var(--mantine-color-iris-6)",
    "--deskhand-idle": "var(--mantine-color-gray-5)",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-2)",
    "--mantine-color-placeholder": "#8b8f9c",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-default": "var(--mantine-color-dark-6)",
    "--mantine-color-default-border": "var(--mantine-color-dark-4)",
    "--mantine-color-anchor": "var(--mantine-color-iris-3)",
    "--deskhand-sunken": "var(--mantine-color-dark-8)",
    "--deskhand-raised": "var(--mantine-color-dark-6)",
    "--deskhand-good": "#3dd68c",
    "--deskhand-bad": "#ff8787",
    "--deskhand-wait": "#f5b041",
    "--deskhand-busy": "var(--mantine-color-iris-4)",
    "--deskhand-idle": "var(--mantine-color-dark-3)",
  },
});
