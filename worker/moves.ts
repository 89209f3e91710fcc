/** What a page asks and is told about taking a person's data to another device. */

/**
 * `ask`: this device would take over from another; `give`: hand everything over to the device that shows the
 * code `to`; `copy`: a file of all that is here, for whoever has the code that comes with it; `take`: take a file in.
 */
export type MoveStep =
  | { readonly step: "ask" | "copy" }
  | { readonly step: "give"; readonly to: string }
  | { readonly step: "take"; readonly file: Blob; readonly code?: string };

export type MoveAnswer =
  /** To be shown on this device, and typed or scanned on the other one. */
  | { readonly state: "asked"; readonly code: string }
  /** Only the device that asked can open it. This one contributes no more. */
  | { readonly state: "given"; readonly file: Blob }
  /** Whoever has file and code can open it, as often as they like. */
  | { readonly state: "copied"; readonly file: Blob; readonly code: string }
  | {
      readonly state: "taken";
      /** What it was: a hand-over brings what was spent, and the right to contribute. */
      readonly sort: "move" | "copy";
      /** How many that were not here. */
      readonly events: number;
      /** Whether this device, and no other, may contribute from now on. Whether it does is the person's choice. */
      readonly mayContribute: boolean;
    }
  | { readonly state: "refused"; readonly why: MoveRefusal };

/**
 * `file`: it is none of these files; `version`: of a later version of them; `damaged`: cut or changed;
 * `site`: of another site; `code-needed`, `code`: a copy opens with its code, and not with this one (or what
 * was given as a code is mistyped); `device`: it is for another device, or for one that has forgotten that it
 * asked; `taken`: this hand-over was taken in here before; `self`: the code is this device's own; `away`:
 * this device has handed over already; `consent`: personalising is off here; `erased`: everything was erased
 * meanwhile; `large`: more than a file holds; `insecure`: no cryptography, because the page did not come over
 * https; `old`: this browser lacks X25519.
 */
export type MoveRefusal =
  | "file"
  | "version"
  | "damaged"
  | "site"
  | "code-needed"
  | "code"
  | "device"
  | "taken"
  | "self"
  | "away"
  | "consent"
  | "erased"
  | "large"
  | "insecure"
  | "old";
