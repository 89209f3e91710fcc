/** What each file of the SDK weighs and may weigh, as it was when this site was built. */
import { defineComponent, h } from "vue";
import { data } from "../../sizes.data.ts";

const heads = ["file", "bytes", "gzip", "brotli", "at most (brotli)"];

export const Sizes = defineComponent({
  name: "Sizes",
  setup: () => () =>
    h("table", [
      h(
        "thead",
        h(
          "tr",
          heads.map((head) => h("th", head)),
        ),
      ),
      h(
        "tbody",
        data.map(({ file, bytes, gzip, brotli, budget }) =>
          h("tr", [
            h("td", h("code", file)),
            ...[bytes, gzip, brotli, budget].map((count) =>
              h("td", count === null ? "" : count.toLocaleString("en")),
            ),
          ]),
        ),
      ),
    ]),
});
