import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'
import t from 'tap'
import { read, root } from '../prometheus/shipped.ts'

const instructions = read('docker/Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .trim()
  .split('\n')
  .filter(Boolean)
  .map((line) => /^(\w+) +(.*)$/.exec(line)?.slice(1) as [string, string])
const all = (name: string) => instructions.filter(([each]) => each === name).map(([, rest]) => rest)
const lastStage = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'))
const last = (name: string) => lastStage.find(([each]) => each === name)?.[1] ?? ''

t.test('the image is pinned, not root, and runs node itself', async (t) => {
  const [base, ...stages] = all('FROM')
  t.match(base, /^node:24\.\d+\.\d+-slim AS base$/)
  for (const stage of stages) t.match(stage, /^base\b/)
  t.equal(last('USER'), 'node')
  t.match(JSON.parse(last('ENTRYPOINT')), ['node', /^--/, 'dist/src/main.js'])
  t.match(last('HEALTHCHECK'), 'CMD ["node", "docker/health.mjs", "/livez"]')
  t.match(last('ENV'), 'HOST=0.0.0.0')
})

t.test('copied files exist and are sent to the builder', async (t) => {
  const sent = read('.dockerignore').match(/(?<=^!).*/gm) ?? []
  const copied = all('COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(' ').slice(0, -1))
  t.ok(copied.length > 5, 'they have been found')
  for (const path of copied) {
    t.ok(existsSync(join(root, path)), path)
    t.ok(
      sent.some((each) => path === each || path.startsWith(`${each}/`)),
      `${path} is in .dockerignore`,
    )
  }
})

t.test('the build context compiles', async (t) => {
  const folder = t.testdir()
  const left = read('.dockerignore').match(/^[^#!*\n].*/gm) ?? []
  const isLeft = (path: string) =>
    left.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(path))
  const build = instructions.slice(
    instructions.findIndex(([name, rest]) => name === 'FROM' && rest === 'base AS build'),
  )
  const nextStage = build.findIndex(([name], index) => index > 0 && name === 'FROM')
  for (const [name, rest] of build.slice(0, nextStage)) {
    if (name !== 'COPY') continue
    for (const path of rest.split(' ').slice(0, -1)) {
      const filter = (source: string) => !isLeft(relative(root, source))
      cpSync(join(root, path), join(folder, path), { recursive: true, filter })
    }
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const compile = all('RUN').find((command) => command.includes('tsc')) ?? 'none'
  const { status, stdout, stderr } = spawnSync(compile, { cwd: folder, shell: true, encoding: 'utf8' })
  t.equal(status, 0, compile, { stdout, stderr })
  t.ok(existsSync(join(folder, 'dist/src/main.js')))
  t.ok(existsSync(join(folder, 'dist/lab/page/index.html')))
})

/** Run-time imports of src/, phases/ and lab/. The Lab's page is bundled with its imports. */
function packagesInUse(): Set<string> {
  const files = ['src', 'phases', 'lab'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  const statements = files
    .filter((name) => name.endsWith('.ts') && !/\/(exercises|solutions|page)\//.test(name))
    .flatMap((name) => [...read(name).matchAll(/^(?:import|export) (?!type )(?:[^'"]*? from )?'([^'.][^']*)'/gm)])
    .map(([, from]) => from as string)
  const packages = statements.filter((from) => !from.startsWith('node:'))
  return new Set(
    packages.map((from) =>
      from
        .split('/')
        .slice(0, from.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  )
}

t.test('the app needs only production dependencies', async (t) => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const used = [...packagesInUse()]
  t.ok(used.length > 15, 'they have been found')
  t.same(
    used.filter((name) => !(name in dependencies)),
    // Type imports, which are erased.
    ['@fastify/type-provider-typebox'].filter((name) => used.includes(name)),
  )
})

t.test('the health check reports the server’s readiness', async (t) => {
  let status = 200
  const server = createServer((request, response) => response.writeHead(request.url === '/readyz' ? status : 404).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  async function check(path: string): Promise<number> {
    const child = spawn(process.execPath, [join(root, 'docker/health.mjs'), path], {
      env: { PORT: String(port) },
      stdio: 'ignore',
    })
    const [code] = await once(child, 'exit')
    return code
  }
  t.equal(await check('/readyz'), 0)
  t.equal(await check('/livez'), 1)
  status = 503
  t.equal(await check('/readyz'), 1)
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
  t.equal(await check('/readyz'), 1, 'not listening')
})
