/** The two permissions and who decided them: person > Global Privacy Control > site > default. */
import type { ConsentFlags } from "../worker/api.ts";
import type { ConsentSource, ConsentState } from "./types.ts";

export const defaults: ConsentFlags = { personalise: true, contribute: false };

/** What holds, given everyone's word. */
export function decide({
  person,
  privacyControl,
  site,
}: {
  readonly person: { readonly [Name in keyof ConsentFlags]?: boolean | undefined };
  readonly privacyControl: boolean;
  readonly site: Partial<ConsentFlags>;
}): ConsentState {
  const word = (permission: keyof ConsentFlags): readonly [boolean, ConsentSource] => {
    const own = person[permission];
    if (own !== undefined) return [own, "person"];
    if (privacyControl && permission === "contribute") return [false, "gpc"];
    const sites = site[permission];
    return sites === undefined ? [defaults[permission], "default"] : [sites, "site"];
  };
  const [personalise, personaliseBecause] = word("personalise");
  const [contribute, contributeBecause] = word("contribute");
  return {
    personalise,
    contribute,
    because: { personalise: personaliseBecause, contribute: contributeBecause },
  };
}

/** Permissions that come from a page; null where they are none (`parsePermissions` says why). */
export function permissionsOf(value: unknown): Partial<ConsentFlags> | null {
  if (typeof value !== "object" || value === null) return null;
  const said = Object.entries(value).filter(([, flag]) => flag !== undefined);
  const areFlags = said.every(([, flag]) => typeof flag === "boolean");
  return areFlags && Object.keys(value).every((name) => Object.hasOwn(defaults, name))
    ? Object.fromEntries(said)
    : null;
}
