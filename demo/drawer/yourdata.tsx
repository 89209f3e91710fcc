/** Erase what is here, or leave altogether. */
import { useState } from "preact/hooks";
import type { Tacit } from "../../sdk/index.ts";

type Step = "idle" | "asking" | "working" | "erased" | "out";

export function YourData({ tacit }: { readonly tacit: Tacit }) {
  const [step, setStep] = useState<Step>("idle");
  const erase = async () => {
    setStep("working");
    await tacit.erase();
    setStep("erased");
  };
  const leave = async () => {
    setStep("working");
    await tacit.optOut();
    setStep("out");
  };
  return (
    <section aria-labelledby="drawer-data">
      <h3 id="drawer-data">Erase or leave</h3>
      {step === "asking" ? (
        <div class="ask-once" role="alertdialog" aria-label="Erase everything?">
          <p>
            Erase everything this shop has remembered on this device? This cannot be undone. Other devices and
            files that you took it to keep theirs.
          </p>
          <p class="actions">
            <button type="button" class="button button-danger" onClick={erase}>
              Erase
            </button>
            <button type="button" class="button button-quiet" ref={focusOnce} onClick={() => setStep("idle")}>
              Keep it
            </button>
          </p>
        </div>
      ) : (
        <p class="actions">
          <button type="button" class="button button-quiet" onClick={() => setStep("asking")}>
            Erase
          </button>
          <button type="button" class="button button-quiet" onClick={leave}>
            Opt out entirely
          </button>
        </p>
      )}
      <p class="none" role="status">
        {messages[step]}
      </p>
    </section>
  );
}

const messages: Readonly<Record<Step, string>> = {
  idle: "Opting out erases everything and turns both switches off.",
  asking: "",
  working: "Erasing…",
  erased:
    "Erased. This device remembers nothing of what you did here, only what contributing has cost so far. Other devices and files that you took it to keep theirs.",
  out: "You are out: both switches are off and everything is erased.",
};

/** The harmless answer has the focus. */
function focusOnce(button: HTMLButtonElement | null): void {
  button?.focus();
}
