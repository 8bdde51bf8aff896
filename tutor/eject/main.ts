/** `npm run eject -- 5 ../my-service`: writes a phase into a Fastify service. What it can do is said by `USAGE`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { UsageError } from '../exercise/usage-error.ts'
import { type Dependencies, installCommands } from './install-command.ts'
import { type PhaseFiles, phaseFiles, phaseFolder } from './phase-files.ts'
import { readService } from './service.ts'
import { wiring } from './wiring.ts'

const USAGE = `
  npm run eject -- 5 ../my-service                        writes phase 5 into ../my-service/src/observability
  npm run eject -- 5 ../my-service --into lib/telemetry   writes it into that folder of the service
`

const root = fileURLToPath(new URL('../../../', import.meta.url))

try {
  eject(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

function eject(args: readonly string[]): void {
  const { number, folder, into } = parse(args)
  const phases = join(root, 'phases')
  const phase = phaseFolder(phases, number)
  const service = readService(folder, into)
  const { files, packages } = phaseFiles(phases, phase, service.name, service.endings)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Dependencies

  write(service.into, files)
  console.log(`${files.length} files written to ${relative(folder, service.into)}. Nothing else has changed.

In ${folder}, install what they import:

${indented(installCommands(packages, manifest, service.installed))}

Where you create the app, in a file of ${relative(folder, dirname(service.into)) || 'that folder'}:

${indented(wiring(service, phase))}

Put the last line where you call app.listen(), unless your service already closes the app on these signals.`)
}

function parse(args: readonly string[]): { number: string; folder: string; into: string } {
  try {
    const options = { into: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [number, folder, ...more] = positionals
    if (number === undefined || folder === undefined) throw new Error('Name a phase and the folder of your service')
    if (more.length > 0) throw new Error(`${more.join(' ')} is too much. Put quotes around a path with spaces`)
    // npm takes what comes without `--` before it for itself, and works in the folder of its package.json.
    const into = values.into ?? process.env.npm_config_into ?? 'src/observability'
    return { number, folder: resolve(process.env.INIT_CWD ?? '', folder), into }
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.\n${USAGE}`)
  }
}

function write(into: string, files: PhaseFiles['files']): void {
  try {
    for (const { name, text } of files) {
      const path = join(into, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text, { flag: 'wx' })
    }
  } catch (error) {
    throw new UsageError(`Nothing can be written to ${into}: ${(error as Error).message}`)
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n')
}
