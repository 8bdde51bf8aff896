/** What the tools have and these engines have not. The message names it. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}
