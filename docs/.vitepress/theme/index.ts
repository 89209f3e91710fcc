/** The default theme, and `<Live>`: widgets on a page of the documentation, with the SDK and a small catalogue of its own. */
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { Live } from "./live.ts";
import { Sizes } from "./sizes.ts";
import "./site.css";

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("Live", Live);
    app.component("Sizes", Sizes);
  },
} satisfies Theme;
