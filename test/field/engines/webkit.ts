/** WebKit: Debian's MiniBrowser under Xvfb, by WebKitWebDriver. */
import { type ChildProcess, spawn } from "node:child_process";
import { programAt } from "../../browser/programs.ts";
import { miniBrowserProgram, screenProgram, webkitDriverProgram } from "../programs.ts";
import { type Engine, expressionOf, type PageFunction, type Session, sleep, type Tab } from "./engine.ts";
import { freePort } from "./port.ts";
import { WebDriverSession } from "./webdriver.ts";

const startsWithinMs = 20_000;
const closesWithinMs = 3_000;

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
          // Not "eager": between the document and its load event the driver then waits for another load.
          pageLoadStrategy: "normal",
          timeouts: { script: 50_000, pageLoad: 30_000, implicit: 0 },
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
  const first = await session.window();
  let firstIsFree = true;
  let current = first;
  /** Commands go to the window that was switched to: each is a turn of its own. */
  let turn: Promise<unknown> = Promise.resolve();
  const within = <T>(handle: string, work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(async () => {
      if (current !== handle) await session.switchTo(handle);
      current = handle;
      return work();
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  const cannot = (what: string) => Promise.reject(new Error(`webkit: expected nobody to ask for ${what}`));
  const tabOf = (handle: string): Tab => ({
    goto: async (url) => {
      await within(handle, () => session.goto(url));
    },
    run: <A, T>(work: PageFunction<A, T>, argument?: A) =>
      within(handle, () => session.run<T>(expressionOf(work, argument))),
    click: (selector) => within(handle, () => session.click(selector)),
    press: async (key) => {
      await within(handle, () => session.press(key));
    },
    back: async () => {
      await within(handle, () => session.back());
    },
    close: async () => {
      await within(handle, () => session.closeWindow());
      current = "";
    },
    crash: () => cannot("a crash"),
    limitStorage: () => cannot("a quota"),
  });
  return {
    async tab() {
      if (firstIsFree) {
        firstIsFree = false;
        return tabOf(first);
      }
      const open = turn.then(() => session.newWindow());
      turn = open.catch(() => undefined);
      return tabOf(await open);
    },
    async close() {
      await Promise.race([session.close().catch(() => undefined), sleep(closesWithinMs)]);
      stop();
    },
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
