import { useSignal } from '@preact/signals'
import { CopyButton } from '../copy-button.tsx'
import { curlOf } from './curl.ts'
import { callOf, type Endpoint, type Parameter } from './endpoints.ts'
import { sendCall } from './send-call.ts'

/** One endpoint: its parameters, a send button, and the curl command. */
export function EndpointForm({ endpoint }: { readonly endpoint: Endpoint }) {
  const initial = Object.fromEntries(endpoint.parameters.map((parameter) => [parameter.name, parameter.initial]))
  const values = useSignal<Readonly<Record<string, string>>>(initial)
  const call = callOf(endpoint, values.value)
  const curl = curlOf(call)

  const send = (event: Event) => {
    event.preventDefault()
    void sendCall(call)
  }
  return (
    // Invalid parameters are sent too, to show the server's error.
    <form class="endpoint" onSubmit={send} noValidate aria-label={`GET ${endpoint.path}`}>
      <div class="endpoint-what">
        <span class="method">GET</span>
        {'\u00a0'}
        <span class="path">{endpoint.path}</span> {endpoint.parameters.length > 0 && <small>{endpoint.about}</small>}
      </div>
      <button type="submit" class="primary" aria-label={`Send GET ${endpoint.path}`}>
        Send
      </button>
      <div class="endpoint-parameters">
        {endpoint.parameters.length === 0 && endpoint.about && <small>{endpoint.about}</small>}
        {endpoint.parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={values.value[parameter.name] ?? ''}
            onChange={(value) => {
              values.value = { ...values.value, [parameter.name]: value }
            }}
          />
        ))}
      </div>
      <CopyButton text={curl} what={`curl command for ${endpoint.path}`} label="copy curl" />
    </form>
  )
}

interface FieldProps {
  readonly parameter: Parameter
  readonly value: string
  readonly onChange: (value: string) => void
}

function ParameterField({ parameter, value, onChange }: FieldProps) {
  const { name, choices, number } = parameter
  if (choices) {
    return (
      <label class="parameter">
        <span>{name}</span>
        <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </label>
    )
  }
  const kind = number ? ({ type: 'number', ...number } as const) : ({ type: 'text' } as const)
  return (
    <label class="parameter">
      <span>{name}</span>
      <input {...kind} value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  )
}
