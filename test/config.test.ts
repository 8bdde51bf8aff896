import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { ConfigError, loadConfig } from '../src/config.ts'
import { openDatabase } from '../src/platform/open-database.ts'
import { runApp, startApp } from '../testkit/app-process.ts'
import { startJaegerReceiver } from '../testkit/jaeger-receiver.ts'
import { localServer } from './platform/local-server.ts'

/** The same start as main.js, without its slow parts. */
const smallServer = new URL('platform/small-server.js', import.meta.url)

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'course-app-config-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Loads the configuration in a folder with this `.env` and exactly this environment. */
async function load(t: Test, given: { env?: Record<string, string>; file?: string; args?: string[] }) {
  const folder = await temporaryFolder(t)
  if (given.file !== undefined) await writeFile(join(folder, '.env'), given.file)
  const [before, cwd] = [{ ...process.env }, process.cwd()]
  process.chdir(folder)
  becomeEnvironment(given.env ?? {})
  try {
    return loadConfig(given.args ?? [])
  } finally {
    becomeEnvironment(before)
    process.chdir(cwd)
  }
}

/** Changes `process.env` in place, because the `.env` loader writes to the real environment. */
function becomeEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
}

/** Runs a program in a temporary folder that the test prepares. */
async function scriptIn(folder: string, program: URL): Promise<string> {
  const script = join(folder, 'start.mjs')
  await writeFile(script, `process.chdir(${JSON.stringify(folder)})\nawait import('${program.href}')\n`)
  return script
}

t.test('defaults', async (t) => {
  t.match(await load(t, {}), {
    PHASE: 5,
    HOST: '127.0.0.1',
    PORT: 8080,
    DATABASE_URL: undefined,
    DATA_DIR: './data',
    LOG_LEVEL: 'info',
    LOG_FILE: 'logs/app.log',
    EXTERNAL_API_URL: undefined,
    EXTERNAL_TIMEOUT_MS: 2000,
    ROLE: 'all',
    COURSE_GRPC_URL: '127.0.0.1:9900',
    OTEL_SERVICE_NAME: 'course-app',
    CORS_ORIGIN: undefined,
  })
})

t.test('arguments override the environment, which overrides .env, which overrides the defaults', async (t) => {
  const file = 'PHASE=1\nPORT=1001\nLOG_LEVEL=warn\nOTEL_SERVICE_NAME="from file"\n# a comment\n'
  const env = { PHASE: '2', PORT: '1002' }
  t.match(await load(t, { file, env, args: ['--phase', '3', '--log-file='] }), {
    PHASE: 3,
    PORT: 1002,
    LOG_LEVEL: 'warn',
    LOG_FILE: '',
    OTEL_SERVICE_NAME: 'from file',
    EXTERNAL_TIMEOUT_MS: 2000,
  })
})

t.test('a role other than the whole app is the service name, unless one is set', async (t) => {
  t.match(await load(t, { env: { ROLE: 'gateway' } }), { OTEL_SERVICE_NAME: 'gateway' })
  t.match(await load(t, { args: ['--role', 'course'] }), { OTEL_SERVICE_NAME: 'course' })
  t.match(await load(t, { env: { ROLE: 'course', OTEL_SERVICE_NAME: 'mine' } }), { OTEL_SERVICE_NAME: 'mine' })
})

t.test(
  'the name in OTEL_RESOURCE_ATTRIBUTES is the service’s name, unless OTEL_SERVICE_NAME gives another',
  async (t) => {
    const OTEL_RESOURCE_ATTRIBUTES = 'service.name=shop-api,team=a%2Cb'
    t.match(await load(t, { env: { OTEL_RESOURCE_ATTRIBUTES } }), {
      OTEL_SERVICE_NAME: 'shop-api',
      OTEL_RESOURCE_ATTRIBUTES: { 'service.version': /^\d+\.\d+\.\d+$/, 'service.name': 'shop-api', team: 'a,b' },
    })
    t.match(await load(t, { file: `OTEL_RESOURCE_ATTRIBUTES=${OTEL_RESOURCE_ATTRIBUTES}\n` }), {
      OTEL_SERVICE_NAME: 'shop-api',
    })
    t.match(await load(t, { env: { OTEL_RESOURCE_ATTRIBUTES, ROLE: 'gateway' } }), { OTEL_SERVICE_NAME: 'shop-api' })
    t.match(await load(t, { env: { OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: 'mine' } }), {
      OTEL_SERVICE_NAME: 'mine',
    })
    t.match(await load(t, { env: { OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: '' } }), {
      OTEL_SERVICE_NAME: 'shop-api',
    })
    t.match(await load(t, { env: { OTEL_RESOURCE_ATTRIBUTES }, args: ['--otel-service-name', 'mine'] }), {
      OTEL_SERVICE_NAME: 'mine',
    })
    t.match(await load(t, { env: { OTEL_RESOURCE_ATTRIBUTES: ' , service.version=2.0.0-rc%3D1 , ' } }), {
      OTEL_SERVICE_NAME: 'course-app',
      OTEL_RESOURCE_ATTRIBUTES: { 'service.version': '2.0.0-rc=1' },
    })
  },
)

t.test('--stack finds the servers of compose.yaml on the ports that they publish', async (t) => {
  const onStack = await load(t, { args: ['--phase', '3', '--stack'] })
  t.match(onStack, {
    STACK: true,
    PHASE: 3,
    DATABASE_URL: /^postgres:\/\/course:[^@]+@127\.0\.0\.1:5432\/course$/,
    REDIS_URL: /^redis:\/\/:[^@]+@127\.0\.0\.1:6379$/,
    // Where containers reach it.
    HOST: process.platform === 'linux' ? '0.0.0.0' : '127.0.0.1',
  })
  t.strictSame(await load(t, { env: { STACK: 'true', PHASE: '3' } }), onStack)
  t.strictSame(await load(t, { file: 'STACK=true\nPHASE=3\n' }), onStack)
  t.match(await load(t, { env: { STACK: 'false' } }), { DATABASE_URL: undefined, REDIS_URL: undefined })

  t.test('with the passwords of compose.yaml', async (t) => {
    const file = 'POSTGRES_PASSWORD=one\nREDIS_PASSWORD=two\n'
    const { DATABASE_URL, REDIS_URL } = await load(t, { file, args: ['--stack'] })
    t.match([DATABASE_URL, REDIS_URL], ['postgres://course:one@', 'redis://:two@'])
  })

  t.test('explicit settings override it', async (t) => {
    const given = { DATABASE_URL: 'memory:', REDIS_URL: 'redis://elsewhere:6379', HOST: '127.0.0.1' }
    t.match(await load(t, { env: given, args: ['--stack'] }), given)
    t.match(await load(t, { args: ['--stack', '--host', '::1'] }), { HOST: '::1' })
  })
})

t.test('the Lab is on, but in production only when asked for', async (t) => {
  t.match(await load(t, {}), { LAB: 'on' })
  t.match(await load(t, { env: { NODE_ENV: 'production' } }), { LAB: 'off' })
  t.match(await load(t, { env: { NODE_ENV: 'production', LAB: 'on' } }), { LAB: 'on' })
  t.match(await load(t, { env: { NODE_ENV: 'test', LAB: 'off' } }), { LAB: 'off' })
  const two = 'http://localhost:9090 http://prometheus:9090'
  t.match(await load(t, { env: { PROMETHEUS_URL: two } }), { PROMETHEUS_URL: two })
})

t.test('an empty variable counts as unset, but an empty LOG_FILE means no file', async (t) => {
  const empty = { PHASE: '', PORT: '', HOST: '', DATABASE_URL: '', EXTERNAL_API_URL: '', CORS_ORIGIN: '', LOG_FILE: '' }
  t.strictSame(await load(t, { env: empty }), { ...(await load(t, {})), LOG_FILE: '' })
})

t.test('an invalid value is rejected with its name and a remedy', async (t) => {
  for (const [name, ...values] of [
    ['PHASE', '9', '-1', 'x', '1.5'],
    ['PORT', 'abc', '65536', 'Infinity', '8080/'],
    ['ROLE', 'server'],
    ['LAB', 'yes'],
    ['GRAFANA_URL', 'localhost:3000', 'http://a:99999', 'http://a http://b http://c'],
    ['COURSE_GRPC_URL', 'localhost', 'http://localhost:9900', 'a:1,', 'a:1,b', 'a:99999'],
    ['LOG_LEVEL', 'INFO'],
    ['DATABASE_URL', 'nonsense', 'postgres://'],
    ['STACK', 'yes'],
    ['PARTNER_URL', 'partner:8080', 'http://a b', 'http://a:99999'],
    ['CORS_ORIGIN', 'shop.example', 'https://shop.example/', 'https://a:b:c'],
    ['EXTERNAL_API_URL', 'ftp://host', 'http://'],
    ['EXTERNAL_TIMEOUT_MS', '0', 'soon'],
    ['LOG_FILE_MAX_BYTES', '10MB'],
    ['LOG_FILE_COUNT', '101'],
    ['MAX_EVENT_LOOP_DELAY_MS', '-1'],
    [
      'TRUST_PROXY',
      'true',
      '1',
      'proxy',
      '10.0.0.0/33',
      '0.0.0.0/0',
      '::1/129',
      '10.0.0.1,',
      '10.0.0.1/8/8',
      '10.0.0.0/255.0.0.0',
    ],
    ['OTEL_RESOURCE_ATTRIBUTES', 'shop', 'team=a=b', '=shop', 'team=%zz'],
  ] as [string, ...string[]][]) {
    for (const value of values) {
      const error = await load(t, { env: { [name]: value } }).catch((error: unknown) => error as ConfigError)
      t.ok(error instanceof ConfigError, `${name}=${value}`)
      t.match(error, { variable: name, message: `${name}: ${JSON.stringify(value)} does not work. Set ${name} to ` })
      t.notMatch((error as Error).message, '\n')
    }
  }
  await t.rejects(load(t, { file: 'PORT=abc' }), { message: /^PORT: / })
  await t.rejects(load(t, { args: ['--port', 'abc'] }), { message: /^PORT: / })
  await t.rejects(load(t, { env: { HOST: 'evil\nfatal: forged' }, args: ['--port', '1\n2'] }), { message: /^[^\n]*$/ })
})

t.test('a failed start prints one line with the remedy', async (t) => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'file')
  await writeFile(file, '')
  const withBadEnv = join(folder, 'with-bad-env')
  await mkdir(join(withBadEnv, '.env'), { recursive: true })
  const dataDir = join(folder, 'data')
  const database = await openDatabase({ ...loadConfig([]), DATABASE_URL: undefined, DATA_DIR: dataDir })
  t.teardown(() => database.close())
  const { port: usedPort } = await localServer(t, () => {})
  const small = fileURLToPath(smallServer)

  t.jobs = 3
  for (const [what, line, options] of [
    ['no such phase', /^PHASE: "9" does not work\. Set PHASE to /, { env: { PHASE: '9' } }],
    ['unknown argument', /^Arguments: .*--colour.* Known are --phase /, { script: small, args: ['--colour', 'red'] }],
    [
      '.env cannot be read',
      /^\.env: cannot be read .*\. Mend the file or remove it\./,
      { script: await scriptIn(withBadEnv, smallServer) },
    ],
    [
      'log file is a folder',
      /^LOG_FILE: .* cannot be written .* Set LOG_FILE to /,
      { script: small, env: { PHASE: '1', LOG_FILE: folder } },
    ],
    [
      'log file below a file',
      /^LOG_FILE: .* cannot be written .* Set LOG_FILE to /,
      { script: small, env: { PHASE: '1', LOG_FILE: join(file, 'app.log') } },
    ],
    [
      'data below a file',
      /^DATA_DIR: .* cannot be written .* Set DATA_DIR to /,
      { env: { DATABASE_URL: undefined, DATA_DIR: join(file, 'data') } },
    ],
    [
      'data in use',
      new RegExp(`^DATA_DIR: is in use by process ${process.pid}\\. Stop it, or set DATA_DIR to another folder\\.`),
      { env: { DATABASE_URL: undefined, DATA_DIR: dataDir } },
    ],
    [
      'two PostgreSQL servers',
      /^DATABASE_URL: is not a URL of one server\. Set DATABASE_URL to /,
      { env: { DATABASE_URL: 'postgres://app:s3cret@one,two/app' } },
    ],
    [
      'port in use',
      new RegExp(`^PORT: ${usedPort} is in use\\. .*set PORT to `),
      { script: small, env: { PORT: String(usedPort) } },
    ],
    ['not our address', /^HOST: 192\.0\.2\.1 is not .* Set HOST to /, { script: small, env: { HOST: '192.0.2.1' } }],
  ] as const) {
    t.test(what, { buffered: true }, async (t) => {
      const { env, ...rest } = { env: {}, ...options }
      const { code, signal, stdout, stderr } = await runApp(t, { ...rest, env: { PHASE: '0', ...env } })
      t.strictSame({ code, signal, stdout }, { code: 1, signal: null, stdout: '' })
      t.match(stderr, line)
      t.match(stderr, /^[^\n]+\n$/, 'one line')
      t.notMatch(stderr, /s3cret|\n +at /)
    })
  }
  t.test('the first process is not disturbed', async (t) => {
    await t.resolves(database.ping())
  })
})

t.test('OpenTelemetry’s own variables may be in .env too', async (t) => {
  const jaeger = await startJaegerReceiver(t)
  const folder = await temporaryFolder(t)
  await writeFile(
    join(folder, '.env'),
    `PHASE=4\nOTEL_SERVICE_NAME=named-in-env-file\nOTEL_EXPORTER_JAEGER_ENDPOINT=${jaeger.endpoint}\nOTEL_BSP_SCHEDULE_DELAY=50\n`,
  )
  const app = await startApp(t, { script: await scriptIn(folder, smallServer) })
  await fetch(`${app.url}/slow?ms=0`)
  const line = await app.waitForLogLine('the request', ({ path }) => path === '/slow')
  t.equal(line.service, 'named-in-env-file')
  const [span] = await jaeger.waitForSpans('GET /slow')
  t.equal(span?.service, 'named-in-env-file')
})
