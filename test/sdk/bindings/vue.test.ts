// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { createApp, createSSRApp, h, nextTick, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { tacitPlugin, useConsent, useLists, usePanel, useSimilar } from "../../../sdk/vue/vue.ts";
import { fake, quiet, recommendation } from "./fake.ts";

function mounted(draws: () => () => unknown, tacit: ReturnType<typeof fake>["tacit"]) {
  const place = document.body.appendChild(document.createElement("div"));
  const root = createApp({
    setup() {
      const draw = draws();
      return () => h("p", String(draw()));
    },
  });
  root.use(tacitPlugin, { tacit, config: { server: "/t" } }).mount(place);
  return { text: () => place.textContent, leave: () => root.unmount() };
}

test("a list follows what happens and what it is asked with, and ends with its component", async () => {
  const { tacit, asked, answer, tell, inits, listeners } = fake();
  const item = ref("a");
  const { text, leave } = mounted(() => {
    const { items, state } = useSimilar(item, { count: 2 });
    return () => `${state.value}: ${items.value.map((each) => each.item).join(" ")}`;
  }, tacit);
  await quiet(0);
  expect([text(), inits]).toEqual(["waiting: ", [{ server: "/t" }]]);
  await answer("b", "c");
  expect(text()).toBe("known: b c");
  tell("change");
  await quiet();
  await answer("d");
  expect(text()).toBe("known: d");
  item.value = "z";
  await nextTick();
  await quiet(0);
  expect(text()).toBe("waiting: ");
  await answer("e");
  expect(text()).toBe("known: e");
  expect(asked.map((request) => "item" in request && request.item)).toEqual(["a", "a", "z"]);
  leave();
  expect(listeners()).toBe(0);
});

test("lists, panel and permissions", async () => {
  const { tacit, answer } = fake();
  const { text, leave } = mounted(() => {
    const lists = useLists({ forYou: { list: "recommend" } });
    const panel = usePanel();
    const consent = useConsent();
    return () => `${lists.value?.forYou.length} ${panel.value !== null} ${consent.value.personalise}`;
  }, tacit);
  await quiet(0);
  await answer("a", "b");
  tacit.consent({ personalise: false });
  await quiet();
  await answer("a", "b");
  expect(text()).toBe("2 true false");
  leave();
});

test("a stored no is drawn after hydration, which finds what the server drew", async () => {
  const told = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
  const page = (tacit: ReturnType<typeof fake>["tacit"]) =>
    createSSRApp({
      setup() {
        const consent = useConsent();
        return () => h("p", consent.value.personalise ? "on" : "off");
      },
    }).use(tacitPlugin, { tacit });
  const place = document.body.appendChild(document.createElement("div"));
  place.innerHTML = await renderToString(page(fake().tacit));
  expect(place.textContent).toBe("on");
  const { tacit } = fake();
  tacit.consent({ personalise: false });
  const app = page(tacit);
  app.mount(place);
  await nextTick();
  expect(place.textContent).toBe("off");
  for (const each of told) {
    expect(each).not.toHaveBeenCalled();
    each.mockRestore();
  }
  app.unmount();
});

test("a server draws what the page gave, and asks nothing", async () => {
  const { tacit, asked } = fake();
  const app = createSSRApp({
    setup() {
      const { items, state } = useSimilar("a", {}, { initial: [recommendation("x")] });
      return () => h("p", `${state.value} ${items.value.map(({ item }) => item)}`);
    },
  });
  app.use(tacitPlugin, { tacit });
  expect(await renderToString(app)).toBe("<p>waiting x</p>");
  await quiet();
  expect(asked).toEqual([]);
});
