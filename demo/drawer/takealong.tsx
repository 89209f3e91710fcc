/** Take your data along: as files to look into, to another device, or as a copy to keep. */
import { useEffect, useState } from "preact/hooks";
import type { ExportFile, MoveAnswer, MoveStep, Tacit } from "../../sdk/index.ts";
import { download } from "./download.ts";
import { answerInWords } from "./movewords.ts";

export function TakeAlong({ tacit }: { readonly tacit: Tacit }) {
  return (
    <section class="along" aria-labelledby="drawer-along">
      <h3 id="drawer-along">Take your data along</h3>
      <Download tacit={tacit} />
      <Move tacit={tacit} />
      <TakeIn tacit={tacit} />
      <KeepCopy tacit={tacit} />
    </section>
  );
}

type Files = "none" | "failed" | readonly ExportFile[];

/** All of it in the open, to read or to work with. */
function Download({ tacit }: { readonly tacit: Tacit }) {
  const [files, setFiles] = useState<Files>("none");
  // They are of that moment: nothing that was erased since can be had here.
  useEffect(() => tacit.on("change", () => setFiles("none")), [tacit]);
  const asJson = async () => {
    const data = await tacit.exportData();
    if (data === null) return setFiles("failed");
    download("tacit-export.json", "application/json", JSON.stringify(data, null, 2));
  };
  const asParquet = async () => setFiles((await tacit.exportData({ format: "parquet" })) ?? "failed");
  return (
    <>
      <p class="actions">
        <button type="button" class="button button-quiet" onClick={asJson}>
          Download as JSON
        </button>
        <button type="button" class="button button-quiet" onClick={asParquet}>
          Download as Parquet
        </button>
      </p>
      {files === "failed" && (
        <p class="none" role="status">
          The export could not be made: what is on this device could not be read.
        </p>
      )}
      {typeof files !== "string" && (
        <ul class="along-files" aria-label="Parquet files, one for each table; press one to keep it">
          {files.map(({ name, file }) => (
            <li key={name}>
              <button type="button" class="link" onClick={() => download(name, file.type, file)}>
                {name}
              </button>{" "}
              <span>{kilobytes(file.size)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Asks for a step and remembers what became of it. */
function useMove(tacit: Tacit): {
  readonly answer: MoveAnswer | null | "none" | "working";
  readonly ask: (step: MoveStep) => Promise<MoveAnswer | null>;
} {
  const [answer, setAnswer] = useState<MoveAnswer | null | "none" | "working">("none");
  const ask = async (step: MoveStep) => {
    setAnswer("working");
    const answered = await tacit.move(step);
    setAnswer(answered);
    return answered;
  };
  return { answer, ask };
}

function Outcome({ answer }: Pick<ReturnType<typeof useMove>, "answer">) {
  const words = answer === "none" ? "" : answer === "working" ? "One moment…" : answerInWords(answer);
  const code = answer !== null && typeof answer === "object" && "code" in answer ? answer.code : null;
  return (
    <>
      {code !== null && <output class="along-code">{code}</output>}
      <p class="none" role="status">
        {words}
      </p>
    </>
  );
}

function Move({ tacit }: { readonly tacit: Tacit }) {
  const { answer, ask } = useMove(tacit);
  const [to, setTo] = useState("");
  const give = async () => {
    const given = await ask({ step: "give", to });
    if (given?.state === "given") download("tacit-move.bin", given.file.type, given.file);
  };
  return (
    <details>
      <summary>Move to another device</summary>
      <p>
        Open this shop on the other device and choose “Take in here” there: it shows a code. With it this
        device makes a file that only the other one can open. If you contribute, the other one goes on with
        it, and this one stops. What is here stays here until you erase it.
      </p>
      <label>
        Code of the other device
        <textarea
          rows={3}
          spellcheck={false}
          autocomplete="off"
          value={to}
          onInput={({ currentTarget }) => setTo(currentTarget.value)}
        />
      </label>
      <p class="actions">
        <button type="button" class="button" disabled={to.trim() === ""} onClick={give}>
          Make the file
        </button>
      </p>
      <Outcome answer={answer} />
    </details>
  );
}

function TakeIn({ tacit }: { readonly tacit: Tacit }) {
  const asking = useMove(tacit);
  const taking = useMove(tacit);
  const [file, setFile] = useState<File | null>(null);
  const [code, setCode] = useState("");
  return (
    <details>
      <summary>Take in here</summary>
      <p>To move from another device, show this one's code and type it there.</p>
      <p class="actions">
        <button type="button" class="button button-quiet" onClick={() => asking.ask({ step: "ask" })}>
          Show my code
        </button>
      </p>
      <Outcome answer={asking.answer} />
      <label>
        File from the other device, or a copy
        <input type="file" onChange={({ currentTarget }) => setFile(currentTarget.files?.[0] ?? null)} />
      </label>
      <label>
        Code of the copy, if it is one
        <input
          type="text"
          spellcheck={false}
          autocomplete="off"
          value={code}
          onInput={({ currentTarget }) => setCode(currentTarget.value)}
        />
      </label>
      <p class="actions">
        <button
          type="button"
          class="button"
          disabled={file === null}
          onClick={() => file !== null && taking.ask({ step: "take", file, code })}
        >
          Take it in
        </button>
      </p>
      <Outcome answer={taking.answer} />
    </details>
  );
}

function KeepCopy({ tacit }: { readonly tacit: Tacit }) {
  const { answer, ask } = useMove(tacit);
  const copy = async () => {
    const copied = await ask({ step: "copy" });
    if (copied?.state === "copied") download("tacit-copy.bin", copied.file.type, copied.file);
  };
  return (
    <details>
      <summary>Keep a copy, or link a device</summary>
      <p>
        An encrypted file of what you did and said here, and the code that opens it, on this device or any
        other. A device that takes it in knows you as this one does, and leaves contributing to this one.
      </p>
      <p class="actions">
        <button type="button" class="button button-quiet" onClick={copy}>
          Make a copy
        </button>
      </p>
      <Outcome answer={answer} />
    </details>
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toLocaleString("en-GB", { maximumFractionDigits: 1 })} kB`;
}
