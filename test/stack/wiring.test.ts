import t from 'tap'
import { parse } from 'yaml'
import { filesIn, read } from '../prometheus/shipped.ts'
import { compose, service, targetOf } from './compose-file.ts'

interface DataSource {
  readonly uid: string
  readonly type: string
  readonly url: string
  readonly jsonData: {
    readonly exemplarTraceIdDestinations?: readonly Link[]
    readonly derivedFields?: readonly Link[]
    readonly tracesToLogsV2?: { readonly datasourceUid: string; readonly query: string }
    readonly tracesToMetrics?: {
      readonly datasourceUid: string
      readonly queries: readonly { readonly query: string }[]
    }
  }
}
interface Link {
  readonly name: string
  readonly matcherType?: string
  readonly matcherRegex?: string
  readonly datasourceUid?: string
  readonly url?: string
}

const DATA_SOURCES = 'grafana/provisioning/datasources/datasources.yml'
const PROVIDERS = 'grafana/provisioning/dashboards/dashboards.yml'
const sources = parse(read(DATA_SOURCES)).datasources as DataSource[]
const source = (uid: string) => sources.find((each) => each.uid === uid) as DataSource
const dashboards = filesIn('grafana/dashboards', '.json').map((file) => JSON.parse(read(file)))

/** The ports of a service, from its configuration where it is in this repository. */
function listening(): Record<string, number[]> {
  const jaeger = read('docker/jaeger.yml')
  const fluentBit = Number(/http_port +(\d+)/.exec(read('fluent-bit.conf'))?.[1])
  const port = (name: string) => Number(service(name).environment?.PORT ?? 8080)
  return {
    postgres: [5432],
    redis: [6379],
    prometheus: [9090],
    alertmanager: [9093],
    grafana: [3000],
    loki: [parse(read('loki-config.yml')).server.http_listen_port],
    'fluent-bit': [fluentBit],
    jaeger: [...jaeger.matchAll(/0\.0\.0\.0(?::|, port: )(\d+)/g)].map(([, each]) => Number(each)),
    gateway: [port('gateway')],
    course: [port('course'), 9900],
    partner: [port('partner')],
    locust: [8089],
  }
}

/** Every `service:port` in a text, also with `http://` before it, but no `image:tag`. */
function addressesIn(text: string): { host: string; port: number }[] {
  const found = text.matchAll(/(?:\/\/|['" @=[]|^)([a-z][a-z.-]*):(\d{2,5})\b(?!\.)/gm)
  return [...found].map(([, host, port]) => ({ host: host as string, port: Number(port) }))
}

t.test('every address in a configuration file belongs to a service that listens there', async (t) => {
  const ports = listening()
  t.same(Object.keys(ports).sort(), Object.keys(compose.services).sort())
  const files = ['prometheus.yml', 'loki-config.yml', 'docker/alertmanager.yml', DATA_SOURCES]
  const environment = Object.values(compose.services).flatMap((each) => Object.values(each.environment ?? {}))
  const texts = [...files.map((file) => [file, read(file)]), ...environment.map((value) => ['compose.yaml', value])]
  const here = ['localhost', 'host.docker.internal', 'course'] // `course:…@` is a user with a password
  let found = 0
  for (const [file, text] of texts as [string, string][]) {
    for (const { host, port } of addressesIn(text.replace(/^ *#.*$/gm, ''))) {
      if (here.includes(host) && !(host in ports && ports[host]?.includes(port))) continue
      t.ok(ports[host]?.includes(port), `${file}: ${host}:${port}`)
      found++
    }
  }
  t.ok(found > 12, `${found} have been found`)
  const loki = /host +(\S+)\n +port +(\d+)/.exec(read('fluent-bit.conf'))
  t.ok(ports[loki?.[1] as string]?.includes(Number(loki?.[2])), 'fluent-bit.conf')
})

t.test('Prometheus scrapes containers by their names and ports', async (t) => {
  const ports = listening()
  const { scrape_configs, rule_files } = parse(read('prometheus.yml'))
  const asked = scrape_configs.flatMap((each: { dns_sd_configs?: { names: string[]; port: number }[] }) =>
    (each.dns_sd_configs ?? []).flatMap(({ names, port }) => names.map((name) => [name, port] as const)),
  )
  t.ok(asked.length > 3, 'they have been found')
  for (const [name, port] of asked) t.ok(ports[name]?.includes(port), `${name}:${port}`)
  t.equal(targetOf('prometheus', './docker/prometheus'), '/etc/prometheus/rules')
  t.same(rule_files, ['rules/*.rules.yml'], 'relative to the file')
  t.ok(service('prometheus').command?.includes(`--config.file=${targetOf('prometheus', './prometheus.yml')}`))
  t.ok(service('prometheus').command?.includes('--enable-feature=exemplar-storage'))
  t.ok(
    service('alertmanager').command?.includes(`--config.file=${targetOf('alertmanager', './docker/alertmanager.yml')}`),
  )
  t.same(service('jaeger').command, [`--config=${targetOf('jaeger', './docker/jaeger.yml')}`])
  t.equal(service('locust').command?.[1], `${targetOf('locust', './docker/locust')}/locustfile.py`)
})

t.test('Jaeger receives the app’s spans on the default ports', async (t) => {
  const { receivers, service: pipelines, extensions, exporters } = parse(read('docker/jaeger.yml'))
  t.equal(receivers.jaeger.protocols.thrift_http.endpoint, '0.0.0.0:14268')
  t.equal(receivers.otlp.protocols.grpc.endpoint, '0.0.0.0:4317')
  t.same(pipelines.pipelines.traces.receivers.sort(), Object.keys(receivers).sort())
  const stores = Object.keys(extensions.jaeger_storage.backends)
  t.same(
    [exporters.jaeger_storage_exporter.trace_storage, extensions.jaeger_query.storage.traces],
    [stores[0], stores[0]],
  )
})

t.test('Grafana’s files exist', async (t) => {
  t.equal(targetOf('grafana', './grafana/provisioning'), '/etc/grafana/provisioning')
  const [provider] = parse(read(PROVIDERS)).providers
  const folder = targetOf('grafana', './grafana/dashboards')
  t.equal(provider.options.path, folder)
  const home = service('grafana').environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH as string
  t.ok(filesIn('grafana/dashboards', '.json').includes(home.replace(folder, 'grafana/dashboards')), home)
})

t.test('the links between data sources are valid', async (t) => {
  const uids = sources.map(({ uid }) => uid)
  t.same(uids, ['prometheus', 'loki', 'jaeger', 'alertmanager'])
  const { exemplarTraceIdDestinations = [] } = source('prometheus').jsonData
  const { derivedFields = [] } = source('loki').jsonData
  const { tracesToLogsV2, tracesToMetrics } = source('jaeger').jsonData

  const metadata = /structured_metadata +(.*)/.exec(read('fluent-bit.conf'))?.[1]
  for (const { name } of exemplarTraceIdDestinations) t.equal(name, 'trace_id', 'a label of the exemplars')
  for (const { matcherType, matcherRegex } of derivedFields) {
    t.equal(matcherType, 'label')
    t.match(metadata, `${matcherRegex}=$${matcherRegex}`)
  }
  const links = [...exemplarTraceIdDestinations, ...derivedFields]
  t.equal(links.filter(({ datasourceUid }) => datasourceUid === 'jaeger').length, 2)
  for (const { datasourceUid, url } of links) t.ok(datasourceUid === undefined ? url : uids.includes(datasourceUid))
  t.equal(tracesToLogsV2?.datasourceUid, 'loki')
  t.match(tracesToLogsV2?.query, 'trace_id="$${__trace.traceId}"')
  t.equal(tracesToMetrics?.datasourceUid, 'prometheus')
  for (const { query } of tracesToMetrics?.queries ?? []) t.match(query, /http_server_request_\w+\{[^}]*\$\$__tags\}/)
})

t.test('the links to dashboards have valid names and variables', async (t) => {
  const links = [...read(DATA_SOURCES).matchAll(/\/d\/([\w-]+)\?var-(\w+)=/g)]
  t.equal(links.length, 2)
  for (const [, uid, variable] of links) {
    const dashboard = dashboards.find((each) => each.uid === uid)
    t.ok(dashboard, uid as string)
    t.ok(
      dashboard?.templating.list.some(({ name }: { name: string }) => name === variable),
      `${uid} ${variable}`,
    )
  }
})

t.test('the dashboards use existing data sources', async (t) => {
  const used = dashboards.flatMap((each) => [...JSON.stringify(each).matchAll(/"datasource":\{[^}]*"uid":"([^"]+)"/g)])
  t.ok(used.length > 20, 'they have been found')
  const known = [...sources.map(({ uid }) => uid), '-- Grafana --', '-- Mixed --', '-- Dashboard --']
  t.same(
    [...new Set(used.map(([, uid]) => uid as string))].filter((uid) => !known.includes(uid)),
    [],
  )
})
