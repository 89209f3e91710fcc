/**
 * docs/quickstart/wordpress.md in a real WordPress: the plugin's shelf follows a click, and what it prints is
 * escaped.
 */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../package/browser.ts";
import { follow, quickstartOf } from "../package/quickstart.ts";
import { visits } from "../package/visitor.ts";
import { wordpress } from "./site.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const mugs = ["a robin", "an owl", "a swan", "a wren", "a lark"].map((on) => `Stoneware mug with ${on}`);
const bags = ["spots", "stars", "leaves", "checks", "waves"].map((on) => `Cotton bag with ${on}`);

test("a shelf of the plugin follows a click to a post and back, and what an author or an owner writes stays text", async () => {
  const { address, php } = await wordpress();
  const lines = await php(
    `foreach ( json_decode( '${JSON.stringify(mugs.flatMap((mug, nth) => [mug, bags[nth]]))}' ) as $title ) {
       $given = array( 'post_title' => $title, 'post_content' => '[tacit_shelf count="4"]', 'post_status' => 'publish' );
       $id = wp_insert_post( $given );
       echo "$id,$title,", get_permalink( $id ), "\n";
     }`,
  );
  const rows = lines.trim().split("\n");
  expect(rows).toHaveLength(10);
  const mugIds = rows.filter((row) => row.includes("mug")).map((row) => row.split(",")[0]);
  const page = quickstartOf("wordpress");
  const tarballs = { "tacit-sdk": inject("sdk"), "tacit-server": inject("server") };
  const files = { ...page.files, "catalogue.csv": ["id,title,url", ...rows].join("\n") };
  const { server } = await follow({ ...page, files }, tarballs);
  const set = (option: object) =>
    php(`update_option( 'tacit', json_decode( '${JSON.stringify(option)}', true ) );`);
  const html = async (path: string) => (await fetch(address + path)).text();

  await set({});
  expect(await html("/?p=1")).not.toContain("tacit.js");
  for (const [before, attribute] of [
    ["memory", 'data-tacit-storage="memory"'],
    ["nothing", 'data-tacit-consent=""'],
  ]) {
    await set({ server, before });
    expect(await html("/?p=1")).toContain(attribute);
  }
  // The immutable folder, as `tacit serve` prints it.
  const listed = await (await fetch(`${server}/tacit/integrity.json`)).json();
  const { build, files: builds } = listed as { build: string; files: Record<string, { integrity: string }> };
  await set({
    server: `${server}/`,
    folder: `${server}/tacit/${build}/`,
    integrity: builds["tacit.js"].integrity,
  });
  const shop = (
    await php(
      `echo wp_insert_post( array( 'post_type' => 'page', 'post_title' => 'Shop', 'post_content' => '[tacit_shelf count="4"]', 'post_status' => 'publish' ) );`,
    )
  ).trim();
  const { after } = await visits(browser, `${address}/?page_id=${shop}`, {
    origins: [address, server],
    isMug: (item) => mugIds.includes(item),
  });
  expect(after).toHaveLength(4);

  const shelf = await html(`/?p=${mugIds[0]}`);
  expect(shelf).toContain(`item="${mugIds[0]}" `);
  expect(shelf).toContain(`tacit.track("view", {"item":"${mugIds[0]}"});`);
  const [tag = ""] = /<script[^>]*tacit\.js[^>]*>/.exec(shelf) ?? [];
  const wanted = [
    " async",
    `/tacit/${build}/tacit.js`,
    `data-tacit-server="${server}"`,
    `integrity="sha384-`,
    `crossorigin="anonymous"`,
  ];
  expect(wanted.filter((attribute) => !tag.includes(attribute))).toEqual([]);
  // An author without the right to write HTML, and an owner's settings.
  const nasty = await php(
    `echo do_shortcode( '[tacit_shelf list="x&quot;onload=a() &lt;b&gt;" heading=\\'"><script>a()</script>\\']' );`,
  );
  expect(nasty.match(/<(?!\/?tacit-shelf)/g)).toBeNull();
  expect(await php(`echo tacit_shelf( array( 'list' => '"><script>' ) );`)).not.toContain("<script");
  await set({ server: "javascript:alert(1)", integrity: `"><script>` });
  expect(await html("/?p=1")).not.toMatch(/alert|tacit\.js/);
  for (const path of ["/", `/?p=${mugIds[0]}`])
    expect(await html(path)).not.toMatch(/(?:Warning|Notice|Deprecated|Fatal error)<?\/?b?>?:/);
});

/**
 * What the plugin asks of a shop, which is not there: each hook of WooCommerce's is there, and does nothing
 * by itself.
 */
test("the hooks of a shop mark products and say once what was bought", async () => {
  const { php } = await wordpress();
  const told = await php(
    `update_option( 'tacit', array( 'server' => 'https://tacit.shop.example' ) );
     class WooCommerce {}
     class Line { function get_product_id() { return 7; } function get_quantity() { return 2; } }
     class Order { function get_items() { return array( new Line() ); } }
     function wc_get_order( $id ) { return 50314 === $id ? new Order() : false; }
     function get_woocommerce_currency() { return 'EUR'; }
     $GLOBALS['post'] = get_post( 1 );
     do_action( 'woocommerce_before_shop_loop_item' ); do_action( 'woocommerce_after_shop_loop_item' );
     echo "\\n", wp_json_encode( apply_filters( 'woocommerce_loop_add_to_cart_args', array( 'attributes' => array( 'rel' => 'nofollow' ) ) ) ), "\\n";
     do_action( 'woocommerce_thankyou', 50314 ); do_action( 'woocommerce_thankyou', 1 );
     echo tacit_shelf( array() );`,
  );
  expect(told).toContain(`<div data-tacit-item="1"></div>`);
  expect(told).toContain(`{"attributes":{"rel":"nofollow","data-tacit-on":"click:cart_add"}}`);
  expect(
    told.match(/tacit\.track\("purchase", \{"item":"7","amount":2,"once":"order 50314"\}\)/g),
  ).toHaveLength(1);
  expect(told).toContain(`currency="EUR"`);
});
