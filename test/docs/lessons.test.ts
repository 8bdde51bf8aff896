import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as conventions from '@opentelemetry/semantic-conventions'
import t from 'tap'
import { startApp } from '../../testkit/app-process.ts'
import { scrape } from '../../testkit/scrape.ts'
import { phaseOf } from '../../tutor/check/lessons.ts'
import { catalogue } from '../../tutor/exercise/catalogue.ts'
import { anchorsOf } from '../../tutor/learn/anchors.ts'
import { consoleBlocks } from '../../tutor/learn/console-block.ts'
import { codeLinks, linesNow } from './code-links.ts'
import { lessons, root } from './documents.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

const SECTIONS = [
  'What you will be able to do',
  'The question',
  'Run it',
  'Try it',
  'Read it',
  'How it works underneath',
  'Check it',
  'Exercises',
  'Common mistakes',
  'What is still missing',
]

/** External names in lessons that look like our own. */
const FOREIGN = new Set([
  ...['console.log', 'log.error', 'error.message', 'http_500_total', 'app_name', 'getStore', 'user_id'],
  ...['histogram_quantile', 'tracestate', 'onResponse', 'OTLPTraceExporter', 'query.text', 'rate_interval'],
])

t.strictSame(lessons.map(numberOf), [1, 2, 3, 4, 5, 6, 7], 'the lessons, in order')

for (const lesson of lessons) {
  t.test(lesson, async (t) => {
    const text = read(lesson)
    const prose = text.replace(/^```[\s\S]*?^```/gm, '')

    t.test('has the sections of all lessons, in order', async (t) => {
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading as string)
      t.strictSame(
        headings.filter((heading) => SECTIONS.includes(heading)),
        SECTIONS,
      )
    })

    t.test('its links to lines are correct; npm run docs updates them', async (t) => {
      const links = codeLinks(text)
      t.ok(links.length >= 10, `${links.length} links`)
      for (const link of links) t.equal(link.lines, linesNow(link, join(root, lesson)), link.markdown)
      const allLinks = [...text.matchAll(/\]\([^)\s]+#L\d[^)]*\)/g)]
      t.equal(links.length, allLinks.length, 'every link to lines has a piece of the code as its text')
    })

    t.test('its other links are valid', async (t) => {
      const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string)
      for (const link of links.filter((name) => !/^https?:/.test(name) && !/#L\d/.test(name))) {
        const [path = '', anchor] = link.split('#')
        const target = path === '' ? lesson : join(dirname(lesson), path)
        t.ok(existsSync(join(root, target)), link)
        if (anchor !== undefined) t.ok(anchorsOf(read(target)).includes(anchor), link)
      }
    })

    t.test('has commands to run', async (t) => {
      const steps = consoleBlocks(text).flatMap(({ steps, notRun }) => (notRun === undefined ? steps : []))
      t.ok(steps.length >= 8, `${steps.length} commands`)
      const number = numberOf(lesson)
      t.ok(steps.some(({ command }) => command?.includes(`npm run phase:${phaseOf(number)}`)))
      t.ok(steps.some(({ command }) => command === `npm run check -- ${number}`))
    })

    t.test('its npm scripts exist', async (t) => {
      const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
      const mentioned = new Set([...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name]) => name as string))
      for (const name of mentioned) t.ok(name in scripts, name)
    })

    t.test('lists the exercises of its folder', async (t) => {
      const listed = [...text.matchAll(/^- `npm run exercise (\d\.\d+)`: (.+)$/gm)].map(([, id, title]) => [id, title])
      const there = catalogue()
        .filter(({ file }) => file.startsWith(`${dirname(lesson)}/`))
        .map(({ number, title }) => [number, title])
      t.ok(there.length >= 2)
      t.strictSame(listed, there)
    })
  })
}

/** Lesson 3 has the number 3. */
function numberOf(lesson: string): number {
  return Number(/\d/.exec(lesson)?.[0])
}

t.test('names in lessons exist', async (t) => {
  const known = await inventory(t)
  for (const lesson of lessons) {
    const prose = read(lesson).replace(/^```[\s\S]*?^```/gm, '')
    const names = [...prose.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => namesIn(code as string))
    t.ok(names.length > 10, `${lesson}: ${names.length} names`)
    const metrics = read(lesson).match(/\b(?:http|grpc|db|cache|booking|process|nodejs)_[a-z_]+\b/g) ?? []
    for (const name of new Set([...names, ...metrics]))
      t.ok(known.has(name) || FOREIGN.has(name), `${lesson} names ${name}`)
  }
})

/** Words that look like names in code: metrics, fields, attributes, variables, files, functions. */
function namesIn(code: string): string[] {
  if (/^(https?:|<)/.test(code)) return []
  const words = code.match(/[A-Za-z][\w]*(?:[.][A-Za-z]\w*)*/g) ?? []
  return words.filter((word) => /_|\.|[a-z][A-Z]/.test(word))
}

/** Where names come from. */
const FOLDERS = ['src', 'phases', 'lessons', 'query', 'lab', 'tutor', 'bench', 'docker', 'grafana/generator']

/** All existing names: in the sources, in the app's metrics, and in OpenTelemetry's conventions. */
async function inventory(t: Parameters<typeof startApp>[0]): Promise<Set<string>> {
  const app = await startApp(t, { env: { PHASE: '5', OTEL_TRACES_SAMPLER: 'always_off' } })
  for (const path of ['/hello', '/v1/courses', '/external']) await fetch(app.url + path)
  const metrics = await Promise.all(['/metrics', '/metrics/otel'].map((path) => scrape(app.url + path)))
  const samples = metrics.flatMap(({ families }) => [...families.values()].flatMap((family) => family.samples))
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  const sources = files.filter((name) => /\.(ts|yml)$/.test(name)).map(read)
  const words = [...sources, read('README.md'), read('.env.example')].join('\n').match(/[\w.]+/g) ?? []
  return new Set([
    ...words.flatMap((word) => [word, ...word.split('.')]),
    ...samples.flatMap(({ name, labels }) => [name, ...Object.keys(labels)]),
    ...metrics.flatMap(({ families }) => [...families.keys()]),
    ...Object.values(conventions).filter((value) => typeof value === 'string'),
    ...files.map((name) => name.split('/').at(-1) as string),
    ...['app.log', 'partner.log', 'small.log', 'small.log.2', 'logs.app.log'],
  ])
}
