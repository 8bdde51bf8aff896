/** The parts of a package.json that say which versions are used. */
export interface Dependencies {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/**
 * The commands that install packages, in the versions that this repository uses: what the code imports, and what
 * describes its types.
 *
 * @throws when a package is in neither list
 */
export function installCommands(
  packages: readonly string[],
  { dependencies, devDependencies }: Dependencies,
): string[] {
  const all = { ...devDependencies, ...dependencies }
  const versioned = (name: string) => {
    const range = all[name]
    if (range === undefined) throw new Error(`package.json does not list ${name}, which phases/ imports`)
    return `${name}@${range}`
  }
  const types = ['node', ...packages].map((name) => `@types/${name}`).filter((name) => all[name] !== undefined)
  return [
    `npm install ${packages.map(versioned).join(' ')}`,
    `npm install --save-dev ${types.map(versioned).join(' ')}`,
  ]
}
