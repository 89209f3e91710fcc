/** The version in package.json, put in by the build; sources run unbuilt say `development`. */
declare const __TACIT_VERSION__: string | undefined;

export const version: string = typeof __TACIT_VERSION__ === "string" ? __TACIT_VERSION__ : "development";
