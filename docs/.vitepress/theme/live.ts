/**
 * What stands in it is live: the SDK is loaded from this site's own files when such a page is opened, and asks for an edition
 * that lies beside them as files (../make.ts). Nothing is contributed, because nobody is there who could be.
 */
import { withBase } from "vitepress";
import { defineComponent, h, onMounted, ref } from "vue";

/** What is loaded already, for all pages of a visit. */
const loaded = new Set<string>();

function load(path: string, attributes: Readonly<Record<string, string>>): void {
  const src = withBase(path);
  if (loaded.has(src)) return;
  loaded.add(src);
  const script = document.createElement("script");
  for (const [name, value] of Object.entries({ ...attributes, src })) script.setAttribute(name, value);
  document.head.append(script);
}

export const Live = defineComponent({
  name: "Live",
  props: {
    /** The widget's file. */
    widget: { type: String, required: true },
  },
  setup({ widget }, { slots }) {
    // On a server there is nothing to bring to life.
    const isHere = ref(false);
    onMounted(() => {
      load("/tacit/tacit.js", {
        async: "",
        "data-tacit-server": withBase("/live"),
        "data-tacit-database": "tacit-docs",
        "data-tacit-defaults": "2026-11-28",
      });
      load(`/tacit/${widget}.js`, { type: "module" });
      isHere.value = true;
    });
    /** A button with `data-show` opens the element of that name beside it, which it makes where there is none yet. */
    const show = ({ target, currentTarget }: MouseEvent): void => {
      const name = target instanceof HTMLElement ? target.dataset.show : undefined;
      if (name === undefined || !(currentTarget instanceof HTMLElement)) return;
      const shown =
        currentTarget.querySelector(name) ?? currentTarget.appendChild(document.createElement(name));
      shown.setAttribute("open", "");
    };
    return () =>
      h("div", { class: "live vp-raw", onClick: show }, [
        h("p", { class: "live-label" }, "Live"),
        isHere.value ? slots.default?.() : null,
      ]);
  },
});
