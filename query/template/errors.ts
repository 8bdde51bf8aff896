/** An error while a template is filled, in Go's words. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}
