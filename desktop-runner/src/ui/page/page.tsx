/** @jsxImportSource preact */
import { render } from "preact";
import { App } from "./app.tsx";
import { PageModel } from "./page-model.ts";

const place = document.getElementById("page");
place?.replaceChildren();
if (place) render(<App model={new PageModel()} />, place);
