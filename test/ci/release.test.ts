import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { release } from "../../.ci/changelog.ts";
import { repositoryAt } from "../../.ci/repository.ts";

const at = { version: "1.2.0", day: "2027-01-31" };
const before =
  "# Changelog\n\n## Unreleased: a name\n\n### Added\n\n- One.\n\n## 1.1.0 (2026-12-01)\n\n- Older.\n";

describe("the changelog of a release", () => {
  test("gives what was unreleased its version and day, and leaves the rest", () => {
    const { changelog, notes } = release(before, at);
    expect(notes).toBe("### Added\n\n- One.");
    expect(changelog).toBe(
      before.replace("## Unreleased: a name", "## Unreleased\n\n## 1.2.0 (2027-01-31): a name"),
    );
  });

  test("refuses a release of nothing, and one that was", () => {
    const { changelog } = release(before, at);
    expect(() => release(changelog, { ...at, version: "1.3.0" })).toThrow("expected something unreleased");
    expect(() => release(before, { ...at, version: "1.1.0" })).toThrow("got 1.1.0");
    expect(() => release("# Changelog\n", at)).toThrow('"## Unreleased"');
  });

  test("can be made of the one that is kept here", () => {
    const kept = readFileSync(new URL("../../CHANGELOG.md", import.meta.url), "utf8");
    expect(release(kept, { ...at, version: "99.0.0" }).notes).toContain("### ");
  });
});

describe("the address of the repository", () => {
  test.each([
    "git@code.example:owner/name.git",
    "https://code.example/owner/name",
    "https://code.example/owner/name.git",
    "ssh://git@code.example/owner/name.git",
  ])("%s is one address", (remote) => {
    expect(repositoryAt(remote)).toEqual({
      url: "git+https://code.example/owner/name.git",
      bugs: "https://code.example/owner/name/issues",
    });
  });

  test.each([
    "/srv/name",
    "../name",
    "file:///srv/name",
    "https://localhost/owner/name",
    "https://me:word@code.example/a/b",
    "",
  ])("%s is nobody's but ours, and refused", (remote) => {
    expect(() => repositoryAt(remote)).toThrow(TypeError);
  });
});
