import { basename } from 'node:path'
import { parse, stringify } from 'yaml'
import { read, ruleFiles } from './shipped.ts'

/** Range of quick rules. It must cover several scrapes on a busy machine. */
export const WINDOW = '6s'

interface ScrapeConfig {
  readonly job_name: string
  readonly scrape_interval?: string
  readonly static_configs: readonly { readonly targets: readonly string[]; readonly labels?: object }[]
  readonly dns_sd_configs?: readonly { readonly names: readonly string[]; readonly port: number }[]
}

interface PrometheusConfig {
  readonly global: object
  readonly alerting: { readonly alertmanagers: readonly Pick<ScrapeConfig, 'static_configs'>[] }
  readonly scrape_configs: readonly ScrapeConfig[]
}

/**
 * prometheus.yml with other targets and one-second intervals, and its rules with short ranges, to keep tests fast. DNS
 * names become static targets with the label that service discovery would add.
 *
 * @param targets the address for each `host:port` of the file; the others are down
 * @returns the files that Prometheus needs, by name
 */
export function quickPrometheus(targets: Readonly<Record<string, string>>): Record<string, string> {
  const shipped = parse(read('prometheus.yml')) as PrometheusConfig
  const addressOf = (target: string) => targets[target] ?? '127.0.0.1:1'
  const moved = <T extends Pick<ScrapeConfig, 'static_configs'>>(config: T) =>
    config.static_configs.map((group) => ({ ...group, targets: group.targets.map(addressOf) }))
  const quick = {
    ...shipped,
    global: { ...shipped.global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['*.rules.yml'],
    alerting: {
      alertmanagers: shipped.alerting.alertmanagers.map((each) => ({ ...each, static_configs: moved(each) })),
    },
    scrape_configs: shipped.scrape_configs.map(({ dns_sd_configs = [], scrape_interval: _, ...config }) => ({
      ...config,
      static_configs: [
        ...moved(config),
        ...dns_sd_configs.flatMap(({ names, port }) =>
          names.map((name) => ({
            targets: [addressOf(`${name}:${port}`)],
            labels: { __meta_dns_name: name },
          })),
        ),
      ],
    })),
  }
  const rules = ruleFiles.map((file) => [basename(file), quickRules(read(file))])
  return { 'prometheus.yml': stringify(quick), ...Object.fromEntries(rules) }
}

function quickRules(text: string): string {
  return text
    .replace(/\[\d+[mhd]\]/g, `[${WINDOW}]`)
    .replace(/^( +for:).*/gm, '$1 2s')
    .replace(/^ +interval:.*\n/gm, '')
}

interface AlertmanagerConfig {
  readonly route: object
  readonly receivers: readonly { readonly name: string }[]
}

/** docker/alertmanager.yml without waits, with `webhook` as the URL of every receiver, followed by its name. */
export function quickAlertmanager(webhook: string): string {
  const shipped = parse(read('docker/alertmanager.yml')) as AlertmanagerConfig
  return stringify({
    ...shipped,
    route: { ...shipped.route, group_wait: '0s', group_interval: '1s' },
    receivers: shipped.receivers.map(({ name, ...rest }) => ({
      ...rest,
      name,
      webhook_configs: [{ url: `${webhook}/${name}` }],
    })),
  })
}
