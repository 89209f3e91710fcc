/** The addresses that package.json gives of a repository, from the address that git has of it. */

export interface Repository {
  readonly url: string;
  readonly bugs: string;
}

/** @throws {TypeError} for an address that others cannot reach: a path, a local host. */
export function repositoryAt(remote: string): Repository {
  const [, host, path] =
    /^(?:https:\/\/|ssh:\/\/git@|git@)([\w-]+(?:\.[\w-]+)+)[:/]([\w.-]+(?:\/[\w.-]+?)+)(?:\.git)?\/?$/.exec(
      remote,
    ) ?? [];
  if (host === undefined || path === undefined)
    throw new TypeError(
      `release: origin must be a public repository such as git@host:owner/name.git, got ${remote}`,
    );
  return { url: `git+https://${host}/${path}.git`, bugs: `https://${host}/${path}/issues` };
}
