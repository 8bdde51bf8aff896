/**
 * The wait that a server's histogram misses. While a server computes for half a second, a caller sends it a request,
 * and both measure that request. The server has a thread of its own, so its busy event loop does not delay the caller.
 *
 * Run it after a build: node dist/phases/3-metrics/demos/unmeasured-wait.js
 */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import Fastify from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

if (isMainThread) await call()
else await serve()

async function serve(): Promise<void> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from receiving a request to having answered it, in seconds.',
    labelNames: ['route'],
    registers: [registry],
  })
  const app = Fastify()
  app.addHook('onResponse', async (request, reply) => {
    duration.observe({ route: request.routeOptions.url }, reply.elapsedTime / 1000)
  })
  app.get('/hello', async () => ({ message: 'hello' }))
  app.get('/metrics', () => registry.metrics())
  app.get('/compute', async () => {
    parentPort?.postMessage('computing')
    for (const end = performance.now() + 500; performance.now() < end; );
    return { message: 'computed' }
  })
  parentPort?.postMessage(await app.listen({ host: '127.0.0.1', port: 0 }))
}

async function call(): Promise<void> {
  const server = new Worker(new URL(import.meta.url))
  const [url] = (await once(server, 'message')) as [string]
  const computed = fetch(`${url}/compute`)
  await once(server, 'message') // it computes now

  const sentAt = performance.now()
  await (await fetch(`${url}/hello`)).text()
  console.log(`/hello, as its caller sees it: ${((performance.now() - sentAt) / 1000).toFixed(3)} seconds`)

  await (await computed).text()
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const lines = metrics.match(
    /^(http_server_request_duration_seconds_sum{route="\/hello"}|nodejs_eventloop_lag_max_seconds) .*/gm,
  )
  console.log(lines?.join('\n'))
  await server.terminate()
}
