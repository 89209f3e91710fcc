/**
 * A real WordPress on this machine: Debian's files, a MariaDB of its own, PHP's own server, the plugin as it is in
 * examples/. Debian's theme comes in another package: one of three lines takes its place.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "../field/engines/port.ts";
import { root, run } from "../package/commands.ts";
import { start } from "../package/project.ts";

export interface WordPress {
  readonly address: string;
  /** Runs PHP inside of it; resolves with what that prints. */
  readonly php: (code: string) => Promise<string>;
}

/** Installs what is missing of PHP and MariaDB, and finds or fetches WordPress' files. */
async function programs(): Promise<string> {
  const apt = ["-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"];
  if (!existsSync("/usr/bin/php") || !existsSync("/usr/sbin/mariadbd")) {
    await run(root, "apt-get", ["update"]);
    await run(root, "apt-get", ["install", ...apt, "php-cli", "php-mysql", "mariadb-server"]);
  }
  // Unpacked and not installed: the package would bring a web server along.
  const kept = join(root, "node_modules/.cache/tacit/wordpress");
  const files = join(kept, "usr/share/wordpress");
  if (existsSync(files)) return files;
  mkdirSync(kept, { recursive: true });
  await run(kept, "apt-get", ["download", "wordpress"]);
  const [archive] = readdirSync(kept).filter((name) => name.endsWith(".deb"));
  await run(kept, "dpkg", ["-x", archive, kept]);
  return files;
}

export async function wordpress(): Promise<WordPress> {
  const files = await programs();
  const folder = mkdtempSync(join(tmpdir(), "tacit-wordpress-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const socket = await database(folder);
  const site = join(folder, "site");
  cpSync(files, site, { recursive: true, verbatimSymlinks: true });
  rmSync(join(site, "wp-content"), { recursive: true, force: true });
  cpSync(join(root, "examples/wordpress/tacit"), join(site, "wp-content/plugins/tacit"), { recursive: true });
  const port = await freePort();
  const address = `http://localhost:${port}`;
  const write = (name: string, text: string): void => {
    mkdirSync(join(site, name, ".."), { recursive: true });
    rmSync(join(site, name), { force: true });
    writeFileSync(join(site, name), text);
  };
  write("wp-content/themes/plain/style.css", "/* Theme Name: Plain */");
  write(
    "wp-content/themes/plain/index.php",
    `<!doctype html><html <?php language_attributes(); ?>><head><meta charset="utf-8"><?php wp_head(); ?></head>
     <body><?php while ( have_posts() ) { the_post(); the_content(); } wp_footer(); ?></body></html>`,
  );
  write(
    "wp-config.php",
    `<?php
     define( 'DB_NAME', 'shop' ); define( 'DB_USER', 'root' ); define( 'DB_PASSWORD', '' );
     define( 'DB_HOST', 'localhost:${socket}' ); define( 'DB_CHARSET', 'utf8mb4' ); define( 'DB_COLLATE', '' );
     define( 'WP_HOME', '${address}' ); define( 'WP_SITEURL', '${address}' );
     define( 'WP_DEFAULT_THEME', 'plain' ); define( 'WP_HTTP_BLOCK_EXTERNAL', true ); define( 'DISABLE_WP_CRON', true );
     define( 'WP_DEBUG', true ); define( 'WP_DEBUG_DISPLAY', true );
     $table_prefix = 'wp_';
     define( 'ABSPATH', __DIR__ . '/' );
     require_once ABSPATH . 'wp-settings.php';`,
  );
  const php = async (code: string): Promise<string> => {
    writeFileSync(join(folder, "run.php"), `<?php ${code}`);
    return (await run(folder, "php", ["run.php"])).stdout;
  };
  await php(
    `define( 'WP_INSTALLING', true ); $_SERVER['HTTP_HOST'] = 'localhost:${port}';
     function wp_mail() { return true; }
     require '${site}/wp-load.php'; require '${site}/wp-admin/includes/upgrade.php';
     wp_install( 'Shop', 'owner', 'owner@shop.example', true, '', 'a password' );
     switch_theme( 'plain' ); update_option( 'active_plugins', array( 'tacit/tacit.php' ) );`,
  );
  const inside = (code: string): Promise<string> => php(`require '${site}/wp-load.php'; ${code}`);
  await start(folder, ["php", "-S", `localhost:${port}`, "-t", site], `${address}/`);
  return { address, php: inside };
}

/** A database that nobody else has; resolves with its socket. */
async function database(folder: string): Promise<string> {
  const [data, socket] = [join(folder, "data"), join(folder, "db.sock")];
  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  const own = ["--no-defaults", `--datadir=${data}`, ...asRoot];
  await run(folder, "mariadb-install-db", [
    ...own,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]);
  const child = spawn(
    "/usr/sbin/mariadbd",
    [...own, `--socket=${socket}`, "--skip-networking", `--pid-file=${folder}/db.pid`],
    {
      cwd: folder,
      stdio: "ignore",
    },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const endMs = Date.now() + 30_000;
  const sql = (text: string) =>
    execFileSync("mariadb", ["--no-defaults", `--socket=${socket}`, "-u", "root", "-e", text], {
      stdio: "ignore",
    });
  for (;;) {
    try {
      sql("create database shop character set utf8mb4");
      return socket;
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
