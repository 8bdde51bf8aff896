import { type Answer, answerTo, Refused } from '../ask/answer.ts'
import { describeAnswer } from '../ask/describe-answer.ts'
import { describeRefusal } from '../ask/describe-refusal.ts'
import { OPTIONS_TEXT, OptionError, type Question, readLine } from '../ask/options.ts'
import type { TelemetryServer } from '../ask/telemetry-server.ts'

/** A query of the drill's telemetry, and what it gave. */
export interface Asked {
  /** Under which the learner cites it. */
  readonly number: number
  readonly question: Question
  readonly answer: Answer
}

/** Width of what is not printed to a terminal. */
const DEFAULT_WIDTH = 120

const USAGE = `ask '<query>' asks the drill's scrapes (PromQL) or logs (LogQL: no selector names a metric):
  ask sum by (route) (rate(http_server_request_count_total[30s]))
  ask {level="error"} --last 1m
${OPTIONS_TEXT}`

/** `ask`, in place of Prometheus and Loki. Answers are numbered, so that they can be cited. */
export class AskCommand {
  readonly #server: TelemetryServer
  readonly #asked: Asked[] = []

  constructor(server: TelemetryServer) {
    this.#server = server
  }

  /** @returns the output of the command; undefined when it is another command */
  async run(line: string): Promise<string | undefined> {
    const [, text] = /^ask(?:\s+([\s\S]*))?$/.exec(line) ?? []
    if (!/^ask(\s|$)/.test(line) || /^ask\s+#?\d+\s+\S/.test(line)) return undefined // `ask 3 shows that …` is an answer
    if (text === undefined || text === '') return USAGE
    const [, number] = /^#?(\d+)$/.exec(text) ?? []
    if (number !== undefined && this.find(Number(number)) !== undefined)
      return this.#describe(this.find(Number(number)) as Asked)
    try {
      return this.#describe(await this.ask(text))
    } catch (error) {
      if (error instanceof Refused) return describeRefusal(error)
      if (error instanceof OptionError) return `${error.message}\n\n${USAGE}`
      throw error
    }
  }

  /** @throws Refused when the query is wrong, OptionError when an option is */
  async ask(text: string): Promise<Asked> {
    const question = readLine(text, Date.now())
    const answer = await answerTo(question, this.#server)
    const asked = { number: this.#asked.length + 1, question, answer }
    this.#asked.push(asked)
    return asked
  }

  find(number: number): Asked | undefined {
    return this.#asked[number - 1]
  }

  #describe({ number, question, answer }: Asked): string {
    const text = describeAnswer(answer, { width: process.stdout.columns || DEFAULT_WIDTH, limit: question.limit })
    return `${text}\nThis is ask ${number}.`
  }
}
