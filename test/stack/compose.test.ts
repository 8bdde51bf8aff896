import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { stackSettings } from '../../src/stack.ts'
import { needs } from '../../testkit/installed.ts'
import { read, root } from '../prometheus/shipped.ts'
import { compose, mountsOf, service, withoutVariables } from './compose-file.ts'

const services = Object.entries(compose.services)

t.test('docker-compose accepts it with any settings', needs('docker-compose'), async (t) => {
  const run = promisify(execFile)
  const settings = {
    POSTGRES_PASSWORD: 'pg-secret',
    REDIS_PASSWORD: 'redis-secret',
    GRAFANA_ADMIN_PASSWORD: 'g-secret',
  }
  const combinations = [[], ['app'], ['load'], ['app', 'load']]
  for (const profiles of combinations) {
    const flags = profiles.flatMap((profile) => ['--profile', profile])
    const env = { PATH: process.env.PATH, ...(profiles.length === 2 ? settings : {}) }
    const options = { cwd: root, env }
    const { stdout, stderr } = await run('docker-compose', ['-f', 'compose.yaml', ...flags, 'config'], options)
    t.equal(stderr, '', profiles.join())
    for (const [name] of services) t.match(stdout, `\n  ${name}:\n`)
    if (profiles.length === 2) for (const secret of Object.values(settings)) t.match(stdout, secret)
  }
})

t.test('names used by other files', async (t) => {
  const backends = ['postgres', 'redis', 'prometheus', 'alertmanager', 'grafana', 'loki', 'fluent-bit', 'jaeger']
  const inProfile = (wanted: string | undefined) =>
    services.filter(([, { profiles }]) => profiles?.[0] === wanted).map(([name]) => name)
  t.same(inProfile(undefined).sort(), [...backends].sort(), 'start without a profile')
  t.same(inProfile('app').sort(), ['course', 'gateway', 'partner'])
  t.same(inProfile('load'), ['locust'])
})

t.test('every image is pinned', async (t) => {
  for (const [name, { image, build }] of services) {
    if (build === undefined) t.match(image, /^[a-z/-]+:v?\d+\.\d+(\.\d+)?$/, name)
    else t.ok(existsSync(join(root, build.context, build.dockerfile)), name)
  }
})

t.test('mounted files exist and are read-only, and volumes are declared', async (t) => {
  const mounts = services.flatMap(([name, each]) => mountsOf(each).map((mount) => ({ name, ...mount })))
  for (const { name, source, target, readOnly, isVolume } of mounts) {
    t.match(target, /^\//, `${name}: ${source}`)
    if (isVolume) continue
    t.ok(existsSync(join(root, source)), `${name}: ${source}`)
    t.ok(readOnly, `${name}: ${source} is read-only`)
  }
  t.same([...new Set(mounts.filter(({ isVolume }) => isVolume).map(({ source }) => source))].sort(), [
    ...Object.keys(compose.volumes).sort(),
  ])
})

t.test('ports are published on the loopback address only', async (t) => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`))
  t.same(published.sort(), [
    'alertmanager 127.0.0.1:9093:9093',
    'course 127.0.0.1:9900:9900',
    'gateway 127.0.0.1:8080:8080',
    'gateway 127.0.0.1:8800:8080',
    'grafana 127.0.0.1:3000:3000',
    'jaeger 127.0.0.1:14268:14268',
    'jaeger 127.0.0.1:16686:16686',
    'jaeger 127.0.0.1:4317:4317',
    'jaeger 127.0.0.1:4318:4318',
    'locust 127.0.0.1:8089:8089',
    'loki 127.0.0.1:3100:3100',
    'postgres 127.0.0.1:5432:5432',
    'prometheus 127.0.0.1:9090:9090',
    'redis 127.0.0.1:6379:6379',
  ])
  const [, table = ''] = read('README.md').split('<!-- stack -->')
  for (const [, hostPort] of published.map((text) => /127\.0\.0\.1:(\d+)/.exec(text) as RegExpExecArray))
    t.match(table, new RegExp(`\\b${hostPort}\\b`), `the README has port ${hostPort}`)
})

t.test('the whole stack fits in 2 GiB', async (t) => {
  const limits = services.map(([name, { mem_limit }]) => {
    t.match(mem_limit, /^\d+m$/, name)
    return Number.parseInt(mem_limit as string, 10)
  })
  t.ok(limits.reduce((sum, limit) => sum + limit, 0) <= 2048)
})

t.test('services wait only for services with a health check', async (t) => {
  for (const [name, { depends_on = {}, profiles = [] }] of services) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      t.equal(condition, 'service_healthy', `${name} on ${other}`)
      t.ok(service(other).healthcheck, `${other} has a health check`)
      const theirs = service(other).profiles ?? []
      t.ok(
        theirs.every((profile) => profiles.includes(profile)),
        `${other} starts with ${name}`,
      )
    }
  }
})

t.test('images without a client program have no health check', async (t) => {
  // Of the distroless images, Loki's has its own health command, and Fluent Bit's has none.
  t.equal(service('fluent-bit').healthcheck, undefined)
  t.same(service('loki').healthcheck?.test, ['CMD', '/usr/bin/loki', '-health'])
  for (const name of ['gateway', 'course', 'partner']) {
    const [, , script, path] = service(name).healthcheck?.test ?? []
    t.ok(existsSync(join(root, script as string)), name)
    t.match(path, /^\/(livez|readyz)$/)
  }
})

t.test('--stack and compose.yaml agree, without a variable and with', async (t) => {
  const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD } = service('postgres').environment as Record<string, string>
  const password = withoutVariables(POSTGRES_PASSWORD as string)
  const own = stackSettings({})
  t.equal(own.DATABASE_URL, `postgres://${POSTGRES_USER}:${password}@127.0.0.1:5432/${POSTGRES_DB}`)
  t.equal(
    own.REDIS_URL,
    `redis://:${withoutVariables(service('redis').environment?.REDISCLI_AUTH as string)}@127.0.0.1:6379`,
  )
  t.equal(
    withoutVariables(service('course').environment?.DATABASE_URL as string),
    own.DATABASE_URL?.replace('127.0.0.1', 'postgres'),
  )
  const given = stackSettings({ POSTGRES_PASSWORD: 'a/b', REDIS_PASSWORD: 'c@d' })
  t.match(given, { DATABASE_URL: /:a%2Fb@/, REDIS_URL: /:c%40d@/ })
})

t.test('no common passwords', async (t) => {
  const text = read('compose.yaml')
  const defaults = [...text.matchAll(/\$\{\w*PASSWORD:-([^}]*)\}/g)].map(([, value]) => value as string)
  t.ok(defaults.length > 4, 'they have been found')
  for (const value of new Set(defaults))
    t.notMatch(value, /^(admin|postgres|password|root|redis|grafana|course|secret)$/)
  const { environment, command } = service('grafana')
  t.equal(withoutVariables(environment?.GF_SECURITY_ADMIN_PASSWORD as string), '')
  t.match(command?.[0], 'GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION=true')
  t.equal(environment?.GF_AUTH_ANONYMOUS_ORG_ROLE, 'Viewer')
})
