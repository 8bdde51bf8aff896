/** Shows the progress of the bench on stderr. */
export interface Progress {
  /** One measurement is done; `line` names it and its result. */
  step(line: string): void
  /** A new round begins. */
  round(title: string): void
  done(): void
}

const barWidth = 30

/** A bar on a terminal, a line per round elsewhere. */
export function startProgress(steps: number): Progress {
  return process.stderr.isTTY && process.env.TERM !== 'dumb' ? barOnTerminal(steps) : linePerRound()
}

function barOnTerminal(steps: number): Progress {
  const start = Date.now()
  let taken = 0
  let title = ''
  const draw = (line: string) => {
    const filled = Math.round((taken / steps) * barWidth)
    const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
    const text = `${bar} ${taken}/${steps} ${title}${timeLeft(start, taken, steps)} ${line}`
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }
  return {
    step: (line) => {
      taken++
      draw(line)
    },
    round: (next) => {
      title = next
      draw('')
    },
    done: () => process.stderr.write('\r\x1b[K'),
  }
}

function timeLeft(start: number, taken: number, steps: number): string {
  if (taken === 0) return ''
  const seconds = Math.round((((Date.now() - start) / taken) * (steps - taken)) / 1000)
  return `, ${seconds} s left`
}

function linePerRound(): Progress {
  return {
    step: () => undefined,
    round: (title) => process.stderr.write(`${title}\n`),
    done: () => undefined,
  }
}
