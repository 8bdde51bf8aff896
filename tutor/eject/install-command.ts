/** The parts of a package.json that say which packages are used, in which versions. */
export interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/**
 * The commands that install packages, in the versions that this repository uses: what the code imports, and what
 * describes its types. A service that has the types of a package already keeps its own.
 *
 * @throws when this repository does not list a package
 */
export function installCommands(packages: readonly string[], ours: Dependencies, theirs: Dependencies): string[] {
  const versions = { ...ours.devDependencies, ...ours.dependencies }
  const versioned = (name: string) => {
    const range = versions[name]
    if (range === undefined) throw new Error(`package.json does not list ${name}, which phases/ imports`)
    return `${name}@${range}`
  }
  const installed = { ...theirs.devDependencies, ...theirs.dependencies }
  const types = ['node', ...packages]
    .map((name) => `@types/${name}`)
    .filter((name) => versions[name] !== undefined && installed[name] === undefined)
  return [
    `npm install ${packages.map(versioned).join(' ')}`,
    ...(types.length > 0 ? [`npm install --save-dev ${types.map(versioned).join(' ')}`] : []),
  ]
}
