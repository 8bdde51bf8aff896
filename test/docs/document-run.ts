import { readdirSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../testkit/free-port.ts'
import type { Scope } from '../../tutor/check/teardowns.ts'
import type { Step } from '../../tutor/learn/console-block.ts'
import { hasSaid, isAsSaid, type KnownIds, withIdsOfDocument, withKnownIds } from '../../tutor/learn/expected-output.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** The actual output of a step, in the form of the document. */
export interface StepOutcome {
  readonly ok: boolean
  readonly printed: string
}

/** Runs the commands of a document one after the other, in a fresh copy of the repository. */
export interface DocumentRun {
  follow(step: Step): Promise<StepOutcome>
}

/** Readers write into files of this folder. */
const WRITTEN = 'lessons'
/** Generated files and a developer's own files. */
const NOT_COPIED = new Set(['data', 'logs', '.env', '.git', '.tutor'])
/** Stays until Ctrl-C; the next one takes its place. */
const SERVER = /^(?:[A-Z_]+=\S* )*npm (?:--prefix \S+ )?(?:start|run (?:phase:\d|topology))/
/** Stays beside it: serves a file of samples. */
const QUERY_SERVER = /^npm run query -- --(?:metrics|logs) /
/** Goes on in the background of the reader's shell, until `kill %1`. */
const IN_BACKGROUND = / &$/
const KILL = /^kill %(\d)$/
/** A service of the reader's own. It does not print what ours does once it listens. */
const OTHERS_SERVER = /--prefix/
/** Only reads files, which others may still be writing: it can be typed again. */
const READS = /^(?:grep|tail|head|cat|ls|wc) /
/** Only reads samples, which come once a second. */
const ASKS = /^npm run ask |\/lab\/(?:prometheus|loki)\//
const ASK = /^npm run ask --/
const ASKING_AGAIN_MS = 1000
const TIMEOUT_MS = 60_000

/** @param root the repository */
export async function startDocumentRun(root: string, scope: Scope): Promise<DocumentRun> {
  const folder = await copyOf(root, scope)
  const ports = await portsOfOurs()
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TERM: 'xterm',
    NPM_CONFIG_PROGRESS: 'false', // no spinner
    PORT: ports.get('8080'),
    GRPC_PORT: ports.get('9900'),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${ports.get('4317')}`,
    OTEL_EXPORTER_JAEGER_ENDPOINT: `http://localhost:${ports.get('14268')}/api/traces`,
    JAEGER_QUERY_URL: `http://localhost:${ports.get('16686')}`,
  }
  const known: KnownIds = new Map()
  let isAskedBefore = false
  let server: Terminal | undefined
  let queryServer: Terminal | undefined
  scope.teardown(() => server?.interrupt())
  scope.teardown(() => queryServer?.interrupt())
  const inBackground: Terminal[] = []
  scope.teardown(() => Promise.all(inBackground.map((terminal) => terminal.interrupt())))

  async function startQueryServer(command: string, said: string): Promise<StepOutcome> {
    await queryServer?.interrupt()
    const terminal = openTerminal(toOurs(command, ports), folder, env)
    queryServer = terminal
    const printed = () => toTheirs(terminal.shown(), ports)
    const ok = await becomesTrue(
      () => hasSaid(said, printed(), known),
      () => !terminal.isRunning,
    )
    return { ok, printed: ok ? said : printed() }
  }

  async function start(step: Step & { command: string }): Promise<StepOutcome> {
    await server?.interrupt()
    server = openTerminal(toOurs(step.command, ports), folder, env)
    return await serverShows(
      OTHERS_SERVER.test(step.command) ? step.output : `${step.output}\n…\n  Ctrl-C stops it.`,
      step.output,
    )
  }

  /** Waits for the expected output in the server's terminal. */
  async function serverShows(said: string, shown = said): Promise<StepOutcome> {
    const printed = () => toTheirs(server?.shown() ?? '', ports)
    const ok = await becomesTrue(
      () => hasSaid(said, printed(), known),
      () => server?.isRunning === false,
    )
    return { ok, printed: ok ? shown : printed() }
  }

  async function type(command: string, said: string): Promise<StepOutcome> {
    const typed = toOurs(withKnownIds(command, known), ports)
    let printed = ''
    const attempt = async () => {
      const terminal = openTerminal(isAskedBefore ? withoutNpm(typed) : typed, folder, env)
      isAskedBefore ||= ASK.test(command)
      await terminal.ended
      printed = toTheirs(terminal.shown(), ports).trimEnd()
      return isAsSaid(said, printed, known)
    }
    const patience = READS.test(command) ? 3000 : ASKS.test(command) ? 20_000 : 0
    const pause = ASKS.test(command) ? ASKING_AGAIN_MS : undefined
    const ok = (await attempt()) || (await becomesTrue(attempt, () => false, patience, pause))
    return { ok, printed: withIdsOfDocument(printed, known) }
  }

  return {
    async follow(step) {
      const { command, output, file, isAppended } = step
      if (file !== undefined) {
        await (isAppended ? appendFile : writeFile)(join(folder, file), `${output}\n`)
        return { ok: true, printed: output }
      }
      if (command === undefined) return await serverShows(output)
      const [, job] = KILL.exec(command) ?? []
      if (job !== undefined) {
        await inBackground[Number(job) - 1]?.interrupt()
        return { ok: inBackground[Number(job) - 1] !== undefined, printed: '' }
      }
      if (IN_BACKGROUND.test(command)) {
        inBackground.push(openTerminal(toOurs(command.replace(IN_BACKGROUND, ''), ports), folder, env))
        return { ok: output === '', printed: '' }
      }
      if (QUERY_SERVER.test(command)) return await startQueryServer(command, output)
      return SERVER.test(command) ? await start({ ...step, command }) : await type(command, output)
    },
  }
}

/** Everything of the repository is there, and what is made there stays apart from it. Beside it is a reader's service. */
async function copyOf(root: string, scope: Scope): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'course-app-docs-'))
  scope.teardown(() => rm(parent, { recursive: true, force: true, maxRetries: 3 }))
  await makeService(parent)
  await symlink(join(root, 'node_modules'), join(parent, 'node_modules'))
  const folder = join(parent, 'course-app')
  await mkdir(folder)
  for (const name of readdirSync(root)) {
    if (name === WRITTEN) await cp(join(root, name), join(folder, name), { recursive: true })
    else if (!NOT_COPIED.has(name)) await symlink(join(root, name), join(folder, name))
  }
  return folder
}

/** The service of an adopter, with the source in docs/adopt.md. */
async function makeService(parent: string): Promise<void> {
  const folder = join(parent, 'my-service')
  await mkdir(join(folder, 'src'), { recursive: true })
  const scripts = { build: 'tsc', start: 'node dist/main.js' }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'my-service', type: 'module', scripts }))
  const compilerOptions = { target: 'es2023', module: 'nodenext', rootDir: 'src', outDir: 'dist', types: ['node'] }
  const strict = { strict: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true, skipLibCheck: true }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, ...strict } }))
}

/** A port after a host name, or as the attribute of a span. */
const PORT = /(?<=(?:localhost|127\.0\.0\.1):|server\.port = |--port )\d+/g

/** Maps each port in the documents to a free one. */
async function portsOfOurs(): Promise<Map<string, string>> {
  const ports = new Map<string, string>()
  for (const theirs of ['8080', '9900', '4317', '14268', '16686', '9091']) ports.set(theirs, String(await freePort()))
  return ports
}

/** A document asks dozens of times. Once npm has found the command, that does without the second that npm takes. */
function withoutNpm(command: string): string {
  return command.replace(ASK, 'node dist/tutor/ask/main.js')
}

function toOurs(text: string, ports: ReadonlyMap<string, string>): string {
  return text.replaceAll(PORT, (port) => ports.get(port) ?? port)
}

function toTheirs(text: string, ports: ReadonlyMap<string, string>): string {
  const theirs = new Map([...ports].map(([their, our]) => [our, their]))
  return text.replaceAll(PORT, (port) => theirs.get(port) ?? port)
}

async function becomesTrue(
  condition: () => boolean | Promise<boolean>,
  isHopeless: () => boolean,
  timeout = TIMEOUT_MS,
  pause = 50,
): Promise<boolean> {
  for (const end = Date.now() + timeout; Date.now() < end; await delay(pause)) {
    if (await condition()) return true
    if (isHopeless()) return await condition()
  }
  return false
}
