/**
 * Take your data along: as files to look into, to another device, or as a copy to keep.
 *
 * A file of its own (panel-along.js): few do.
 */
import type { MoveAnswer, MoveStep } from "../../../worker/api.ts";
import { button, make } from "../dom.ts";
import { counted } from "../language.ts";
import { download } from "./download.ts";
import { numberIn } from "./numbers.ts";
import { isContributor, type Setting, unique } from "./part.ts";
import type { AlongWords } from "./words/words.ts";

export { along as english } from "./words/en.ts";

interface AlongSetup {
  readonly setting: Setting;
  readonly words: AlongWords;
  readonly body: HTMLElement;
}

export async function fillAlong(setup: AlongSetup): Promise<() => void> {
  const files = filesPart(setup);
  setup.body.replaceChildren(files.element, movePart(setup), takePart(setup), copyPart(setup));
  return files.stop;
}

/** All of it in the open, to read or to work with. */
function filesPart({ setting, words }: AlongSetup): {
  readonly element: HTMLElement;
  readonly stop: () => void;
} {
  const { tacit, language } = setting;
  const outcome = make("p", { part: "soft", role: "status" });
  const list = make("ul", { class: "files", role: "list", "aria-label": words.files });
  list.hidden = true;
  const say = (text: string): void => {
    outcome.textContent = text;
    list.hidden = true;
    list.replaceChildren();
  };
  const json = button({ part: "button" }, words.json, async () => {
    const data = await tacit.exportData();
    say(data === null ? words.failed : "");
    if (data !== null) download("tacit-export.json", "application/json", JSON.stringify(data, null, 2));
  });
  const parquet = button({ part: "button" }, words.parquet, async () => {
    const files = await tacit.exportData({ format: "parquet" });
    say(files === null ? words.failed : "");
    list.hidden = files === null;
    const line = ({ name, file }: NonNullable<typeof files>[number]): HTMLElement => {
      const size = `${numberIn(language, file.size / 1000, 1)} kB`;
      const keep = button({ part: "link", dir: "ltr" }, name, () => download(name, file.type, file));
      return make("li", {}, keep, " ", make("span", { part: "soft" }, size));
    };
    list.replaceChildren(...(files ?? []).map(line));
  });
  return {
    element: make("div", {}, make("p", { class: "actions" }, json, parquet), outcome, list),
    // They are of that moment: nothing that was erased since can be had here.
    stop: tacit.on("change", () => say("")),
  };
}

/** A step, what became of it in words, and a code with a way to take it that is not by hand. */
function stepper(setup: AlongSetup) {
  const { setting, words } = setup;
  const code = make("output", { part: "code", dir: "ltr" });
  const text = make("p", { part: "soft", role: "status" });
  const copy = button({ part: "link" }, words.copyThis, async () => {
    text.textContent = (await isCopied(code)) ? words.codeCopied : words.codeSelected;
  });
  const showCode = (shown: string | null): void => {
    code.hidden = shown === null;
    copy.hidden = shown === null;
    code.textContent = shown ?? "";
  };
  showCode(null);
  const ask = async (step: MoveStep): Promise<MoveAnswer | null> => {
    showCode(null);
    text.textContent = words.working;
    // A move takes along who has contributed, and brings it.
    const wasOne = await isContributing(setting);
    const answer = await setting.tacit.move(step);
    showCode(answer !== null && "code" in answer ? answer.code : null);
    const isOne = wasOne || (await isContributing(setting));
    text.textContent = outcomeOf(answer, isOne, setup);
    return answer;
  };
  return { ask, nodes: [code, copy, text] };
}

/** Else it is selected, for whoever copies it by their own means. */
async function isCopied(code: HTMLElement): Promise<boolean> {
  try {
    // Absent where a page did not come over https, and refused where a page or a person says so.
    await navigator.clipboard.writeText(code.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}

function movePart(setup: AlongSetup): HTMLElement {
  const { words } = setup;
  const { ask, nodes } = stepper(setup);
  const to = make("textarea", {
    part: "field",
    rows: 3,
    spellcheck: "false",
    autocomplete: "off",
    dir: "ltr",
  });
  const give = button({ part: "button", disabled: true }, words.makeFile, async () => {
    const given = await ask({ step: "give", to: to.value });
    if (given?.state === "given") download("tacit-move.bin", given.file.type, given.file);
  });
  to.addEventListener("input", () => {
    give.disabled = to.value.trim() === "";
  });
  return folded(words.move, words.moveAbout, labelled(words.theirCode, to), give, ...nodes);
}

function takePart(setup: AlongSetup): HTMLElement {
  const { words } = setup;
  const asking = stepper(setup);
  const taking = stepper(setup);
  const show = button({ part: "button" }, words.showCode, () => void asking.ask({ step: "ask" }));
  const file = make("input", { part: "field", type: "file" });
  const code = make("input", {
    part: "field",
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    dir: "ltr",
  });
  const take = button({ part: "button", disabled: true }, words.takeIn, () => {
    const [chosen] = file.files ?? [];
    if (chosen !== undefined) void taking.ask({ step: "take", file: chosen, code: code.value });
  });
  file.addEventListener("change", () => {
    take.disabled = (file.files?.length ?? 0) === 0;
  });
  return folded(
    words.take,
    words.takeAbout,
    ...[show, ...asking.nodes],
    ...[labelled(words.file, file), labelled(words.copyCode, code)],
    ...[take, ...taking.nodes],
  );
}

function copyPart(setup: AlongSetup): HTMLElement {
  const { words } = setup;
  const { ask, nodes } = stepper(setup);
  const copy = button({ part: "button" }, words.makeCopy, async () => {
    const copied = await ask({ step: "copy" });
    if (copied?.state === "copied") download("tacit-copy.bin", copied.file.type, copied.file);
  });
  return folded(words.copy, words.copyAbout, copy, ...nodes);
}

function folded(title: string, about: string, ...children: readonly Node[]): HTMLElement {
  const summary = make("summary", { part: "summary" }, title);
  return make("details", { class: "fold" }, summary, make("p", { part: "soft" }, about), ...children);
}

function labelled(label: string, field: HTMLElement): HTMLElement {
  const id = unique("field");
  field.id = id;
  return make("div", { class: "labelled" }, make("label", { part: "label", for: id }, label), field);
}

async function isContributing({ tacit }: Setting): Promise<boolean> {
  return isContributor({ panel: await tacit.panel(), consent: tacit.consent() });
}

/** Of contributing nothing is said to whom it does not concern. */
function outcomeOf(
  answer: MoveAnswer | null,
  hasContributed: boolean,
  { words, setting: { language } }: AlongSetup,
): string {
  if (answer === null) return words.nothing;
  switch (answer.state) {
    case "refused":
      return words.refused[answer.why];
    case "taken": {
      const { sort, events, mayContribute } = answer;
      const came = counted(words.came, events, language.locale);
      if (sort === "move" && mayContribute) return hasContributed ? `${came} ${words.mayContribute}` : came;
      if (sort === "move") return `${came} ${words.third}`;
      return mayContribute ? came : `${came} ${words.theyContribute}`;
    }
    case "given":
      return hasContributed ? `${words.given} ${words.handed}` : words.given;
    default:
      return words[answer.state];
  }
}
