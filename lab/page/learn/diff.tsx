import { ScrollBox } from '../scroll-box.tsx'

/** A unified diff. */
export function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <ScrollBox class="diff" label={label}>
      <pre>
        {text.split('\n').map((line, index) => (
          <span key={index} class={kindOf(line)}>
            {`${line}\n`}
          </span>
        ))}
      </pre>
    </ScrollBox>
  )
}

function kindOf(line: string): string {
  if (/^(---|\+\+\+|@@)/.test(line)) return 'diff-place'
  if (line.startsWith('+')) return 'diff-added'
  return line.startsWith('-') ? 'diff-removed' : ''
}
