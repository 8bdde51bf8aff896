/**
 * The settings for `--stack`: an app on this machine uses the servers of `compose.yaml` on their published ports. Traces
 * need no setting, because the defaults are Jaeger's ports. Default passwords are those of `compose.yaml`, which reads the
 * same variables.
 */
export function stackSettings(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const postgresPassword = env.POSTGRES_PASSWORD || DEFAULT_PASSWORD
  const redisPassword = env.REDIS_PASSWORD || DEFAULT_PASSWORD
  return {
    DATABASE_URL: `postgres://course:${encodeURIComponent(postgresPassword)}@127.0.0.1:5432/course`,
    REDIS_URL: `redis://:${encodeURIComponent(redisPassword)}@127.0.0.1:6379`,
    // For the Lab's links.
    PROMETHEUS_URL: 'http://localhost:9090',
    GRAFANA_URL: 'http://localhost:3000',
    JAEGER_URL: 'http://localhost:16686',
    // A container reaches this machine by its address on Docker's bridge, not by its loopback address. Docker Desktop, on
    // other systems, forwards to the loopback address too.
    ...(process.platform === 'linux' ? { HOST: '0.0.0.0' } : {}),
  }
}

const DEFAULT_PASSWORD = 'course-on-this-machine'
