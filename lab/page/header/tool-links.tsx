import type { Link, State } from '../../wire.ts'
import { isCourse, state } from '../server/server-state.ts'

const TOOLS = ['prometheus', 'grafana', 'jaeger'] as const
export type Tool = (typeof TOOLS)[number]

const NAMES: Readonly<Record<Tool, string>> = { prometheus: 'Prometheus', grafana: 'Grafana', jaeger: 'Jaeger' }

/** The address of a tool that answers, otherwise null. */
export function toolUrl(tool: Tool): string | null {
  const link = state.value?.links[tool]
  return link?.reachable ? link.url : null
}

/** A link into a tool, shown only while the tool answers. */
export function ToolLink(props: { readonly tool: Tool; readonly path: string; readonly what: string }) {
  const url = toolUrl(props.tool)
  if (url === null) return null
  return (
    <a class="tool-link" href={url + props.path} target="_blank" rel="noopener noreferrer">
      {NAMES[props.tool]}
      <span class="visually-hidden">: {props.what}, in a new tab</span>
      <span aria-hidden="true"> ↗</span>
    </a>
  )
}

/** What the Lab is, and links to the production tools. */
export function ToolsFooter() {
  const now = state.value
  if (now === null) return null
  return (
    <footer class="tools">
      <p>
        The Lab is a lens for learning. It shows what this server logs, counts and traces right now, keeps the last{' '}
        {now.limits.lines.toLocaleString('en')} log lines, {now.limits.traces} traces and 15 minutes of metrics in
        memory, and forgets them when the server stops. For real use there are real tools:
      </p>
      <ul>
        {TOOLS.map((tool) => (
          <li key={tool}>
            <ToolState name={NAMES[tool]} link={linkOf(now, tool)} />
          </li>
        ))}
        {isCourse.value && (
          <li>
            <a href="/swagger">API documentation</a>
          </li>
        )}
      </ul>
    </footer>
  )
}

function linkOf(now: State, tool: Tool): Link {
  return now.links[tool]
}

function ToolState({ name, link }: { readonly name: string; readonly link: Link }) {
  if (link.url === null) return <span>{name}: not configured</span>
  if (!link.reachable) return <span>{name}: does not answer</span>
  return (
    <a href={link.url} target="_blank" rel="noopener noreferrer">
      {name}
      <span class="visually-hidden">, in a new tab</span>
      <span aria-hidden="true"> ↗</span>
    </a>
  )
}
