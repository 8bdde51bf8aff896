import { writeSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import { type DestinationStream, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { PhaseConfig } from '../phase.ts'
import { LineWriter, type Output } from './line-writer.ts'
import { openRotatingFile } from './rotating-file.ts'
import { writeAll } from './write-all.ts'

const standardOutput: Output = {
  name: 'standard output',
  append: (bytes) => writeAll(1, bytes),
  appendSync: (bytes) => writeSync(1, bytes),
}

/**
 * Opens the destinations of the log: standard output, and the file that `LOG_FILE` names.
 *
 * @throws when the file cannot be written
 */
export function openDestinations(config: PhaseConfig): Destinations {
  const { LOG_FILE: path, LOG_FILE_MAX_BYTES: maxBytes, LOG_FILE_COUNT: files } = config
  const file = path === '' ? [] : [openRotatingFile(path, { maxBytes, files })]
  return process.stdout.isTTY ? prettyOnTerminal(file) : new Destinations([new LineWriter([standardOutput, ...file])])
}

/** People read the terminal, programs read the file. */
function prettyOnTerminal(file: readonly Output[]): Destinations {
  const prettify = prettyFactory({
    colorize: process.stdout.hasColors(),
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    ignore: 'service_instance_id', // a terminal shows one process; the file has it
  })
  return new Destinations([new LineWriter([standardOutput], prettify), new LineWriter(file)])
}

/** The destinations of a logger: outputs that buffer, and streams that were added. */
export class Destinations {
  readonly #writers: readonly LineWriter[]
  readonly #added: DestinationStream[] = []

  constructor(writers: readonly LineWriter[]) {
    this.#writers = writers
  }

  write(line: string): void {
    for (const writer of this.#writers) writer.write(line)
    for (const stream of this.#added) stream.write(line)
  }

  /** Writes every further line to this stream too. If the stream throws, one warning reports it. */
  add(stream: DestinationStream): void {
    this.#added.push(withoutThrowing(stream))
  }

  /** Resolves when every line logged so far has been written or dropped. */
  async drained(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.drained()))
  }

  /** The number of lines that each output has lost. */
  dropped(): { output: string; lines: number }[] {
    return this.#writers.flatMap((writer) => writer.dropped())
  }

  /** Writes buffered lines and closes the file. A later line opens it again. */
  async close(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close()))
  }
}

function withoutThrowing(stream: DestinationStream): DestinationStream {
  let hasFailed = false
  return {
    write(line) {
      try {
        stream.write(line)
      } catch (error) {
        if (!hasFailed) process.emitWarning(`a log destination fails: ${(error as Error).message}`, 'LogWarning')
        hasFailed = true
      }
    },
  }
}

/** The destinations of a logger that `createLogger` has created. */
export function destinationsOf(logger: FastifyBaseLogger): Destinations {
  return (logger as unknown as { [pino.symbols.streamSym]: Destinations })[pino.symbols.streamSym]
}
