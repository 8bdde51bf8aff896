/** A Fastify service that knows nothing of this repository, as it is before and after a phase has been written into it. */
export interface BlankService {
  /** By their paths. */
  readonly files: Readonly<Record<string, string>>
  /** Its files once the lines that `npm run eject` prints are in their places. */
  wired(lines: readonly string[]): Readonly<Record<string, string>>
}

const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  types: ['node'],
  rootDir: 'src',
  outDir: 'dist',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
}

/** @param name of its package; @param type which modules it has */
export function blankService(name: string, type: 'module' | 'commonjs', compilerOptions: object = {}): BlankService {
  const syntax = type === 'module' ? MODULE : COMMONJS
  const app = syntax(APP)
  const files = {
    // An older package has no type, and is CommonJS by that.
    'package.json': JSON.stringify({ name, private: true, ...(type === 'module' ? { type } : {}) }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { ...COMPILER_OPTIONS, erasableSyntaxOnly: type === 'module', ...compilerOptions },
    }),
    'src/app.ts': app,
    'src/main.ts': syntax(MAIN),
    'src/app.test.ts': syntax(TEST),
  }
  return {
    files,
    wired(lines) {
      const imports = lines.filter((line) => line.startsWith('import '))
      const rest = lines.filter((line) => !line.startsWith('import '))
      const withLines = app
        .replace('// imports\n', () => `${imports.join('\n')}\n`)
        .replace('  const app = Fastify()\n', () => `${rest.map((line) => `  ${line}`).join('\n')}\n`)
        .replaceAll(/\/\/ announced: /g, '')
        .replaceAll(/.*\/\/ not announced\n/g, '')
      const announcements = type === 'module' ? ANNOUNCEMENTS : ANNOUNCEMENTS_COMMONJS
      return { ...files, 'src/app.ts': announcements(lines) + withLines }
    },
  }
}

/** The import of what announces, which ends as the imports that were printed do. */
const ANNOUNCEMENTS = (lines: readonly string[]) =>
  `import { announce, channels } from ${lines[1]?.match(/'.*'/)?.[0].replace('register', 'announcements')}\n`
const ANNOUNCEMENTS_COMMONJS = (lines: readonly string[]) =>
  `import announcements = require(${lines[1]?.match(/'.*'/)?.[0].replace('register', 'announcements')})\nconst { announce, channels } = announcements\n`

const MODULE = (text: string) => text

/** The same file as CommonJS, in the only syntax that `verbatimModuleSyntax` allows there. */
const COMMONJS = (text: string) =>
  text
    .replaceAll(/^import (\w+) from ('.*')$/gm, 'import $1 = require($2)')
    .replaceAll(
      /^import \{ (.+) \} from '(?:node:)?\.?\/?(.+?)(?:\.js)?'$/gm,
      (line, names: string, module: string) => {
        const local = `${module.replaceAll(/\W/g, '_')}_`
        return `import ${local} = require(${line.match(/'.*'/)?.[0]})\nconst { ${names} } = ${local}`
      },
    )
    .replaceAll(/^export function (\w+)/gm, 'export = { $1 }\nfunction $1')

const APP = `import Fastify from 'fastify'
import postgres from 'postgres'
import { Counter } from 'prom-client'
// imports

const orders = new Counter({ name: 'shop_orders_total', help: 'Orders that were placed.' })

export function buildApp() {
  const sql = postgres(process.env['DATABASE_URL'] ?? '', { max: 2, onnotice: () => {} })
  const app = Fastify()

  app.addHook('onReady', () => sql\`create table if not exists orders (id serial primary key, item text not null)\`.then(() => {}))
  app.addHook('onClose', () => sql.end())
  app.get('/livez', async () => 'alive')
  app.get('/broken', async () => {
    throw new Error('the shelf is empty')
  })
  const body = { type: 'object', required: ['item'], properties: { item: { type: 'string' } } }
  app.post<{ Body: { item: string } }>('/orders', { schema: { body } }, async (request, reply) => {
    const { item } = request.body
    request.log.info({ item }, 'order received')
    const text = 'insert into orders (item) values ($1) returning id'
    const insert = () => sql.unsafe<{ id: number }[]>(text, [item])
    const [row] = await insert() // not announced
    // announced: const query = { operation: 'INSERT', table: 'orders', text, system: 'postgresql', database: { namespace: 'shop' } }
    // announced: const place = () => announce(channels.query, query, insert)
    // announced: const [row] = await announce(channels.step, { name: 'place_order', attributes: { item } }, place)
    orders.inc()
    return reply.code(201).send({ id: row?.id })
  })
  return app
}
`

const MAIN = `import { buildApp } from './app.js'

const app = buildApp()
app.listen({ port: Number(process.env['PORT']) }).then(
  (url) => console.error(url),
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  },
)
`

const TEST = `import { test } from 'node:test'
import assert from 'node:assert/strict'
import { buildApp } from './app.js'

test('an order is placed', async () => {
  const app = buildApp()
  const placed = await app.inject({ method: 'POST', url: '/orders', payload: { item: 'tea' } })
  assert.equal(placed.statusCode, 201)
  const refused = await app.inject({ method: 'POST', url: '/orders', payload: {} })
  assert.equal(refused.statusCode, 400)
  await app.close()
})
`
