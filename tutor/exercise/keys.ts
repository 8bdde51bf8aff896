/**
 * Calls the action of each key that is pressed, if stdin is a terminal.
 *
 * @param actions by key; Ctrl-C still ends the process
 * @returns a function that stops listening
 */
export function onKeys(actions: Readonly<Record<string, () => void>>): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => {}
  const onData = (key: Buffer): void => {
    if (key.toString() === '\u0003') process.kill(process.pid, 'SIGINT')
    actions[key.toString()]?.()
  }
  stdin.setRawMode(true).on('data', onData).resume()
  return () => stdin.setRawMode(false).off('data', onData).pause()
}
