/** Stands in for the app in the tests of `startApp`: serves /livez, and misbehaves according to FAKE. */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const { FAKE, LOG_FILE = '' } = process.env

if (FAKE === 'broken') {
  console.error('PORT: "abc" does not work. Set PORT to a port number.')
  process.exit(1)
}

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(3)
  const body = request.url === '/env' ? JSON.stringify({ ...process.env, cwd: process.cwd() }) : 'alive'
  response.writeHead(request.url === '/livez' && FAKE === 'sick' ? 503 : 200).end(body)
})

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  if (FAKE === 'parent') spawn('sleep', ['20'], { stdio: 'inherit' })
  console.log(JSON.stringify({ message: 'partner at http://127.0.0.1:2' }))
  console.error(`spans go to http://127.0.0.1:1/api/traces\n  try \u001b[36mhttp://127.0.0.1:${port}\u001b[39m`)
  appendFileSync(LOG_FILE, `${JSON.stringify({ level: 'info', message: 'started', pid: process.pid })}\n{"level":"in`)
})

process.on('SIGTERM', () => {
  if (FAKE === 'stubborn') return
  console.log('bye')
  server.close(() => process.exit(FAKE === 'sore' ? 7 : 0))
})
