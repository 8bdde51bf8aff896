import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { HONOURED_NAMES } from '../phases/4-tracing/otel-variables.ts'
import { type Config, loadConfig } from '../src/config.ts'
import { startApp } from '../testkit/app-process.ts'
import { scrape } from '../testkit/scrape.ts'
import { anchorsOf } from '../tutor/learn/anchors.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const readme = read('README.md')

/** Text in backticks, without them. */
function code(text = ''): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, found]) => found as string)
}

/** The body rows of the first table after `marker`, as cells. */
function tableAfter(marker: string): string[][] {
  const [, after] = readme.split(`\n${marker}\n`)
  if (after === undefined) throw new Error(`README.md has no ${marker}`)
  const [table] = /^\|.*\n\|[-|]+\n(?:\|.*\n)+/m.exec(after) ?? ['']
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** All settings, which `loadConfig` lists when one is unknown. */
function settings(): string[] {
  try {
    loadConfig(['--no-such-setting'])
  } catch (error) {
    const flags = (error as Error).message.matchAll(/--([a-z-]+)(?=[ .])/g)
    return [...flags].map(([, flag]) => (flag as string).toUpperCase().replaceAll('-', '_'))
  }
  throw new Error('loadConfig takes a setting that does not exist')
}

/** The table mentions only once that each variable of the exporter has a variant for traces. */
const withoutSignal = (name: string) => name.replace('OTEL_EXPORTER_OTLP_TRACES_', 'OTEL_EXPORTER_OTLP_')

/** Every setting with its default; `unset` where there is none. */
function defaults(): Record<string, string> {
  const names = settings()
  for (const name of names) delete process.env[name]
  const config = loadConfig([])
  return Object.fromEntries(names.map((name) => [name, String(config[name as keyof Config] ?? 'unset')]))
}

t.test('configuration', async (t) => {
  process.chdir(t.testdir()) // so that a developer's .env is not read
  const expected = defaults()
  const own = Object.keys(expected)
  t.ok(own.length > 10, 'the settings have been found')
  const documented = [...tableAfter('<!-- config -->'), ...tableAfter('<!-- config: OpenTelemetry -->')]
  const table: Record<string, string | undefined> = Object.fromEntries(
    documented.flatMap(([variable, value]) => code(variable).map((name) => [name, code(value)[0] ?? value])),
  )

  t.test('the README lists every setting with its default', async (t) => {
    t.same(Object.fromEntries(own.map((name) => [name, table[name]])), expected)
  })

  t.test('the README lists OpenTelemetry’s variables', async (t) => {
    const others = Object.keys(table).filter((name) => !own.includes(name))
    t.same(
      others.filter((name) => !name.startsWith('OTEL_')),
      [],
    )
    const inCode = readdirSync(join(root, 'phases'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => read(join('phases', name)).match(/OTEL_[A-Z_]+/g) ?? [])
    const names = inCode.filter((name) => !name.endsWith('_'))
    for (const name of new Set(names.map(withoutSignal))) t.ok(table[name] !== undefined, name)
    t.strictSame(
      [...others, 'OTEL_SERVICE_NAME'].toSorted(),
      [...new Set(HONOURED_NAMES.map(withoutSignal))].toSorted(),
      'the table has what phases honour, and nothing else',
    )
  })

  t.test('.env.example has the same variables and defaults', async (t) => {
    const lines = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)]
    t.same(Object.fromEntries(lines.map(([, name, value]) => [name, value || 'unset'])), table)
    const active = read('.env.example').match(/^[^#\n].*/gm)
    t.equal(active, null, 'nothing in it is set')
  })
})

t.test('the running app', async (t) => {
  const app = await startApp(t, {
    env: { PHASE: '5', EXTERNAL_TIMEOUT_MS: '10000', OTEL_TRACES_SAMPLER: 'always_off' },
  })

  t.test('the metrics table lists the custom metrics, with their types', async (t) => {
    const seen = await scrape(`${app.url}/metrics`)
    const table = tableAfter('<!-- metrics -->').filter(([name]) => !name?.includes('*'))
    t.same(
      Object.fromEntries(table.map(([name, type]) => [code(name)[0], type])),
      Object.fromEntries(
        [...seen.families.values()]
          .filter(({ name }) => !/^(process|nodejs)_/.test(name))
          .map(({ name, type }) => [name, type]),
      ),
    )
  })

  t.test('the metrics table has the names and labels of phases 3 and 4', async (t) => {
    const sources = ['phases/3-metrics', 'phases/4-tracing', 'phases/booking'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => read(join(folder, name))),
    )
    const inCode = sources.flatMap((source) => [...source.matchAll(/\bname: '([a-z]+(?:_[a-z]+)+)'/g)])
    const table = tableAfter('<!-- metrics -->').filter(([name]) => !name?.includes('*'))
    t.same(table.map(([name]) => code(name)[0]).sort(), inCode.map(([, name]) => name).sort())
  })

  t.test('the endpoint tables agree with the API’s documentation', async (t) => {
    const { paths } = (await (await fetch(`${app.url}/swagger/json`)).json()) as { paths: Record<string, object> }
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const listed = ['Tutorial:', 'Course booking:', 'Operations:']
      .flatMap((heading) => tableAfter(heading))
      .map(([endpoint]) => code(endpoint)[0] as string)
    t.same(
      documented.filter((endpoint) => !listed.includes(endpoint)),
      [],
      'all are listed',
    )
    for (const endpoint of listed.filter((name) => !documented.includes(name))) {
      const [method, path] = endpoint.split(' ')
      t.equal((await fetch(app.url + path, { method })).status, 200, endpoint)
    }
  })

  t.test('every curl command in a table has the documented result', async (t) => {
    const commands = ['Tutorial:', 'Course booking:', 'Operations:'].flatMap((heading) =>
      tableAfter(heading).map(([, meaning, command]) => ({ meaning, command: code(command)[0] as string })),
    )
    for (const { meaning, command } of commands) {
      const { url, init } = requestOf(command, app.url)
      const { status } = await fetch(url, init)
      t.ok(status < 400 || /fail/.test(meaning ?? ''), `${command}: ${status}`)
    }
  })
})

/** Parses the curl options that the README uses. */
function requestOf(command: string, base: string): { url: string; init: RequestInit } {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => (quoted ?? plain) as string)
  const after = (option: string) => words[words.indexOf(option) + 1] as string
  const headers = words.flatMap((word, index) => (word === '-H' ? [words[index + 1] as string] : []))
  const url = words.find((word) => word.startsWith('localhost:8080'))
  if (words[0] !== 'curl' || url === undefined) throw new Error(`not a curl command: ${command}`)
  return {
    url: url.replace('localhost:8080', base),
    init: {
      method: words.includes('-X') ? after('-X') : words.includes('-d') ? 'POST' : 'GET',
      headers: headers.map((header) => header.split(': ') as [string, string]),
      ...(words.includes('-d') ? { body: after('-d') } : {}),
    },
  }
}

for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/alerts.md', 'docs/adopt.md']) {
  t.test(`the links of ${file} lead somewhere`, async (t) => {
    const text = read(file)
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string)
    for (const link of links.filter((name) => !/^https?:/.test(name))) {
      const [path = '', anchor] = link.split('#')
      t.ok(existsSync(join(root, dirname(file), path)), link)
      if (anchor !== undefined)
        t.ok(anchorsOf(path === '' ? text : read(join(dirname(file), path))).includes(anchor), link)
    }
    t.ok(links.length > 1, 'the links have been found')
  })
}

for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/adopt.md']) {
  t.test(`the npm scripts of ${file} exist`, async (t) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const mentioned = new Set([...read(file).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name]) => name as string))
    for (const name of mentioned) t.ok(name in scripts, name)
    t.ok(mentioned.size > 1, 'the scripts have been found')
  })
}
