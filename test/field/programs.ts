/** The programs of the field tests. Run as a script it installs what is missing and prints where each is. */
import { fileURLToPath } from "node:url";
import { chromiumProgram } from "../browser/chromium.ts";
import { haveAll, type Program } from "../browser/programs.ts";

export const firefoxProgram: Program = {
  title: "Firefox",
  variable: "FIREFOX_PATH",
  names: ["firefox-esr", "firefox"],
  packages: ["firefox-esr"],
  advice: "Install Firefox (Debian: apt-get install firefox-esr) or set FIREFOX_PATH.",
};

export const webkitDriverProgram: Program = {
  title: "WebKitWebDriver",
  variable: "WEBKIT_DRIVER_PATH",
  names: ["WebKitWebDriver"],
  packages: ["webkit2gtk-driver", "fonts-dejavu-core"],
  advice: "Install WebKitGTK's driver (Debian: apt-get install webkit2gtk-driver) or set WEBKIT_DRIVER_PATH.",
};

/** Debian keeps it beside the library, by API and machine. */
export const miniBrowserProgram: Program = {
  title: "MiniBrowser",
  variable: "MINIBROWSER_PATH",
  names: ["MiniBrowser"],
  places: () =>
    ["x86_64", "aarch64"].flatMap((machine) =>
      ["4.1", "4.0"].map((api) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${api}/MiniBrowser`),
    ),
  packages: ["libwebkit2gtk-4.1-0"],
  advice:
    "Install WebKitGTK's browser (Debian: apt-get install libwebkit2gtk-4.1-0) or set MINIBROWSER_PATH.",
};

export const screenProgram: Program = {
  title: "Xvfb",
  variable: "XVFB_PATH",
  names: ["Xvfb"],
  packages: ["xvfb"],
  advice: "Install Xvfb (Debian: apt-get install xvfb) or set XVFB_PATH.",
};

/** The Debian packages of this and the next start a service, where services are started. */
export const nginxProgram: Program = {
  title: "nginx",
  variable: "NGINX_PATH",
  names: ["nginx"],
  places: () => ["/usr/sbin/nginx"],
  packages: ["nginx-light"],
  advice: "Install nginx (Debian: apt-get install nginx-light) or set NGINX_PATH.",
};

export const caddyProgram: Program = {
  title: "Caddy",
  variable: "CADDY_PATH",
  names: ["caddy"],
  packages: ["caddy"],
  advice: "Install Caddy (Debian: apt-get install caddy) or set CADDY_PATH.",
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  haveAll([
    ...[chromiumProgram, firefoxProgram, webkitDriverProgram, miniBrowserProgram, screenProgram],
    ...[nginxProgram, caddyProgram],
  ]);
}
