import { CopyButton } from '../copy-button.tsx'

/** A file of the repository: opened in the editor, or its path to copy. */
export function FileLink(props: { readonly file: string; readonly path: string; readonly line?: number }) {
  const { file, path, line = 1 } = props
  return (
    <span class="file-link">
      <a href={`vscode://file/${encodeURI(path.replace(/^\//, ''))}:${line}`} title={`Open ${file} in VS Code`}>
        <code>{file}</code>
      </a>
      <CopyButton text={path} what={`the path of ${file}`} />
    </span>
  )
}
