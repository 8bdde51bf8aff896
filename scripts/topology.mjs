// Runs the app as three processes: the course service, a gateway, which calls it over gRPC, and the partner, which the
// gateway starts. Ctrl-C stops all of them. When one ends by itself, the others are stopped and the exit code is 1.
// Settings come from the environment (PHASE=4 PORT=9000 npm run topology). The gateway listens on PORT, the course
// service on GRPC_PORT, and on the port after PORT for /metrics, /livez and /readyz. Port 0 is any free one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/src/main.js', import.meta.url))
const { LOG_FILE = 'logs/app.log' } = process.env
const PORT = process.env.PORT || '8080'
if (!/^\d+$/.test(PORT) || Number(PORT) > 65_534) {
  process.stderr.write(`PORT: ${JSON.stringify(PORT)} does not work. Set PORT to a port number, 0 to 65534.\n`)
  process.exit(1)
}
/** In start order. They stop in reverse order, so that the gateway can finish its requests in flight. */
const running = []
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0))

const course = start('course', { PORT: PORT === '0' ? '0' : String(Number(PORT) + 1) })
const [address, health] = await Promise.all([grpcAddressOf(course), healthUrlOf(course)])
if (address !== undefined && !stopping) {
  start('gateway', { PORT, COURSE_GRPC_URL: address, LAB_COURSE_URL: health?.replace('/readyz', '') ?? '' })
}

function start(role, settings) {
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    env: { ...process.env, ...settings, ROLE: role, LOG_FILE: logFileOf(role) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C must reach only this process, which then stops the others in order
  })
  print(role, child.stdout, process.stdout)
  print(role, child.stderr, process.stderr)
  child.once('exit', (code, signal) => {
    running.splice(running.indexOf(child), 1)
    if (stopping) return
    process.stderr.write(`${role} has ended (${signal ?? `exit code ${code}`}), so the others are stopped\n`)
    void stop(1)
  })
  running.push(child)
  return child
}

/** Processes cannot share a rotated file. */
function logFileOf(role) {
  return LOG_FILE && join(dirname(LOG_FILE), `${role}.log`)
}

function print(role, from, to) {
  createInterface({ input: from }).on('line', (line) => to.write(`${role.padEnd(7)} | ${line}\n`))
}

/** The course service prints its gRPC address and its health URL when it is ready. */
async function grpcAddressOf(child) {
  return await waitForLine(child, /^ {2}gRPC +(.+:\d+)$/)
}

async function healthUrlOf(child) {
  return await waitForLine(child, /^ {2}Health +(http:\S+)$/)
}

/** @returns the match of the pattern's group in a line of stderr; undefined if the process ends first */
async function waitForLine(child, pattern) {
  const found = new Promise((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, text] = pattern.exec(line) ?? []
      if (text !== undefined) resolve(text)
    })
  })
  return await Promise.race([found, once(child, 'exit').then(() => undefined)])
}

async function stop(exitCode) {
  if (stopping) return
  stopping = true
  process.exitCode = exitCode
  for (const child of running.toReversed()) {
    const isOver = child.exitCode !== null || child.signalCode !== null
    const [code] = isOver ? [child.exitCode] : await ended(child)
    if (code !== 0) process.exitCode = 1
  }
}

function ended(child) {
  child.kill('SIGTERM')
  return once(child, 'exit')
}
