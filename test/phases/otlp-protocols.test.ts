import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { needs } from '../../testkit/installed.ts'
import { startOtlpHttpReceiver } from '../../testkit/otlp-http-receiver.ts'
import { type OtlpReceiver, startOtlpReceiver, type Tls } from '../../testkit/otlp-receiver.ts'

type Receiver = Pick<OtlpReceiver, 'headers' | 'waitForTrace' | 'endpoint'>

/** Starts a server of phase 5, sends one request, and waits for its span. */
async function sends(t: Test, receiver: Receiver, env: Record<string, string>): Promise<void> {
  const app = await startApp(t, {
    script: partnerScript,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '20', ...env },
  })
  const traceId = crypto.randomUUID().replaceAll('-', '')
  await fetch(`${app.url}/hop?who=me`, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
  const [span] = await receiver.waitForTrace(traceId, { spans: 1 })
  t.match(span, { name: 'GET /hop', kind: 'server', service: 'partner', parentSpanId: '00f067aa0ba902b7' })
  t.match(span?.attributes, { 'http.response.status_code': 200, 'http.route': '/hop' })
  t.match(
    (await app.logLines()).filter(({ level }) => level === 'warn'),
    [],
  )
}

t.test('OTLP over HTTP, in protobuf and in JSON', async (t) => {
  for (const [protocol, contentType] of [
    ['http/protobuf', 'application/x-protobuf'],
    ['http/json', 'application/json'],
  ] as const) {
    t.test(protocol, async (t) => {
      const receiver = await startOtlpHttpReceiver(t)
      await sends(t, receiver, {
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20b',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20s3cret',
      })
      t.match(receiver.headers[0], {
        'content-type': contentType,
        'content-encoding': 'gzip',
        'x-team': 'a b',
        authorization: 'Bearer s3cret',
      })
    })
  }

  t.test('the traces endpoint is used unchanged, and compression is off by default', async (t) => {
    const receiver = await startOtlpHttpReceiver(t)
    await sends(t, receiver, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.endpoint}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/protobuf ',
    })
    t.equal(receiver.headers[0]?.['content-encoding'], undefined)
  })
})

t.test('OTLP over gRPC, compressed, with headers', async (t) => {
  const receiver = await startOtlpReceiver(t)
  await sends(t, receiver, {
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret',
  })
  t.match(receiver.headers[0], { authorization: 'Bearer s3cret' })
})

t.test('host and port without a scheme, for gRPC without TLS', async (t) => {
  const receiver = await startOtlpReceiver(t)
  await sends(t, receiver, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint.replace('http://', ''),
    OTEL_EXPORTER_OTLP_INSECURE: 'true',
  })
})

t.test('TLS with server and client certificates', needs('openssl'), async (t) => {
  const folder = t.testdir()
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
  const request = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext ${names}`
  execFileSync('openssl', [...request.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const tls: Tls = { key: readFileSync(key), cert: readFileSync(cert), clientCa: readFileSync(cert) }
  const env = {
    OTEL_EXPORTER_OTLP_CERTIFICATE: cert,
    OTEL_EXPORTER_OTLP_CLIENT_KEY: key,
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: cert,
  }
  t.test('gRPC', async (t) => sends(t, await startOtlpReceiver(t, { tls }), env))
  t.test('http/protobuf', async (t) => {
    await sends(t, await startOtlpHttpReceiver(t, { tls }), { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' })
  })
})
