/** WebKit: Debian's MiniBrowser under Xvfb, by WebKitWebDriver. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { programAt } from "../../browser/programs.ts";
import { miniBrowserProgram, screenProgram, webkitDriverProgram } from "../programs.ts";
import { type Engine, expressionOf, type PageFunction, type Session, sleep, type Tab } from "./engine.ts";
import { freePort } from "./port.ts";
import { WebDriverSession } from "./webdriver.ts";
import { Windows } from "./windows.ts";

const startsWithinMs = 20_000;
const loadsWithinMs = 30_000;
/** A page that is still there after so long was never asked to go. */
const leavesWithinMs = 10_000;
const closesWithinMs = 3_000;
/** A page that is left while it answers, and kept, answers nobody: whatever stands there then is asked anew. */
const answersWithinMs = 2_000;

export async function webkitEngine(): Promise<Engine> {
  const { display, screen } = await startScreen();
  // What this process started does not outlive it.
  process.on("exit", () => screen.kill());
  return {
    name: "webkit",
    async open({ pageCache = true, host } = {}) {
      const args = [
        "--automation",
        ...(pageCache ? [] : ["--enable-page-cache=FALSE"]),
        // The site answers as a proxy does: the name is never looked up.
        ...(host === undefined ? [] : [`--proxy=http://127.0.0.1:${host.port}`]),
      ];
      const { address, stop } = await startDriver(display);
      try {
        const session = await WebDriverSession.open(address, {
          "webkitgtk:browserOptions": { binary: programAt(miniBrowserProgram), args },
          // Otherwise every command waits for a page that never ends loading, and "eager" for the next one.
          pageLoadStrategy: "none",
          timeouts: { script: 50_000, pageLoad: loadsWithinMs, implicit: 0 },
        });
        return await sessionOf(session, stop);
      } catch (error) {
        stop();
        throw error;
      }
    },
    async stop() {
      const gone = new Promise((resolve) => screen.on("exit", resolve));
      screen.kill();
      await gone;
    },
  };
}

/** A driver holds one session, and does not let go of one whose page hangs: each session has its own. */
async function startDriver(
  display: string,
): Promise<{ readonly address: string; readonly stop: () => void }> {
  const port = await freePort();
  // A group of its own, so that the browser ends with its driver.
  const driver = spawn(programAt(webkitDriverProgram), [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display },
    stdio: "ignore",
    detached: true,
  });
  const stop = (): void => {
    process.off("exit", stop);
    try {
      if (driver.pid !== undefined) process.kill(-driver.pid, "SIGKILL");
    } catch {
      // The group has ended by itself.
    }
  };
  process.on("exit", stop);
  const address = `http://127.0.0.1:${port}`;
  await answering(address);
  return { address, stop };
}

async function sessionOf(session: WebDriverSession, stop: () => void): Promise<Session> {
  const windows = await Windows.of(session);
  return {
    tab: async () => tabOf(session, windows, await windows.open()),
    async close() {
      await Promise.race([session.close().catch(() => undefined), sleep(closesWithinMs)]);
      stop();
    },
  };
}

function tabOf(session: WebDriverSession, windows: Windows, handle: string): Tab {
  const cannot = (what: string) => Promise.reject(new Error(`webkit: expected nobody to ask for ${what}`));
  const run = <A, T>(work: PageFunction<A, T>, argument?: A, withinMs?: number) =>
    windows.within(handle, () => session.run<T>(expressionOf(work, argument), withinMs));
  /** Leaves the page by what the function does, and waits for the page that it leads to. */
  const leave = async (what: string, go: () => Promise<unknown>): Promise<void> => {
    // A page that is come back to has what was left on it before.
    const mark = randomUUID();
    const progress = () =>
      run(
        (mark) => (Reflect.get(window, "isLeft") === mark ? "not left" : document.readyState),
        mark,
        answersWithinMs,
      ).catch(() => "no answer");
    await run((mark) => void Reflect.set(window, "isLeft", mark), mark).catch(() => undefined);
    await windows.within(handle, go);
    let seen = await progress();
    let goAgainAtMs = Date.now() + leavesWithinMs;
    for (const until = Date.now() + loadsWithinMs; Date.now() < until; await sleep(10)) {
      seen = await progress();
      if (seen === "complete") return;
      if (seen !== "not left" || Date.now() < goAgainAtMs) continue;
      // The driver takes the command and now and then does nothing: nothing of the next page has begun then.
      goAgainAtMs = Number.POSITIVE_INFINITY;
      await windows.within(handle, go);
    }
    throw new Error(`webkit: expected ${what} to load within ${loadsWithinMs} ms, got ${seen}`);
  };
  return {
    goto: (url) => leave(url, () => session.goto(url)),
    back: () => leave("the page before", () => session.back()),
    run: <A, T>(work: PageFunction<A, T>, argument?: A) => run(work, argument),
    async click(selector) {
      const middle = await run((selector) => {
        const element = document.querySelector(selector);
        if (element === null) throw new Error(`click: expected ${selector}, got none`);
        element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
        const { left, top, width, height } = element.getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
      }, selector);
      await windows.within(handle, () => session.clickAt(middle));
    },
    async press(key) {
      await windows.within(handle, () => session.press(key));
    },
    close: () => windows.close(handle),
    crash: () => cannot("a crash"),
    limitStorage: () => cannot("a quota"),
  };
}

async function startScreen(): Promise<{ readonly display: string; readonly screen: ChildProcess }> {
  const screen = spawn(programAt(screenProgram), ["-displayfd", "3", "-screen", "0", "1280x900x24"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = await new Promise<string>((resolve, reject) => {
    screen.stdio[3]?.on("data", (number: Buffer) => resolve(`:${number.toString().trim()}`));
    screen.on("exit", (code) => reject(new Error(`Xvfb: expected a display, got exit ${code}`)));
  });
  return { display, screen };
}

async function answering(address: string): Promise<void> {
  for (const until = Date.now() + startsWithinMs; Date.now() < until; await sleep(50)) {
    if (await fetch(`${address}/status`).catch(() => null)) return;
  }
  throw new Error(`WebKitWebDriver: expected an answer within ${startsWithinMs} ms, got none`);
}
